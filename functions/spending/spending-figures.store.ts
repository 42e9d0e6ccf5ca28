import { readCampaign } from '../campaigns/campaign.store.ts';
import { goodsEntries } from '../goods/goods-entry.store.ts';
import type { Table } from '../platform/table.ts';
import { readSpendingBook, spendingEntries } from './spending-entry.store.ts';
import { type SpendingFigures, spendingFigures } from './spending-figures.ts';

/**
 * What was done with the money and the goods of a campaign that exists, from its entries. Needs `get` and `query` on `CAMPAIGN#`,
 * `SPENDING#` and `GOODS#`. Throws PermanentError where there is no such campaign.
 */
export async function readSpendingFigures(table: Table, campaignId: string): Promise<SpendingFigures> {
  // The book before the entries: a number that it has given is then never missing.
  const book = await readSpendingBook(table, campaignId);
  const [campaign, entries, goods] = await Promise.all([
    readCampaign(table, campaignId),
    spendingEntries(table, campaignId),
    goodsEntries(table, campaignId),
  ]);
  return spendingFigures(campaign.proposal.budgetLines, entries, goods, book);
}
