import * as z from 'zod';
import { amountMinorSchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import { drawSchema } from './match-entry.ts';
import { QUADRATIC_OUTCOMES } from './rounds/quadratic-round.ts';

/**
 * Why money moved in a pool after gifts had drawn from it. `refund`: a gift, or part of it, went back to its donor.
 * `release`, `void`: a person decided on a held match, or took a match away. `claim`: an employer's match was
 * approved. `challenge`: a lump sum was unlocked or locked again. `pool`: a sponsor raised or lowered a pool. `round`: a
 * sum was split over the units at the end.
 */
export const ADJUSTMENT_KINDS = ['refund', 'release', 'void', 'claim', 'challenge', 'pool', 'round'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

/** Why a person changes what stands in the books; kept with the entry for ever. */
export const reasonSchema = z.string().trim().min(1).max(1000);

/** Money that left a rule's pool (above zero) or came back into it (below). */
export const changeSchema = z.object({
  ruleId: z.string(),
  subPoolId: z.string().optional(),
  matchMinor: z.number().int(),
});
export type Change = z.infer<typeof changeSchema>;

/** A pool, or sub-pool, that a sponsor made larger or smaller. */
export const resizeSchema = z.object({
  ruleId: z.string(),
  subPoolId: z.string().optional(),
  fromMinor: amountMinorSchema,
  toMinor: amountMinorSchema,
});
export type Resize = z.infer<typeof resizeSchema>;

/** A unit's part of a sum that was split at the end, and where the round says one, why it is what it is. */
export const shareSchema = z.object({
  unitId: z.string(),
  shareMinor: z.number().int().min(0),
  outcome: z.enum(QUADRATIC_OUTCOMES).optional(),
});

/**
 * One entry of a pool beside its gifts: written once, never changed. Its place in the pool's recorded order is after gift
 * number `afterSequence`, and among those by `number`. The gift's own collection holds a copy where it is about one gift.
 */
export const adjustmentSchema = z.object({
  type: z.literal('adjustment'),
  campaignId: z.string(),
  number: z.number().int().min(1),
  afterSequence: z.number().int().min(0),
  kind: z.enum(ADJUSTMENT_KINDS),
  at: instantSchema,
  /** Who: a person's id, or `system`. */
  by: z.string(),
  reason: z.string().optional(),
  /** That the matches were confirmed before: then challenges stay as they are, and the sponsor is told of a correction. */
  confirmed: z.literal(true).optional(),
  giftId: z.string().optional(),
  /** For refunds: which one, how much of the gift it gave back, and what of it had gone back with it in all. */
  refundId: z.string().optional(),
  refundMinor: positiveAmountMinorSchema.optional(),
  changes: z.array(changeSchema),
  /** For approved claims: the draw, as in a match entry. */
  draw: drawSchema.optional(),
  challenges: z
    .array(z.object({ ruleId: z.string(), kind: z.enum(['unlocked', 'locked']), lumpMinor: z.number().int().min(0) }))
    .optional(),
  resizes: z.array(resizeSchema).optional(),
  ruleId: z.string().optional(),
  shares: z.array(shareSchema).optional(),
});
export type Adjustment = z.infer<typeof adjustmentSchema>;

/** What an adjustment took from all pools together; below zero where money came back. */
export const netOf = (adjustment: Pick<Adjustment, 'changes'>): number =>
  adjustment.changes.reduce((total, { matchMinor }) => total + matchMinor, 0);
