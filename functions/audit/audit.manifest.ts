import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `audit`. */
export const auditFunctions = {
  'read-audit-trail': {
    entry: 'audit/read-audit-trail.lambda.ts',
    purpose: "Lists an organisation's audit trail, exports it, and checks that nobody has touched it.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/audit-lines' },
        { method: 'GET', path: '/organisations/{organisationId}/audit-lines.csv' },
        { method: 'GET', path: '/organisations/{organisationId}/audit-verification' },
      ],
      access: 'staff',
    },
    ...http,
    memoryMb: 1024, // a page of long lines is read, hashed and written out as text
    needs: { table: { verbs: ['get', 'query'], partitions: ['AUDIT#', 'ANCHOR#'] } },
  },
  'anchor-audit-trails': {
    entry: 'audit/anchor-audit-trails.lambda.ts',
    purpose: 'Notes the end of every audit trail that moved, where those who write trails cannot write.',
    trigger: { kind: 'job', job: 'anchor-audit-trails' },
    timeoutSeconds: 290,
    memoryMb: 256,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['AUDIT-HEADS#', 'AUDIT#', 'ANCHOR#'] } },
  },
} as const satisfies Record<string, FunctionSpec>;
