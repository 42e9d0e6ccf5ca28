import { type FunctionSpec, http } from '../function-spec.ts';

/** The functions of `access`. */
export const accessFunctions = {
  'manage-members': {
    entry: 'access/manage-members.lambda.ts',
    purpose: 'Invites people into an organisation, lists them, changes their roles, suspends them.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/members' },
        { method: 'POST', path: '/organisations/{organisationId}/members' },
        { method: 'GET', path: '/organisations/{organisationId}/members/{personId}' },
        { method: 'PATCH', path: '/organisations/{organisationId}/members/{personId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['PERSON#', 'ORGANISATION#'] },
      staffDirectory: true,
    },
  },
  'appoint-first-admin': {
    entry: 'access/appoint-first-admin.lambda.ts',
    purpose: 'Makes the top of a tree of organisations together with its first admin, once.',
    trigger: { kind: 'operator' },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['PERSON#', 'ORGANISATION#'] },
      auditTrail: true,
      staffDirectory: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
