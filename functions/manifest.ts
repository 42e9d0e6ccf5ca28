/**
 * Every deployed function: where its code is, what starts it and what it may touch. Data only. infra builds from it
 * (a need becomes a grant and an environment variable together), the architecture test holds it against the files and
 * the workflows, and the story tests run every handler behind a table that allows just these verbs and partitions.
 */
export type TableVerb = 'get' | 'query' | 'put' | 'update' | 'delete' | 'check';

export type Needs = {
  /** What may be done to which partitions (the beginnings of partition keys; platform/keys.ts). */
  readonly table?: { readonly verbs: readonly TableVerb[]; readonly partitions: readonly string[] };
  /** Object key prefixes in the one bucket. */
  readonly bucket?: { readonly verbs: readonly ('get' | 'put')[]; readonly prefix: string };
  /** Secrets that are read. */
  readonly secrets?: readonly ('merchant' | 'donor-key')[];
  /** Queues that are sent to. */
  readonly queues?: readonly ('notice' | 'poison')[];
  /** `start`: may start the lifecycle; `answer`: may complete a waiting approval. */
  readonly lifecycle?: readonly ('start' | 'answer')[];
  /** May send mail as the configured sender. */
  readonly mail?: true;
  /** Calls the payment provider's API at this configured address. */
  readonly wechatPay?: true;
};

export type Trigger =
  | {
      readonly kind: 'http';
      readonly routes: readonly { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string }[];
      /** `staff` routes need a token of the user pool; the function checks the groups. */
      readonly access: 'public' | 'staff';
    }
  | {
      readonly kind: 'stream';
      readonly itemTypes: readonly string[];
      readonly batchSize: number;
      readonly windowSeconds: number;
    }
  | { readonly kind: 'queue'; readonly queue: 'notice'; readonly batchSize: number; readonly concurrency: number }
  | { readonly kind: 'workflow' };

export type FunctionSpec = {
  readonly entry: `${string}.lambda.ts`;
  readonly purpose: string;
  readonly trigger: Trigger;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly needs: Needs;
  /** Folders of files that the code reads at run time, copied beside the bundle. */
  readonly assets?: 'report';
};

/**
 * HTTP functions answer within 10 s (WeChat Pay gives up after 5 s, the others are people); 512 MB is a third of a
 * core, enough for one RSA check in about a millisecond.
 */
const http = { timeoutSeconds: 10, memoryMb: 512 } as const;
/** Workflow tasks read at most some hundred pages of the table: a minute with a wide margin. */
const task = { timeoutSeconds: 60, memoryMb: 512, trigger: { kind: 'workflow' } } as const;

