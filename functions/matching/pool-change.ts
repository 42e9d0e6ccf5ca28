import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import { formatMoney, type Minor, minor } from '../kernel/money.ts';
import type { Resize } from './adjustment.ts';
import type { MatchingPlan } from './matching-plan.ts';
import type { MatchingPool } from './matching-pool.ts';
import { type Fund, remainingIn } from './matching-state.ts';
import type { OpenBooks, Settlement } from './settlement.ts';

/** One pool, or sub-pool, that a sponsor wants larger or smaller: what it shall hold in all. */
export type PoolChangeRequest = {
  readonly ruleId: string;
  readonly subPoolId?: string | undefined;
  readonly poolMinor: Minor;
};

type Refused = { readonly kind: 'problem'; readonly problem: FieldProblem };
type Resized = { readonly kind: 'resized'; readonly resize: Resize };

/**
 * Raises or lowers pools: the plan's next version. A pool cannot become smaller than what has been drawn from it. Books
 * what it allows into the state's funds; when anything is refused nothing of it is written, so that does no harm.
 */
export function poolChangeSettlement(
  requests: readonly PoolChangeRequest[],
  by: { readonly by: string; readonly reason: string },
  { pool, state }: Pick<OpenBooks, 'pool' | 'state'>,
): { readonly settlement: Settlement; readonly plan: MatchingPlan } | Refusal {
  if (pool.state !== 'open')
    return refuse('pool-finalised', 'Matching of this campaign is closed; its pools cannot change any more.');
  const plan = structuredClone(pool.plan);
  const outcomes = requests.map((request, position) =>
    resized(request, `changes[${position}]`, plan, state.funds, pool.currency),
  );
  const problems = outcomes.flatMap((outcome) => (outcome.kind === 'problem' ? [outcome.problem] : []));
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

function resized(
  { ruleId, subPoolId, poolMinor }: PoolChangeRequest,
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
