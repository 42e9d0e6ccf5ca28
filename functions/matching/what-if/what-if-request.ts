import * as z from 'zod';
import { windowProblems } from '../../campaigns/campaign-proposal.ts';
import type { FieldProblem } from '../../kernel/errors.ts';
import { positiveAmountMinorSchema } from '../../kernel/money.ts';
import { localDateSchema, timeZoneSchema } from '../../kernel/time.ts';
import { AVERAGE_GIFT_MINOR } from '../giving-day/gift-amounts.ts';
import { matchingPlanSchema, planProblems } from '../matching-plan.ts';
import { slugSchema } from '../rules/slug.ts';

const seedSchema = z
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** A city's giving day of 2020 had 30,000 gifts; a million are one of a whole province. */
export const MOST_GENERATED = 1_000_000;
/**
 * Gifts that are read from a campaign's journal. An HTTP API answers within 30 s; a journal is read at 100 pages/s and more,
 * with some 45 gifts in a page of a busy day: 100,000 gifts are 22 s. A larger one goes through `npm run what-if`.
 */
export const MOST_STORED = 100_000;
/**
 * Gifts times rules (and one more for the gift itself), both drafts together. Rules cost 1 to 3.6 microseconds a gift, the
 * dearest measured with lots, caps and donors on a busy core: 6 million are at most 22 of the 30 s.
 */
export const MOST_WORK = 6_000_000;

export const whatIfRequestSchema = z.strictObject({
  /** One draft, or two to be set side by side. */
  drafts: z.array(matchingPlanSchema).min(1).max(2),
  /** When the campaign shall take gifts: whole local days, both included. */
  window: z.strictObject({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
  units: z.array(slugSchema).max(300).default([]),
  currency: z.literal('CNY').default('CNY'),
  /** Decides the made-up lots of random rules. */
  lotSeed: seedSchema.default(1),
  gifts: z
    .strictObject({
      generated: z
        .strictObject({
          count: z.number().int().min(1).max(MOST_GENERATED),
          seed: seedSchema.default(1),
          averageMinor: positiveAmountMinorSchema.default(positiveAmountMinorSchema.parse(AVERAGE_GIFT_MINOR)),
        })
        .optional(),
      /** A campaign whose gifts are replayed, moved so that its first day falls on the window's. */
      campaignId: z.string().min(1).max(64).optional(),
    })
    .refine(({ generated, campaignId }) => (generated === undefined) !== (campaignId === undefined), {
      message: 'must be either generated gifts or those of one campaign',
    }),
});
export type WhatIfRequest = z.infer<typeof whatIfRequestSchema>;

/** Everything between the fields that cannot be: window, contradictions of the drafts, more work than one answer can do. */
export function whatIfProblems(request: WhatIfRequest): FieldProblem[] {
  const { drafts, units, currency, gifts, window } = request;
  const unitIds = new Set(units);
  return [
    ...windowProblems(request),
    ...drafts.flatMap((draft, n) => planProblems(draft, { unitIds, currency, window }, `drafts[${n}]`)),
    ...workProblems(request, gifts.generated?.count ?? 0, 'gifts.generated.count'),
  ];
}

/** Whether so many gifts can be replayed against these drafts in one answer. */
export function workProblems({ drafts }: Pick<WhatIfRequest, 'drafts'>, gifts: number, field: string): FieldProblem[] {
  const workPerGift = drafts.reduce((work, { rules }) => work + rules.length + 1, 0);
  const most = Math.floor(MOST_WORK / workPerGift);
  if (gifts <= most) return [];
  return [
    {
      field,
      problem: `is more than can be replayed against these drafts in one answer: ${most} gifts`,
      fix: 'ask with fewer gifts or one draft, or run npm run what-if, which has the time',
    },
  ];
}
