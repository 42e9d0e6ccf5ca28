import type { Adjustment } from '../matching/adjustment.ts';
import type { JournalLine } from '../matching/match-entry.ts';

/** One gift with all that has been settled about it, from the journal and the adjustments alone. */
export type GiftSum = {
  readonly line: JournalLine;
  refundedMinor: number;
  /** Net, all rules together. */
  matchMinor: number;
  /** Net, by rule id. */
  readonly byRule: Map<string, number>;
};

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
        matchMinor: line.matchMinor,
        byRule: new Map(line.draws.map(({ ruleId, matchMinor }) => [ruleId, matchMinor])),
      });
  for (const { giftId, refundMinor, changes, challenges } of adjustments) {
    const gift = giftId === undefined ? undefined : gifts.get(giftId);
    if (gift === undefined) continue;
    gift.refundedMinor += refundMinor ?? 0;
    const lumps = new Set(challenges?.map(({ ruleId }) => ruleId));
    for (const { ruleId, matchMinor } of changes) {
      if (lumps.has(ruleId)) continue;
      gift.matchMinor += matchMinor;
      gift.byRule.set(ruleId, (gift.byRule.get(ruleId) ?? 0) + matchMinor);
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
