import { type FunctionSpec, http, steering, task } from '../function-spec.ts';

/** The functions of `receipts`. */
export const receiptsFunctions = {
  'manage-receipt-settings': {
    entry: 'receipts/manage-receipt-settings.lambda.ts',
    purpose: "Shows and saves what an organisation's receipts say of itself.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/receipt-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/receipt-settings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['ORGANISATION#', 'RECEIPT-CODE#'] } },
  },
  'manage-receipts': {
    entry: 'receipts/manage-receipts.lambda.ts',
    purpose:
      'Issues the receipt of one gift, records that there is none, makes one void or reverses it, hands one out.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/gifts/{giftId}/receipts' },
        { method: 'POST', path: '/campaigns/{campaignId}/gifts/{giftId}/receipt-waivers' },
        { method: 'GET', path: '/organisations/{organisationId}/receipt-requests' },
        { method: 'GET', path: '/organisations/{organisationId}/receipts/{receiptId}' },
        { method: 'POST', path: '/organisations/{organisationId}/receipts/{receiptId}/voids' },
        { method: 'POST', path: '/organisations/{organisationId}/receipts/{receiptId}/reversals' },
        { method: 'POST', path: '/organisations/{organisationId}/receipts/{receiptId}/copies' },
      ],
      access: 'staff',
    },
    ...steering, // the number of a receipt waits for its turn beside a batch
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'check'],
        partitions: [
          'RECEIPTS#',
          'RECEIPT#',
          'RECEIPT-REQUESTS#',
          'GIFT#',
          'ORDER#',
          'OFFLINE#',
          'CAMPAIGN#',
          'ORGANISATION#',
        ],
      },
      secrets: ['donor-key'],
      queues: ['notice'],
    },
  },
  'read-receipts': {
    entry: 'receipts/read-receipts.lambda.ts',
    purpose: 'Lists the register of receipts, checks that no number is missing, exports it, prints a receipt.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/receipts' },
        { method: 'GET', path: '/organisations/{organisationId}/receipt-waivers' },
        { method: 'GET', path: '/organisations/{organisationId}/receipt-series/{year}' },
        { method: 'GET', path: '/organisations/{organisationId}/receipts.csv' },
        { method: 'GET', path: '/organisations/{organisationId}/receipts.xlsx' },
        { method: 'GET', path: '/organisations/{organisationId}/receipts/{receiptId}/document' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a series of 100,000 is read through in 20 s; opening the typesetter takes two
    memoryMb: 1769, // one whole core: setting type is the heaviest thing we do
    assets: 'press',
    needs: { table: { verbs: ['get', 'query'], partitions: ['RECEIPTS#', 'RECEIPT#', 'ORGANISATION#'] } },
  },
  'manage-receipt-batches': {
    entry: 'receipts/manage-receipt-batches.lambda.ts',
    purpose:
      'Starts the receipts of all gifts of some campaigns, says how far they have come, goes on after a failure.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/receipt-batches' },
        { method: 'POST', path: '/organisations/{organisationId}/receipt-batches' },
        { method: 'GET', path: '/organisations/{organisationId}/receipt-batches/{batchId}' },
        { method: 'POST', path: '/organisations/{organisationId}/receipt-batches/{batchId}/resumptions' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query', 'put'],
        partitions: ['RECEIPT-BATCH#', 'RECEIPT-BATCHES#', 'CAMPAIGN#', 'ORGANISATION#'],
      },
      receiptBatches: true,
    },
  },
  'get-public-receipt': {
    entry: 'receipts/get-public-receipt.lambda.ts',
    purpose: 'Says whether a receipt is genuine, for who has its check code, and hands its donor the document.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/receipts' },
        { method: 'GET', path: '/public/receipts/{receiptId}' },
        { method: 'GET', path: '/public/receipts/{receiptId}/document' },
        { method: 'GET', path: '/public/receipt-checks' },
      ],
      access: 'public',
    },
    timeoutSeconds: 29, // opening the typesetter takes two seconds, and setting a receipt half of one
    memoryMb: 1769, // one whole core: setting type is the heaviest thing we do
    assets: 'press',
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['RECEIPTS#', 'RECEIPT#', 'RECEIPT-CODE#', 'ORGANISATION#', 'CAMPAIGN#'],
      },
      secrets: ['donor-key'],
    },
  },
  'request-receipt': {
    entry: 'receipts/request-receipt.lambda.ts',
    purpose: "Takes a donor's request for a receipt, by the number of the order and the contact that was left with it.",
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/public/receipt-requests' }], access: 'public' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['ORDER#', 'CAMPAIGN#'] } },
  },
  'issue-receipts': {
    entry: 'receipts/issue-receipts.lambda.ts',
    purpose: "Starts the month's receipts of every organisation that issues them.",
    trigger: { kind: 'job', job: 'issue-receipts' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put'],
        partitions: ['ORGANISATION#', 'CAMPAIGN#', 'RECEIPT-BATCH#'],
      },
      receiptBatches: true,
    },
  },
  'reverse-receipts': {
    entry: 'receipts/reverse-receipts.lambda.ts',
    purpose: 'Takes receipts back whose gifts were refunded since, and issues those for what is left.',
    trigger: { kind: 'job', job: 'reverse-receipts' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'check'],
        partitions: ['REFUNDED#', 'SWEEP#', 'RECEIPTS#', 'GIFT#', 'ORGANISATION#'],
      },
      secrets: ['donor-key'],
      queues: ['notice'],
    },
  },
  'check-receipt-series': {
    entry: 'receipts/check-receipt-series.lambda.ts',
    purpose: 'Goes through the registers of receipts every night: no number missing or double, sums that agree.',
    trigger: { kind: 'job', job: 'check-receipt-series' },
    timeoutSeconds: 290, // 500,000 receipts at some 5,000 a second are 100 s
    memoryMb: 512,
    needs: { table: { verbs: ['get', 'query'], partitions: ['RECEIPT-SERIES#', 'RECEIPTS#'] } },
  },

  'issue-receipt-batch': {
    entry: 'receipts/issue-receipt-batch.lambda.ts',
    purpose: 'Issues receipts of a batch until it is through or has done its share, and says which.',
    ...task,
    timeoutSeconds: 300,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'check'],
        partitions: [
          'RECEIPT-BATCH#',
          'RECEIPTS#',
          'GIFT#',
          'ORDER#',
          'OFFLINE#',
          'CAMPAIGN#',
          'TOTALS#',
          'ORGANISATION#',
        ],
      },
      secrets: ['donor-key'],
      queues: ['notice'],
    },
  },
} as const satisfies Record<string, FunctionSpec>;
