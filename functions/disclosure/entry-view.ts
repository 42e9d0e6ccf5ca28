import { correctionsOf } from './correction.ts';
import { type DisclosureEntry, publicEntry } from './disclosure-entry.ts';

/**
 * An entry as everybody sees it: as it was published, its hash, and the notes that correct it. Without the last two it is, as
 * canonical JSON, what the hash is of.
 */
export function entryView(entry: DisclosureEntry, entries: readonly DisclosureEntry[]) {
  return {
    ...publicEntry(entry),
    hash: entry.hash,
    correctedBy: [...(correctionsOf(entries).get(entry.number) ?? [])],
  };
}
