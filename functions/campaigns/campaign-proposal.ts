import * as z from 'zod';
import type { FieldProblem } from '../kernel/errors.ts';
import { add, formatMoney, type Minor, positiveAmountMinorSchema, subtract, ZERO } from '../kernel/money.ts';
import { dayCount, localDateSchema, timeZoneSchema } from '../kernel/time.ts';
import { matchingPlanSchema, planProblems } from '../matching/matching-plan.ts';
import { slugSchema } from '../matching/rules/slug.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';

/** WeChat Pay keeps bills for three months, and they are fetched at the closeout: 60 days of gifts and a month of margin. */
const LONGEST_CAMPAIGN_DAYS = 60;

export const budgetLineSchema = z.strictObject({
  item: z.string().trim().min(1).max(120),
  kind: z.enum(['programme', 'fundraising', 'management']),
  amountMinor: positiveAmountMinorSchema,
});
export type BudgetLine = z.infer<typeof budgetLineSchema>;

/** A party that mobilises donors and is shown on the leaderboard: a county branch, an office, an enterprise. */
export const unitSchema = z.strictObject({
  id: slugSchema,
  name: z.string().trim().min(1).max(80),
});
export type Unit = z.infer<typeof unitSchema>;

/** What a campaign manager submits. Unknown fields are refused, so that a misspelt one is not silently lost. */
export const campaignProposalSchema = z.strictObject({
  organisationId: organisationIdSchema,
  title: z.string().trim().min(1).max(80),
  /** What the money is for, and what happens to it: the text that donors and civil affairs read. */
  purpose: z.string().trim().min(1).max(2000),
  beneficiaries: z.string().trim().min(1).max(1000),
  /** Whole local days, both included. */
  window: z.strictObject({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
  /** The one door so far, WeChat Pay, books yuan only. */
  currency: z.literal('CNY').default('CNY'),
  targetMinor: positiveAmountMinorSchema,
  budgetLines: z.array(budgetLineSchema).min(1).max(100),
  units: z.array(unitSchema).max(300).default([]),
  matching: matchingPlanSchema,
  /** Who gets the closeout report. */
  reportRecipients: z.array(z.email().max(254)).min(1).max(20),
  /** The language of this campaign's reports and of mails to donors who chose none. */
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
  /** True where the campaign and its gifts are made up: every report and mail then says so. */
  generatedData: z.boolean().default(false),
});
export type CampaignProposal = z.infer<typeof campaignProposalSchema>;

/** What is wrong between the fields, all at once; empty when nothing is. */
export function proposalProblems(proposal: CampaignProposal): FieldProblem[] {
  return [
    ...windowProblems(proposal),
    ...budgetProblems(proposal),
    ...unitProblems(proposal),
    ...matchingProblems(proposal),
  ];
}

/** A window that ends before it begins, or that is longer than bills are kept. */
export function windowProblems({ window }: Pick<CampaignProposal, 'window'>): FieldProblem[] {
  if (window.lastDay < window.firstDay) {
    return [
      {
        field: 'window.lastDay',
        problem: `is before the first day, ${window.firstDay}`,
        fix: 'give the last day on which gifts are taken',
      },
    ];
  }
  const days = dayCount(window.firstDay, window.lastDay);
  if (days <= LONGEST_CAMPAIGN_DAYS) return [];
  return [
    {
      field: 'window.lastDay',
      problem: `makes a campaign of ${days} days`,
      fix: `plan at most ${LONGEST_CAMPAIGN_DAYS} days`,
    },
  ];
}

function budgetProblems({ budgetLines, targetMinor, currency }: CampaignProposal): FieldProblem[] {
  const planned = budgetLines.reduce((total, line) => add(total, line.amountMinor), ZERO);
  if (planned === targetMinor) return [];
  const money = (amount: Minor): string => formatMoney(amount, currency);
  return [
    {
      field: 'budgetLines',
      problem: `sum to ${money(planned)}, but the target is ${money(targetMinor)}`,
      fix: `change lines or target by ${money(subtract(targetMinor, planned))}`,
      rule: 'Charity Law art. 24: the plan states the use of the proceeds',
    },
  ];
}

function unitProblems({ units }: CampaignProposal): FieldProblem[] {
  const seen = new Set<string>();
  return units.flatMap((unit, position) => {
    const repeated = seen.has(unit.id);
    seen.add(unit.id);
    return repeated
      ? [{ field: `units[${position}].id`, problem: `repeats ${unit.id}`, fix: 'give every unit its own id' }]
      : [];
  });
}

const matchingProblems = ({ matching, units, currency, window }: CampaignProposal): FieldProblem[] =>
  planProblems(matching, { unitIds: new Set(units.map(({ id }) => id)), currency, window });
