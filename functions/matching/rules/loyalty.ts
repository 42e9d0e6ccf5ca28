import * as z from 'zod';
import type { FieldProblem } from '../../kernel/errors.ts';
import { positiveAmountMinorSchema } from '../../kernel/money.ts';
import { type CampaignWindow, localDateSchema } from '../../kernel/time.ts';
import { ratioShape } from './ratio.ts';

const MOST_TIERS = 20;

/**
 * Rule R15: the ratio follows how many years a donor has given before, and a streak may earn a fixed bonus on one of
 * their gifts ("all eight years: 99.99 on any gift of 9 September").
 */
export const loyaltyShape = {
  tiers: z
    .array(z.strictObject({ atLeastYears: z.number().int().min(0).max(100), ...ratioShape }))
    .min(1)
    .max(MOST_TIERS),
  streakBonus: z
    .strictObject({
      atLeastYears: z.number().int().min(1).max(100),
      amountMinor: positiveAmountMinorSchema,
      /** The one local day on which it is given; on any day of the rule's windows where left out. */
      day: localDateSchema.optional(),
    })
    .optional(),
} as const;
const loyaltySchema = z.strictObject(loyaltyShape);
type LoyaltyRule = Pick<z.infer<typeof loyaltySchema>, 'tiers' | 'streakBonus'>;

/** The tier of a donor with so many years; `undefined` below the lowest. */
export const tierOf = (rule: LoyaltyRule, years: number): LoyaltyRule['tiers'][number] | undefined =>
  rule.tiers.findLast(({ atLeastYears }) => atLeastYears <= years);

export function loyaltyProblems(rule: LoyaltyRule, at: string, { firstDay, lastDay }: CampaignWindow): FieldProblem[] {
  const day = rule.streakBonus?.day;
  const misplaced: FieldProblem[] =
    day === undefined || (day >= firstDay && day <= lastDay)
      ? []
      : [
          {
            field: `${at}.streakBonus.day`,
            problem: `is no day of the campaign, which runs from ${firstDay} to ${lastDay}`,
            fix: 'name one of its days, or leave the day out',
          },
        ];
  return [...misplaced, ...tierProblems(rule, at)];
}

function tierProblems(rule: LoyaltyRule, at: string): FieldProblem[] {
  return rule.tiers.flatMap((tier, position) => {
    const before = rule.tiers[position - 1];
    return before === undefined || before.atLeastYears < tier.atLeastYears
      ? []
      : [
          {
            field: `${at}.tiers[${position}].atLeastYears`,
            problem: `does not come after ${before.atLeastYears}`,
            fix: 'list the tiers from the fewest years to the most, each once',
          },
        ];
  });
}
