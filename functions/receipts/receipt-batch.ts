import * as z from 'zod';
import { instantSchema, type LocalDate, localDateSchema } from '../kernel/time.ts';
import { INTAKE_SHARDS } from '../platform/keys.ts';
import type { IssueOutcome } from './receipt-order.ts';
import { RECEIPT_POLICIES } from './receipt-settings.ts';

/** Campaigns of one batch: those that an organisation has in two years. */
export const MOST_CAMPAIGNS = 100;

export const batchRequestSchema = z.strictObject({
  campaignIds: z.array(z.string().min(1).max(64)).min(1).max(MOST_CAMPAIGNS),
  /** In place of the organisation's policy, for this once. */
  policy: z.enum(RECEIPT_POLICIES).optional(),
});

/** Receipts for all gifts of some campaigns that are due one, issued in one go. */
export const receiptBatchSchema = z.object({
  type: z.literal('receipt-batch'),
  batchId: z.string(),
  organisationId: z.string(),
  campaignIds: z.array(z.string()),
  policy: z.enum(RECEIPT_POLICIES),
  createdBy: z.string(),
  createdAt: instantSchema,
  /** How often it was started: after a failure it goes on where that stopped. */
  attempts: z.number().int().min(1),
});
export type ReceiptBatch = z.infer<typeof receiptBatchSchema>;

const count = z.number().int().min(0);
/** What became of a campaign's gifts so far. */
export const batchFiguresSchema = z.object({
  /** Gifts looked at. */
  gifts: count,
  issued: count,
  issuedMinor: count,
  /** Recorded as anonymous or as not wanting one. */
  waived: count,
  /** Had a receipt, or a record that there is none, before this batch. */
  before: count,
  /** Their donors gave a name and have not asked, where only those who ask get one. */
  notAsked: count,
  /** Cannot have one now: contested, held, given back, in another currency. The next batch looks again. */
  notReady: count,
});
export type BatchFigures = z.infer<typeof batchFiguresSchema>;
export const NO_FIGURES: BatchFigures = {
  gifts: 0,
  issued: 0,
  issuedMinor: 0,
  waived: 0,
  before: 0,
  notAsked: 0,
  notReady: 0,
};

/** Where a batch goes on within a campaign: a shard of a day, behind a position of the index. */
export const batchPositionSchema = z.object({
  day: localDateSchema,
  shard: z.number().int().min(0),
  after: z.string().optional(),
});
export type BatchPosition = z.infer<typeof batchPositionSchema>;

/** How far a batch has come with one campaign. Written after what it counts: begun again, it finds that done and counts it then. */
export const receiptBatchPartSchema = z.object({
  type: z.literal('receipt-batch-part'),
  batchId: z.string(),
  campaignId: z.string(),
  done: z.boolean(),
  /** Where it goes on; absent at the beginning and at the end. */
  position: batchPositionSchema.optional(),
  ...batchFiguresSchema.shape,
  version: z.number().int().min(1),
});
export type ReceiptBatchPart = z.infer<typeof receiptBatchPartSchema>;

/** The partition behind one: the next shard, or the next of the days that have gifts. */
export function positionAfter(days: readonly LocalDate[], { day, shard }: BatchPosition): BatchPosition | undefined {
  if (shard + 1 < INTAKE_SHARDS) return { day, shard: shard + 1 };
  const next = days.find((one) => one > day);
  return next === undefined ? undefined : { day: next, shard: 0 };
}

export const addFigures = (left: BatchFigures, right: BatchFigures): BatchFigures => ({
  gifts: left.gifts + right.gifts,
  issued: left.issued + right.issued,
  issuedMinor: left.issuedMinor + right.issuedMinor,
  waived: left.waived + right.waived,
  before: left.before + right.before,
  notAsked: left.notAsked + right.notAsked,
  notReady: left.notReady + right.notReady,
});

/** What one outcome adds. What `by` issued before it crashed is its own: it is counted now. */
export function figuresOf(outcome: IssueOutcome, by: string): BatchFigures {
  const one = { ...NO_FIGURES, gifts: 1 };
  switch (outcome.kind) {
    case 'issued':
      return { ...one, issued: 1, issuedMinor: outcome.receipt.amountMinor };
    case 'already-issued':
      return outcome.by === by ? { ...one, issued: 1, issuedMinor: outcome.amountMinor } : { ...one, before: 1 };
    case 'waived':
      return { ...one, waived: 1 };
    case 'already-waived':
      return { ...one, before: 1 };
    default:
      return { ...one, notReady: 1 };
  }
}
