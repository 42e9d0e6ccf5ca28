import * as z from 'zod';
import { amountMinorSchema, currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { MATCH_OUTCOMES } from './match-outcome.ts';
import { CAPS } from './rules/caps.ts';
import { HOLDS } from './rules/screen.ts';

/** What stood about the donor in our own lists when the gift was counted. */
export const standingSchema = z.object({
  reach: z.number().int().min(0).optional(),
  years: z.number().int().min(0).optional(),
  employerRuleIds: z.array(z.string()).optional(),
});

/** What one rule gave to a gift, with everything that decided it (matching-engine.ts, `Draw`). */
export const drawSchema = z.object({
  ruleId: z.string(),
  outcome: z.enum(MATCH_OUTCOMES),
  matchMinor: amountMinorSchema,
  offerMinor: amountMinorSchema.optional(),
  baseMinor: amountMinorSchema.optional(),
  bandBasisPoints: z.number().int().optional(),
  luck: z
    .object({ won: z.boolean(), shareBasisPoints: z.number().int().optional(), multiple: z.number().int().optional() })
    .optional(),
  streakBonus: z.literal(true).optional(),
  capsHit: z.array(z.enum(CAPS)).optional(),
  subPoolId: z.string().optional(),
  year: z.string().optional(),
  yearBeforeMinor: amountMinorSchema.optional(),
  leftBeforeMinor: amountMinorSchema.optional(),
  ofMinor: amountMinorSchema.optional(),
});

/** Why a match waits for a person, and by how many gifts (rules/screen.ts). */
const holdShape = { held: z.enum(HOLDS).optional(), heldGifts: z.number().int().min(2).optional() } as const;

/**
 * That a gift has been counted, and what it drew: exactly one per gift, even when the match is zero. Carries what a
 * recomputation needs: plan, inputs, result, and the gift's place in the pool's recorded order. Never changed: what
 * happens to the match later are adjustments (adjustment.ts).
 */
export const matchEntrySchema = z.object({
  type: z.literal('match'),
  giftId: z.string(),
  campaignId: z.string(),
  orderNo: z.string(),
  donorId: z.string(),
  unitId: z.string().optional(),
  teamId: z.string().optional(),
  /** Goods: never matched (match-outcome.ts). */
  inKind: z.literal(true).optional(),
  sequence: z.number().int().min(1),
  planId: z.string(),
  planVersion: z.number().int().min(1),
  amountMinor: positiveAmountMinorSchema,
  matchMinor: amountMinorSchema,
  currency: currencySchema,
  outcome: z.enum(MATCH_OUTCOMES),
  draws: z.array(drawSchema),
  standing: standingSchema.optional(),
  ...holdShape,
  occurredAt: instantSchema,
  day: localDateSchema,
  allocatedAt: instantSchema,
  thankYouDue: z.boolean(),
});
export type MatchEntry = z.infer<typeof matchEntrySchema>;

/** What a journal line keeps of a draw: what a recomputation must know and cannot find in the journal itself. */
export const lineDrawSchema = z.object({
  ruleId: z.string(),
  matchMinor: amountMinorSchema,
  outcome: z.enum(MATCH_OUTCOMES),
  /** What the donor had drawn in the programme's year before, in all campaigns: the one input from outside this pool. */
  yearBeforeMinor: amountMinorSchema.optional(),
});

/** One gift in the pool's journal. */
export const journalLineSchema = z.object({
  giftId: z.string(),
  orderNo: z.string(),
  donorId: z.string(),
  unitId: z.string().optional(),
  /** The team that it counts for, where it was given in one: for totals only, no rule looks at it. */
  teamId: z.string().optional(),
  anonymous: z.boolean(),
  thankYouDue: z.boolean(),
  inKind: z.literal(true).optional(),
  amountMinor: positiveAmountMinorSchema,
  matchMinor: amountMinorSchema,
  outcome: z.enum(MATCH_OUTCOMES),
  draws: z.array(lineDrawSchema),
  standing: standingSchema.optional(),
  ...holdShape,
  occurredAt: instantSchema,
  day: localDateSchema,
});
export type JournalLine = z.infer<typeof journalLineSchema>;
