import { spendingBookKey, spendingEntriesFrom, spendingEntriesOf, spendingEntryKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { emptyBook, type SpendingBook, spendingBookSchema } from './spending-book.ts';
import { type SpendingEntry, spendingEntrySchema } from './spending-entry.ts';

/** The sums of a campaign's spending as they stand; those of nothing, where nothing was entered yet. */
export async function readSpendingBook(table: Table, campaignId: string): Promise<SpendingBook> {
  const item = await table.get(spendingBookKey(campaignId));
  return item === undefined ? emptyBook(campaignId) : spendingBookSchema.parse(item);
}

/** Every entry of a campaign's book, in order. People make them: some thousands for the largest project. */
export async function spendingEntries(table: Table, campaignId: string): Promise<SpendingEntry[]> {
  const entries: SpendingEntry[] = [];
  for await (const item of everyItem(table, spendingEntriesOf(campaignId)))
    entries.push(spendingEntrySchema.parse(item));
  return entries;
}

export async function findSpendingEntry(
  table: Table,
  campaignId: string,
  number: number,
): Promise<SpendingEntry | undefined> {
  return spendingEntrySchema.optional().parse(await table.get(spendingEntryKey(campaignId, number)));
}

export type EntryPage = { readonly entries: readonly SpendingEntry[]; readonly next: number | undefined };
/** Entries on one page of the list. */
export const ENTRIES_PER_PAGE = 100;

/** A page of entries from the number `from` on; `next` is the number that the following page begins with. */
export async function spendingEntryPage(table: Table, campaignId: string, from: number): Promise<EntryPage> {
  const { items } = await table.query(spendingEntriesFrom(campaignId, from), { limit: ENTRIES_PER_PAGE + 1 });
  const entries = items.map((item) => spendingEntrySchema.parse(item));
  return { entries: entries.slice(0, ENTRIES_PER_PAGE), next: entries[ENTRIES_PER_PAGE]?.number };
}
