import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { seededRandom } from '../../functions/matching/giving-day/seeded-random.ts';
import type { CancelReason, Table, TransactOutcome, TransactWrite } from '../../functions/platform/table.ts';

/** How often, of 1, each thing goes wrong with one call. */
export type FaultRates = {
  /** A transaction whose answer is lost before it happened. */
  readonly lostBefore: number;
  /** A transaction that happened and whose answer is lost. */
  readonly lostAfter: number;
  /** A transaction that is cancelled because another one holds one of its items. */
  readonly conflict: number;
  /** A transaction that is refused or cancelled because of too many writes. */
  readonly throttle: number;
  /** A read that gets no answer. */
  readonly unreadable: number;
};
export type FaultName = keyof FaultRates;

export type FaultyTable = Table & {
  /** How often each fault has struck so far, so that a test can tell that it tested something. */
  readonly struck: Readonly<Record<FaultName, number>>;
};

/** Others get at most this many turns during one call. */
const MOST_TURNS = 6;

/**
 * A table that fails as DynamoDB does at a peak: answers get lost on either side of a commit, transactions conflict and are
 * throttled, reads get no answer, and while any call is under way others take their turn. One seed gives one run.
 */
export function faultyTable(table: Table, rates: FaultRates, seed: number): FaultyTable {
  const random = seededRandom(seed);
  const struck: Record<FaultName, number> = { lostBefore: 0, lostAfter: 0, conflict: 0, throttle: 0, unreadable: 0 };

  function strikes(fault: FaultName): boolean {
    if (!random.happens(rates[fault])) return false;
    struck[fault] += 1;
    return true;
  }

  async function othersTakeTurns(): Promise<void> {
    for (let turn = random.below(MOST_TURNS); turn > 0; turn -= 1) await Promise.resolve();
  }

  async function read<T>(answer: () => Promise<T>): Promise<T> {
    await othersTakeTurns();
    if (strikes('unreadable')) throw new TransientError('the read got no answer');
    const result = await answer();
    await othersTakeTurns();
    return result;
  }

  const cancelled = (writes: readonly TransactWrite[], reason: CancelReason): TransactOutcome => {
    const hit = random.below(writes.length);
    return { kind: 'cancelled', reasons: writes.map((_write, position) => (position === hit ? reason : 'none')) };
  };

  return {
    struck,
    get: (key, options) => read(() => table.get(key, options)),
    getMany: (keys) => read(() => table.getMany(keys)),
    query: (question, options) => read(() => table.query(question, options)),
    write: (write) => table.write(write),
    async transact(writes) {
      await othersTakeTurns();
      if (strikes('lostBefore')) throw new TransientError('the answer was lost, and the transaction with it');
      if (strikes('conflict')) return cancelled(writes, 'conflict');
      if (strikes('throttle')) {
        if (random.happens(0.5)) throw new ThrottledError('slow down');
        return cancelled(writes, 'throttled');
      }
      const outcome = await table.transact(writes);
      await othersTakeTurns();
      if (strikes('lostAfter')) throw new TransientError('it happened, but the answer was lost');
      return outcome;
    },
  };
}
