import * as z from 'zod';
import { LATENESS } from '../campaigns/campaign-terms.ts';
import { shardOf } from '../kernel/ids.ts';
import { amountMinorSchema, currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { donationEntryKey, donationIndexKey, INTAKE_SHARDS } from '../platform/keys.ts';
import { providerSchema } from './payment-event.ts';

/** Why money is kept without a campaign, for a person to decide. */
export const UNASSIGNED_REASONS = [
  /** No order of ours has this number, and the door named no campaign. */
  'unknown-order',
  /** The door named a campaign that there is not. */
  'unknown-campaign',
  /** Paid was another amount than the order says. */
  'amount-differs',
  /** Paid was another currency than the campaign books. */
  'wrong-currency',
  /** Paid was another of our accounts than the one the donor was sent to. */
  'wrong-merchant',
] as const;
export type UnassignedReason = (typeof UNASSIGNED_REASONS)[number];

/**
 * One gift as it arrived: what was paid is written once and never changed. Refunds, corrections and the match are further
 * entries under the same gift. Only whose it is changes, once, where it came for no campaign and a person assigns it
 * (docs/decisions/0059). Holds no contact data; `donorId` is a keyed hash.
 */
export const donationEntrySchema = z.object({
  type: z.literal('donation'),
  giftId: z.string(),
  provider: providerSchema,
  merchantId: z.string(),
  paymentId: z.string(),
  orderNo: z.string(),
  /** The campaign, or `unassigned`: money is kept, a person assigns it. */
  campaignId: z.string(),
  /** Of unassigned money: why, and which campaign its order or its door named. */
  unassignedReason: z.enum(UNASSIGNED_REASONS).optional(),
  intendedCampaignId: z.string().optional(),
  /** That it came for no campaign, and when a person assigned it to this one (gift-assignment.ts). */
  assignedAt: instantSchema.optional(),
  /** That the campaign was over: kept and counted all the same. */
  late: z.enum(LATENESS).optional(),
  unitId: z.string().optional(),
  /** The team (一起捐) of the campaign in which it was given. */
  teamId: z.string().optional(),
  donorId: z.string(),
  anonymous: z.boolean(),
  /** Whether the donor left a way to be told (an e-mail address, a telephone, their WeChat), so that a thank-you is due. */
  thankYouDue: z.boolean(),
  /** Given in goods: the amount is the sum of what they were assessed at, and no sponsor matches it. */
  inKind: z.literal(true).optional(),
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

/** The entry as an item, with its place in the index of its campaign's day. */
export function donationItemOf(entry: DonationEntry) {
  const shard = shardOf(entry.giftId, INTAKE_SHARDS);
  return {
    ...donationEntryKey(entry.giftId),
    ...donationIndexKey(entry.campaignId, entry.day, shard, entry.occurredAt, entry.giftId),
    ...entry,
  };
}
