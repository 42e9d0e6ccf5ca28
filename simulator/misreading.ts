import type { FunctionName } from '../functions/manifest.ts';
import type { MatchingPlan } from '../functions/matching/matching-plan.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import { type GiftRule, isGiftRule } from '../functions/matching/matching-rule.ts';
import type { Fund } from '../functions/matching/matching-state.ts';
import type { Item, TransactWrite } from '../functions/platform/table.ts';
import { isAbout, ported } from './mutation.ts';

/**
 * An invocation that takes the pool for another one: without a cap, say. All that it then plans and writes is of a piece
 * (matches, journal, donors, totals, pool agree with one another), as if the rule itself had been written wrongly; only who
 * knows the plan can tell.
 */
export type Misreading = {
  readonly read: (pool: MatchingPool) => MatchingPool;
  /** Puts right in the written funds what `read` has moved, where it has moved something. `seen` is what was read last. */
  readonly written?: (funds: readonly Fund[], seen: MatchingPool) => readonly Fund[];
};

export const misreading = ({ read, written }: Misreading, only: FunctionName = 'allocate-donations') =>
  ported((table) => {
    let seen: MatchingPool | undefined;
    return {
      async get(key, options) {
        const item = await table.get(key, options);
        if (item?.type !== 'pool') return item;
        seen = item as unknown as MatchingPool;
        return read(structuredClone(seen)) as unknown as Item;
      },
      transact: (writes) =>
        table.transact(
          writes.map((write) => (seen === undefined ? write : rewritten(write, seen, written ?? ((funds) => funds)))),
        ),
    };
  }, only);

function rewritten(
  write: TransactWrite,
  seen: MatchingPool,
  written: NonNullable<Misreading['written']>,
): TransactWrite {
  if (!('update' in write) || !isAbout(write, 'POOL#', 'POOL')) return write;
  const funds = written((write.set?.['funds'] ?? []) as unknown as readonly Fund[], seen);
  const remainingMinor = funds.reduce((total, fund) => total + fund.remainingMinor, 0);
  const state = seen.state;
  const { atLeast: _, equals, ...rest } = write.when ?? {};
  return {
    ...write,
    set: { ...write.set, funds: funds as never, remainingMinor },
    when: { ...rest, equals: { ...equals, state } },
  };
}

/** A pool with every rule that follows gifts changed. */
export const eachRule =
  (change: (rule: GiftRule) => Partial<GiftRule>) =>
  (pool: MatchingPool): MatchingPool =>
    withPlan(pool, {
      ...pool.plan,
      rules: pool.plan.rules.map((rule) => (isGiftRule(rule) ? ({ ...rule, ...change(rule) } as GiftRule) : rule)),
    });

export const withPlan = (pool: MatchingPool, plan: MatchingPlan): MatchingPool => ({ ...pool, plan });
