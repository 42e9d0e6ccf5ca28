import { BASIS_OF_DRAFTS, type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `approvals`. */
export const approvalsFunctions = {
  'decide-approval': {
    entry: 'approvals/decide-approval.lambda.ts',
    purpose: 'Takes one decision on a proposal or a change: approve, return or reject, for oneself or by delegation.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/campaigns/{campaignId}/decisions' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#', 'TASK#', 'DELEGATIONS#'] },
      reads: BASIS_OF_DRAFTS,
      approvalTask: true,
    },
  },
  'list-approvals': {
    entry: 'approvals/list-approvals.lambda.ts',
    purpose: 'Shows every approval of a campaign: steps, who decided what when, and why.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/campaigns/{campaignId}/approvals' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#'] } },
  },
  'read-inbox': {
    entry: 'approvals/read-inbox.lambda.ts',
    purpose: 'Lists what waits for the caller to decide or to confirm, by role, by name or by delegation.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/me/inbox' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['DELEGATIONS#', 'APPROVALS#WAITING#', 'CONFIRMATIONS#WAITING#'] },
    },
  },
  'manage-delegations': {
    entry: 'approvals/manage-delegations.lambda.ts',
    purpose: 'Has somebody decide for the caller for a time, lists such delegations, and takes them back.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/me/delegations' },
        { method: 'GET', path: '/me/delegations' },
        { method: 'DELETE', path: '/me/delegations/{delegationId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['DELEGATIONS#'] } },
  },
  'manage-approval-routes': {
    entry: 'approvals/manage-approval-routes.lambda.ts',
    purpose: 'Shows and saves by whom an organisation has its proposals and changes decided.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/approval-routes/{subject}' },
        { method: 'PUT', path: '/organisations/{organisationId}/approval-routes/{subject}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['ORGANISATION#'] } },
  },
  'remind-confirmations': {
    entry: 'approvals/remind-confirmations.lambda.ts',
    purpose: 'Mails what waits for a second person in the books of spending and goods, and escalates it, once each.',
    trigger: { kind: 'job', job: 'remind-confirmations' },
    timeoutSeconds: 290, // a mail is 0.3 s; what is left of a bad hour is sent in the next
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CAMPAIGN#'],
      },
      reads: ['ROOTS#', 'CONFIRMATIONS#WAITING#', 'ORGANISATION#', 'PERSON#', 'DELEGATIONS#'],
      mail: true,
    },
  },

  'review-approval': {
    entry: 'approvals/review-approval.lambda.ts',
    purpose: 'Begins an approval by the route in force, ends it when its time is over, says where it stands.',
    ...task,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      reads: BASIS_OF_DRAFTS,
      auditTrail: true,
    },
  },
  'mail-approval': {
    entry: 'approvals/mail-approval.lambda.ts',
    purpose: 'Tells people of a step that begins, reminds, escalates, and tells the authors how it ended; each once.',
    ...task,
    timeoutSeconds: 120, // some 50 mails of 0.3 s, with room for a slow provider; the workflow comes again
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CAMPAIGN#', 'ORGANISATION#', 'PERSON#', 'DELEGATIONS#'],
      },
      mail: true,
    },
  },
  'await-decision': {
    entry: 'approvals/await-decision.lambda.ts',
    purpose: "Keeps the task token of an approval's workflow until somebody decides.",
    ...task,
    needs: { table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'TASK#'] }, approvalTask: true },
  },
} as const satisfies Record<string, FunctionSpec>;
