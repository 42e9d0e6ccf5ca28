import * as z from 'zod';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { disputeEntryKey, disputeIndexKey } from '../platform/keys.ts';
import { giftIdOf, providerSchema } from './payment-event.ts';
import { campaignOfRefund, type RefundEntry, type Refunded, refundEntryOf } from './refund-entry.ts';

/** How far a dispute has come. `opened` only marks the gift; `lost` takes its money away; `won` ends it without. */
export const DISPUTE_STATES = ['opened', 'won', 'lost'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** That a payer took a payment back through their bank, in our own normal form (a chargeback). Verified, and left behind what is the provider's own. */
export const disputeEventSchema = z.strictObject({
  provider: providerSchema,
  merchantId: z.string().min(1).max(64),
  /** The payment that is disputed, and with the provider the identity of the gift. */
  paymentId: z.string().min(1).max(128),
  orderNo: z.string().min(1).max(64),
  /** The provider's own id of the dispute, the same from its opening to its end. */
  disputeId: z.string().min(1).max(120),
  state: z.enum(DISPUTE_STATES),
  /** What is disputed: all of the payment or a part. */
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  /** When the dispute came into this state. */
  occurredAt: instantSchema,
  /** As for a refund: where the door itself knows the campaign. */
  campaignId: z.string().min(1).max(64).optional(),
});
export type DisputeEvent = z.infer<typeof disputeEventSchema>;

/** One state of a dispute as it arrived: written once under its gift, never changed. */
export const disputeEntrySchema = z.object({
  type: z.literal('dispute'),
  giftId: z.string(),
  ...disputeEventSchema.shape,
  campaignId: z.string(),
  recordedAt: instantSchema,
});
export type DisputeEntry = z.infer<typeof disputeEntrySchema>;

export const disputeEntryOf = (dispute: DisputeEvent, refunded: Refunded, recordedAt: Instant): DisputeEntry => ({
  type: 'dispute',
  ...dispute,
  giftId: giftIdOf(dispute),
  campaignId: campaignOfRefund(dispute, refunded),
  recordedAt,
});

/**
 * A lost dispute is a refund in the books, under an id of its own kind. It lies in the time it was lost, so that a period
 * that is closed stays as it is: where matches are confirmed, its settlement is a correction.
 */
export function refundOfLostDispute(dispute: DisputeEvent, refunded: Refunded, recordedAt: Instant): RefundEntry {
  const { disputeId, state: _lost, ...rest } = dispute;
  return refundEntryOf({ ...rest, refundId: `${LOST_DISPUTE}${disputeId}` }, refunded, recordedAt);
}

/** The ids of refunds that are lost disputes. */
const LOST_DISPUTE = 'dispute-';
/** The dispute that a refund of our books is; `undefined` of a refund that was made. */
export const disputeOfRefund = (refundId: string): string | undefined =>
  refundId.startsWith(LOST_DISPUTE) ? refundId.slice(LOST_DISPUTE.length) : undefined;

/** The entry with its keys, as it is written. */
export const disputeItemOf = (entry: DisputeEntry) => ({
  ...disputeEntryKey(entry.giftId, entry.disputeId, entry.state),
  ...disputeIndexKey(entry.campaignId, entry.occurredAt, `${entry.disputeId}#${entry.state}`),
  ...entry,
});
