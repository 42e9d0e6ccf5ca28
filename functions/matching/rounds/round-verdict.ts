/** What was paid to a unit, as a round recorded it. */
export type RecordedShare = { readonly unitId: string; readonly shareMinor: number };

export type RoundVerdict =
  | { readonly kind: 'agrees'; readonly units: number; readonly paidMinor: number }
  | { readonly kind: 'disagrees'; readonly units: number; readonly differences: readonly ShareDifference[] };
export type ShareDifference = {
  readonly unitId: string;
  readonly recordedMinor: number;
  readonly expectedMinor: number;
};

/** Sets what an oracle expects beside what was recorded, unit by unit; a unit that only one side names has 0 on the other. */
export function verdictOf(expected: ReadonlyMap<string, bigint>, recorded: readonly RecordedShare[]): RoundVerdict {
  const differences: ShareDifference[] = [];
  const waiting = new Map(expected);
  let paidMinor = 0;
  for (const { unitId, shareMinor } of recorded) {
    const due = Number(waiting.get(unitId) ?? 0n);
    waiting.delete(unitId);
    paidMinor += shareMinor;
    if (due !== shareMinor) differences.push({ unitId, recordedMinor: shareMinor, expectedMinor: due });
  }
  for (const [unitId, due] of waiting) {
    if (due !== 0n) differences.push({ unitId, recordedMinor: 0, expectedMinor: Number(due) });
  }
  if (differences.length > 0) return { kind: 'disagrees', units: recorded.length, differences };
  return { kind: 'agrees', units: recorded.length, paidMinor };
}
