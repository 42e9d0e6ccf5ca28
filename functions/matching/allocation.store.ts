import type { DonationEntry } from '../donations/donation-entry.ts';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { campaignDonorKey, journalOfPool, poolKey } from '../platform/keys.ts';
import { everyItem, LARGEST_BATCH_READ, type Table, type TransactOutcome } from '../platform/table.ts';
import { type BatchPlan, inCountingOrder, planBatch } from './allocation.ts';
import { type JournalLine, journalPageSchema } from './match-entry.ts';
import { type MatchingPool, matchingPoolSchema } from './matching-pool.ts';

/** How a loop waits and rolls dice; replaced by the simulator and by tests. */
export type Patience = { readonly random: () => number; readonly pause: (ms: number) => Promise<void> };
export const realPatience: Patience = {
  random: Math.random,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * One call tries this often to get its gifts through before it gives the batch back to the stream: with full jitter
 * from 20 ms, doubled up to 2 s, that is at most about 25 s, inside the function's 60 s.
 */
const MOST_ATTEMPTS = 16;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;

export type AllocationReport = {
  readonly counted: number;
  /** Gifts that an earlier delivery had counted already. */
  readonly repeated: number;
  readonly transactions: number;
  readonly retries: number;
};

/** Reads the pool consistently. Throws PermanentError when the campaign has none: its gifts cannot be counted. */
export async function readPool(table: Table, campaignId: string): Promise<MatchingPool> {
  const item = await table.get(poolKey(campaignId));
  if (item === undefined) throw new PermanentError(`campaign ${campaignId} has no pool: it was never opened`);
  return matchingPoolSchema.parse(item);
}

/** The pool's journal in recorded order. */
export async function* journalLines(table: Table, campaignId: string): AsyncGenerator<JournalLine> {
  for await (const item of everyItem(table, journalOfPool(campaignId), 100)) yield* journalPageSchema.parse(item).lines;
}

async function donorsKnown(table: Table, campaignId: string, entries: readonly DonationEntry[]): Promise<Set<string>> {
  const donorIds = [...new Set(entries.map((entry) => entry.donorId))].slice(0, LARGEST_BATCH_READ);
  const items = await table.getMany(donorIds.map((donorId) => campaignDonorKey(campaignId, donorId)));
  return new Set(items.map((item) => String(item['donorId'])));
}

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
  const report = { counted: 0, repeated: 0, transactions: 0, retries: 0 };
  let waiting = inCountingOrder([...new Map(entries.map((entry) => [entry.giftId, entry])).values()]);
  let attempt = 0;
  while (waiting.length > 0) {
    if (attempt === MOST_ATTEMPTS)
      throw new TransientError(`${waiting.length} gifts still waited after ${MOST_ATTEMPTS} attempts`);
    if (attempt > 0) {
      report.retries += 1;
      await patience.pause(patience.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
    }
    // One transaction takes at most 96 gifts, so 100 donors are all that this round can need to know.
    const front = waiting.slice(0, LARGEST_BATCH_READ);
    const [pool, known] = await Promise.all([readPool(table, campaignId), donorsKnown(table, campaignId, front)]);
    const plan = planBatch(pool, front, known, now);
    report.transactions += 1;
    const result = await commit(table, campaignId, plan);
    if (result.kind === 'committed') {
      report.counted += plan.counted.length;
      waiting = without(waiting, new Set(plan.counted.map((entry) => entry.giftId)));
      attempt = 0;
    } else {
      report.repeated += result.alreadyCounted.size;
      waiting = without(waiting, result.alreadyCounted);
      // Dropping repeats is progress; anything else counts against our patience.
      attempt = result.alreadyCounted.size > 0 ? 1 : attempt + 1;
    }
  }
  return report;
}

const without = (entries: readonly DonationEntry[], giftIds: ReadonlySet<string>): DonationEntry[] =>
  entries.filter((entry) => !giftIds.has(entry.giftId));

type CommitResult =
  | { readonly kind: 'committed' }
  | { readonly kind: 'not-committed'; readonly alreadyCounted: ReadonlySet<string> };

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
    return pool.lastBatch === plan.lastBatch
      ? { kind: 'committed' }
      : { kind: 'not-committed', alreadyCounted: new Set() };
  }
  if (outcome.kind === 'committed') return outcome;
  const alreadyCounted = new Set<string>();
  for (const [position, reason] of outcome.reasons.entries()) {
    const about = plan.actions[position]?.about;
    if (reason === 'condition-failed' && typeof about === 'object') alreadyCounted.add(about.giftId);
    if (reason === 'invalid') throw new PermanentError(`the store finds action ${position} of a batch invalid`);
  }
  return { kind: 'not-committed', alreadyCounted };
}
