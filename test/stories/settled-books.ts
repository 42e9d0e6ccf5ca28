import type { LocalDate } from '../../functions/kernel/time.ts';
import { readBooks } from '../../functions/ledger/books.store.ts';
import type { Books } from '../../functions/ledger/invariants.ts';
import type { Table } from '../../functions/platform/table.ts';

/** The books of a campaign for which nothing is under way any more. */
export async function settledBooks(table: Table, campaignId: string, days: readonly LocalDate[]): Promise<Books> {
  const books = await readBooks(table, campaignId, days);
  if (books === undefined) throw new Error('a gift was counted while the books were being read');
  return books;
}
