/**
 * Every deployed function: where its code is, what starts it and what it may touch. Data only. infra builds from it
 * (a need becomes a grant and an environment variable together), the architecture test holds it against the files and
 * the workflows, and the story tests run every handler behind a table that allows just these verbs and partitions.
 */
export type TableVerb = 'get' | 'query' | 'put' | 'update' | 'delete' | 'check';

export type Needs = {
  /** What may be done to which partitions (the beginnings of partition keys; platform/keys.ts). */
  readonly table?: { readonly verbs: readonly TableVerb[]; readonly partitions: readonly string[] };
  /** Partitions that are read and never written, beside those of `table`. */
  readonly reads?: readonly string[];
  /** Partitions that are read, and on which a transaction may be made to depend. */
  readonly guards?: readonly string[];
  /** Object key prefixes in the one bucket. */
  readonly bucket?: {
    readonly verbs: readonly ('get' | 'put' | 'delete')[];
    readonly prefix: string;
    /** A prefix that is read and never written, beside the other. */
    readonly reads?: string;
  };
  /** Secrets that are read. */
  readonly secrets?: readonly ('merchant' | 'donor-key' | 'messaging')[];
  /** Queues that are sent to. */
  readonly queues?: readonly ('notice' | 'poison')[];
  /** May start the lifecycle. */
  readonly lifecycle?: readonly 'start'[];
  /** May tell the workflow of an approval to look again. */
  readonly approvalTask?: true;
  /** May start the workflow of an amendment. */
  readonly amendments?: true;
  /** May start the workflow that has an addendum to a closeout report signed. */
  readonly addenda?: true;
  /** May start a batch of receipts. */
  readonly receiptBatches?: true;
  /** May start the import of an uploaded statement. */
  readonly statementImport?: true;
  /** May start the workflow of exercises of old projects. */
  readonly legacyCloseout?: true;
  /** Adds lines to the audit trails of organisations. Functions of staff that write do so without saying it. */
  readonly auditTrail?: true;
  /** May make accounts in the user pool, close them, and change their groups. */
  readonly staffDirectory?: true;
  /** May send mail as the configured sender. */
  readonly mail?: true;
  /** May sign with the key that days are signed with, and read its public half. */
  readonly signing?: true;
  /** May make, change and remove organisations' schedules in EventBridge Scheduler. */
  readonly schedules?: true;
  /** May start any job. */
  readonly startsJobs?: true;
  /** May ask how fast and how much mail the account may send. */
  readonly mailQuota?: true;
  /** Calls WeChat Pay's API at its configured address. */
  readonly wechatPay?: true;
  /** Calls Alipay's gateway at its configured address. */
  readonly alipay?: true;
};

