import { PermanentError, type Refusal, ThrottledError, TransientError } from '../kernel/errors.ts';
import { fingerprint } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { adjustmentKey, everythingOfGift, poolKey, settlementKey, UNASSIGNED } from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite, type Value } from '../platform/table.ts';
import { type Adjustment, adjustmentSchema } from './adjustment.ts';
import { campaignTotalsAction, giftTotalsActions } from './allocation-totals.ts';
import { donorActions } from './announcement.ts';
import { readDonors } from './donors.store.ts';
import type { DonorsAtHand } from './donors-at-hand.ts';
import { type GiftAccount, giftAccountOf } from './gift-account.ts';
import { openEngine, readPool } from './matching-pool.store.ts';
import { type MatchingPool, ownFunds, remainingOf, stageAfter } from './matching-pool.ts';
import { type Patience, pauseBefore, realPatience } from './patience.ts';
import { type OpenBooks, refundSettlement, type Settlement } from './settlement.ts';

/** Everything that stands under a gift's key. */
export async function readGiftAccount(table: Table, giftId: string): Promise<GiftAccount> {
  const items: Item[] = [];
  for await (const item of everyItem(table, everythingOfGift(giftId))) items.push(item);
  return giftAccountOf(items);
}

/** Why there is nothing to write: everything is as it should be, or a refusal. */
export type Unchanged = { readonly kind: 'unchanged' } | Refusal;
const UNCHANGED: Unchanged = { kind: 'unchanged' };

/** What a change of the books is made from, and what it becomes. */
type Change = {
  readonly settlement: Settlement;
  /** Changes of the pool item beside its money and counters, such as a new plan. */
  readonly poolSet?: Readonly<Record<string, Value>>;
  /** Names the settlement under its gift: its absence is what lets it happen once. */
  readonly cause?: string;
  /** Further items that change with it, each under its own guard. */
  readonly writes?: readonly TransactWrite[];
};

/**
 * Changes a pool's books once: reads the pool, and after it what the change looks at, lets `decide` decide, and writes
 * everything in one transaction under the pool's guard; tries again when something else moved the pool meanwhile. What
 * `decide` finds done already it answers with `unchanged`, so that a repeat and a lost answer do no harm.
 */
export async function changeBooks(
  table: Table,
  campaignId: string,
  giftId: string | undefined,
  now: Instant,
  decide: (books: OpenBooks, account: GiftAccount) => Promise<Change | Unchanged> | Change | Unchanged,
  patience: Patience = realPatience,
): Promise<{ readonly kind: 'changed'; readonly adjustment: Adjustment } | Unchanged> {
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, patience, `a change of the pool of ${campaignId} did not get through`);
    const pool = await readPool(table, campaignId);
    const engine = await openEngine(table, pool);
    const account = giftId === undefined ? giftAccountOf([]) : await readGiftAccount(table, giftId);
    const { entry } = account;
    const { donors } = await readDonors(table, { pool, engine }, entry === undefined ? [] : [entry]);
    const state = { open: pool.state === 'open', funds: ownFunds(pool), donors: donors.recordsOf() };
    const decided = await decide({ pool, engine, state }, account);
    if ('kind' in decided) return decided;
    const { adjustment, writes } = written(decided, { pool, engine, state }, { account, donors, giftId, now });
    if (await isWritten(table, writes, adjustment)) return { kind: 'changed', adjustment };
  }
}

/** A decided change as one transaction: the pool, the adjustment, its copy under the gift, donor and totals. */
function written(
  { settlement, poolSet, cause, writes: further = [] }: Change,
  { pool, engine, state }: OpenBooks,
  about: {
    readonly account: GiftAccount;
    readonly donors: DonorsAtHand;
    readonly giftId: string | undefined;
    readonly now: Instant;
  },
): { readonly adjustment: Adjustment; readonly writes: readonly TransactWrite[] } {
  const { campaignId } = pool;
  const adjustment: Adjustment = {
    type: 'adjustment',
    campaignId,
    number: pool.adjustments + 1,
    afterSequence: pool.sequence,
    at: about.now,
    by: 'system',
    ...(pool.stage === 'confirmed' || pool.stage === 'paid' ? { confirmed: true as const } : {}),
    ...settlement.adjustment,
  };
  const writes: TransactWrite[] = [
    poolWrite(pool, state.funds, adjustment, poolSet),
    { put: { ...adjustmentKey(campaignId, adjustment.number), ...adjustment }, when: { absent: true } },
    ...further,
  ];
  const { entry } = about.account;
  if (entry !== undefined)
    writes.push(
      ...donorActions(engine, campaignId, entry, about.donors, state),
      ...giftTotalsActions(campaignId, entry, settlement.totals, settlement.campaignTotals),
    );
  else writes.push(...campaignTotalsAction(campaignId, settlement.campaignTotals));
  if (about.giftId !== undefined && cause !== undefined)
    writes.push({ put: { ...settlementKey(about.giftId, cause), ...adjustment }, when: { absent: true } });
  return { adjustment, writes };
}

