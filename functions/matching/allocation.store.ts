import type { DonationEntry } from '../donations/donation-entry.ts';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { campaignDonorKey, orderGiftKey, refundsKey } from '../platform/keys.ts';
import type { Item, Table, TransactOutcome } from '../platform/table.ts';
import { type BatchPlan, fittingGifts, inCountingOrder, planBatch } from './allocation.ts';
import { announce, readDonors } from './donors.store.ts';
import type { DonorsAtHand } from './donors-at-hand.ts';
import { openEngine, readPool } from './matching-pool.store.ts';
import { type Patience, pauseBefore, realPatience } from './patience.ts';
import { takingTurns } from './turn.store.ts';

/** Gifts looked at in one round: a transaction of 100 actions takes 96 at most. */
const FRONT_GIFTS = 96;

export type AllocationReport = {
  readonly counted: number;
  /** Gifts that an earlier delivery had counted already. */
  readonly repeated: number;
  readonly transactions: number;
  readonly retries: number;
  /** Gifts of which a refund is known already: counted, and now to be settled. */
  readonly refunded: readonly string[];
};

/**
 * Counts gifts of one campaign, each exactly once, in as few transactions as they fit into. Safe to repeat, to run in
 * several places at once, and to lose an answer: the pool's guard decides, never the clock.
 * Throws TransientError when contention or the store outlasts its patience (the stream brings the batch again), and
 * PermanentError for what no repetition will mend.
 */
export async function allocateGifts(
  table: Table,
  campaignId: string,
  entries: readonly DonationEntry[],
  now: Instant,
  patience: Patience = realPatience,
): Promise<AllocationReport> {
  const waiting = inCountingOrder([...new Map(entries.map((entry) => [entry.giftId, entry])).values()]);
  // More than a transaction: two write units for a turn are nothing beside it, and beside one that is refused.
  const isMuch = waiting.length > FRONT_GIFTS;
  return takingTurns(table, campaignId, patience, isMuch, (takeTurn) =>
    countAll(table, campaignId, waiting, { now, patience, takeTurn }),
  );
}

type Circumstances = {
  readonly now: Instant;
  readonly patience: Patience;
  /** Waits for this consumer's turn at the campaign's pool. */
  readonly takeTurn: () => Promise<boolean>;
};

async function countAll(
  table: Table,
  campaignId: string,
  entries: readonly DonationEntry[],
  { now, patience, takeTurn }: Circumstances,
): Promise<AllocationReport> {
  const report = { counted: 0, repeated: 0, transactions: 0, retries: 0 };
  const refunded = new Set<string>();
  const pointed = new Set<string>();
  let waiting = entries;
  let attempt = 0;
  while (waiting.length > 0) {
    if (attempt > 0) {
      report.retries += 1;
      const isOurTurn = await takeTurn();
      // Whoever has just waited for a turn need not pause as well.
      if (!isOurTurn || attempt > 1) await pauseBefore(attempt, patience, `${waiting.length} gifts still waited`);
    }
    const front = waiting.slice(0, FRONT_GIFTS);
    const { plan, withRefunds, alreadyCounted } = await prepare(table, campaignId, front, { now, pointed });
    for (const giftId of withRefunds) refunded.add(giftId);
    const result = plan === undefined ? NOT_COMMITTED : await announceAndCommit(table, campaignId, plan);
    if (plan !== undefined) report.transactions += 1;
    const repeated = new Set([...alreadyCounted, ...result.alreadyCounted]);
    report.repeated += repeated.size;
    waiting = without(waiting, repeated);
    if (plan !== undefined && result.kind === 'committed') {
      report.counted += plan.counted.length;
      waiting = without(waiting, new Set(plan.counted.map((entry) => entry.giftId)));
      attempt = 0;
    } else {
      // Dropping repeats is progress; anything else counts against our patience.
      attempt = repeated.size > 0 ? 1 : attempt + 1;
    }
  }
  return { ...report, refunded: [...refunded] };
}

const without = (entries: readonly DonationEntry[], giftIds: ReadonlySet<string>): DonationEntry[] =>
  entries.filter((entry) => !giftIds.has(entry.giftId));

type Prepared = {
  /** Absent where every gift was counted already. */
  readonly plan: BatchPlan | undefined;
  readonly withRefunds: readonly string[];
  readonly alreadyCounted: ReadonlySet<string>;
};

/**
 * Reads the pool, and after it all that its rules look at: whatever changes in between moves the pool, whose guard then
 * refuses the transaction. Donors are claimed before it where no rule needs what they have drawn.
 */
