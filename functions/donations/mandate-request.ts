import * as z from 'zod';
import { localDateOf } from '../kernel/time.ts';
import { type DonationIntent, donationRequestSchema } from './donation-intent.ts';
import { firstCharges, LAST_DAY_OF_MONTH, type Mandate } from './mandate.ts';

/**
 * What a donor's page sends to agree to a regular gift: an order without a payment, and the day of the month. In a team
 * as well: a charge after the team was closed counts for the campaign alone.
 */
export const mandateRequestSchema = donationRequestSchema.omit({ pay: true }).extend({
  dayOfMonth: z
    .number()
    .int()
    .min(1)
    .max(LAST_DAY_OF_MONTH, `must be at most ${LAST_DAY_OF_MONTH}, which is the last day that every month has`),
});
export type MandateRequest = z.infer<typeof mandateRequestSchema>;

/** The mandate of an order, agreed to at the order's own time. `secondOn` is said to the donor beside the first. */
export function mandateOf(
  { orderNo, campaignId, unitId, teamId, amountMinor, currency, zone, createdAt }: DonationIntent,
  dayOfMonth: number,
  mandateId: string,
): { readonly mandate: Mandate; readonly secondOn: string } {
  const { firstOn, secondOn } = firstCharges(localDateOf(createdAt, zone), dayOfMonth);
  const mandate: Mandate = {
    type: 'mandate',
    mandateId,
    version: 1,
    orderNo,
    campaignId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    amountMinor,
    currency,
    zone,
    dayOfMonth,
    firstOn,
    agreed: true,
    state: 'awaiting-provider',
    nextOn: firstOn,
    retries: 0,
    skippedInARow: 0,
    paidPeriods: 0,
    createdAt,
    updatedAt: createdAt,
  };
  return { mandate, secondOn };
}
