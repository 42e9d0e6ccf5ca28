import type { Change } from '../functions/matching/adjustment.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { NaiveDraw, NaiveMatcher } from '../functions/matching/naive-matcher.ts';
import { changeOf } from './judged-draws.ts';

/** One gift as the judge knows it: what it must have drawn, and what of it must be left. */
export type JudgedGift = {
  readonly line: JournalLine;
  /** Those of the count, then those of approved claims. */
  readonly draws: NaiveDraw[];
  /** What of each draw is left. */
  readonly left: bigint[];
  /** What each was drawn for: the whole gift, or what a claim found of it. */
  readonly of: bigint[];
  refunded: bigint;
  held: boolean;
  void: boolean;
  /** Counted after matching was finalised: it has no claim on any pool. */
  readonly late: boolean;
};

/** A gift as it has just been counted. */
export function judgedGift(
  line: JournalLine,
  { draws, held, late }: { readonly draws: readonly NaiveDraw[]; readonly held: boolean; readonly late: boolean },
): JudgedGift {
  const left = draws.map(({ amount }) => amount);
  const of = draws.map(() => BigInt(line.amountMinor));
  return { line, draws: [...draws], left, of, refunded: 0n, held, void: false, late };
}

/** Lets every draw keep what `most` says of what was drawn, and for how much of the gift; the changes that follow. */
export function keepAtMost(
  matcher: NaiveMatcher,
  known: JudgedGift,
  most: (drawn: bigint, of: bigint) => bigint,
): Change[] {
  const changes: Change[] = [];
  for (const [position, draw] of known.draws.entries()) {
    const left = known.left[position] ?? 0n;
    const keeps = most(draw.amount, known.of[position] ?? 0n);
    if (keeps >= left) continue;
    matcher.move(draw, known.line, keeps - left);
    known.left[position] = keeps;
    changes.push(changeOf(draw, keeps - left));
  }
  return changes;
}
