import * as z from 'zod';
import { LONGEST_PROJECT_MONTHS } from '../duties/duty.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { positiveAmountMinorSchema } from '../kernel/money.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { dayCount, localDateSchema, plusMonths, timeZoneSchema } from '../kernel/time.ts';
import { matchingPlanSchema, planProblems } from '../matching/matching-plan.ts';
import { slugSchema } from '../matching/rules/slug.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { attachmentIdSchema } from './attachment-id.ts';
import { budgetLineSchema, budgetProblems, MOST_BUDGET_LINES } from './budget.ts';
import { campaignIdSchema } from './campaign-id.ts';
import {
  bankAccountSchema,
  beneficiariesSchema,
  causeSchema,
  certificateSchema,
  executionPlanSchema,
  MOST_PLATFORMS,
  mediaConsentSchema,
  partnerSchema,
  personInChargeSchema,
  platformSchema,
  progressReportMonthsSchema,
  waysToGiveSchema,
} from './legal-plan.ts';

/** WeChat Pay keeps bills for three months, and they are fetched at the closeout: 60 days of gifts and a month of margin. */
const LONGEST_CAMPAIGN_DAYS = 60;

/** A party that mobilises donors and is shown on the leaderboard: a county branch, an office, an enterprise. */
export const unitSchema = z.strictObject({ id: slugSchema, name: lineSchema(80) });
export type Unit = z.infer<typeof unitSchema>;
export const MOST_UNITS = 300;
const MOST_PARTNER_ORGANISATIONS = 100;

/**
 * What a campaign manager submits: the plan that the law asks for (legal-plan.ts), the money, and what the page and the
 * reports need. Unknown fields are refused, so that a misspelt one is not silently lost. The expected amount that the rule
 * of 2024 asks for is `targetMinor`.
 */
