import type { Minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { type DonationEntry, donationEntryOf } from './donation-entry.ts';
import type { DonationIntent } from './donation-intent.ts';
import type { PaymentEvent } from './payment-event.ts';

export type Booking =
  /** `assigned` is false where no order of ours was found: the money is kept and a person assigns it. */
  | { readonly kind: 'book'; readonly entry: DonationEntry; readonly assigned: boolean }
  /** The provider was paid another sum than the order says: nothing is booked, a person looks. */
  | { readonly kind: 'amount-differs'; readonly orderedMinor: Minor; readonly paidMinor: Minor };

/**
 * What becomes of a payment. When it was paid does not matter here: money that came before the opening or after the
 * close is the campaign's all the same, and only its match depends on the window.
 */
export function bookingOf(
  payment: PaymentEvent,
  intent: DonationIntent | undefined,
  recordedAt: Instant,
  donorKey: string,
): Booking {
  if (intent !== undefined && !isPaidAsOrdered(payment, intent)) {
    return { kind: 'amount-differs', orderedMinor: intent.amountMinor, paidMinor: payment.amountMinor };
  }
  const entry = donationEntryOf(payment, intent, recordedAt, donorKey);
  return { kind: 'book', entry, assigned: intent !== undefined };
}

const isPaidAsOrdered = (payment: PaymentEvent, intent: DonationIntent): boolean =>
  payment.amountMinor === intent.amountMinor && payment.currency === intent.currency;
