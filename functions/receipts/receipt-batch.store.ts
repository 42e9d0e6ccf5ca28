import { type Refusal, refuse } from '../kernel/errors.ts';
import {
  partsOfReceiptBatch,
  receiptBatchesOf,
  receiptBatchIndexKey,
  receiptBatchKey,
  receiptBatchPartKey,
} from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import {
  addFigures,
  NO_FIGURES,
  type ReceiptBatch,
  type ReceiptBatchPart,
  receiptBatchPartSchema,
  receiptBatchSchema,
} from './receipt-batch.ts';

/** Batches in one list: those of two years, run every month. */
const MOST_LISTED = 50;

export async function findBatch(table: Table, batchId: string): Promise<ReceiptBatch | undefined> {
  const item = await table.get(receiptBatchKey(batchId));
  return item === undefined ? undefined : receiptBatchSchema.parse(item);
}

const itemOf = (batch: ReceiptBatch) => ({
  ...receiptBatchKey(batch.batchId),
  ...receiptBatchIndexKey(batch.organisationId, batch.createdAt, batch.batchId),
  ...batch,
});

/** Keeps a batch, once; one that is there under its id is found as it is, unless it is another one. */
export async function keepBatch(table: Table, batch: ReceiptBatch): Promise<ReceiptBatch | Refusal> {
  const outcome = await table.write({ put: itemOf(batch), when: { absent: true } });
  if (outcome.kind === 'written') return batch;
  const there = await findBatch(table, batch.batchId);
  if (there === undefined) return refuse('try-again', 'The batch could not be kept just now. Try again.');
  return contentOf(there) === contentOf(batch)
    ? there
    : refuse('idempotency-key-reused', 'This Idempotency-Key was sent with another batch.');
}

const contentOf = ({ organisationId, campaignIds, policy }: ReceiptBatch): string =>
  JSON.stringify([organisationId, campaignIds, policy]);

/** Counts that a batch is started once more. */
export async function countAttempt(table: Table, batch: ReceiptBatch): Promise<ReceiptBatch> {
  const next = { ...batch, attempts: batch.attempts + 1 };
  const outcome = await table.write({ put: itemOf(next), when: { equals: { attempts: batch.attempts } } });
  // Somebody else has started it meanwhile: theirs is as good.
  return outcome.kind === 'written' ? next : ((await findBatch(table, batch.batchId)) ?? batch);
}

/** Newest first. */
export async function batchesOf(table: Table, organisationId: string): Promise<ReceiptBatch[]> {
  const { items } = await table.query(receiptBatchesOf(organisationId), { limit: MOST_LISTED, descending: true });
  return items.map((item) => receiptBatchSchema.parse(item));
}

export async function partsOf(table: Table, batchId: string): Promise<ReceiptBatchPart[]> {
  const parts: ReceiptBatchPart[] = [];
  for await (const item of everyItem(table, partsOfReceiptBatch(batchId)))
    parts.push(receiptBatchPartSchema.parse(item));
  return parts;
}

/** How far a batch has come with a campaign; at its beginning where nothing is written. */
export async function findPart(
  table: Table,
  batchId: string,
  campaignId: string,
): Promise<ReceiptBatchPart | undefined> {
  const item = await table.get(receiptBatchPartKey(batchId, campaignId));
  return item === undefined ? undefined : receiptBatchPartSchema.parse(item);
}

/** Writes how far it has come, on what was read; `false` where another has come further meanwhile. */
export async function movePart(
  table: Table,
  before: ReceiptBatchPart | undefined,
  next: Omit<ReceiptBatchPart, 'type' | 'version'>,
): Promise<boolean> {
  const put = {
    ...receiptBatchPartKey(next.batchId, next.campaignId),
    type: 'receipt-batch-part',
    ...next,
    version: (before?.version ?? 0) + 1,
  };
  const when = before === undefined ? ({ absent: true } as const) : { equals: { version: before.version } };
  return (await table.write({ put, when })).kind === 'written';
}

/** A batch as people see it: figures of its parts and their sum. */
export async function readBatchView(table: Table, batch: ReceiptBatch) {
  const parts = await partsOf(table, batch.batchId);
  const done = parts.filter((part) => part.done).length;
  const { type: _type, ...rest } = batch;
  return {
    ...rest,
    state: done === batch.campaignIds.length ? 'finished' : 'running',
    campaignsDone: done,
    figures: parts.reduce((sum, part) => addFigures(sum, part), NO_FIGURES),
    campaigns: parts.map(
      ({ campaignId, done: isDone, position, type: _kind, batchId: _id, version: _v, ...figures }) => ({
        campaignId,
        done: isDone,
        day: position?.day ?? null,
        ...figures,
      }),
    ),
  };
}
