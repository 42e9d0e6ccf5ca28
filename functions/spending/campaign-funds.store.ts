import { storedStatementSchema } from '../closeout/closeout-statement.ts';
import { offlineGiftSchema } from '../donations/offline-gift.ts';
import { add, type Minor, ZERO } from '../kernel/money.ts';
import { totalsOfCampaigns } from '../ledger/totals.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { closeoutStatementKey, offlineGiftsOfCampaign, poolKey } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { readCampaignFees } from '../reconciliation/campaign-fees.store.ts';
import { type CampaignFunds, campaignFunds } from './campaign-funds.ts';
import type { SpendingBook } from './spending-book.ts';

const poolSchema = matchingPoolSchema.pick({ stage: true, funds: true, paidMinor: true });
const statementSchema = storedStatementSchema.pick({ state: true, statement: true });

/** What a campaign has at this moment. Needs `get` and `query` on `TOTALS#`, `POOL#`, `CAMPAIGN#` and `FEES#`. */
export async function readCampaignFunds(table: Table, campaignId: string, book: SpendingBook): Promise<CampaignFunds> {
  const [totals, pool, inKindMinor, fees, interestMinor] = await Promise.all([
    totalsOfCampaigns(table, [campaignId]),
    table.get(poolKey(campaignId)),
    giftsOfGoods(table, campaignId),
    readCampaignFees(table, campaignId),
    interestOf(table, campaignId),
  ]);
  const sums = totals.get(campaignId) ?? { amountMinor: 0, refundedMinor: 0, matchMinor: 0, lumpMinor: 0 };
  const known = poolSchema.optional().parse(pool);
  return campaignFunds({ totals: sums, inKindMinor, pool: known, fees, interestMinor, book });
}

/** Interest is what a person has stated and two have signed; until then there is none to spend. */
async function interestOf(table: Table, campaignId: string): Promise<Minor> {
  const stored = statementSchema.optional().parse(await table.get(closeoutStatementKey(campaignId)));
  return stored?.state === 'signed' ? (stored.statement.interestMinor ?? ZERO) : ZERO;
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
