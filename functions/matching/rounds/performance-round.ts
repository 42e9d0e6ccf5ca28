import * as z from 'zod';
import { type FieldProblem, PermanentError } from '../../kernel/errors.ts';
import {
  add,
  allocate,
  amountMinorSchema,
  type Currency,
  formatMoney,
  type Minor,
  positiveAmountMinorSchema,
  subtract,
  sum,
  ZERO,
} from '../../kernel/money.ts';
import { roundRuleFields } from './rule-fields.ts';

/** Published rounds have two to five; a results page of more could not be read. */
const MOST_TIERS = 20;

const tierSchema = z.strictObject({
  id: roundRuleFields.id,
  sumMinor: positiveAmountMinorSchema,
  /** A project takes part from this much raised. 0 lets every project in, also one that raised nothing. */
  atLeastMinor: amountMinorSchema,
  /** By what those who take part share: what they raised, how many gave, how many gifts came, or all alike. */
  by: z.enum(['amount', 'donors', 'gifts', 'equal']),
});

/**
 * A lump sum shared by what projects raised, tier by tier: rule R14 of the domain notes. A project takes part in every tier
 * that it reaches. Modelled on the giving day of 2020: one sum among all projects, a further one among those above a mark.
 */
export const performanceRuleSchema = z.strictObject({
  ...roundRuleFields,
  kind: z.literal('performance'),
  tiers: z.array(tierSchema).min(1).max(MOST_TIERS),
});
export type PerformanceRule = z.infer<typeof performanceRuleSchema>;
export type PerformanceTier = PerformanceRule['tiers'][number];

/** The proportions of 2020, 80 million among all and 10 million above a million, at a hundredth of the size. */
export const PERFORMANCE_EXAMPLE = {
  version: 2,
  kind: 'performance',
  id: 'by-results-2026',
  sponsor: 'Example Foundation',
  poolMinor: 90_000_000,
  tiers: [
    { id: 'all', sumMinor: 80_000_000, atLeastMinor: 0, by: 'amount' },
    { id: 'from-10000-yuan', sumMinor: 10_000_000, atLeastMinor: 1_000_000, by: 'donors' },
  ],
} as const satisfies z.input<typeof performanceRuleSchema>;

/** What is wrong between the fields, all at once; empty when nothing is. */
export function performanceProblems({ poolMinor, tiers }: PerformanceRule, currency: Currency): FieldProblem[] {
  return [...sumProblems(poolMinor, tiers, currency), ...idProblems(tiers)];
}

function sumProblems(poolMinor: Minor, tiers: readonly PerformanceTier[], currency: Currency): FieldProblem[] {
  const planned = sum(tiers.map(({ sumMinor }) => sumMinor));
  if (planned === poolMinor) return [];
  const money = (amount: Minor): string => formatMoney(amount, currency);
  return [
    {
      field: 'tiers',
      problem: `sum to ${money(planned)}, but the pool is ${money(poolMinor)}`,
      fix: `change tiers or pool by ${money(subtract(poolMinor, planned))}`,
    },
  ];
}

function idProblems(tiers: readonly PerformanceTier[]): FieldProblem[] {
  const seen = new Set<string>();
  return tiers.flatMap(({ id }, position) => {
    const repeated = seen.has(id);
    seen.add(id);
    return repeated
      ? [{ field: `tiers[${position}].id`, problem: `repeats ${id}`, fix: 'give every tier its own id' }]
      : [];
  });
}

/** What a project raised, without match and net of refunds; `donors` and `gifts` count what was not wholly refunded. */
export type ProjectResults = {
  readonly unitId: string;
  readonly raisedMinor: Minor;
  readonly donors: number;
  readonly gifts: number;
};

/**
 * Whether a tier was paid.
 * `paid`: all of it. `nobody-reached`: no project raised as much. `nothing-to-weigh`: those who take part have none of what
 * it is shared by, as where nobody gave.
 */
export const TIER_OUTCOMES = ['paid', 'nobody-reached', 'nothing-to-weigh'] as const;
export type TierOutcome = (typeof TIER_OUTCOMES)[number];

export type TierShares = PerformanceTier & {
  readonly outcome: TierOutcome;
  readonly paidMinor: Minor;
  /** Those who take part, by unit id, each with the score by which it shares. */
  readonly shares: readonly { readonly unitId: string; readonly score: number; readonly shareMinor: Minor }[];
};

export type PerformanceRound = {
  readonly poolMinor: Minor;
  readonly paidMinor: Minor;
  /** The pool less what is paid: the tiers that were not. */
  readonly unspentMinor: Minor;
  readonly tiers: readonly TierShares[];
  /** All projects by unit id, with what all tiers give them together. */
  readonly projects: readonly { readonly unitId: string; readonly shareMinor: Minor }[];
};

/**
 * Shares each tier among the projects that reach it, by largest remainder, ties to the smaller unit id. A tier that is not
 * paid stays unspent: it does not go to the others. Throws PermanentError where a unit is listed twice.
 */
export function performanceRound(
  { poolMinor, tiers }: Pick<PerformanceRule, 'poolMinor' | 'tiers'>,
  results: readonly ProjectResults[],
): PerformanceRound {
  const ordered = results.toSorted((a, b) => (a.unitId < b.unitId ? -1 : a.unitId > b.unitId ? 1 : 0));
  const totals = new Map(ordered.map(({ unitId }) => [unitId, ZERO]));
  if (totals.size < ordered.length) throw new PermanentError('a unit stands in the round twice');
  const shared = tiers.map((tier) => shareTier(tier, ordered));
  for (const { unitId, shareMinor } of shared.flatMap(({ shares }) => shares)) {
    totals.set(unitId, add(totals.get(unitId) ?? ZERO, shareMinor));
  }
  const paidMinor = sum(shared.map((tier) => tier.paidMinor));
  return {
    poolMinor,
    paidMinor,
    unspentMinor: subtract(poolMinor, paidMinor),
    tiers: shared,
    projects: [...totals].map(([unitId, shareMinor]) => ({ unitId, shareMinor })),
  };
}

function shareTier(tier: PerformanceTier, ordered: readonly ProjectResults[]): TierShares {
  const reached = ordered.filter(({ raisedMinor }) => raisedMinor >= tier.atLeastMinor);
  const scores = reached.map((project) => scoreOf(project, tier.by));
  const isPaid = scores.some((score) => score > 0);
  const amounts = isPaid ? allocate(tier.sumMinor, scores) : [];
  return {
    ...tier,
    outcome: isPaid ? 'paid' : reached.length === 0 ? 'nobody-reached' : 'nothing-to-weigh',
    paidMinor: sum(amounts),
    shares: reached.map(({ unitId }, position) => ({
      unitId,
      score: scores[position] ?? 0,
      shareMinor: amounts[position] ?? ZERO,
    })),
  };
}

function scoreOf(project: ProjectResults, by: PerformanceTier['by']): number {
  switch (by) {
    case 'amount':
      return project.raisedMinor;
    case 'donors':
      return project.donors;
    case 'gifts':
      return project.gifts;
    case 'equal':
      return 1;
  }
}
