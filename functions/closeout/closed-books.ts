import { PermanentError } from '../kernel/errors.ts';
import { giftSumsOf, lumpMinorOf } from '../ledger/gift-sums.ts';
import { type Adjustment, netOf } from '../matching/adjustment.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import type { MatchOutcome } from '../matching/match-outcome.ts';
import { replay } from '../matching/matching-oracle.ts';
import { frameOf, type MatchingPool, openingPlanOf } from '../matching/matching-pool.ts';
import type { CloseoutSummary } from './closeout-summary.ts';
import type { ReportedAdjustment } from './report-match.ts';

/** What a closeout reads of a pool. Everything in it is of one moment: after adjustment number `adjustments.length`. */
export type ClosedBooks = {
  /** As it is now. What `later` moved in it has to be taken back. */
  readonly pool: MatchingPool;
  /** The gifts that the closed campaign consists of, in recorded order. */
  readonly lines: readonly JournalLine[];
  /** How many gifts were counted after matching was finalised. */
  readonly lateGifts: number;
  /** What counts in this closeout, in its order. */
  readonly adjustments: readonly Adjustment[];
  /** What was settled after the closeout had begun. */
  readonly later: readonly Adjustment[];
};

/**
 * The sums of entries and their settlements against journal and adjustments: two independent ways to the same figures.
 * Throws PermanentError naming both where they differ.
 */
export function mustAgree({ totals }: CloseoutSummary, { lines, adjustments }: ClosedBooks): void {
  const gifts = [...giftSumsOf(lines, adjustments).values()];
  const counted: Partial<Record<keyof typeof totals, number>> = {
    gifts: gifts.length,
    raisedMinor: totalOf(gifts, ({ line }) => line.amountMinor),
    refundedMinor: totalOf(gifts, ({ refundedMinor }) => refundedMinor),
    matchedMinor: totalOf(gifts, ({ matchMinor }) => matchMinor),
    matchedGifts: gifts.filter(({ matchMinor }) => matchMinor > 0).length,
    refundedGifts: gifts.filter(({ line, refundedMinor }) => refundedMinor === line.amountMinor).length,
  };
  const names = Object.keys(counted) as (keyof typeof totals)[];
  const differing = names.filter((name) => counted[name] !== totals[name]);
  if (differing.length === 0) return;
  const both = differing.map((name) => `${name} ${totals[name]} by entries, ${counted[name]} by the journal`);
  throw new PermanentError(`entries and journal disagree: ${both.join('; ')}`);
}

const totalOf = <T>(list: readonly T[], amountOf: (one: T) => number): number =>
  list.reduce((total, one) => total + amountOf(one), 0);

/** The match as the report states it, but for what only the entries know. */
export function matchFigures(books: ClosedBooks, outcomes: Partial<Record<MatchOutcome, number>>) {
  const { pool, lines, adjustments, later } = books;
  const rules = ruleFigures(pool, later);
  const giftNumbers = new Map(lines.map(({ giftId }, index) => [giftId, index + 1]));
  // A gift that came after the end is not part of the closed campaign, and so neither is what happened to it.
  const ours = adjustments.filter(({ giftId }) => giftId === undefined || giftNumbers.has(giftId));
  return {
    stage: pool.stage,
    ...(pool.noticeUntil === undefined ? {} : { noticeUntil: pool.noticeUntil }),
    rules,
    poolMinor: pool.poolMinor,
    matchedMinor: totalOf(rules, ({ matchedMinor }) => matchedMinor),
    remainingMinor: pool.remainingMinor + totalOf(later, netOf),
    drawnMinor: totalOf(lines, ({ matchMinor }) => matchMinor),
    lumpMinor: lumpMinorOf(adjustments),
    cappedGifts: outcomes.capped ?? 0,
    exhaustedGifts: (outcomes.exhausted ?? 0) + (outcomes.partly ?? 0),
    outsideWindowGifts: (outcomes['outside-window'] ?? 0) + (outcomes['pool-finalised'] ?? 0),
    adjustments: ours.map((one) => reported(one, giftNumbers, lines)),
    recomputation: recomputed(books, ours),
  };
}

/** Each rule with its money as it was before `later`. No gift draws after the end, so nothing else has moved it. */
function ruleFigures({ plan, funds }: MatchingPool, later: readonly Adjustment[]) {
  const since = later.flatMap(({ changes }) => changes);
  return plan.rules.map((rule, index) => {
    const fund = funds[index];
    if (fund === undefined) throw new PermanentError(`the pool has no fund of rule ${rule.id}`);
    const moved = totalOf(since, ({ ruleId, matchMinor }) => (ruleId === rule.id ? matchMinor : 0));
    const remainingMinor = fund.remainingMinor + moved;
    return { rule, matchedMinor: fund.poolMinor - remainingMinor, remainingMinor };
  });
}

function recomputed({ pool, lines }: ClosedBooks, adjustments: readonly Adjustment[]) {
  const verdict = replay({
    plan: openingPlanOf(pool.plan, adjustments),
    frame: frameOf(pool),
    // Seeds are revealed when matching is closed, and nothing is reported before.
    seeds: pool.revealedSeeds ?? {},
    lines,
    adjustments,
    finalisedSequence: pool.finalisedSequence,
  });
  return {
    agrees: verdict.kind === 'agrees',
    giftsCompared: verdict.gifts,
    adjustmentsCompared: adjustments.length,
    differences: verdict.differing,
  };
}

function reported(
  adjustment: Adjustment,
  giftNumbers: ReadonlyMap<string, number>,
  lines: readonly JournalLine[],
): Omit<ReportedAdjustment, 'giftMinor' | 'refundMinor'> & { giftMinor?: number; refundMinor?: number } {
  const { number, kind, at, by, reason, confirmed, giftId, refundMinor, changes, challenges, resizes, ruleId, shares } =
    adjustment;
  const giftNo = giftId === undefined ? undefined : giftNumbers.get(giftId);
  const giftMinor = giftNo === undefined ? undefined : lines[giftNo - 1]?.amountMinor;
  const lumpMinor = lumpMinorOf([adjustment]);
  return {
    number,
    kind,
    at,
    by,
    ...(reason === undefined ? {} : { reason }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(giftNo === undefined ? {} : { giftNo, giftId }),
    ...(giftMinor === undefined ? {} : { giftMinor }),
    ...(refundMinor === undefined ? {} : { refundMinor }),
    matchMinor: netOf(adjustment) - lumpMinor,
    lumpMinor,
    changes,
    ...(challenges === undefined ? {} : { challenges }),
    ...(resizes === undefined ? {} : { resizes }),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(shares === undefined ? {} : { shares }),
  };
}
