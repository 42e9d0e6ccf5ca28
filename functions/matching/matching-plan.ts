import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { fingerprint } from '../kernel/ids.ts';
import { type Currency, formatMoney, LARGEST_AMOUNT_MINOR, minor } from '../kernel/money.ts';
import type { CampaignWindow } from '../kernel/time.ts';
import { type GiftRule, isGiftRule, type MatchingRule, matchingRuleSchema } from './matching-rule.ts';
import { performanceProblems } from './rounds/performance-round.ts';
import { quadraticProblems } from './rounds/quadratic-round.ts';
import { capProblems, type Money } from './rules/caps.ts';
import { employerProblems } from './rules/employer.ts';
import { loyaltyProblems } from './rules/loyalty.ts';
import { luckProblems } from './rules/luck.ts';
import { ratioShape } from './rules/ratio.ts';
import { bandProblems } from './rules/reach.ts';
import { screenProblems, screenSchema } from './rules/screen.ts';
import { timeProblems, windowProblems } from './rules/windows.ts';

/** More sponsors than any giving day had for one campaign; each is a line of every gift's explanation. */
const MOST_RULES = 10;

/**
 * All that decides matches in one campaign. Rules stand in order of priority: each sees the original gift, and all of
 * them together give at most `maxMultiple` of it. An empty list is a campaign without matching.
 */
export const matchingPlanSchema = z.strictObject({
  rules: z.array(matchingRuleSchema).max(MOST_RULES),
  maxMultiple: z.strictObject(ratioShape).optional(),
  screen: screenSchema.optional(),
});
export type MatchingPlan = z.infer<typeof matchingPlanSchema>;

/** Names a plan by its content, so that two plans that differ can never share a name. Stands in every match. */
export const planIdOf = (plan: MatchingPlan): string => `plan_${fingerprint([canonical(plan)])}`;

/** The same text for the same content, whatever order its fields came in. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}

/** What of a campaign a plan has to fit. */
export type PlanSetting = {
  readonly unitIds: ReadonlySet<string>;
  readonly currency: Currency;
  readonly window: CampaignWindow;
};

/** Everything in a plan that contradicts itself, all at once, each with its field; empty when nothing does. */
export function planProblems(plan: MatchingPlan, campaign: PlanSetting, at = 'matching'): FieldProblem[] {
  return [...ruleListProblems(plan, campaign, at), ...sizeProblems(plan, campaign, at)];
}

/** The pools together stand in one amount, which has a limit like every other. */
function sizeProblems(plan: MatchingPlan, { currency }: PlanSetting, at: string): FieldProblem[] {
  const together = planPoolMinor(plan);
  if (together <= LARGEST_AMOUNT_MINOR) return [];
  const money = (amount: number): string => formatMoney(minor(amount), currency);
  return [
    {
      field: `${at}.rules`,
      problem: `hold ${money(together)} together, more than the ${money(LARGEST_AMOUNT_MINOR)} that one campaign can book`,
      fix: 'lower the pools',
    },
  ];
}

function ruleListProblems(plan: MatchingPlan, campaign: PlanSetting, at: string): FieldProblem[] {
  const seen = new Set<string>();
  const programmes = new Set<string>();
  const rules = plan.rules.flatMap((rule, position) => {
    const place = `${at}.rules[${position}]`;
    const problems = ruleProblems(rule, campaign, place);
    if (seen.has(rule.id))
      problems.push({ field: `${place}.id`, problem: `repeats ${rule.id}`, fix: 'give every rule its own id' });
    seen.add(rule.id);
    const programmeId = isGiftRule(rule) ? rule.perDonor?.perYear?.programmeId : undefined;
    if (programmeId === undefined) return problems;
    if (programmes.has(programmeId))
      problems.push({
        field: `${place}.perDonor.perYear.programmeId`,
        problem: `is the programme of another rule of this plan: ${programmeId}`,
        fix: 'let one rule of a campaign draw on a programme',
      });
    programmes.add(programmeId);
    return problems;
  });
  return [...rules, ...screenProblems(plan.screen, at)];
}

function ruleProblems(rule: MatchingRule, { unitIds, currency, window }: PlanSetting, at: string): FieldProblem[] {
  const money: Money = (amount) => formatMoney(minor(amount), currency);
  if (rule.poolMinor === 0)
    return [
      {
        field: `${at}.poolMinor`,
        problem: 'is zero, so that the rule would give nothing',
        fix: 'give it money, or leave the rule out',
      },
    ];
  const problems = isGiftRule(rule)
    ? [...windowProblems(rule, at, money, window), ...capProblems(rule, at, money), ...minProblems(rule, at, money)]
    : [];
  switch (rule.kind) {
    case 'ratio':
      return [...problems, ...bandProblems(rule.bands, at, false)];
    case 'random':
      return [...problems, ...luckProblems(rule, at), ...bandProblems(rule.bands, at, true)];
    case 'loyalty':
      return [...problems, ...loyaltyProblems(rule, at, window)];
    case 'employer':
      return [...problems, ...employerProblems(rule, unitIds, at)];
    case 'challenge':
      return timeProblems(rule, at, window);
    case 'quadratic':
      return placed(at, quadraticProblems(rule, currency));
    case 'performance':
      return placed(at, performanceProblems(rule, currency));
  }
}

/** Problems of a rule by itself, as problems of its place in the plan. */
const placed = (at: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map((problem) => ({ ...problem, field: `${at}.${problem.field}` }));

/** A smallest gift whose match is already more than one gift may draw: every match would be the cap. */
function minProblems(rule: GiftRule, at: string, money: Money): FieldProblem[] {
  const { minMinor, capMinor } = rule.perGift ?? {};
  if (minMinor === undefined || capMinor === undefined || minMinor <= capMinor) return [];
  return [
    {
      field: `${at}.perGift.minMinor`,
      problem: `is above perGift.capMinor, which is ${money(capMinor)}`,
      fix: 'lower the smallest gift or raise the cap',
    },
  ];
}

/** The rules' pools together. */
export const planPoolMinor = (plan: MatchingPlan): number =>
  plan.rules.reduce((total, { poolMinor }) => total + poolMinor, 0);
