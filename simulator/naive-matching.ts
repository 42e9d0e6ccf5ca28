import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';

/** All that a plan may ask of a gift. */
export type GiftInOrder = Omit<JournalLine, 'matchMinor' | 'outcome'>;

/**
 * What gifts draw, worked out one after another in recorded order: the simulator's own opinion, with nothing of the
 * engine's and nothing of its oracle's code. It keeps by itself whatever a plan has to remember (today only what is left
 * in the pool), so that it can be asked after every transaction what the next gift draws.
 */
export type NaiveMatching = {
  /** What this gift draws after all that has been noted, in minor units. Changes nothing. */
  drawnBy(gift: GiftInOrder): number;
  /** Takes note of what a gift has drawn, rightly or not. */
  note(gift: GiftInOrder, matchMinor: number): void;
  /** Takes note that matching is over. */
  finalise(): void;
};

/** A part of the plan that a wrong matching may leave out. */
export type PlanPart = 'floor' | 'cap' | 'end' | 'window' | 'state';

const NOTHING: ReadonlySet<PlanPart> = new Set();

/** The matching of a pool that has just been opened, without the parts that are `ignored`. */
export function naiveMatching(pool: MatchingPool, ignored: ReadonlySet<PlanPart> = NOTHING): NaiveMatching {
  const { numerator, denominator, perGiftCapMinor } = pool.rule;
  const opensAt = Date.parse(pool.opensAt);
  const closesAt = Date.parse(pool.closesAt);
  const has = (part: PlanPart): boolean => !ignored.has(part);
  let left = pool.poolMinor as number;
  let over = false;

  function byRatio(amountMinor: number): number {
    const [product, divisor] = [BigInt(amountMinor) * BigInt(numerator), BigInt(denominator)];
    return Number(has('floor') ? product / divisor : (2n * product + divisor) / (2n * divisor));
  }

  return {
    drawnBy({ amountMinor, occurredAt }) {
      const paidAt = Date.parse(occurredAt);
      if (over && has('state')) return 0;
      if ((paidAt < opensAt || paidAt >= closesAt) && has('window')) return 0;
      const byRule = has('cap') ? Math.min(byRatio(amountMinor), perGiftCapMinor) : byRatio(amountMinor);
      return has('end') ? Math.min(byRule, left) : byRule;
    },
    note(_gift, matchMinor) {
      left -= matchMinor;
    },
    finalise() {
      over = true;
    },
  };
}
