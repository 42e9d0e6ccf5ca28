import type { Minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import type { MatchingRule } from './matching-rule.ts';

/** One line of the recorded sequence, as the journal keeps it. */
export type RecordedMatch = {
  readonly giftId: string;
  readonly amountMinor: Minor;
  readonly occurredAt: Instant;
  readonly matchMinor: Minor;
};

export type OracleVerdict =
  | { readonly kind: 'agrees'; readonly gifts: number; readonly matchedMinor: number }
  | { readonly kind: 'disagrees'; readonly gifts: number; readonly differences: readonly OracleDifference[] };
export type OracleDifference = {
  readonly giftId: string;
  readonly position: number;
  readonly recordedMinor: number;
  readonly expectedMinor: number;
};

/** More differences than this are counted but not listed: the first ones tell the story. */
const LISTED_DIFFERENCES = 20;

/**
 * The naive allocator: one gift after another in recorded order, BigInt arithmetic, no shortcut, and none of the live
 * engine's code. What it computes must be what was recorded, to the fen; that is the proof that batching,
 * retries and redelivery changed nothing.
 */
export function replay(
  rule: MatchingRule,
  pool: { readonly poolMinor: Minor; readonly opensAt: Instant; readonly closesAt: Instant },
  recorded: Iterable<RecordedMatch>,
): OracleVerdict {
  let left = BigInt(pool.poolMinor);
  let position = 0;
  let total = 0n;
  let differing = 0;
  const differences: OracleDifference[] = [];
  for (const gift of recorded) {
    position += 1;
    let expected = 0n;
    const at = Date.parse(gift.occurredAt);
    if (at >= Date.parse(pool.opensAt) && at < Date.parse(pool.closesAt)) {
      expected = (BigInt(gift.amountMinor) * BigInt(rule.numerator)) / BigInt(rule.denominator);
      if (expected > BigInt(rule.perGiftCapMinor)) expected = BigInt(rule.perGiftCapMinor);
      if (expected > left) expected = left;
    }
    left -= expected;
    total += expected;
    if (expected !== BigInt(gift.matchMinor)) {
      differing += 1;
      if (differences.length < LISTED_DIFFERENCES) {
        differences.push({
          giftId: gift.giftId,
          position,
          recordedMinor: gift.matchMinor,
          expectedMinor: Number(expected),
        });
      }
    }
  }
  if (differing > 0) return { kind: 'disagrees', gifts: position, differences };
  return { kind: 'agrees', gifts: position, matchedMinor: Number(total) };
}
