import * as z from 'zod';
import { amountMinorSchema, minor, sum } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import { ADJUSTMENT_KINDS, adjustmentSchema, changeSchema, resizeSchema, shareSchema } from '../matching/adjustment.ts';
import { MATCH_STAGES } from '../matching/matching-pool.ts';
import { matchingRuleSchema } from '../matching/matching-rule.ts';
import { mustBeAtMost, mustEqual } from './report-checks.ts';

const count = z.number().int().min(0);
/** Fen that may be below zero: money that went back. */
const changeMinorSchema = z.number().int();

/** One rule of the plan as it stood at the end, with what its pool gave. */
const ruleFiguresSchema = z.strictObject({
  rule: matchingRuleSchema,
  /** Net of what went back. Of a challenge or a round it is a lump sum, which follows no single gift. */
  matchedMinor: amountMinorSchema,
  remainingMinor: amountMinorSchema,
});

/** One entry beside the gifts: what changed in a match that a gift had drawn, or in a pool, and why. */
export const reportedAdjustmentSchema = z.strictObject({
  /** Its place among all adjustments of the campaign. */
  number: z.number().int().min(1),
  kind: z.enum(ADJUSTMENT_KINDS),
  at: instantSchema,
  /** A person's id, or `system`. */
  by: z.string(),
  reason: z.string().optional(),
  /** That the matches were confirmed before, so that it is a correction. */
  confirmed: z.literal(true).optional(),
  /** The gift that it is about, by its number in the recorded order, and what that gift was. */
  giftNo: z.number().int().min(1).optional(),
  giftId: z.string().optional(),
  giftMinor: amountMinorSchema.optional(),
  /** What of the gift went back to its donor. */
  refundMinor: amountMinorSchema.optional(),
  /** What it changed in the gift's match, all rules together. */
  matchMinor: changeMinorSchema,
  /** What it changed in lump sums. */
  lumpMinor: changeMinorSchema,
  changes: z.array(z.strictObject(changeSchema.shape)),
  challenges: adjustmentSchema.shape.challenges,
  resizes: z.array(z.strictObject(resizeSchema.shape)).optional(),
  ruleId: z.string().optional(),
  shares: z.array(z.strictObject(shareSchema.shape)).optional(),
});
export type ReportedAdjustment = z.infer<typeof reportedAdjustmentSchema>;

/** What the second, naive calculation found: of every match, and of everything that changed one. */
const recomputationSchema = z.strictObject({
  agrees: z.boolean(),
  giftsCompared: count,
  adjustmentsCompared: count,
  differences: count,
});

/** The match in the report: pools, rules, what became of the matches, and every change of one. */
export const reportMatchSchema = z.strictObject({
  stage: z.enum(MATCH_STAGES),
  /** Until when the public may object. */
  noticeUntil: instantSchema.optional(),
  rules: z.array(ruleFiguresSchema),
  poolMinor: amountMinorSchema,
  /** What all pools gave, net: matches of gifts and lump sums. */
  matchedMinor: amountMinorSchema,
  remainingMinor: amountMinorSchema,
  /** What gifts drew when they were counted, before anything went back. */
  drawnMinor: amountMinorSchema,
  /** What of `matchedMinor` follows no single gift: challenges that were met, sums split over the units. */
  lumpMinor: amountMinorSchema,
  /** Gifts whose match is above zero now. */
  matchedGifts: count,
  /** Gifts whose match waits for a person. */
  heldGifts: count,
  /** Gifts whose match a cap cut, as they were counted. */
  cappedGifts: count,
  /** Gifts that the pool's end cut or left without a match. */
  exhaustedGifts: count,
  outsideWindowGifts: count,
  /** In their order; those about gifts that came after the end are left out, like these gifts. */
  adjustments: z.array(reportedAdjustmentSchema),
  recomputation: recomputationSchema,
});
export type ReportMatch = z.infer<typeof reportMatchSchema>;

type Totals = { readonly gifts: number; readonly refundedMinor: number; readonly matchedMinor: number };

/** Throws PermanentError naming the first figure of the match that does not agree with the others. */
export function checkMatch(match: ReportMatch, totals: Totals): void {
  const { adjustments, recomputation, rules } = match;
  const total = (field: 'matchMinor' | 'lumpMinor'): number => adjustments.reduce((all, one) => all + one[field], 0);
  const refundedMinor = adjustments.reduce((all, { refundMinor }) => all + (refundMinor ?? 0), 0);
  mustEqual('match.matchedMinor', match.matchedMinor, totals.matchedMinor + match.lumpMinor);
  mustEqual('match.poolMinor against matched + remaining', match.poolMinor, match.matchedMinor + match.remainingMinor);
  mustEqual('matchedMinor of all rules', sum(rules.map((rule) => rule.matchedMinor)), match.matchedMinor);
  mustEqual('remainingMinor of all rules', sum(rules.map((rule) => rule.remainingMinor)), match.remainingMinor);
  for (const { rule, matchedMinor, remainingMinor } of rules)
    mustEqual(`poolMinor of rule ${rule.id}`, rule.poolMinor, minor(matchedMinor + remainingMinor));
  mustEqual('match.drawnMinor with all adjustments', match.drawnMinor + total('matchMinor'), totals.matchedMinor);
  mustEqual('lumpMinor of all adjustments', total('lumpMinor'), match.lumpMinor);
  mustEqual('refundMinor of all adjustments', refundedMinor, totals.refundedMinor);
  for (const figure of ['matchedGifts', 'heldGifts', 'cappedGifts', 'exhaustedGifts', 'outsideWindowGifts'] as const)
    mustBeAtMost(`match.${figure}`, match[figure], totals.gifts);
  mustEqual('match.recomputation.agrees', Number(recomputation.agrees), Number(recomputation.differences === 0));
}
