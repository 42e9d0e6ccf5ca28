import type { CellEntry, KeptEntry } from './preview.ts';

/** The whole list of entries as it was sent: what stood there before keeps who wrote it, the rest is whose who sends it. */
export const keptEntries = (
  before: readonly KeptEntry[],
  sent: readonly CellEntry[],
  by: Pick<KeptEntry, 'by' | 'at'>,
): KeptEntry[] =>
  sent.map(
    (entry) =>
      before.find((one) => one.sheet === entry.sheet && one.cell === entry.cell && one.text === entry.text) ?? {
        ...entry,
        ...by,
      },
  );
