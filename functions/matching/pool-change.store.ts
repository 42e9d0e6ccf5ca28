import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { adjustmentKey } from '../platform/keys.ts';
import type { Table, Value } from '../platform/table.ts';
import { type Adjustment, adjustmentSchema } from './adjustment.ts';
import { planIdOf } from './matching-plan.ts';
import type { MatchingPool } from './matching-pool.ts';
import type { Patience } from './patience.ts';
import { isSameChange, type PoolChange, poolChangeSettlement } from './pool-change.ts';
import { changeBooks } from './settlement.store.ts';

export type PoolsChanged = { readonly kind: 'changed'; readonly planVersion: number; readonly adjustment: Adjustment };

/**
 * Raises or lowers pools as the plan's next version, once: the same change by the same person, made from the same version,
 * finds what stands, so that a lost answer does no harm. Throws TransientError where the pool cannot be reached in time.
 */
export async function changePools(
  table: Table,
  about: { readonly campaignId: string; readonly by: string },
  change: PoolChange,
  now: Instant,
  patience: Patience,
): Promise<PoolsChanged | Refusal> {
  const { campaignId, by } = about;
  let standing: Adjustment | undefined;
  const outcome = await changeBooks(
    table,
    campaignId,
    undefined,
    now,
    async (books) => {
      const { pool } = books;
      if (pool.planVersion !== change.planVersion) {
        standing = await madeBefore(table, pool, by, change);
        return standing === undefined ? anotherVersion(pool) : { kind: 'unchanged' };
      }
      const decided = poolChangeSettlement(change.changes, { by, reason: change.reason }, books);
      if ('kind' in decided) return decided;
      const { settlement, plan } = decided;
      const poolSet = {
        plan: plan as unknown as Value,
        planId: planIdOf(plan),
        planVersion: pool.planVersion + 1,
        planChange: pool.adjustments + 1,
      };
      return { settlement, poolSet };
    },
    patience,
  );
  if (outcome.kind === 'refused') return outcome;
  const adjustment = outcome.kind === 'changed' ? outcome.adjustment : standing;
  if (adjustment === undefined) return refuse('another-version', 'The pools were changed meanwhile.');
  return { kind: 'changed', planVersion: change.planVersion + 1, adjustment };
}

const anotherVersion = ({ planVersion }: MatchingPool): Refusal =>
  refuse('another-version', `The plan is at version ${planVersion} now. Read the pools as they are, then change them.`);

/** The change that made the current version, where it is this one and was made from the version that it names. */
async function madeBefore(
  table: Table,
  { campaignId, planVersion, planChange }: MatchingPool,
  by: string,
  change: PoolChange,
): Promise<Adjustment | undefined> {
  if (planChange === undefined || planVersion !== change.planVersion + 1) return undefined;
  const entry = adjustmentSchema.parse(await table.get(adjustmentKey(campaignId, planChange)));
  return isSameChange(entry, by, change) ? entry : undefined;
}