export type Trigger =
  | {
      readonly kind: 'http';
      readonly routes: readonly {
        readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
        readonly path: string;
      }[];
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
  /** Runs when functions/schedules/job.ts says that this job does; a function is named after its job. */
  | { readonly kind: 'job'; readonly job: string }
  /** What SES reports of our mail, by the names of EventBridge. */
  | { readonly kind: 'mail-event'; readonly detailTypes: readonly string[] }
  | { readonly kind: 'workflow' }
  /** Invoked by hand, by whoever IAM lets: no route, no event and no workflow leads to it. */
  | { readonly kind: 'operator' };

export type FunctionSpec = {
  readonly entry: `${string}.lambda.ts`;
  readonly purpose: string;
  readonly trigger: Trigger;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly needs: Needs;
  /** Folders of files that the code reads at run time, copied beside the bundle. */
  readonly assets?: 'press';
};

/** What every function of a `staff` route needs beside its own, to know whether its caller may call. */
const STANDING_NEED = {
  verbs: ['get', 'query'],
  partitions: ['PERSON#', 'ORGANISATION#', 'CAMPAIGN#'],
} as const satisfies Needs['table'];
/** What it takes to add the line about a change to the organisation's audit trail (functions/audit/audited-table.ts). */
const AUDIT_NEED = { verbs: ['get', 'put'], partitions: ['AUDIT#'] } as const satisfies Needs['table'];

/** The books that a draft of a closeout rests on: read whenever it is signed (functions/closeout/draft-basis.ts). */
const BASIS_OF_DRAFTS = ['POOL#', 'RECONCILIATION#', 'SPENDING#', 'GOODS#'] as const;

/** What the wrapper of a job reads and writes: whether its schedule is paused, and the run that it claims. */
const JOB_NEEDS = [
  { verbs: ['get'], partitions: ['SCHEDULE#'] },
  { verbs: ['get', 'put'], partitions: ['RUNS#'] },
] as const satisfies readonly NonNullable<Needs['table']>[];

/** Whether a function may change anything in these partitions, or, without any, anywhere. */
export function mayWrite({ needs }: FunctionSpec, partition?: string): boolean {
  const { verbs, partitions } = needs.table ?? { verbs: [], partitions: [] };
  return (
    verbs.some((verb) => verb === 'put' || verb === 'update' || verb === 'delete') &&
    (partition === undefined || partitions.includes(partition))
  );
}

/** Everything that a function may do to the table, one grant each: its own needs, and what its routes bring with them. */
export function tableNeedsOf(spec: FunctionSpec): readonly NonNullable<Needs['table']>[] {
  const { trigger, needs } = spec;
  const isStaff = trigger.kind === 'http' && trigger.access === 'staff';
  return [
    ...(needs.table === undefined ? [] : [needs.table]),
    ...(needs.reads === undefined ? [] : [{ verbs: ['get', 'query'], partitions: needs.reads } as const]),
    ...(needs.guards === undefined ? [] : [{ verbs: ['get', 'query', 'check'], partitions: needs.guards } as const]),
    ...(isStaff ? [STANDING_NEED] : []),
    ...(trigger.kind === 'job' ? JOB_NEEDS : []),
    ...(needs.auditTrail === true || (isStaff && mayWrite(spec)) ? [AUDIT_NEED] : []),
  ];
}

/**
 * HTTP functions answer within 10 s (WeChat Pay gives up after 5 s, the others are people); 512 MB is a third of a
 * core, enough for one RSA check in about a millisecond.
 */
const http = { timeoutSeconds: 10, memoryMb: 512 } as const;
/**
 * What staff change in a pool waits for its turn beside the batches of gifts: 25 s at the most (matching/patience.ts), and
 * API Gateway hangs up after 30 s.
 */
const steering = { timeoutSeconds: 29, memoryMb: 512 } as const;
/** What a change of a pool's books reads and writes, of one gift or of none. */
const poolBooks = {
  verbs: ['get', 'query', 'put', 'update'],
  partitions: ['POOL#', 'GIFT#', 'DONOR#', 'TOTALS#', 'SEED#'],
} as const;
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
  'show-organisations': {
    entry: 'organisations/show-organisations.lambda.ts',
    purpose: "Shows an organisation with those right below it, and a caller's own memberships.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}' },
        { method: 'GET', path: '/me' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['ORGANISATION#'] } },
  },
  'manage-public-address': {
    entry: 'organisations/manage-public-address.lambda.ts',
    purpose: "Says where an organisation's public pages are reached: in its letters and on its receipts.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/public-address' },
        { method: 'PUT', path: '/organisations/{organisationId}/public-address' },
        { method: 'DELETE', path: '/organisations/{organisationId}/public-address' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'delete'], partitions: ['ORGANISATION#'] } },
  },
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
  'save-campaign': {
    entry: 'campaigns/save-campaign.lambda.ts',
    purpose: 'Makes a draft of a proposal, saves parts of it, and withdraws what was not approved.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns' },
        { method: 'PATCH', path: '/campaigns/{campaignId}' },
        { method: 'POST', path: '/campaigns/{campaignId}/withdrawals' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['ORGANISATION#', 'CAMPAIGN#'] } },
  },
  'submit-campaign': {
    entry: 'campaigns/submit-campaign.lambda.ts',
    purpose: 'Hands a proposal in, or says all that is wrong with it, and starts the campaign lifecycle.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/submissions' }],
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
    purpose: 'Shows a campaign to staff, and lists those of an organisation or of all below it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns' },
        { method: 'GET', path: '/campaigns/{campaignId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'manage-attachments': {
    entry: 'campaigns/manage-attachments.lambda.ts',
    purpose: "Takes a campaign's files by upload addresses, checks what came, and hands them out to staff.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/attachments' },
        { method: 'POST', path: '/campaigns/{campaignId}/attachments' },
        { method: 'GET', path: '/campaigns/{campaignId}/attachments/{attachmentId}' },
        { method: 'DELETE', path: '/campaigns/{campaignId}/attachments/{attachmentId}' },
        { method: 'POST', path: '/campaigns/{campaignId}/attachments/{attachmentId}/confirmations' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a file of 20 MB is read whole and hashed: some 2 s on a third of a core
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CAMPAIGN#', 'ORGANISATION#'],
      },
      bucket: { verbs: ['get', 'put', 'delete'], prefix: 'attachments/' },
    },
  },
  'begin-team': {
    entry: 'campaigns/begin-team.lambda.ts',
    purpose: "Takes a captain's team, which waits for the word of the campaign's manager.",
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/campaigns/{campaignId}/teams' }], access: 'public' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'manage-teams': {
    entry: 'campaigns/manage-teams.lambda.ts',
    purpose: 'Shows and decides on teams, and lets units join a campaign that goes on.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/teams' },
        { method: 'GET', path: '/campaigns/{campaignId}/teams/{teamId}' },
        { method: 'POST', path: '/campaigns/{campaignId}/teams/{teamId}/decisions' },
        { method: 'POST', path: '/campaigns/{campaignId}/units' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'manage-proposal-templates': {
    entry: 'campaigns/manage-proposal-templates.lambda.ts',
    purpose: "Saves and shows what an organisation's proposals begin with.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/proposal-templates' },
        { method: 'GET', path: '/organisations/{organisationId}/proposal-templates/{templateId}' },
        { method: 'PUT', path: '/organisations/{organisationId}/proposal-templates/{templateId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['ORGANISATION#'] } },
  },
  // --- approvals ---
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
  'change-life': {
    entry: 'campaigns/change-life.lambda.ts',
    purpose: 'Pauses a campaign, lets it go on, or cancels it with what becomes of its gifts.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/pauses' },
        { method: 'POST', path: '/campaigns/{campaignId}/resumptions' },
        { method: 'POST', path: '/campaigns/{campaignId}/cancellations' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'amend-campaign': {
    entry: 'campaigns/amend-campaign.lambda.ts',
    purpose: 'Proposes changes of an approved plan, lists them, records their filing, takes them back.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/amendments' },
        { method: 'GET', path: '/campaigns/{campaignId}/amendments' },
        { method: 'PUT', path: '/campaigns/{campaignId}/amendments/{number}/filing' },
        { method: 'POST', path: '/campaigns/{campaignId}/amendments/{number}/withdrawals' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'SPENDING#'] },
      amendments: true,
    },
  },
  'get-filing-sheet': {
    entry: 'filing/get-filing-sheet.lambda.ts',
    purpose: "Makes the sheet that is handed in to the authority, as JSON and as a PDF, in the form's order.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'GET', path: '/campaigns/{campaignId}/filing-sheet' }],
      access: 'staff',
    },
    timeoutSeconds: 29, // opening the typesetter takes two seconds, and setting two pages a tenth of one
    memoryMb: 1769, // one whole core: setting type is the heaviest thing we do
    assets: 'press',
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'record-filing': {
    entry: 'filing/record-filing.lambda.ts',
    purpose: "Records the authority's number and the day of filing, or that an emergency does not wait for it.",
    trigger: { kind: 'http', routes: [{ method: 'PUT', path: '/campaigns/{campaignId}/filing' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#'] } },
  },
  'get-calendar': {
    entry: 'duties/get-calendar.lambda.ts',
    purpose: 'Shows what a campaign or an organisation has to do by when, and what is done.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/calendar' },
        { method: 'GET', path: '/organisations/{organisationId}/calendar' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'CALENDARS#'] } },
  },
  'complete-duty': {
    entry: 'duties/complete-duty.lambda.ts',
    purpose: 'Records that a duty is done, or that something has happened which has to be published.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/duties/{dutyId}/completions' },
        { method: 'POST', path: '/organisations/{organisationId}/duties/{dutyId}/completions' },
        { method: 'POST', path: '/organisations/{organisationId}/duty-events' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'CALENDARS#'] } },
  },
  'manage-calendar-feeds': {
    entry: 'duties/manage-calendar-feeds.lambda.ts',
    purpose: 'Makes the secret address under which a calendar program reads duties, and revokes it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/organisations/{organisationId}/calendar-feeds' },
        { method: 'DELETE', path: '/organisations/{organisationId}/calendar-feeds/{feedId}' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['FEED#', 'ORGANISATION#'] },
      secrets: ['donor-key'],
    },
  },
  'get-calendar-feed': {
    entry: 'duties/get-calendar-feed.lambda.ts',
    purpose: 'Duties as a calendar program reads them, for whoever has the secret address.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/calendar-feeds/{file}' }], access: 'public' },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['FEED#', 'PERSON#', 'ORGANISATION#', 'CALENDARS#'] } },
  },
  'remind-duties': {
    entry: 'duties/remind-duties.lambda.ts',
    purpose: 'Mails the duties that are near and the money without an owner, and escalates what is overdue, once each.',
    trigger: { kind: 'job', job: 'remind-duties' },
    timeoutSeconds: 290, // a thousand calendars are a few pages; a mail is 0.3 s, and what is left is sent an hour later
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['CALENDARS#', 'CAMPAIGN#', 'ORGANISATION#'],
      },
      reads: ['ROOTS#'],
      mail: true,
    },
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
  'create-donation-intent': {
    entry: 'donations/create-donation-intent.lambda.ts',
    purpose: 'Creates the order that ties a coming payment to a campaign.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/donation-intents' }],
      access: 'public',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'ORDER#'] },
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'request-refunds': {
    entry: 'donations/request-refunds.lambda.ts',
    purpose: 'Lists what of a cancelled campaign is to be given back, and asks providers to give it back.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/refund-instructions' },
        { method: 'POST', path: '/campaigns/{campaignId}/refund-requests' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // 50 refunds, five at once, are 5 s; what a slow provider leaves is asked for again
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#'] },
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'manage-unassigned-money': {
    entry: 'donations/manage-unassigned-money.lambda.ts',
    purpose:
      'Lists money that came for no campaign; assigns it to one or returns it, by the word of one person or two.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/unassigned-money' },
        { method: 'GET', path: '/organisations/{organisationId}/unassigned-money/{giftId}' },
        { method: 'POST', path: '/organisations/{organisationId}/unassigned-money/{giftId}/proposals' },
        { method: 'POST', path: '/organisations/{organisationId}/unassigned-money/{giftId}/decisions' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a slow provider is asked for one refund; what it leaves is asked for again
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update', 'check'], partitions: ['GIFT#', 'CAMPAIGN#', 'SWEEP#'] },
      reads: ['ORDER#'],
      secrets: ['merchant'],
      wechatPay: true,
      alipay: true,
    },
  },
  'receive-wechat-pay': {
    entry: 'donations/receive-wechat-pay.lambda.ts',
    purpose: 'Verifies a WeChat Pay notification and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/wechat-pay' }], access: 'public' },
    timeoutSeconds: 5, // the provider stops listening after 5 s
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'receive-stripe': {
    entry: 'donations/receive-stripe.lambda.ts',
    purpose: 'Verifies a Stripe event and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/stripe' }], access: 'public' },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#', 'MANDATE#'],
      },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'receive-standard-webhook': {
    entry: 'donations/receive-standard-webhook.lambda.ts',
    purpose: 'Verifies a Standard Webhooks message of a platform that we know and writes one immutable entry.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/standard/{sourceId}' }], access: 'public' },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'receive-alipay': {
    entry: 'donations/receive-alipay.lambda.ts',
    purpose: 'Verifies an Alipay notice and writes immutable entries of its payment and refunds.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/webhooks/alipay' }], access: 'public' },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'] },
      secrets: ['merchant', 'donor-key'],
    },
  },
  'enter-offline-gift': {
    entry: 'donations/enter-offline-gift.lambda.ts',
    purpose: 'Takes a gift that a person enters (cash, transfer, directed, goods), and lists what is not final.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/campaigns/{campaignId}/offline-gifts' },
        { method: 'GET', path: '/campaigns/{campaignId}/offline-gifts' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#', 'OFFLINE#', 'ORDER#', 'GIFT#'] },
      secrets: ['donor-key'],
    },
  },
  'confirm-offline-gift': {
    entry: 'donations/confirm-offline-gift.lambda.ts',
    purpose: "Books or rejects an entered gift by a second person's word.",
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/offline-gifts/{offlineId}/confirmations' }],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'put', 'delete'], partitions: ['CAMPAIGN#', 'OFFLINE#', 'ORDER#', 'GIFT#'] },
      secrets: ['donor-key'],
    },
  },
  'create-mandate': {
    entry: 'donations/create-mandate.lambda.ts',
    purpose: 'Keeps what a donor agrees to give every month, with the order by which its charges are booked.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/campaigns/{campaignId}/mandates' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['CAMPAIGN#', 'ORDER#', 'MANDATE#'] } },
  },
  'cancel-mandate': {
    entry: 'donations/cancel-mandate.lambda.ts',
    purpose: 'Cancels a regular gift for the donor who knows its id.',
    trigger: {
      kind: 'http',
      routes: [{ method: 'POST', path: '/mandates/{mandateId}/cancellations' }],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['MANDATE#'] } },
  },
  'get-mandate': {
    entry: 'donations/get-mandate.lambda.ts',
    purpose:
      'Shows staff a regular gift with all that its provider has said, and lists those of a campaign by day or being cancelled.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/mandates/{mandateId}' },
        { method: 'GET', path: '/campaigns/{campaignId}/mandates' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['MANDATE#', 'MANDATES#'] } },
  },
  'check-mandates': {
    entry: 'donations/check-mandates.lambda.ts',
    purpose: 'Finds regular gifts whose charge did not come, and says which are missed, skipped or lapsed.',
    trigger: { kind: 'job', job: 'check-mandates' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['MANDATES#', 'MANDATE#'] } },
  },
  'end-mandates': {
    entry: 'donations/end-mandates.lambda.ts',
    purpose: 'Asks the provider to end regular gifts that their donors have cancelled, until it says that they are.',
    trigger: { kind: 'job', job: 'end-mandates' },
    timeoutSeconds: 290, // less than the pace, so that two runs hardly ever meet
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['MANDATES#', 'MANDATE#'] },
      secrets: ['merchant'],
    },
  },
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
  'manage-goods': {
    entry: 'goods/manage-goods.lambda.ts',
    purpose:
      'Keeps the book of goods: what came in, was moved, issued, written off and came back, and the stock by place.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/goods' },
        { method: 'GET', path: '/campaigns/{campaignId}/goods.csv' },
        { method: 'POST', path: '/campaigns/{campaignId}/goods-requests' },
        { method: 'POST', path: '/campaigns/{campaignId}/goods-requests/{requestId}/decisions' },
      ],
      access: 'staff',
    },
    ...steering, // waits for its turn at the book of goods
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'delete', 'check'],
        partitions: ['GOODS#', 'SPENDING#'],
      },
      // Of a beneficiary only that it is known who they are.
      reads: ['AID#', 'OFFLINE#', 'CAMPAIGN#', 'ORGANISATION#', 'DELEGATIONS#'],
    },
  },
  'link-donors': {
    entry: 'donations/link-donors.lambda.ts',
    purpose: 'Records that two payers are one person, or are not after all, with the evidence.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/donor-links' }], access: 'staff' },
    ...http,
    needs: { table: { verbs: ['get', 'put', 'update', 'check'], partitions: ['GIFT#', 'LINK#'] } },
  },
  'sweep-orders': {
    entry: 'donations/sweep-orders.lambda.ts',
    purpose: 'Asks the providers for orders whose notification may never have come, and books what was paid.',
    trigger: { kind: 'job', job: 'sweep-orders' },
    timeoutSeconds: 290, // less than the pace, so that two runs hardly ever meet
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['SWEEP#', 'ORDERS#', 'ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#'],
      },
      secrets: ['merchant', 'donor-key'],
      wechatPay: true,
      alipay: true,
    },
  },
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
  'queue-thank-yous': {
    entry: 'notices/queue-thank-yous.lambda.ts',
    purpose:
      'Puts a thank-you into the notice queue for every counted gift that has an address, and what changed since.',
    trigger: {
      kind: 'stream',
      itemTypes: ['match', 'adjustment', 'transition', 'disclosure-entry'],
      batchSize: 100,
      windowSeconds: 1,
    },
    timeoutSeconds: 30,
    memoryMb: 256,
    needs: { queues: ['notice', 'poison'] },
  },
  'send-notice': {
    entry: 'notices/send-notice.lambda.ts',
    purpose:
      'Sends one letter to the donor of a gift, once, by the channel that suits them, or walks on with an announcement.',
    // Five senders, one mail at a time each, about 0.3 s a mail: 16 a second. What keeps SES's rate is the pace that they share
    // (notices/sending-pace.ts), whatever their number.
    trigger: { kind: 'queue', queue: 'notice', batchSize: 5, concurrency: 5 },
    timeoutSeconds: 180, // five mails that each take the whole 20 s of one request and 10 s of waiting for their turn
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: [
          'GIFT#',
          'ORDER#',
          'CAMPAIGN#',
          'ORGANISATION#',
          'MANDATE#',
          'POOL#',
          'TOTALS#',
          'CONTACT#',
          'TOLD#',
          'PACE#',
          'HELD-NOTICES#',
          'NOTICE-FIGURES#',
        ],
      },
      reads: ['DISCLOSURE#', 'RECEIPTS#'],
      secrets: ['donor-key', 'messaging'],
      queues: ['notice'],
      mail: true,
      mailQuota: true,
    },
  },
  'record-delivery-event': {
    entry: 'notices/record-delivery-event.lambda.ts',
    purpose:
      'Notes which addresses mail came back from, or whose readers complained, so that nobody writes there again.',
    trigger: { kind: 'mail-event', detailTypes: ['Email Bounced', 'Email Complaint Received'] },
    timeoutSeconds: 30,
    memoryMb: 256,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['CONTACT#', 'SUPPRESSIONS#'] },
      secrets: ['donor-key'],
    },
  },
  'receive-wechat-push': {
    entry: 'notices/receive-wechat-push.lambda.ts',
    purpose:
      "Notes which messages the users of a WeChat account agree to, as WeChat pushes it; answers WeChat's question.",
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/webhooks/wechat-messages/{appId}' },
        { method: 'POST', path: '/webhooks/wechat-messages/{appId}' },
      ],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['put'], partitions: ['CONTACT#'] }, secrets: ['donor-key', 'messaging'] },
  },
  'send-held-notices': {
    entry: 'notices/send-held-notices.lambda.ts',
    purpose: 'Puts notices back into the queue whose quiet hours are over, or that the mail quota has room for again.',
    trigger: { kind: 'job', job: 'send-held-notices' },
    timeoutSeconds: 290, // ten notices are some 60 ms: 30,000 take three minutes, and what is left the next run takes
    memoryMb: 256,
    needs: { table: { verbs: ['get', 'query', 'put', 'delete'], partitions: ['HELD-NOTICES#'] }, queues: ['notice'] },
  },
  unsubscribe: {
    entry: 'notices/unsubscribe.lambda.ts',
    purpose: 'Shows what a letter can be unsubscribed from, and unsubscribes with one click.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/unsubscribe/{token}' },
        { method: 'POST', path: '/unsubscribe/{token}' },
      ],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'put'], partitions: ['CONTACT#', 'ORGANISATION#'] }, secrets: ['donor-key'] },
  },
  'manage-letter-templates': {
    entry: 'notices/manage-letter-templates.lambda.ts',
    purpose: 'Saves, shows and previews how an organisation words its letters, and sends one to the caller to try.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/letter-templates' },
        { method: 'GET', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}' },
        { method: 'PUT', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}' },
        { method: 'DELETE', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}' },
        { method: 'POST', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}/previews' },
        { method: 'POST', path: '/organisations/{organisationId}/letter-templates/{kind}/{language}/test-sends' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a test goes through the mail provider, which may take the 20 s of one request
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'delete'], partitions: ['ORGANISATION#', 'PERSON#'] },
      mail: true,
    },
  },
  'manage-notices': {
    entry: 'notices/manage-notices.lambda.ts',
    purpose:
      'Saves and shows how an organisation writes to donors, counts its notices, and lifts suppressions of addresses.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/notice-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/notice-settings' },
        { method: 'GET', path: '/organisations/{organisationId}/suppressions' },
        { method: 'POST', path: '/organisations/{organisationId}/suppressions/liftings' },
        { method: 'GET', path: '/campaigns/{campaignId}/notices' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // the first count of a large campaign walks its journal for some seconds
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['ORGANISATION#', 'CAMPAIGN#', 'POOL#', 'GIFT#', 'CONTACT#', 'SUPPRESSIONS#', 'NOTICE-FIGURES#'],
      },
      secrets: ['donor-key'],
    },
  },
  'get-openapi': {
    entry: 'openapi/get-openapi.lambda.ts',
    purpose: 'Tells what the API takes and answers, as an OpenAPI document.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/openapi.json' }], access: 'public' },
    ...http,
    needs: {},
  },
  'get-public-figures': {
    entry: 'disclosure/get-public-figures.lambda.ts',
    purpose: 'Public totals, match remaining and leaderboard of a campaign; cacheable.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/plan' },
      ],
      access: 'public',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#', 'ORGANISATION#', 'GIFT#'] },
    },
  },
  'get-public-teams': {
    entry: 'disclosure/get-public-teams.lambda.ts',
    purpose: 'Teams of a campaign and what they raised; cacheable.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}/teams' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/teams/{teamId}' },
      ],
      access: 'public',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#'] } },
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
        partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#', 'ORGANISATION#', 'ORDER#', 'GIFT#'],
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
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'ORDER#', 'POOL#', 'GIFT#'] } },
  },

  // --- matching, steered by people ---
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

  // --- schedules ---
  'manage-schedules': {
    entry: 'schedules/manage-schedules.lambda.ts',
    purpose: 'Shows what runs again and again and how it went; changes, pauses and starts it.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/schedules' },
        { method: 'GET', path: '/organisations/{organisationId}/schedules/{job}' },
        { method: 'PUT', path: '/organisations/{organisationId}/schedules/{job}' },
        { method: 'POST', path: '/organisations/{organisationId}/schedules/{job}/pauses' },
        { method: 'POST', path: '/organisations/{organisationId}/schedules/{job}/resumptions' },
        { method: 'GET', path: '/organisations/{organisationId}/schedules/{job}/runs' },
        { method: 'POST', path: '/organisations/{organisationId}/schedules/{job}/runs' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'check'], partitions: ['SCHEDULE#', 'RUNS#'] },
      schedules: true,
      startsJobs: true,
    },
  },
  'keep-schedules': {
    entry: 'schedules/keep-schedules.lambda.ts',
    purpose: 'Holds schedules against what people set, and makes up once for runs that were missed.',
    trigger: { kind: 'job', job: 'keep-schedules' },
    timeoutSeconds: 290, // a root has a handful of schedules at some 20 ms each; what is left is looked at an hour later
    memoryMb: 512,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'check', 'delete'],
        partitions: ['ROOTS#', 'SCHEDULE#', 'SCHEDULES#', 'RUNS#'],
      },
      schedules: true,
      startsJobs: true,
    },
  },

  // --- receipts ---
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
    purpose: 'Issues the receipt of one gift, records that there is none, makes one void or reverses it, hands one out.',
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

  // --- tasks of workflows/receipt-batch.asl.json ---
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

  // --- statements: files that people upload ---
  'save-statement-mapping': {
    entry: 'statements/save-statement-mapping.lambda.ts',
    purpose: 'Saves how files of one kind are read in an organisation, and lists what is saved.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'PUT', path: '/organisations/{organisationId}/statement-mappings/{mappingId}' },
        { method: 'GET', path: '/organisations/{organisationId}/statement-mappings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['ORGANISATION#'] } },
  },
  'create-statement-import': {
    entry: 'statements/create-statement-import.lambda.ts',
    purpose: 'Opens the import of a statement and says where to put its file.',
    trigger: { kind: 'http', routes: [{ method: 'POST', path: '/statement-imports' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'put'], partitions: ['ORGANISATION#', 'CAMPAIGN#', 'STATEMENT#'] },
      bucket: { verbs: ['put'], prefix: 'statements/' },
    },
  },
  'run-statement-import': {
    entry: 'statements/run-statement-import.lambda.ts',
    purpose: 'Starts the reading of an uploaded statement, or the booking of one that was read.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/statement-imports/{importId}/checks' },
        { method: 'POST', path: '/statement-imports/{importId}/bookings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'update'], partitions: ['STATEMENT#'] }, statementImport: true },
  },
  'get-statement-import': {
    entry: 'statements/get-statement-import.lambda.ts',
    purpose: 'Shows an import: what its file holds, how far its booking has come, which rows could not be read.',
    trigger: { kind: 'http', routes: [{ method: 'GET', path: '/statement-imports/{importId}' }], access: 'staff' },
    ...http,
    needs: {
      table: { verbs: ['get', 'query'], partitions: ['STATEMENT#'] },
      bucket: { verbs: ['get'], prefix: 'statements/' },
    },
  },

  // --- reconciliation, by people ---
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

  'manage-bank-rows': {
    entry: 'statements/manage-bank-rows.lambda.ts',
    purpose: 'Lists what statements of the bank hold beside gifts, and keeps what people say that a row is.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/organisations/{organisationId}/bank-rows' },
        { method: 'POST', path: '/organisations/{organisationId}/bank-rows/{day}/{rowId}/namings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: { table: { verbs: ['get', 'query', 'put'], partitions: ['BANK#'] } },
  },

  // --- tasks of workflows/statement-import.asl.json ---
  'check-statement': {
    entry: 'statements/check-statement.lambda.ts',
    purpose: 'Reads an uploaded statement row by row and books nothing.',
    ...task,
    timeoutSeconds: 600, // 1,000,000 rows at some 25,000 a second are 40 s on a whole core, and this is a half
    memoryMb: 1024, // a workbook is read whole; delimited text needs a fifth of it
    needs: {
      table: { verbs: ['get', 'query', 'update'], partitions: ['STATEMENT#', 'CAMPAIGN#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'statements/' },
    },
  },
  'book-statement-part': {
    entry: 'statements/book-statement-part.lambda.ts',
    purpose: 'Books the rows of one part of a statement, each once for ever.',
    ...task,
    timeoutSeconds: 300, // 5,000 rows at some 200 a second are 25 s; the rest is room for a slow store
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'check'],
        partitions: ['STATEMENT#', 'ORDER#', 'GIFT#', 'LINK#', 'CAMPAIGN#', 'BANK#'],
      },
      bucket: { verbs: ['get'], prefix: 'statements/' },
      secrets: ['donor-key'],
    },
  },
  'finish-statement': {
    entry: 'statements/finish-statement.lambda.ts',
    purpose: 'Says on an import how it ended.',
    ...task,
    needs: {
      table: { verbs: ['get', 'query', 'update', 'put'], partitions: ['STATEMENT#', 'BANK#'] },
      bucket: { verbs: ['get'], prefix: 'statements/' },
    },
  },

  // --- old projects, closed in one exercise ---
  'manage-legacy-exercises': {
    entry: 'legacy/manage-legacy-exercises.lambda.ts',
    purpose: 'Opens exercises of old projects, shows how far they have come, and saves how their lists are read.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/legacy-exercises' },
        { method: 'GET', path: '/legacy-exercises' },
        { method: 'GET', path: '/legacy-exercises/{exerciseId}' },
        { method: 'GET', path: '/organisations/{organisationId}/legacy-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/legacy-settings' },
      ],
      access: 'staff',
    },
    ...http,
    memoryMb: 1024, // 2,000 projects are 8 MB of items, looked at together
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['LEGACY#', 'LEGACY-EXERCISES#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'legacy/' },
    },
  },
  'manage-legacy-files': {
    entry: 'legacy/manage-legacy-files.lambda.ts',
    purpose: 'Takes the lists of old projects, has them read and imported, and shows what they hold.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/files' },
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/files/{fileId}' },
        { method: 'PUT', path: '/legacy-exercises/{exerciseId}/files/{fileId}/entries' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/files/{fileId}/readings' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/files/{fileId}/imports' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'legacy/' },
      legacyCloseout: true,
    },
  },
  'manage-legacy-projects': {
    entry: 'legacy/manage-legacy-projects.lambda.ts',
    purpose:
      'Shows old projects, takes what people confirm, correct, give to others and decide, and starts the closing.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/projects' },
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/projects/{projectId}' },
        { method: 'PATCH', path: '/legacy-exercises/{exerciseId}/projects/{projectId}' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/confirmations' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/assignments' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/pairs/{pairId}/decisions' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/decisions' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/closings' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // 2,000 projects confirmed at once are 21 transactions, one after another
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      legacyCloseout: true,
    },
  },
  'manage-legacy-papers': {
    entry: 'legacy/manage-legacy-papers.lambda.ts',
    purpose: 'Takes the papers of old projects, checks them, and takes the word of two people that one is lost.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/uploads' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/confirmations' },
        { method: 'POST', path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/losses' },
        {
          method: 'POST',
          path: '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}/loss-confirmations',
        },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // a file of 20 MB is read whole and hashed
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['LEGACY#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'attachments/' },
    },
  },
  'remind-legacy': {
    entry: 'legacy/remind-legacy.lambda.ts',
    purpose: 'Mails people what papers of old projects they still have to find.',
    trigger: { kind: 'job', job: 'remind-legacy' },
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update', 'delete'],
        partitions: ['LEGACY#', 'LEGACY-EXERCISES#', 'ORGANISATION#', 'PERSON#'],
      },
      mail: true,
    },
  },

  // --- tasks of workflows/legacy-closeout.asl.json ---
  'read-legacy-file': {
    entry: 'legacy/read-legacy-file.lambda.ts',
    purpose: 'Reads a list of old projects cell by cell and imports nothing.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 2048, // a workbook of 10 MB is read whole: 460 MB were seen, and its cells once more
    needs: {
      table: { verbs: ['get', 'query', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'legacy/' },
    },
  },
  'import-legacy-file': {
    entry: 'legacy/import-legacy-file.lambda.ts',
    purpose: 'Makes projects of what was read from a list, each once.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'legacy/' },
      auditTrail: true,
    },
  },
  'prepare-legacy-closing': {
    entry: 'legacy/prepare-legacy-closing.lambda.ts',
    purpose: 'Names the old projects that are to be closed, in batches.',
    ...task,
    memoryMb: 1024,
    needs: { table: { verbs: ['get', 'query'], partitions: ['LEGACY#'] } },
  },
  'close-legacy-projects': {
    entry: 'legacy/close-legacy-projects.lambda.ts',
    purpose: 'Closes old projects, each by an entry that is written once, and tells which cannot be.',
    ...task,
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      auditTrail: true,
    },
  },
  'write-legacy-summary': {
    entry: 'legacy/write-legacy-summary.lambda.ts',
    purpose: 'Sums up the old projects that are closed, by year, source and county, as JSON, XLSX and PDF.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 2048, // the press as for the closeout report
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get', 'put'], prefix: 'legacy/' },
    },
    assets: 'press',
  },
  'mail-legacy-summary': {
    entry: 'legacy/mail-legacy-summary.lambda.ts',
    purpose: 'Mails the summary of old projects to its recipients, once each.',
    ...task,
    timeoutSeconds: 120,
    needs: {
      table: { verbs: ['get', 'put', 'update', 'delete'], partitions: ['LEGACY#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'legacy/' },
      mail: true,
    },
  },
  'finish-legacy-step': {
    entry: 'legacy/finish-legacy-step.lambda.ts',
    purpose: 'Says on a file or an exercise of old projects how a step ended.',
    ...task,
    memoryMb: 1024,
    needs: { table: { verbs: ['get', 'query', 'update'], partitions: ['LEGACY#'] }, auditTrail: true },
  },

  // --- tasks of workflows/campaign-lifecycle.asl.json ---
  'check-proposal': {
    entry: 'campaigns/check-proposal.lambda.ts',
    purpose: 'Checks what a proposal needs beyond its fields: organisation, lead time, pool.',
    ...task,
    needs: { table: { verbs: ['get'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] } },
  },
  'flag-campaign': {
    entry: 'campaigns/flag-campaign.lambda.ts',
    purpose: 'Says on a campaign that its workflow stopped, and raises the alarm.',
    ...task,
    needs: { table: { verbs: ['get', 'update'], partitions: ['CAMPAIGN#'] }, auditTrail: true },
  },
  'move-campaign': {
    entry: 'campaigns/move-campaign.lambda.ts',
    purpose: 'Moves a campaign along its states; refuses what is not a legal step.',
    ...task,
    needs: {
      table: { verbs: ['get', 'put', 'update'], partitions: ['CAMPAIGN#', 'POOL#', 'SEED#'] },
      auditTrail: true,
    },
  },
  'tell-staff': {
    entry: 'campaigns/tell-staff.lambda.ts',
    purpose: 'Mails staff what has become of a campaign: not opened, never opened, paused.',
    ...task,
    needs: {
      table: { verbs: ['get', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      mail: true,
    },
  },
  'settle-amendment': {
    entry: 'campaigns/settle-amendment.lambda.ts',
    purpose: 'Applies an amendment that was approved and filed, or says why not.',
    ...task,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'POOL#', 'ORGANISATION#', 'SPENDING#'],
      },
      auditTrail: true,
    },
  },
  'check-due': {
    entry: 'campaigns/check-due.lambda.ts',
    purpose: 'Says whether the campaign is filed and may open, close or settle yet, and how long to wait.',
    ...task,
    needs: { table: { verbs: ['get'], partitions: ['CAMPAIGN#'] } },
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
  'check-thank-yous': {
    entry: 'notices/check-thank-yous.lambda.ts',
    purpose: 'Counts the thank-yous that still wait.',
    ...task,
    timeoutSeconds: 300,
    needs: { table: { verbs: ['get', 'query'], partitions: ['POOL#', 'GIFT#', 'CAMPAIGN#'] } },
  },

  // --- disclosure: what is published, and corrected by further entries ---
  'manage-disclosures': {
    entry: 'disclosure/manage-disclosures.lambda.ts',
    purpose: 'Publishes entries and corrections of a campaign, shows drafts, and keeps how an organisation publishes.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/disclosures' },
        { method: 'POST', path: '/campaigns/{campaignId}/disclosures' },
        { method: 'POST', path: '/campaigns/{campaignId}/disclosures/{number}/corrections' },
        { method: 'GET', path: '/organisations/{organisationId}/disclosure-settings' },
        { method: 'PUT', path: '/organisations/{organisationId}/disclosure-settings' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'DISCLOSURE#'] },
      reads: ['SIGNED#', 'POOL#', 'SPENDING#', 'GOODS#', 'FEES#'],
      bucket: { verbs: ['put'], prefix: 'published/entries/' },
    },
  },
  'read-disclosures': {
    entry: 'disclosure/read-disclosures.lambda.ts',
    purpose: 'Shows what was published of a campaign, its account and its list of gifts, as JSON, CSV and a page.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}/disclosures' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/disclosures/page' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/disclosures/{number}' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/account' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/account.csv' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/gifts.csv' },
      ],
      access: 'public',
    },
    ...http,
    memoryMb: 1024, // 2,000 gifts of a file are read, joined with their names and written out as text
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['CAMPAIGN#', 'DISCLOSURE#', 'SIGNED#', 'POOL#', 'SPENDING#', 'GOODS#', 'FEES#', 'GIFT#', 'ORDER#'],
      },
    },
  },
  'publish-disclosure': {
    entry: 'disclosure/publish-disclosure.lambda.ts',
    purpose: 'Signs what is over and publishes the entry that a workflow has come to, once.',
    ...task,
    timeoutSeconds: 900, // as sign-day, which it does first
    memoryMb: 1024,
    needs: {
      table: {
        verbs: ['get', 'query', 'put', 'update'],
        partitions: ['CAMPAIGN#', 'DISCLOSURE#', 'SIGNED#', 'PROOF-KEYS#', 'PAID#'],
      },
      reads: ['ORGANISATION#', 'POOL#', 'GIFT#', 'OFFLINE#', 'TOTALS#', 'SPENDING#', 'GOODS#', 'FEES#'],
      auditTrail: true,
      bucket: { verbs: ['put'], prefix: 'published/' },
      secrets: ['donor-key'],
      signing: true,
    },
  },
  disclose: {
    entry: 'disclosure/disclose.lambda.ts',
    purpose: 'Drafts what is to be published of campaigns, and publishes progress where the organisation has said so.',
    trigger: { kind: 'job', job: 'disclose' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'DISCLOSURE#'] },
      reads: ['CALENDARS#', 'ORGANISATION#', 'SIGNED#', 'POOL#', 'SPENDING#', 'GOODS#', 'FEES#'],
      auditTrail: true,
      bucket: { verbs: ['put'], prefix: 'published/entries/' },
    },
  },

  // --- proofs: days that are signed, and that a gift is in one ---
  'sign-day': {
    entry: 'proofs/sign-day.lambda.ts',
    purpose: 'Signs, for every campaign, what was counted on the days that are over.',
    trigger: { kind: 'job', job: 'sign-day' },
    timeoutSeconds: 900, // 300,000 gifts of one day: 3,000 batch reads of entries and as many signposts at 25 at once, some 5 minutes
    memoryMb: 1024,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['SIGNED#', 'PROOF-KEYS#', 'PAID#'] },
      reads: ['CALENDARS#', 'POOL#', 'GIFT#', 'OFFLINE#', 'TOTALS#'],
      bucket: { verbs: ['put'], prefix: 'published/proofs/' },
      secrets: ['donor-key'],
      signing: true,
    },
  },
  'prove-gift': {
    entry: 'proofs/prove-gift.lambda.ts',
    purpose:
      'Proves that a gift is in the total of its day, and shows the signed days, the public keys and the page that checks.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/public/campaigns/{campaignId}/gifts/{gift}/proof' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/proof' },
        { method: 'GET', path: '/public/campaigns/{campaignId}/signed-days' },
        { method: 'GET', path: '/public/proof-keys' },
      ],
      access: 'public',
    },
    ...http,
    needs: {
      table: {
        verbs: ['get', 'query'],
        partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#', 'PAID#', 'SIGNED#', 'PROOF-KEYS#'],
      },
      bucket: { verbs: ['get'], prefix: 'published/proofs/' },
      secrets: ['donor-key'],
    },
  },

  // --- tasks of workflows/campaign-approval.asl.json ---
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

  // --- tasks of workflows/campaign-closeout.asl.json ---
  'prepare-closeout': {
    entry: 'closeout/prepare-closeout.lambda.ts',
    purpose: "Lists the campaign's days and shards, and the days whose bills it is held against.",
    ...task,
    needs: { table: { verbs: ['get', 'query'], partitions: ['CAMPAIGN#', 'TOTALS#', 'POOL#'] } },
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
  'write-report': {
    entry: 'closeout/write-report.lambda.ts',
    purpose: 'Merges the summaries and writes the closeout report as JSON, PDF and XLSX.',
    ...task,
    timeoutSeconds: 600, // a million gifts are 11,000 journal pages at about 100 pages/s, and as many replayed on half a core
    memoryMb: 1024, // half a core: setting type is the heaviest thing we do, and nobody waits for it
    assets: 'press',
    needs: {
      table: {
        verbs: ['get', 'query', 'put'],
        partitions: ['CAMPAIGN#', 'POOL#', 'GIFT#', 'ORGANISATION#', 'PERSON#', 'SPENDING#', 'GOODS#'],
      },
      reads: ['RECONCILIATION#'],
      auditTrail: true,
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
    },
  },
  'review-closeout': {
    entry: 'closeout/review-closeout.lambda.ts',
    purpose: 'Says how far a closeout report has come, and reminds people of the statement that it waits for.',
    ...task,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      reads: BASIS_OF_DRAFTS,
      auditTrail: true,
      mail: true,
    },
  },
  'sign-report': {
    entry: 'closeout/sign-report.lambda.ts',
    purpose:
      'Keeps a signed closeout report or addendum under its hash for good, or has it written anew, or gives it back.',
    ...task,
    timeoutSeconds: 300,
    memoryMb: 1024,
    assets: 'press',
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update'], partitions: ['CAMPAIGN#', 'ORGANISATION#', 'PERSON#'] },
      guards: BASIS_OF_DRAFTS,
      reads: ['TOTALS#', 'GIFT#'],
      auditTrail: true,
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
    },
  },
  'mail-closeout-reports': {
    entry: 'closeout/mail-closeout-reports.lambda.ts',
    purpose: 'Mails signed closeout reports and their addenda to each recipient, once.',
    trigger: { kind: 'job', job: 'mail-closeout-reports' },
    timeoutSeconds: 290,
    memoryMb: 512,
    needs: {
      table: { verbs: ['get', 'query', 'put', 'update', 'delete'], partitions: ['CAMPAIGN#', 'ORGANISATION#'] },
      bucket: { verbs: ['get'], prefix: 'campaigns/' },
      mail: true,
    },
  },
  'manage-closeout': {
    entry: 'closeout/manage-closeout.lambda.ts',
    purpose: 'Lets people write and submit what only they can say of a closed campaign, and shows its report.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/closeout' },
        { method: 'GET', path: '/campaigns/{campaignId}/closeout-statement' },
        { method: 'PUT', path: '/campaigns/{campaignId}/closeout-statement' },
        { method: 'POST', path: '/campaigns/{campaignId}/closeout-statement/submissions' },
      ],
      access: 'staff',
    },
    ...http,
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#', 'SPENDING#', 'GOODS#'] },
      bucket: { verbs: ['get'], prefix: 'campaigns/' },
    },
  },
  'manage-addenda': {
    entry: 'closeout/manage-addenda.lambda.ts',
    purpose: 'Drafts addenda to a signed closeout report, and lists them.',
    trigger: {
      kind: 'http',
      routes: [
        { method: 'GET', path: '/campaigns/{campaignId}/report-addenda' },
        { method: 'POST', path: '/campaigns/{campaignId}/report-addenda' },
      ],
      access: 'staff',
    },
    timeoutSeconds: 29, // opening the typesetter takes two seconds
    memoryMb: 1024,
    assets: 'press',
    needs: {
      table: { verbs: ['get', 'query', 'put'], partitions: ['CAMPAIGN#'] },
      reads: [...BASIS_OF_DRAFTS, 'TOTALS#', 'GIFT#'],
      bucket: { verbs: ['get', 'put'], prefix: 'campaigns/' },
      addenda: true,
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
  'campaign-approval': {
    definition: 'campaign-approval.asl.json',
    purpose: 'The approval of one round of a proposal or of one change, step by step.',
    timeoutDays: 32,
  },
  'campaign-amendment': {
    definition: 'campaign-amendment.asl.json',
    purpose: 'One amendment of an approved campaign: decided, filed again, applied.',
    timeoutDays: 100,
  },
  'campaign-closeout': {
    definition: 'campaign-closeout.asl.json',
    purpose: 'Reconciles, summarises and reports a closed campaign, has the report signed, and publishes it.',
    timeoutDays: 180,
  },
  'report-addendum': {
    definition: 'report-addendum.asl.json',
    purpose:
      'One addendum to a signed closeout report: signed as the report was, and written anew when the books move.',
    timeoutDays: 180,
  },
  'receipt-batch': {
    definition: 'receipt-batch.asl.json',
    purpose: 'Issues the receipts of all gifts of some campaigns, a share at a time.',
    timeoutDays: 2,
  },
  'statement-import': {
    definition: 'statement-import.asl.json',
    purpose: 'Reads an uploaded statement, or books one that was read, part by part.',
    timeoutDays: 2,
  },
  'legacy-closeout': {
    definition: 'legacy-closeout.asl.json',
    purpose: 'Reads and imports lists of old projects, and closes what is decided of them in one exercise.',
    timeoutDays: 2,
  },
} as const;
export type WorkflowName = keyof typeof WORKFLOWS;