export const MANIFEST = {
  'create-organisation': {
    entry: 'organisations/create-organisation.lambda.ts',
    purpose: 'Adds an organisation under its parent.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/organisations' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'check'], partitions: ['ORGANISATION#'] } },
  },
  'submit-campaign': {
    entry: 'campaigns/submit-campaign.lambda.ts',
    purpose: 'Takes a proposal, or a changed one after it was returned, and starts the campaign lifecycle.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns' },
        { method: 'PUT', path: '/campaigns/{campaignId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORGANISATION#', 'CAMPAIGN#'] },
      lifecycle: ['start'],
    },
  },
  'get-campaign': {
    entry: 'campaigns/get-campaign.lambda.ts',
    purpose: 'Shows a campaign to staff: proposal, state, and how it came there.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/campaigns/{campaignId}' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#'] } },
  },
  'decide-campaign': {
    entry: 'campaigns/decide-campaign.lambda.ts',
    purpose: 'Approves a proposal or returns it with a reason.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/campaigns/{campaignId}/decisions' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'update'], partitions: ['CAMPAIGN#'] }, lifecycle: ['answer'] },
  },
  'create-donation-intent': {
    entry: 'donations/create-donation-intent.lambda.ts',
    purpose: 'Creates the order that ties a coming payment to a campaign.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/donation-intents' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'ORDER#'] } },
  },
  'receive-wechat-pay': {
    entry: 'donations/receive-wechat-pay.lambda.ts',
    purpose: 'Verifies a WeChat Pay notification and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/wechat-pay' }], access: 'public' },
    timeoutSeconds: 5, // the provider stops listening after 5 s
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'allocate-donations': {
    entry: 'matching/allocate-donations.lambda.ts',
    purpose: 'Counts, matches and totals new gifts, a batch in one transaction, and settles refunds.',
    // A full batch fills one transaction twice over; 1 s of waiting makes batches at a trickle too.
    trigger: { kind: 'stream', itemTypes: ['donation', 'refund'], batchSize: 100, windowSeconds: 1 },
    timeoutSeconds: 60, // 100 gifts are 3 transactions; the rest is room for conflicts retried with jitter
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['POOL#', 'GIFT#', 'DONOR#', 'TOTALS#', 'SEED#'],
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
  'queue-thank-yous': {
    entry: 'notices/queue-thank-yous.lambda.ts',
    purpose: 'Puts a thank-you into the notice queue for every counted gift that has an address.',
    trigger: { kind: 'stream', itemTypes: ['match'], batchSize: 100, windowSeconds: 1 },
    timeoutSeconds: 30,
    memoryMb: 256,
    needs: { queues: ['notice', 'poison'] },
  },
  'send-thank-you': {
    entry: 'notices/send-thank-you.lambda.ts',
    purpose: 'Sends one thank-you, once.',
    // Two senders, one mail at a time each, about 0.3 s a mail: 7 mails/s, half of SES's usual 14/s; 30,000 take 75 min.
    trigger: { kind: 'queue', queue: 'notice', batchSize: 5, concurrency: 2 },
    timeoutSeconds: 120, // five mails that each take the whole 20 s of one request
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'put', 'update', 'delete'],
        partitions: ['GIFT#', 'ORDER#', 'CAMPAIGN#', 'ORGANISATION#'],
      },
      mail: true,
    },
  },
  'get-public-figures': {
    entry: 'disclosure/get-public-figures.lambda.ts',
    purpose: 'Public totals, match remaining and leaderboard of a campaign; cacheable.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/public/campaigns/{campaignId}' }], access: 'public' },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#', 'ORGANISATION#'] } },
  },
  'get-public-page': {
    entry: 'disclosure/get-public-page.lambda.ts',
    purpose: 'The public figures and recent gifts as a page for people; cacheable.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/public/campaigns/{campaignId}/page' }],
      access: 'public',
    },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#', 'ORGANISATION#', 'ORDER#'],
      },
    },
  },
  'list-public-gifts': {
    entry: 'disclosure/list-public-gifts.lambda.ts',
    purpose: 'Recent gifts of a campaign, anonymity honoured; cacheable.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/public/campaigns/{campaignId}/gifts' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORDER#', 'POOL#'] } },
  },

  // --- tasks of workflows/campaign-lifecycle.asl.json ---
  'check-proposal': {
    entry: 'campaigns/check-proposal.lambda.ts',
    purpose: 'Checks what a proposal needs beyond its fields: organisation, lead time, pool.',
    ...task,
    needs: { table: { verbs: ['get'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'request-approval': {
    entry: 'campaigns/request-approval.lambda.ts',
    purpose: 'Keeps the task token of an approval until a person decides.',
    ...task,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#'] }, lifecycle: ['answer'] },
  },
  'flag-campaign': {
    entry: 'campaigns/flag-campaign.lambda.ts',
    purpose: 'Says on a campaign that its workflow stopped, and raises the alarm.',
    ...task,
    needs: { table: { verbs: ['update'], partitions: ['CAMPAIGN#'] } },
  },
  'move-campaign': {
    entry: 'campaigns/move-campaign.lambda.ts',
    purpose: 'Moves a campaign along its states; refuses what is not a legal step.',
    ...task,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'SEED#'] } },
  },
  'check-due': {
    entry: 'campaigns/check-due.lambda.ts',
    purpose: 'Says whether the campaign may open, close or settle yet, and how long to wait.',
    ...task,
    needs: { table: { verbs: ['get'], partitions: ['CAMPAIGN#'] } },
  },
  'finalise-matching': {
    entry: 'matching/finalise-matching.lambda.ts',
    purpose: 'Replays the pool with the naive oracle, compares to the fen, and closes the pool.',
    ...task,
    timeoutSeconds: 300, // 1,000,000 gifts are 22,000 journal pages at about 100 pages/s
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'POOL#', 'TOTALS#', 'GIFT#', 'DONOR#', 'SEED#'],
      },
    },
  },
  'confirm-matching': {
    entry: 'matching/confirm-matching.lambda.ts',
    purpose: 'Ends the public notice of matches: checks the books once more, and the sponsors owe what was matched.',
    ...task,
    timeoutSeconds: 300, // as finalise-matching, whose books it reads again
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'POOL#', 'TOTALS#', 'GIFT#', 'DONOR#', 'SEED#'],
      },
    },
  },
  'check-thank-yous': {
    entry: 'notices/check-thank-yous.lambda.ts',
    purpose: 'Counts the thank-yous that still wait.',
    ...task,
    timeoutSeconds: 300,
    needs: { table: { verbs: ['get', 'query'], partitions: ['POOL#', 'GIFT#', 'CAMPAIGN#'] } },
  },

  // --- tasks of workflows/campaign-closeout.asl.json ---
  'prepare-closeout': {
    entry: 'closeout/prepare-closeout.lambda.ts',
    purpose: "Lists the campaign's days and shards and fetches the provider's bills.",
    ...task,
    timeoutSeconds: 300,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#'] },
      bucket: { verbs: ['put'], prefix: 'campaigns/' },
      secrets: ['merchant'],
      wechatPay: true,
    },
  },
  'summarise-partition': {
    entry: 'closeout/summarise-partition.lambda.ts',
    purpose: 'Adds up one shard of one day from the entries themselves.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'GIFT#', 'POOL#'] },
      bucket: { verbs: ['put'], prefix: 'campaigns/' },
    },
  },
  'reconcile-bills': {
    entry: 'closeout/reconcile-bills.lambda.ts',
    purpose: "Compares our entries with the provider's bills, payment by payment.",
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORDER#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
    },
  },
  'write-report': {
    entry: 'closeout/write-report.lambda.ts',
    purpose: 'Merges the summaries and writes the closeout report as JSON, PDF and XLSX.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1769, // one whole core: setting type is the heaviest thing we do
    assets: 'report',
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#', 'POOL#', 'ORGANISATION#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
    },
  },
  'mail-report': {
    entry: 'closeout/mail-report.lambda.ts',
    purpose: 'Mails the closeout report to each recipient, once.',
    ...task,
    needs: {
      table: { verbs: ['get', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#'] },
      bucket: { verbs: ['get'], prefix: 'campaigns/' },
      mail: true,
    },
  },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof MANIFEST;

/** The state machines: file in workflows/, and how long one execution may run at most. */
export const WORKFLOWS = {
  'campaign-lifecycle': {
    definition: 'campaign-lifecycle.asl.json',
    purpose: 'One execution per campaign, from submission to archive.',
    timeoutDays: 365,
  },
  'campaign-closeout': {
    definition: 'campaign-closeout.asl.json',
    purpose: 'Reconciles, summarises, reports and mails a closed campaign.',
    timeoutDays: 14,
  },
} as const;
export type WorkflowName = keyof typeof WORKFLOWS;
