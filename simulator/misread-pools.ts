import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import { isGiftRule } from '../functions/matching/matching-rule.ts';
import type { Fund } from '../functions/matching/matching-state.ts';
import { withPlan } from './misreading.ts';

/** More than any campaign gives, and a tenth of the largest amount that can be stored. */
export const UNLIMITED = 100_000_000_000;

/** The fields without one of them. */
export function without<T extends object>(fields: T | undefined, field: keyof T): T | undefined {
  if (fields === undefined) return undefined;
  const { [field]: _, ...rest } = fields;
  return rest as T;
}

/** The fields with one of them so large that it limits nothing, where it is there. */
export const unlimited = <T extends object>(fields: T | undefined, field: keyof T): T | undefined =>
  fields?.[field] === undefined ? fields : { ...fields, [field]: UNLIMITED };

/** A moment later. */
export const afterwards = (instant: MatchingPool['closesAt']): MatchingPool['closesAt'] =>
  new Date(Date.parse(instant) + 1).toISOString() as MatchingPool['closesAt'];

const followsGifts = (pool: MatchingPool, ruleId: string): boolean =>
  pool.plan.rules.some((rule) => rule.id === ruleId && isGiftRule(rule));

/** A pool with more money in every fund that follows gifts. */
export const withMore = (pool: MatchingPool, moreMinor: number): MatchingPool => ({
  ...pool,
  funds: moreIn(pool.funds as Fund[], pool, moreMinor) as MatchingPool['funds'],
});
/** Takes off again what `withMore` put there, all of it. */
export const lessAgain = (funds: readonly Fund[], pool: MatchingPool): readonly Fund[] =>
  moreIn(funds, pool, -UNLIMITED);

const moreIn = (funds: readonly Fund[], pool: MatchingPool, moreMinor: number): readonly Fund[] =>
  funds.map((fund) => {
    if (!followsGifts(pool, fund.ruleId)) return fund;
    const { subPools } = fund;
    return {
      ...fund,
      remainingMinor: fund.remainingMinor + moreMinor,
      ...(subPools === undefined
        ? {}
        : { subPools: Object.fromEntries(Object.entries(subPools).map(([id, left]) => [id, left + moreMinor])) }),
    };
  });

/** A challenge as if it had not been met. */
export const lockedAgain = (fund: MatchingPool['funds'][number]): MatchingPool['funds'][number] =>
  fund.challenge?.unlocked === true ? { ...fund, challenge: { ...fund.challenge, unlocked: false } } : fund;

/** A challenge that has been met is met by anything. */
export function neverLocking(pool: MatchingPool): MatchingPool {
  const met = new Set(pool.funds.filter(({ challenge }) => challenge?.unlocked === true).map(({ ruleId }) => ruleId));
  const rules = pool.plan.rules.map((rule) =>
    rule.kind === 'challenge' && met.has(rule.id) ? { ...rule, threshold: 1 } : rule,
  );
  return withPlan(pool, { ...pool.plan, rules });
}

/** A donor's item as if they had never got a bonus. */
export function forgettingBonus<T extends { readonly type: string; readonly [name: string]: unknown }>(item: T): T {
  if (item.type !== 'campaign-donor') return item;
  const uses = Object.entries((item['uses'] ?? {}) as Readonly<Record<string, object>>).map(([ruleId, use]) => [
    ruleId,
    without(use as { streakBonus?: true }, 'streakBonus'),
  ]);
  return { ...item, uses: Object.fromEntries(uses) };
}
