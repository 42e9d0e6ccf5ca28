import * as z from 'zod';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { refundEntryKey, refundIndexKey, UNASSIGNED } from '../platform/keys.ts';
import type { DonationEntry } from './donation-entry.ts';
import type { DonationIntent } from './donation-intent.ts';
import { giftIdOf, providerSchema } from './payment-event.ts';

/**
 * A refund that a provider says has succeeded, in our own normal form: all or part of one payment went back. What is
 * provider specific has been verified and left behind. A provider may tell of it before it tells of the payment.
 */
export const refundEventSchema = z.strictObject({
  provider: providerSchema,
  merchantId: z.string().min(1).max(64),
  /** The payment that was refunded, and with the provider the identity of the gift. */
  paymentId: z.string().min(1).max(128),
  orderNo: z.string().min(1).max(64),
  /** The provider's own id of this refund: several may be made of one payment. */
  refundId: z.string().min(1).max(128),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  occurredAt: instantSchema,
  /** Where the door itself knows the campaign and there is no order of ours: the same as the payment's designation says. */
  campaignId: z.string().min(1).max(64).optional(),
});
export type RefundEvent = z.infer<typeof refundEventSchema>;

/** One refund as it arrived: written once under its gift, never changed. */
export const refundEntrySchema = z.object({
  type: z.literal('refund'),
  giftId: z.string(),
  refundId: z.string(),
  provider: providerSchema,
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

/** What is known of the payment that is given back: its entry, where it has arrived, and its order. */
export type Refunded = {
  readonly payment?: Pick<DonationEntry, 'campaignId'> | undefined;
  readonly intent?: Pick<DonationIntent, 'campaignId'> | undefined;
};

/** The campaign that a refund, or a dispute, is about: the payment's where it has arrived, else the one it will be booked to. */
export const campaignOfRefund = (
  event: { readonly campaignId?: string | undefined },
  { payment, intent }: Refunded,
): string => payment?.campaignId ?? intent?.campaignId ?? event.campaignId ?? UNASSIGNED;

/** The entry for a refund, by the payment it gives back or, before that has come, by the order. */
export function refundEntryOf(refund: RefundEvent, refunded: Refunded, recordedAt: Instant): RefundEntry {
  return {
    type: 'refund',
    ...refund,
    giftId: giftIdOf(refund),
    campaignId: campaignOfRefund(refund, refunded),
    recordedAt,
  };
}

/** The entry with its keys, as it is written. */
export const refundItemOf = (entry: RefundEntry) => ({
  ...refundEntryKey(entry.giftId, entry.refundId),
  ...refundIndexKey(entry.campaignId, entry.occurredAt, entry.refundId),
  ...entry,
});
