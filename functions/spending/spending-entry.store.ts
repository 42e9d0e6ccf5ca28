import { spendingBookKey, spendingEntriesFrom, spendingEntriesOf, spendingEntryKey } from '../platform/keys.ts';
import { everyItem, type Table, type TransactWrite } from '../platform/table.ts';
import { asRead, emptyBook, renumberedBook, type SpendingBook, spendingBookSchema } from './spending-book.ts';
import { type SpendingEntry, spendingEntrySchema } from './spending-entry.ts';

/** The sums of a campaign's spending as they stand; those of nothing, where nothing was entered yet. */
export async function readSpendingBook(table: Table, campaignId: string): Promise<SpendingBook> {
  const item = await table.get(spendingBookKey(campaignId));
  return item === undefined ? emptyBook(campaignId) : spendingBookSchema.parse(item);
}

/**
 * Keeps the numbers of a budget's lines in the transaction that changes the plan, while the book is as it was read: nothing may be
 * spent on the old plan while the new one is applied.
 */
export const keepNumbers = (book: SpendingBook, plans: Parameters<typeof renumberedBook>[1]): TransactWrite => ({
  put: { ...spendingBookKey(book.campaignId), ...renumberedBook(book, plans) },
  when: asRead(book),
});

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

/**
 * Entries from the number `from` on, at most `most` or as many as one read answers (1 MB); `next` is the number that the
 * following page begins with.
 */
export async function spendingEntryPage(
  table: Table,
  campaignId: string,
  from: number,
  most = ENTRIES_PER_PAGE,
): Promise<EntryPage> {
  const { items, cursor } = await table.query(spendingEntriesFrom(campaignId, from), { limit: most + 1 });
  const found = items.map((item) => spendingEntrySchema.parse(item));
  const entries = found.slice(0, most);
  const last = entries.at(-1)?.number;
  const hasMore = found.length > most || cursor !== undefined;
  // Numbers have no gaps: the one after the last is the next.
  return { entries, next: hasMore && last !== undefined ? last + 1 : undefined };
}
