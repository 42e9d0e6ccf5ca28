import type { Adjustment } from '../matching/adjustment.ts';
import type { JournalLine } from '../matching/match-entry.ts';

/** One gift with all that has been settled about it, from the journal and the adjustments alone. */
export type GiftSum = {
  readonly line: JournalLine;
  refundedMinor: number;
  /** That its match waits for a person. */
  isHeld: boolean;
  /** Net, all rules together. */
  matchMinor: number;
  /** What was settled later, by rule id; left out where nothing was, which is nearly every one of a million gifts. */
  settled?: Map<string, number>;
};

/** What a gift has drawn from a rule, net. */
export function drawnBy({ line, settled }: GiftSum, ruleId: string): number {
  let drawn = settled?.get(ruleId) ?? 0;
  for (const draw of line.draws) if (draw.ruleId === ruleId) drawn += draw.matchMinor;
  return drawn;
}

/** Every gift of a journal, settled. A change of a challenge's lump sum belongs to no gift. */
export function giftSumsOf(
  journal: readonly JournalLine[],
  adjustments: readonly Adjustment[],
): ReadonlyMap<string, GiftSum> {
  const gifts = new Map<string, GiftSum>();
  for (const line of journal)
    if (!gifts.has(line.giftId))
      gifts.set(line.giftId, {
        line,
        refundedMinor: 0,
        isHeld: line.held !== undefined,
        matchMinor: line.matchMinor,
      });
  for (const { kind, giftId, refundMinor, changes, challenges } of adjustments) {
    const gift = giftId === undefined ? undefined : gifts.get(giftId);
    if (gift === undefined) continue;
    gift.refundedMinor += refundMinor ?? 0;
    if (kind === 'release' || kind === 'void') gift.isHeld = false;
    const lumps = new Set(challenges?.map(({ ruleId }) => ruleId));
    for (const { ruleId, matchMinor } of changes) {
      if (lumps.has(ruleId)) continue;
      gift.matchMinor += matchMinor;
      gift.settled ??= new Map();
      gift.settled.set(ruleId, (gift.settled.get(ruleId) ?? 0) + matchMinor);
    }
  }
  return gifts;
}

/** What of a list of adjustments belongs to no single gift: lump sums of challenges and of rounds. */
export function lumpMinorOf(adjustments: readonly Adjustment[]): number {
  let total = 0;
  for (const { kind, changes, challenges } of adjustments) {
    const lumps = new Set(challenges?.map(({ ruleId }) => ruleId));
    for (const { ruleId, matchMinor } of changes) if (kind === 'round' || lumps.has(ruleId)) total += matchMinor;
  }
  return total;
}
