import { offlineGiftSchema, paymentOf } from '../donations/offline-gift.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { offlineGiftsOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';

/** The gifts that enterprises gave by agreement: each was entered by hand, so that a campaign has some dozens of them. */
export async function directedGiftsOf(table: Table, campaignId: string): Promise<ReadonlySet<string>> {
  const directed = new Set<string>();
  for await (const item of everyItem(table, offlineGiftsOfCampaign(campaignId))) {
    const gift = offlineGiftSchema.parse(item);
    if (gift.kind === 'directed' && gift.state === 'booked') directed.add(giftIdOf(paymentOf(gift)));
  }
  return directed;
}
