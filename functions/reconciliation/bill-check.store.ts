import * as z from 'zod';
import { donationEntrySchema } from '../donations/donation-entry.ts';
import { donationIntentSchema } from '../donations/donation-intent.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { type LocalDate, localDateSchema } from '../kernel/time.ts';
import { donationEntryKey, intentKey, sweepKey } from '../platform/keys.ts';
import { readMany, type Table } from '../platform/table.ts';
import type { Bill, BilledPayment, BilledProvider } from './reconciliation.ts';

const SWEEP = 'bills';
const sweepSchema = z.object({ checkedUntil: localDateSchema });

/** The last day whose bills have been checked; `undefined` before the first. */
export async function billsCheckedUntil(table: Table): Promise<LocalDate | undefined> {
  return sweepSchema.optional().parse(await table.get(sweepKey(SWEEP)))?.checkedUntil;
}

/** Says how far the checking has come. A run that was overtaken by another changes nothing: a day that is checked twice does no harm. */
export async function billsChecked(table: Table, before: LocalDate | undefined, day: LocalDate): Promise<void> {
  await table.write({
    put: { ...sweepKey(SWEEP), type: 'sweep', checkedUntil: day },
    when: before === undefined ? { absent: true } : { equals: { checkedUntil: before } },
  });
}

/** A payment of an order of ours that stands in a bill and not in the books. */
export type PaymentNotBooked = Pick<BilledPayment, 'transactionId' | 'orderNo'> & {
  readonly provider: BilledProvider;
  readonly billDate: LocalDate;
  readonly campaignId: string;
};

/** The payments of these bills that are for orders of ours and are not in the books, whatever their campaign. */
export async function paymentsNotBooked(table: Table, bills: readonly Bill[]): Promise<PaymentNotBooked[]> {
  const payments = bills.flatMap(({ provider, billDate, lines }) =>
    lines
      .filter(({ kind }) => kind === 'payment')
      .map(({ transactionId, orderNo }) => ({
        giftId: giftIdOf({ provider, paymentId: transactionId }),
        provider,
        transactionId,
        orderNo,
        billDate,
      })),
  );
  const entries = await readMany(table, [...new Set(payments.map(({ giftId }) => giftId))].map(donationEntryKey));
  const booked = new Set(entries.map((item) => donationEntrySchema.parse(item).giftId));
  const unknown = payments.filter(({ giftId }) => !booked.has(giftId));
  const intents = await readMany(table, [...new Set(unknown.map(({ orderNo }) => orderNo))].map(intentKey));
  const campaigns = new Map(
    intents.map((item) => donationIntentSchema.parse(item)).map((intent) => [intent.orderNo, intent.campaignId]),
  );
  return unknown.flatMap(({ giftId: _giftId, ...payment }) => {
    const campaignId = campaigns.get(payment.orderNo);
    return campaignId === undefined ? [] : [{ ...payment, campaignId }];
  });
}
