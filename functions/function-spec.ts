/**
 * What the manifest says of a function: where its code is, what starts it and what it may touch. infra builds from it (a need becomes a
 * grant and an environment variable together), the architecture test holds it against the files and the workflows, and the story
 * tests run every handler behind a table that allows just these verbs and partitions.
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
export const BASIS_OF_DRAFTS = ['POOL#', 'RECONCILIATION#', 'SPENDING#', 'GOODS#'] as const;

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
export const http = { timeoutSeconds: 10, memoryMb: 512 } as const;
/**
 * What staff change in a pool waits for its turn beside the batches of gifts: 25 s at the most (matching/patience.ts), and
 * API Gateway hangs up after 30 s.
 */
export const steering = { timeoutSeconds: 29, memoryMb: 512 } as const;
/** What a change of a pool's books reads and writes, of one gift or of none. */
export const poolBooks = {
  verbs: ['get', 'query', 'put', 'update'],
  partitions: ['POOL#', 'GIFT#', 'DONOR#', 'TOTALS#', 'SEED#'],
} as const;
/** Workflow tasks read at most some hundred pages of the table: a minute with a wide margin. */
export const task = { timeoutSeconds: 60, memoryMb: 512, trigger: { kind: 'workflow' } } as const;
