import * as z from 'zod';
import { donorIdOf, shardOf } from '../kernel/ids.ts';
import { amountMinorSchema, currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { instantSchema, localDateOf, localDateSchema } from '../kernel/time.ts';
import { donationEntryKey, donationIndexKey, INTAKE_SHARDS, UNASSIGNED } from '../platform/keys.ts';
import type { DonationIntent } from './donation-intent.ts';
import { giftIdOf, type PaymentEvent } from './payment-event.ts';

/**
 * One gift as it arrived: written once, never changed. Refunds, corrections and the match are further entries under
 * the same gift. Holds no contact data; `donorId` is a keyed hash.
 */
export const donationEntrySchema = z.object({
  type: z.literal('donation'),
  giftId: z.string(),
  provider: z.enum(['wechat-pay']),
  merchantId: z.string(),
  paymentId: z.string(),
  orderNo: z.string(),
  /** The campaign, or `unassigned` where no order of ours was found: money is kept, a person assigns it. */
  campaignId: z.string(),
  unitId: z.string().optional(),
  donorId: z.string(),
  anonymous: z.boolean(),
  /** Whether an e-mail address was left with the order, so that a thank-you is due. */
  thankYouDue: z.boolean(),
  amountMinor: positiveAmountMinorSchema,
  payerAmountMinor: amountMinorSchema,
  currency: currencySchema,
  occurredAt: instantSchema,
  recordedAt: instantSchema,
  /** The local day of payment in the campaign's zone. */
  day: localDateSchema,
  zone: z.string(),
});
export type DonationEntry = z.infer<typeof donationEntrySchema>;

/** WeChat Pay settles in Beijing time; used for the day of money whose campaign is unknown. */
const PROVIDER_ZONE = 'Asia/Shanghai';

/** The entry for a payment, by the order it paid where that is known. */
export function donationEntryOf(
  payment: PaymentEvent,
  intent: DonationIntent | undefined,
  recordedAt: Instant,
  donorKey: string,
): DonationEntry {
  const zone = intent?.zone ?? PROVIDER_ZONE;
  return {
    type: 'donation',
    giftId: giftIdOf(payment),
    provider: payment.provider,
    merchantId: payment.merchantId,
    paymentId: payment.paymentId,
    orderNo: payment.orderNo,
    campaignId: intent?.campaignId ?? UNASSIGNED,
    ...(intent?.unitId === undefined ? {} : { unitId: intent.unitId }),
    donorId: donorIdOf(donorKey, payment.provider, payment.payerReference),
    anonymous: intent?.anonymous ?? true,
    thankYouDue: intent?.emailGiven ?? false,
    amountMinor: payment.amountMinor,
    payerAmountMinor: amountMinorSchema.parse(payment.payerAmountMinor),
    currency: payment.currency,
    occurredAt: payment.occurredAt,
    recordedAt,
    day: localDateOf(payment.occurredAt, zone),
    zone,
  };
}

/** The entry as an item, with its place in the index of its campaign's day. */
export function donationItemOf(entry: DonationEntry) {
  const shard = shardOf(entry.giftId, INTAKE_SHARDS);
  return {
    ...donationEntryKey(entry.giftId),
    ...donationIndexKey(entry.campaignId, entry.day, shard, entry.occurredAt, entry.giftId),
    ...entry,
  };
}
