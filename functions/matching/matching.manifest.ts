import { type FunctionSpec, http, poolBooks, steering, task } from '../function-spec.ts';

/** The functions of `matching`. */
export const matchingFunctions = {
  'allocate-donations': {
    entry: 'matching/allocate-donations.lambda.ts',
    purpose: 'Counts, matches and totals new gifts, a batch in one transaction, and settles refunds.',
    // 85 to 91 gifts fill a transaction: 450 are 5 or 6 (a pool write for 75 gifts or more), where 100 are 91 and a
    // rest of 9 (one for 50). 1 s of waiting makes batches at a trickle too.
    trigger: { kind: 'stream', itemTypes: ['donation', 'refund', 'gift-assignment'], batchSize: 450, windowSeconds: 1 },
    timeoutSeconds: 60, // 6 transactions take under a second; the rest is room for turns and conflicts, retried with jitter
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['POOL#', 'GIFT#', 'DONOR#', 'TOTALS#', 'SEED#', 'PAID#'],
      },
      queues: ['poison'],
    },
  },
  'explain-match': {
    entry: 'matching/explain-match.lambda.ts',
    purpose: 'Says in plain words how the match of one gift came to be, from the payment to what stands now.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/campaigns/{campaignId}/gifts/{giftId}/match' }],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'GIFT#', 'POOL#'] } },
  },
  'run-what-if': {
    entry: 'matching/run-what-if.lambda.ts',
    purpose: 'Replays gifts against drafts of a matching plan before launch; writes nothing.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/what-ifs' }], access: 'staff' },
    // An HTTP API gives up after 30 s; what-if-request.ts refuses what would take longer.
    timeoutSeconds: 29,
    // Two cores, because a fifth to a third of a large replay is collecting garbage, which has the second one to itself; and
    // 1.6 GB are two drafts with a state for each of a million gifts' 880,000 donors.
    memoryMb: 3538,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'POOL#'] } },
  },

  'list-held-matches': {
    entry: 'matching/list-held-matches.lambda.ts',
    purpose: 'Lists the gifts whose match waits for a person, with the reason in words.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/campaigns/{campaignId}/held-matches' }],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#'] } },
  },
  'decide-match': {
    entry: 'matching/decide-match.lambda.ts',
    purpose: 'Releases a held match, or takes a match away, with a reason.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/gifts/{giftId}/match-decisions' }],
      access: 'staff',
    },
    ...steering,
    needs: { table: poolBooks },
  },
  'change-pools': {
    entry: 'matching/change-pools.lambda.ts',
    purpose: "Raises or lowers sponsors' pools while gifts draw: the plan's next version.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/pool-changes' }],
      access: 'staff',
    },
    ...steering,
    needs: { table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['POOL#', 'TOTALS#', 'SEED#'] } },
  },
  'request-match-claim': {
    entry: 'matching/request-match-claim.lambda.ts',
    purpose: "Takes a donor's claim for an employer's match, by the number of the order.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/match-claims' }],
      access: 'public',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['POOL#', 'PAID#', 'GIFT#', 'DONOR#', 'ORDER#'] },
    },
  },
  'list-match-claims': {
    entry: 'matching/list-match-claims.lambda.ts',
    purpose: "Lists the claims for employers' matches that wait for a decision.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/campaigns/{campaignId}/match-claims' }],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'POOL#', 'ORDER#'] } },
  },
  'decide-match-claim': {
    entry: 'matching/decide-match-claim.lambda.ts',
    purpose: "Approves a claim, which draws the employer's match, or declines it with a reason.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/match-claims/{giftId}/decisions' }],
      access: 'staff',
    },
    ...steering,
    needs: { table: poolBooks },
  },
  'record-match-payment': {
    entry: 'matching/record-match-payment.lambda.ts',
    purpose: "Books a sponsor's payment of confirmed matches, once.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/match-payments' }],
      access: 'staff',
    },
    ...steering,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['POOL#'] } },
  },
  'put-standings': {
    entry: 'matching/put-standings.lambda.ts',
    purpose: "Takes a charity's list of donors: reach, years, employers; payers' references are hashed at once.",
    trigger: { kind: 'http', routes: [{ method: 'PUT', path: '/campaigns/{campaignId}/standings' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'DONOR#'] },
      secrets: ['donor-key'],
    },
  },
  'get-matching': {
    entry: 'matching/get-matching.lambda.ts',
    purpose: "Shows staff a campaign's matching: stage, pools, challenges, adjustments, payments, and what waits.",
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/campaigns/{campaignId}/matching' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['POOL#', 'TOTALS#', 'CAMPAIGN#'] } },
  },
  'finalise-matching': {
    entry: 'matching/finalise-matching.lambda.ts',
    purpose: 'Replays the pool with the naive oracle, compares to the fen, and closes the pool.',
    ...task,
    timeoutSeconds: 900, // 2,000,000 gifts are 22,000 journal pages at about 100 pages/s, and twice 57 s to check a million
    memoryMb: 4096, // 2,000,000 gifts and all that is checked about them (docs/performance.md); more are refused by name
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'POOL#', 'TOTALS#', 'GIFT#', 'DONOR#', 'SEED#'],
      },
      auditTrail: true,
    },
  },
  'confirm-matching': {
    entry: 'matching/confirm-matching.lambda.ts',
    purpose: 'Ends the public notice of matches: checks the books once more, and the sponsors owe what was matched.',
    ...task,
    timeoutSeconds: 900, // as finalise-matching, whose books it reads again
    memoryMb: 4096, // likewise
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'POOL#', 'TOTALS#', 'GIFT#', 'DONOR#', 'SEED#'],
      },
      queues: ['notice'],
      auditTrail: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;
