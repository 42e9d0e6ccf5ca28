import * as z from 'zod';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { refundEntryKey, refundIndexKey, UNASSIGNED } from '../platform/keys.ts';
import type { DonationIntent } from './donation-intent.ts';
import { giftIdOf, paymentEventSchema } from './payment-event.ts';

/**
 * A refund that a provider says has succeeded, in our own normal form: all or part of one payment went back. What is
 * provider specific has been verified and left behind. A provider may tell of it before it tells of the payment.
 */
export const refundEventSchema = z.strictObject({
  provider: paymentEventSchema.shape.provider,
  merchantId: z.string().min(1).max(64),
  /** The payment that was refunded, and with the provider the identity of the gift. */
  paymentId: z.string().min(1).max(64),
  orderNo: z.string().min(1).max(64),
  /** The provider's own id of this refund: several may be made of one payment. */
  refundId: z.string().min(1).max(64),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  occurredAt: instantSchema,
});
export type RefundEvent = z.infer<typeof refundEventSchema>;

/** One refund as it arrived: written once under its gift, never changed. */
export const refundEntrySchema = z.object({
  type: z.literal('refund'),
  giftId: z.string(),
  refundId: z.string(),
  provider: paymentEventSchema.shape.provider,
  merchantId: z.string(),
  paymentId: z.string(),
  orderNo: z.string(),
  /** The campaign, or `unassigned` where no order of ours was found. */
  campaignId: z.string(),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  occurredAt: instantSchema,
  recordedAt: instantSchema,
});
export type RefundEntry = z.infer<typeof refundEntrySchema>;

/** The entry for a refund, by the order whose payment it gives back where that is known. */
export function refundEntryOf(
  refund: RefundEvent,
  intent: DonationIntent | undefined,
  recordedAt: Instant,
): RefundEntry {
  return {
    type: 'refund',
    ...refund,
    giftId: giftIdOf(refund),
    campaignId: intent?.campaignId ?? UNASSIGNED,
    recordedAt,
  };
}

/** The entry with its keys, as it is written. */
export const refundItemOf = (entry: RefundEntry) => ({
  ...refundEntryKey(entry.giftId, entry.refundId),
  ...refundIndexKey(entry.campaignId, entry.occurredAt, entry.refundId),
  ...entry,
});
