import { readCampaign } from '../campaigns/campaign.store.ts';
import { goodsSequence, lotsOf } from '../goods/goods.store.ts';
import { goodsEntries } from '../goods/goods-entry.store.ts';
import type { Table } from '../platform/table.ts';
import { readSpendingBook, spendingEntries } from './spending-entry.store.ts';
import type { SpendingBooks } from './spending-invariants.ts';

/** All books of a campaign's spending and goods; `undefined` when something was booked while they were being read. */
export async function readSpendingBooks(table: Table, campaignId: string): Promise<SpendingBooks | undefined> {
  const [before, goodsBefore] = [await readSpendingBook(table, campaignId), await goodsSequence(table, campaignId)];
  const [campaign, entries, goods, lots] = await Promise.all([
    readCampaign(table, campaignId),
    spendingEntries(table, campaignId),
    goodsEntries(table, campaignId),
    lotsOf(table, campaignId),
  ]);
  const [book, sequence] = [await readSpendingBook(table, campaignId), await goodsSequence(table, campaignId)];
  if (book.sequence !== before.sequence || sequence !== goodsBefore) return undefined;
  return { plan: campaign.proposal.budgetLines, book, entries, goodsSequence: sequence, goods, lots };
}
