import * as z from 'zod';
import { amountMinorSchema, currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { MATCH_OUTCOMES } from './matching-rule.ts';

/**
 * That a gift has been counted, and what it drew: exactly one per gift, even when the match is zero. Carries what a
 * recomputation needs: rule, inputs, result, and the gift's place in the pool's recorded order.
 */
export const matchEntrySchema = z.object({
  type: z.literal('match'),
  giftId: z.string(),
  campaignId: z.string(),
  orderNo: z.string(),
  sequence: z.number().int().min(1),
  ruleId: z.string(),
  amountMinor: positiveAmountMinorSchema,
  matchMinor: amountMinorSchema,
  currency: currencySchema,
  outcome: z.enum(MATCH_OUTCOMES),
  /** What was left in the pool before this gift drew: with the rule, all that is needed to check the result by hand. */
  remainingBeforeMinor: amountMinorSchema,
  occurredAt: instantSchema,
  allocatedAt: instantSchema,
  thankYouDue: z.boolean(),
});
export type MatchEntry = z.infer<typeof matchEntrySchema>;

/** One gift in the pool's journal. */
export const journalLineSchema = z.object({
  giftId: z.string(),
  orderNo: z.string(),
  donorId: z.string(),
  unitId: z.string().optional(),
  anonymous: z.boolean(),
  thankYouDue: z.boolean(),
  amountMinor: positiveAmountMinorSchema,
  matchMinor: amountMinorSchema,
  outcome: z.enum(MATCH_OUTCOMES),
  occurredAt: instantSchema,
  day: localDateSchema,
});
export type JournalLine = z.infer<typeof journalLineSchema>;

/** What one committed transaction counted, in recorded order: `lines[0]` has place `firstSequence`. */
export const journalPageSchema = z.object({
  type: z.literal('journal-page'),
  campaignId: z.string(),
  firstSequence: z.number().int().min(1),
  lines: z.array(journalLineSchema).min(1),
});
export type JournalPage = z.infer<typeof journalPageSchema>;
