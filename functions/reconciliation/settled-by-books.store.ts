import { donationEntrySchema } from '../donations/donation-entry.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { refundEntrySchema } from '../donations/refund-entry.ts';
import { add, ZERO } from '../kernel/money.ts';
import { donationEntryKey, refundsOfGift } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import { itemsOf, writeItems } from './reconciliation-item.store.ts';
import { agreed, type Comparison, type ReconciliationItem } from './reconciliation-item.ts';

const NOT_BOOKED: ReadonlySet<ReconciliationItem['class']> = new Set(['paid-not-booked', 'missing-here', 'duplicate']);

/**
 * Settles what the books have come to say since: a payment that was not booked and is now, with the bill's amount, and a refund
 * that had not been told and has been. Asks no provider. What else changed is left to the next comparison; an item
 * that somebody changes in this moment, to the next run. Gives how many were settled.
 */
export async function settleWhatIsBooked(table: Table, comparison: Comparison): Promise<number> {
  const settled: ReconciliationItem[] = [];
  for (const item of await itemsOf(table, comparison.campaignId)) {
    if (item.state === 'resolved') continue;
    const evidence = await evidenceOf(table, item);
    const after = evidence === undefined ? undefined : agreed(item, { ...comparison, foundBy: evidence });
    if (after !== undefined) settled.push(after);
  }
  await writeItems(table, comparison.campaignId, [], settled);
  return settled.length;
}

/** What in the books shows that an item agrees now. */
async function evidenceOf(table: Table, item: ReconciliationItem): Promise<string | undefined> {
  const { provider, transactionId: paymentId, theirAmountMinor, ourAmountMinor, campaignId } = item;
  const giftId = giftIdOf({ provider, paymentId });
  if (NOT_BOOKED.has(item.class) && ourAmountMinor === undefined) {
    const entry = donationEntrySchema.optional().parse(await table.get(donationEntryKey(giftId)));
    const isBooked = entry?.campaignId === campaignId && entry.amountMinor === theirAmountMinor;
    return isBooked ? `gift ${giftId}, recorded ${entry.recordedAt}` : undefined;
  }
  if (item.class !== 'refunded-there') return undefined;
  let backMinor = ZERO;
  for await (const refund of everyItem(table, refundsOfGift(giftId)))
    backMinor = add(backMinor, refundEntrySchema.parse(refund).amountMinor);
  return backMinor === theirAmountMinor ? `refunds of gift ${giftId}` : undefined;
}
