import { type FunctionSpec, http, task } from '../function-spec.ts';

/** The functions of `reconciliation`. */
export const reconciliationFunctions = {
  'check-bills': {
    entry: 'reconciliation/check-bills.lambda.ts',
    purpose: 'Reconciles each day of every account on the day after: keeps its bills, how it stands, and what differs.',
    trigger: { kind: 'job', job: 'check-bills' },
    timeoutSeconds: 290,
    memoryMb: 1024, // a bill has 60 MB at the most, and four accounts are asked at a time
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: [
          'SWEEP#',
          'GIFT#',
          'ORDER#',
          'CAMPAIGN#',
          'CALENDARS#',
          'TOTALS#',
          'RECONCILIATION#',
          'RECONCILED#',
          'FEES#',
          'PAYOUTS#',
          'BANK#',
          'ORGANISATION#',
        ],
      },
      auditTrail: true,
      mail: true,
      bucket: { verbs: ['get', 'put'], prefix: 'bills/' },
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },

  'manage-reconciliation': {
    entry: 'reconciliation/manage-reconciliation.lambda.ts',
    purpose: 'Shows what does not agree, gives it to people, takes what they say and decide, and signs the rest over.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/reconciliation-items' },
        { method: 'GET', path: '/campaigns/{campaignId}/reconciliation' },
        { method: 'GET', path: '/campaigns/{campaignId}/reconciliation-items' },
        { method: 'GET', path: '/campaigns/{campaignId}/reconciliation-items/{itemId}' },
        { method: 'PUT', path: '/campaigns/{campaignId}/reconciliation-items/{itemId}/assignee' },
        { method: 'POST', path: '/campaigns/{campaignId}/reconciliation-items/{itemId}/comments' },
        { method: 'POST', path: '/campaigns/{campaignId}/reconciliation-items/{itemId}/decisions' },
        { method: 'POST', path: '/campaigns/{campaignId}/reconciliation-sign-off' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['RECONCILIATION#', 'RECONCILING#'] },
    },
  },
  'show-reconciliation-days': {
    entry: 'reconciliation/show-reconciliation-days.lambda.ts',
    purpose: 'Shows how each account stands for each day, has a day compared again, and takes a bill that is missing.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/reconciliation-days' },
        { method: 'POST', path: '/organisations/{organisationId}/reconciliation-days/{day}/runs' },
        { method: 'POST', path: '/organisations/{organisationId}/reconciliation-days/{day}/bills' },
        { method: 'POST', path: '/organisations/{organisationId}/reconciliation-days/{day}/arrivals' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'delete'], partitions: ['RECONCILED#', 'SWEEP#', 'PAYOUTS#', 'BANK#'] },
      bucket: { verbs: ['put'], prefix: 'bills/imported/' },
    },
  },
  'reconcile-day': {
    entry: 'reconciliation/reconcile-day.lambda.ts',
    purpose: "Fetches one day's bills of every account, and holds the campaign's payments against them.",
    ...task,
    timeoutSeconds: 300, // 100,000 payments are some 30 s of reading the books; twenty accounts are fetched in some 10
    memoryMb: 1024, // docs/performance.md has what 100,000 payments on one account take
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'GIFT#', 'ORDER#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/', reads: 'bills/imported/' },
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'reconcile-bills': {
    entry: 'reconciliation/reconcile-bills.lambda.ts',
    purpose: 'Puts the reconciled days together, and keeps each discrepancy as an item for people to settle.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'RECONCILIATION#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
      auditTrail: true,
    },
  },
  'review-reconciliation': {
    entry: 'reconciliation/review-reconciliation.lambda.ts',
    purpose: 'Says whether a closeout may go on, settles what the books have come to say, and tells people what waits.',
    ...task,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CAMPAIGN#', 'ORGANISATION#', 'RECONCILIATION#', 'GIFT#', 'BANK#', 'PAYOUTS#', 'CALENDARS#'],
      },
      auditTrail: true,
      mail: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