async function prepare(
  table: Table,
  campaignId: string,
  front: readonly DonationEntry[],
  { now, pointed }: { readonly now: Instant; readonly pointed: Set<string> },
): Promise<Prepared> {
  const pool = await readPool(table, campaignId);
  const engine = await openEngine(table, pool);
  const fitting = front.slice(0, fittingGifts(front, engine));
  const refundKeys = fitting.map(({ giftId }) => refundsKey(giftId));
  const { donors, counted, beside } = await readDonors(table, { pool, engine }, fitting, refundKeys);
  const entries = without(fitting, counted);
  if (!engine.needsDonors) await claimDonors(table, campaignId, entries, donors);
  if (engine.plan.rules.some(({ kind }) => kind === 'employer')) await pointOrders(table, campaignId, entries, pointed);
  return {
    plan: entries.length === 0 ? undefined : planBatch({ pool, engine, entries, donors, now }),
    withRefunds: beside.filter(({ type }) => type === 'refunds').map((item) => String(item['giftId'])),
    alreadyCounted: counted,
  };
}

/**
 * Writes each unknown donor's item outside the transaction, naming the gift that counts them: half the write units, and
 * room for twice the gifts. Whoever comes first decides, for ever; the donor is counted when that gift is, which happens
 * exactly once (docs/decisions/0002-a-donor-is-counted-by-their-first-gift.md).
 */
async function claimDonors(
  table: Table,
  campaignId: string,
  entries: readonly DonationEntry[],
  donors: DonorsAtHand,
): Promise<void> {
  const claims = new Map<string, Item>();
  for (const { donorId, giftId } of entries)
    if (!donors.isKnown(donorId) && !claims.has(donorId))
      claims.set(donorId, {
        ...campaignDonorKey(campaignId, donorId),
        type: 'campaign-donor',
        campaignId,
        donorId,
        firstGiftId: giftId,
      });
  await Promise.all(
    [...claims.values()].map(async (claim) => {
      const written = await table.write({ put: claim, when: { absent: true } });
      donors.remember(written.kind === 'written' ? claim : (written.existing ?? claim));
    }),
  );
}

/**
 * Writes which gift each order was paid by, so that a donor can ask for an employer's match by the order's number. Before
 * the gift is counted and outside its transaction: it is a signpost, decides nothing, and half as dear like this. `pointed`
 * are the gifts for which it was done already.
 */
async function pointOrders(
  table: Table,
  campaignId: string,
  entries: readonly DonationEntry[],
  pointed: Set<string>,
): Promise<void> {
  const open = entries.filter(({ giftId }) => !pointed.has(giftId));
  await Promise.all(
    open.map(async ({ orderNo, giftId }) => {
      const put = { ...orderGiftKey(orderNo), type: 'order-gift', orderNo, giftId, campaignId };
      await table.write({ put, when: { absent: true } });
      pointed.add(giftId);
    }),
  );
}

type CommitResult = {
  readonly kind: 'committed' | 'not-committed';
  readonly alreadyCounted: ReadonlySet<string>;
};
const NONE: ReadonlySet<string> = new Set();
const COMMITTED: CommitResult = { kind: 'committed', alreadyCounted: NONE };
const NOT_COMMITTED: CommitResult = { kind: 'not-committed', alreadyCounted: NONE };

async function announceAndCommit(table: Table, campaignId: string, plan: BatchPlan): Promise<CommitResult> {
  return (await announce(table, plan)) ? commit(table, campaignId, plan) : NOT_COMMITTED;
}

async function commit(table: Table, campaignId: string, plan: BatchPlan): Promise<CommitResult> {
  let outcome: TransactOutcome;
  try {
    outcome = await table.transact(plan.actions.map((action) => action.write));
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
    // The answer was lost, perhaps after the commit. The pool knows: look, rather than guess.
    const pool = await readPool(table, campaignId).catch((reading: unknown) => {
      throw new TransientError(`the pool could not be read after ${reasonOf(error)}`, { cause: reading });
    });
    return pool.lastBatch === plan.lastBatch ? COMMITTED : NOT_COMMITTED;
  }
  if (outcome.kind === 'committed') return COMMITTED;
  const alreadyCounted = new Set<string>();
  for (const [position, reason] of outcome.reasons.entries()) {
    const about = plan.actions[position]?.about;
    if (reason === 'condition-failed' && typeof about === 'object') alreadyCounted.add(about.giftId);
    if (reason === 'invalid') throw new PermanentError(`the store finds action ${position} of a batch invalid`);
  }
  return { kind: 'not-committed', alreadyCounted };
}