export const campaignProposalSchema = z.strictObject({
  organisationId: organisationIdSchema,
  /** The parent project of which this is a sub-plan; left out for a project that stands by itself or has sub-plans. */
  parentCampaignId: campaignIdSchema.optional(),
  /** Partners outside the organisation's own tree that may hang a sub-plan under this project (art. 26: named in the plan). */
  partnerOrganisationIds: z.array(organisationIdSchema).min(1).max(MOST_PARTNER_ORGANISATIONS).optional(),
  title: lineSchema(80),
  /** One sentence for the page; the plan does not need it. */
  slogan: lineSchema(120).optional(),
  coverAttachmentId: attachmentIdSchema.optional(),
  /** Why money is raised: the text that donors and civil affairs read. */
  purpose: paragraphsSchema(2000),
  cause: causeSchema,
  /** Where gifts are asked for and where they are used (起止时间和地域). */
  region: lineSchema(200),
  /** Whole local days, both included. */
  window: z.strictObject({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
  personInCharge: personInChargeSchema,
  waysToGive: waysToGiveSchema,
  bankAccount: bankAccountSchema,
  certificate: certificateSchema,
  partner: partnerSchema.optional(),
  beneficiaries: beneficiariesSchema,
  /** Why they need it, and what shows that. */
  needEvidence: paragraphsSchema(2000),
  useOfProceeds: paragraphsSchema(2000),
  /** What raising the money costs, and who bears it. Its amounts are the budget's lines of kind `fundraising`. */
  fundraisingCost: paragraphsSchema(500),
  surplus: paragraphsSchema(500),
  executionPlan: executionPlanSchema,
  receiptPolicy: paragraphsSchema(500),
  refundPolicy: paragraphsSchema(500),
  progressReportMonths: progressReportMonthsSchema,
  platforms: z.array(platformSchema).min(1).max(MOST_PLATFORMS),
  mediaConsent: mediaConsentSchema,
  /** Matching and offline gifts book yuan only. */
  currency: z.literal('CNY').default('CNY'),
  targetMinor: positiveAmountMinorSchema,
  budgetLines: z.array(budgetLineSchema).min(1).max(MOST_BUDGET_LINES),
  units: z.array(unitSchema).max(MOST_UNITS).default([]),
  matching: matchingPlanSchema,
  /** Who gets the closeout report. */
  reportRecipients: z.array(z.email().max(254)).min(1).max(20),
  /** The language of this campaign's reports and of mails to donors who chose none. */
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
  /** True where the campaign and its gifts are made up: every report and mail then says so. */
  generatedData: z.boolean().default(false),
});
export type CampaignProposal = z.infer<typeof campaignProposalSchema>;
export type ProposalField = keyof CampaignProposal;
export const PROPOSAL_FIELDS = Object.keys(campaignProposalSchema.shape) as ProposalField[];

/** What has to hold between fields: which fields a check looks at, so that it runs whatever the others are like. */
type FieldsCheck = {
  readonly of: readonly ProposalField[];
  readonly problems: (fields: Readonly<Record<string, unknown>>) => FieldProblem[];
};

function check<Field extends ProposalField>(
  of: readonly Field[],
  problemsOf: (fields: Pick<CampaignProposal, Field>) => FieldProblem[],
): FieldsCheck {
  return {
    of,
    problems(fields) {
      const read: Record<string, unknown> = {};
      for (const field of of) {
        const parsed = campaignProposalSchema.shape[field].safeParse(fields[field]);
        if (!parsed.success) return [];
        read[field] = parsed.data;
      }
      return problemsOf(read as Pick<CampaignProposal, Field>);
    },
  };
}

const CHECKS: readonly FieldsCheck[] = [
  check(['window'], windowProblems),
  check(['window', 'certificate'], certificateProblems),
  check(['window', 'partner'], partnerProblems),
  check(['executionPlan'], stageProblems),
  check(['window', 'executionPlan'], projectProblems),
  check(['budgetLines', 'targetMinor', 'currency'], budgetProblems),
  check(['units'], unitProblems),
  check(['matching', 'units', 'currency', 'window'], matchingProblems),
];

/**
 * What is wrong between the fields, all at once; empty when nothing is. Of a proposal that is not whole, everything that
 * its good fields can tell.
 */
export const proposalProblems = (fields: Readonly<Record<string, unknown>>): FieldProblem[] =>
  CHECKS.flatMap(({ problems }) => problems(fields));

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

function certificateProblems({
  window,
  certificate: { validUntil },
}: Pick<CampaignProposal, 'window' | 'certificate'>): FieldProblem[] {
  if (validUntil === undefined || validUntil >= window.lastDay) return [];
  return [
    {
      field: 'certificate.validUntil',
      problem: `is before the last day of gifts, ${window.lastDay}`,
      fix: 'have the certificate renewed, or end the campaign before it ends',
    },
  ];
}

function partnerProblems({ window, partner }: Pick<CampaignProposal, 'window' | 'partner'>): FieldProblem[] {
  if (partner === undefined || partner.agreement.signedOn <= window.firstDay) return [];
  return [
    {
      field: 'partner.agreement.signedOn',
      problem: `is after the first day of gifts, ${window.firstDay}`,
      fix: 'sign the agreement before the campaign opens',
    },
  ];
}

function stageProblems({ executionPlan }: Pick<CampaignProposal, 'executionPlan'>): FieldProblem[] {
  return executionPlan.flatMap(({ fromDay, untilDay }, position) => {
    const field = `executionPlan[${position}]`;
    const previous = executionPlan[position - 1];
    if (untilDay < fromDay)
      return [
        { field: `${field}.untilDay`, problem: `is before the stage begins, ${fromDay}`, fix: 'give its last day' },
      ];
    if (previous !== undefined && fromDay < previous.fromDay)
      return [
        {
          field: `${field}.fromDay`,
          problem: `is before the stage above begins, ${previous.fromDay}`,
          fix: 'put the stages in order of time',
        },
      ];
    return [];
  });
}

/** A plan beyond what is reported of. */
function projectProblems({
  window,
  executionPlan,
}: Pick<CampaignProposal, 'window' | 'executionPlan'>): FieldProblem[] {
  const longest = plusMonths(window.lastDay, LONGEST_PROJECT_MONTHS);
  return executionPlan.flatMap(({ untilDay }, position) =>
    untilDay <= longest
      ? []
      : [
          {
            field: `executionPlan[${position}].untilDay`,
            problem: `is more than ${LONGEST_PROJECT_MONTHS / 12} years after the last day of gifts`,
            fix: `plan until ${longest} at most`,
          },
        ],
  );
}

function unitProblems({ units }: Pick<CampaignProposal, 'units'>): FieldProblem[] {
  const seen = new Set<string>();
  return units.flatMap((unit, position) => {
    const repeated = seen.has(unit.id);
    seen.add(unit.id);
    return repeated
      ? [{ field: `units[${position}].id`, problem: `repeats ${unit.id}`, fix: 'give every unit its own id' }]
      : [];
  });
}

function matchingProblems({
  matching,
  units,
  currency,
  window,
}: Pick<CampaignProposal, 'matching' | 'units' | 'currency' | 'window'>): FieldProblem[] {
  return planProblems(matching, { unitIds: new Set(units.map(({ id }) => id)), currency, window });
}
