import * as z from 'zod';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import { amountMinorSchema, formatMoney, LARGEST_AMOUNT_MINOR, minor } from '../kernel/money.ts';
import { type Adjustment, type Resize, reasonSchema } from './adjustment.ts';
import { type MatchingPlan, planPoolMinor } from './matching-plan.ts';
import type { MatchingPool } from './matching-pool.ts';
import { type Fund, remainingIn } from './matching-state.ts';
import { quadraticProblems } from './rounds/quadratic-round.ts';
import { slugSchema } from './rules/slug.ts';
import type { OpenBooks, Settlement } from './settlement.ts';

/** One pool, or sub-pool, that a sponsor wants larger or smaller: what it shall hold in all. */
const poolSizeSchema = z.strictObject({
  ruleId: slugSchema,
  subPoolId: slugSchema.optional(),
  poolMinor: amountMinorSchema,
});
export type PoolSize = z.infer<typeof poolSizeSchema>;
/** As many as a rule may have sub-pools. */
const MOST_SIZES = 100;

export const poolChangeSchema = z.strictObject({
  /** The version of the plan that was read, so that nobody changes pools they have not seen. */
  planVersion: z.number().int().min(1),
  changes: z.array(poolSizeSchema).min(1).max(MOST_SIZES),
  reason: reasonSchema,
});
export type PoolChange = z.infer<typeof poolChangeSchema>;

type Refused = { readonly kind: 'problem'; readonly problem: FieldProblem };
type Resized = { readonly kind: 'resized'; readonly resize: Resize };

/**
 * Raises or lowers pools: the plan's next version. A pool cannot become smaller than what has been drawn from it. Books
 * what it allows into the state's funds; when anything is refused nothing of it is written, so that does no harm.
 */
export function poolChangeSettlement(
  requests: readonly PoolSize[],
  by: { readonly by: string; readonly reason: string },
  { pool, state }: Pick<OpenBooks, 'pool' | 'state'>,
): { readonly settlement: Settlement; readonly plan: MatchingPlan } | Refusal {
  if (pool.state !== 'open')
    return refuse('pool-finalised', 'Matching of this campaign is closed; its pools cannot change any more.');
  const plan = structuredClone(pool.plan);
  const outcomes = requests.map((request, position) =>
    resized(request, `changes[${position}]`, plan, state.funds, pool.currency),
  );
  const problems = [
    ...outcomes.flatMap((outcome) => (outcome.kind === 'problem' ? [outcome.problem] : [])),
    ...repeatedPools(requests),
    ...sizeProblems(plan, pool.currency),
  ];
  if (problems.length > 0) return refuse('impossible-change', 'Some pools cannot be changed like this.', problems);
  const resizes = outcomes.flatMap((outcome) => (outcome.kind === 'resized' ? [outcome.resize] : []));
  return {
    plan,
    settlement: {
      adjustment: { kind: 'pool', ...by, changes: [], resizes },
      totals: { matchMinor: 0, refundedMinor: 0 },
      campaignTotals: {},
    },
  };
}

/** A pool that is named twice: which of the two sizes is meant? */
function repeatedPools(requests: readonly PoolSize[]): FieldProblem[] {
  const seen = new Set<string>();
  return requests.flatMap(({ ruleId, subPoolId = '' }, position) =>
    seen.size < seen.add(`${ruleId}/${subPoolId}`).size
      ? []
      : [{ field: `changes[${position}]`, problem: 'names a pool for the second time', fix: 'name every pool once' }],
  );
}

/** What a plan may not come to: a pool that is stored and can never be read again would stop the campaign. */
function sizeProblems(plan: MatchingPlan, currency: MatchingPool['currency']): FieldProblem[] {
  if (planPoolMinor(plan) <= LARGEST_AMOUNT_MINOR) return [];
  const most = formatMoney(minor(LARGEST_AMOUNT_MINOR), currency);
  return [{ field: 'changes', problem: `bring all pools together above ${most}`, fix: 'send amounts in minor units' }];
}

function resized(
  { ruleId, subPoolId, poolMinor }: PoolSize,
  field: string,
  plan: MatchingPlan,
  funds: readonly Fund[],
  currency: MatchingPool['currency'],
): Refused | Resized {
  const index = plan.rules.findIndex(({ id }) => id === ruleId);
  const rule = plan.rules[index];
  const fund = funds[index];
  if (rule === undefined || fund === undefined)
    return problem(`${field}.ruleId`, 'is no rule of this campaign', 'name one of its rules');
  if (rule.kind === 'challenge' || rule.kind === 'performance')
    return problem(
      `${field}.ruleId`,
      'promised fixed sums to whoever reaches a mark',
      'change pools that follow gifts',
    );
  const subPools = 'subPools' in rule ? rule.subPools : undefined;
  const part = subPools?.find(({ id }) => id === subPoolId);
  if (subPools === undefined && subPoolId !== undefined)
    return problem(`${field}.subPoolId`, 'is given, but this rule has no sub-pools', 'leave it out');
  if (subPools !== undefined && part === undefined)
    return problem(
      `${field}.subPoolId`,
      'is none of the sub-pools of this rule',
      `name one of ${subPools.map(({ id }) => id).join(', ')}`,
    );
  const fromMinor = part?.poolMinor ?? rule.poolMinor;
  if (poolMinor === fromMinor) return problem(`${field}.poolMinor`, 'is what the pool has already', 'leave it out');
  if (rule.kind === 'quadratic' && (poolMinor === 0 || quadraticProblems({ ...rule, poolMinor }, currency).length > 0))
    return problem(`${field}.poolMinor`, 'leaves the round nothing to share', 'leave it some money');
  const left = remainingIn(fund, subPoolId);
  const drawn = minor(fromMinor - left);
  if (poolMinor < drawn)
    return problem(
      `${field}.poolMinor`,
      `is less than what has been drawn already, ${formatMoney(drawn, currency)}`,
      'leave at least what has been matched',
    );
  const more = poolMinor - fromMinor;
  if (part !== undefined) part.poolMinor = poolMinor;
  rule.poolMinor = minor(rule.poolMinor + more);
  fund.poolMinor += more;
  fund.remainingMinor += more;
  if (subPoolId !== undefined && fund.subPools !== undefined) fund.subPools[subPoolId] = left + more;
  return {
    kind: 'resized',
    resize: { ruleId, ...(subPoolId === undefined ? {} : { subPoolId }), fromMinor, toMinor: poolMinor },
  };
}

const problem = (field: string, text: string, fix: string): Refused => ({
  kind: 'problem',
  problem: { field, problem: text, fix },
});

/** Whether this entry is what the request asked for: the same person, the same pools, the same sizes. */
export function isSameChange(entry: Adjustment, by: string, { changes }: Pick<PoolChange, 'changes'>): boolean {
  const asked = changes.map(({ ruleId, subPoolId, poolMinor }) => [ruleId, subPoolId, poolMinor]);
  const made = (entry.resizes ?? []).map(({ ruleId, subPoolId, toMinor }) => [ruleId, subPoolId, toMinor]);
  return entry.kind === 'pool' && entry.by === by && JSON.stringify(asked) === JSON.stringify(made);
}
