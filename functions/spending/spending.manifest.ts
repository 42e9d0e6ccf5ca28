import { type FunctionSpec, http, steering } from '../function-spec.ts';

/** The functions of `spending`. */
export const spendingFunctions = {
  'manage-spending': {
    entry: 'spending/manage-spending.lambda.ts',
    purpose:
      "Takes what a person asks to be booked of spending (payments, reversals, transfers, a surplus), and books or rejects it by a second person's word.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/spending-requests' },
        { method: 'GET', path: '/campaigns/{campaignId}/spending-requests' },
        { method: 'POST', path: '/campaigns/{campaignId}/spending-requests/{requestId}/decisions' },
      ],
      access: 'staff',
    },
    ...steering, // waits for its turn at the book of a campaign
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'delete', 'check'],
        // Of goods only what an expenditure bought, and of aid what was paid: who was paid is out of its reach.
        partitions: ['SPENDING#', 'AID#', 'GOODS#'],
      },
      reads: ['CAMPAIGN#', 'ORGANISATION#', 'TOTALS#', 'POOL#', 'FEES#', 'DELEGATIONS#'],
    },
  },
  'read-spending': {
    entry: 'spending/read-spending.lambda.ts',
    purpose:
      "Shows what a campaign spent and on what, exports and checks it, and adds up the ratios of an organisation's year.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/spending' },
        { method: 'GET', path: '/campaigns/{campaignId}/spending.csv' },
        { method: 'GET', path: '/campaigns/{campaignId}/spending-check' },
        { method: 'GET', path: '/organisations/{organisationId}/spending-ratios' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // 200 campaigns, one after the other
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['SPENDING#', 'GOODS#', 'CAMPAIGN#', 'ORGANISATION#', 'TOTALS#', 'POOL#', 'FEES#'],
      },
    },
  },
  'manage-beneficiaries': {
    entry: 'spending/manage-beneficiaries.lambda.ts',
    purpose:
      'Keeps who the people are whom a campaign helps, apart from all books; tells it with a reason, and erases it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/beneficiaries' },
        { method: 'POST', path: '/campaigns/{campaignId}/beneficiaries/{beneficiaryId}/readings' },
        { method: 'DELETE', path: '/campaigns/{campaignId}/beneficiaries/{beneficiaryId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'delete'],
        partitions: ['BENEFICIARY#', 'SPENDING#', 'AID#'],
      },
      reads: ['CAMPAIGN#'],
      secrets: ['donor-key'],
    },
  },
} as const satisfies Record<string, FunctionSpec>;