function poolWrite(
  pool: MatchingPool,
  funds: OpenBooks['state']['funds'],
  adjustment: Adjustment,
  poolSet: Readonly<Record<string, Value>> = {},
): TransactWrite {
  return {
    update: poolKey(pool.campaignId),
    set: {
      ...poolSet,
      funds,
      stage: stageAfter(pool, funds),
      poolMinor: funds.reduce((total, fund) => total + fund.poolMinor, 0),
      remainingMinor: remainingOf(funds),
      adjustments: adjustment.number,
      lastBatch: fingerprint([
        String(pool.sequence),
        String(adjustment.number),
        adjustment.kind,
        adjustment.giftId ?? '-',
      ]),
    },
    when: { equals: { sequence: pool.sequence, adjustments: pool.adjustments, state: pool.state, stage: pool.stage } },
  };
}

/** False where the change has to be looked at again: refused by a guard, or not there after no answer came. */
async function isWritten(table: Table, writes: readonly TransactWrite[], adjustment: Adjustment): Promise<boolean> {
  try {
    const outcome = await table.transact(writes);
    if (outcome.kind === 'committed') return true;
    if (outcome.reasons.includes('invalid')) throw new PermanentError('the store finds a change of the books invalid');
    return false;
  } catch (error) {
    if (error instanceof TransientError || error instanceof ThrottledError) return isThere(table, adjustment);
    throw error;
  }
}

/**
 * Whether an adjustment whose answer was lost is in the pool: who decided on a match must not be told that somebody else
 * has, and a pool must not be raised twice.
 */
async function isThere(table: Table, adjustment: Adjustment): Promise<boolean> {
  const { campaignId, number } = adjustment;
  try {
    const there = adjustmentSchema.optional().parse(await table.get(adjustmentKey(campaignId, number)));
    return there !== undefined && JSON.stringify(there) === JSON.stringify(adjustmentSchema.parse(adjustment));
  } catch (error) {
    if (error instanceof TransientError || error instanceof ThrottledError) return false;
    throw error;
  }
}

export type RefundOutcome =
  | { readonly kind: 'settled'; readonly refunds: number }
  /** The provider told of the refund before the payment: settled when the gift is counted. */
  | { readonly kind: 'no-gift-yet' }
  /** The gift belongs to no campaign: it drew nothing, so there is nothing to settle. */
  | { readonly kind: 'unassigned' }
  /** The gift is there and not counted yet: try again soon. */
  | { readonly kind: 'not-counted-yet' };

/** Settles every refund of a gift that has not been settled, each once, whatever order they came in. */
export async function settleRefunds(
  table: Table,
  giftId: string,
  now: Instant,
  patience: Patience = realPatience,
): Promise<RefundOutcome> {
  const account = await readGiftAccount(table, giftId);
  const { entry, match } = account;
  if (entry === undefined) return { kind: 'no-gift-yet' };
  if (entry.campaignId === UNASSIGNED) return { kind: 'unassigned' };
  if (match === undefined) return { kind: 'not-counted-yet' };
  for (let refunds = 0; ; refunds += 1) {
    const outcome = await changeBooks(
      table,
      match.campaignId,
      giftId,
      now,
      (books, current) => {
        const settlement = refundSettlement(current, books);
        return settlement === undefined
          ? UNCHANGED
          : { settlement, cause: `REFUND#${settlement.adjustment.refundId ?? ''}` };
      },
      patience,
    );
    if (outcome.kind !== 'changed') return { kind: 'settled', refunds };
  }
}
