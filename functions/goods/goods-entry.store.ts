import { goodsEntriesOf } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type GoodsEntry, goodsEntrySchema } from './goods-entry.ts';

/** Every entry of a campaign's book of goods, in order. People make them: some hundreds a campaign. */
export async function goodsEntries(table: Table, campaignId: string): Promise<GoodsEntry[]> {
  const entries: GoodsEntry[] = [];
  for await (const item of everyItem(table, goodsEntriesOf(campaignId))) entries.push(goodsEntrySchema.parse(item));
  return entries;
}
