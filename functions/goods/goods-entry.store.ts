import { goodsEntriesFrom, goodsEntriesOf } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type GoodsEntry, goodsEntrySchema } from './goods-entry.ts';

/** Every entry of a campaign's book of goods, in order. People make them: some hundreds a campaign. */
export async function goodsEntries(table: Table, campaignId: string): Promise<GoodsEntry[]> {
  const entries: GoodsEntry[] = [];
  for await (const item of everyItem(table, goodsEntriesOf(campaignId))) entries.push(goodsEntrySchema.parse(item));
  return entries;
}

export type GoodsPage = { readonly entries: readonly GoodsEntry[]; readonly next: number | undefined };
/** Entries on one page of the list. */
const ENTRIES_PER_PAGE = 100;

/** Entries from the number `from` on, at most `most` or as many as one read answers (1 MB); `next` is the number that the following page begins with. */
export async function goodsEntryPage(
  table: Table,
  campaignId: string,
  from: number,
  most = ENTRIES_PER_PAGE,
): Promise<GoodsPage> {
  const { items, cursor } = await table.query(goodsEntriesFrom(campaignId, from), { limit: most + 1 });
  const found = items.map((item) => goodsEntrySchema.parse(item));
  const entries = found.slice(0, most);
  const last = entries.at(-1)?.number;
  const hasMore = found.length > most || cursor !== undefined;
  // Numbers have no gaps: the one after the last is the next.
  return { entries, next: hasMore && last !== undefined ? last + 1 : undefined };
}
