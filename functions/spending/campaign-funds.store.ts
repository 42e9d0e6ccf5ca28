import { offlineGiftSchema } from '../donations/offline-gift.ts';
import { add, type Minor, ZERO } from '../kernel/money.ts';
import { totalsOfCampaigns } from '../ledger/totals.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { offlineGiftsOfCampaign, poolKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { type CampaignFunds, campaignFunds } from './campaign-funds.ts';
import type { SpendingBook } from './spending-book.ts';

const stageSchema = matchingPoolSchema.pick({ stage: true });

/** What a campaign has at this moment. Needs `get` on `TOTALS#` and `POOL#`, and `query` on `CAMPAIGN#`. */
export async function readCampaignFunds(table: Table, campaignId: string, book: SpendingBook): Promise<CampaignFunds> {
  const [totals, pool, inKindMinor] = await Promise.all([
    totalsOfCampaigns(table, [campaignId]),
    table.get(poolKey(campaignId)),
    giftsOfGoods(table, campaignId),
  ]);
  const sums = totals.get(campaignId) ?? { amountMinor: 0, refundedMinor: 0, matchMinor: 0, lumpMinor: 0 };
  return campaignFunds(sums, inKindMinor, stageSchema.optional().parse(pool)?.stage, book);
}

/** What the goods are worth that were given and are in the books. */
async function giftsOfGoods(table: Table, campaignId: string): Promise<Minor> {
  let worth = ZERO;
  for await (const item of everyItem(table, offlineGiftsOfCampaign(campaignId))) {
    const gift = offlineGiftSchema.parse(item);
    if (gift.kind === 'in-kind' && gift.state === 'booked') worth = add(worth, gift.amountMinor);
  }
  return worth;
}
