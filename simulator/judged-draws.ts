import type { Adjustment, Change } from '../functions/matching/adjustment.ts';
import type { JournalLine } from '../functions/matching/match-entry.ts';
import type { NaiveDraw } from '../functions/matching/naive-matcher.ts';

/** What differs between what a gift has drawn and what it must have drawn, and be held for. */
export function* drawDifferences(line: JournalLine, draws: readonly NaiveDraw[], hold: string): Generator<string> {
  let total = 0;
  for (const [position, draw] of draws.entries()) {
    const expected = Number(draw.amount);
    total += expected;
    const recorded = line.draws[position];
    if (recorded?.ruleId !== draw.ruleId || recorded.matchMinor !== expected)
      yield `gift ${line.giftId} has ${recorded?.matchMinor} from ${recorded?.ruleId}, the plan says ${expected} from ${draw.ruleId}`;
  }
  if (line.matchMinor !== total) yield `gift ${line.giftId} has ${line.matchMinor}, the plan says ${total}`;
  const recordedHold = line.held === undefined ? '' : `${line.held} ${line.heldGifts ?? 0}`;
  if (recordedHold !== hold) yield `gift ${line.giftId} is held for '${recordedHold}', the plan says '${hold}'`;
}

/** What a draw that grows or shrinks by so much is as a change of the books. */
export const changeOf = ({ ruleId, part }: NaiveDraw, by: bigint): Change => ({
  ruleId,
  ...(part === '' ? {} : { subPoolId: part }),
  matchMinor: Number(by),
});

export const sumOfShares = (shares: NonNullable<Adjustment['shares']>): number =>
  shares.reduce((total, { shareMinor }) => total + shareMinor, 0);

/** Whether an adjustment moves what it must, in whatever order. */
export function* sameParts(expected: readonly Change[], recorded: readonly Change[]): Generator<string> {
  const [one, other] = [textOf(expected), textOf(recorded)];
  if (one !== other) yield `it moves [${other}], not [${one}]`;
}

const textOf = (changes: readonly Change[]): string =>
  changes
    .map(({ ruleId, subPoolId, matchMinor }) => `${ruleId}/${subPoolId ?? ''} ${matchMinor}`)
    .sort()
    .join(', ');
