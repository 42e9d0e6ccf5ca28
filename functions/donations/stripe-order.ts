import { type Instant, plusSeconds, SECONDS_PER_HOUR } from '../kernel/time.ts';
import type { DonationEntry } from './donation-entry.ts';

/**
 * How long an event of a payment whose order nobody has named is sent back. Several kinds of event tell of one payment
 * within seconds, and only some name the order: a session of a payment link, an invoice of a subscription. Stripe sends
 * again for three days (docs.stripe.com/webhooks), at first after minutes, so an hour gives each of them its turn.
 */
const PATIENCE_SECONDS = SECONDS_PER_HOUR;

/** Whether an entry is of a payment whose order was not known: its own id stands in the order's place. */
const isWithoutOrder = ({ orderNo, paymentId }: Pick<DonationEntry, 'orderNo' | 'paymentId'>): boolean =>
  orderNo === paymentId;

/**
 * The order of an event: the one it names, else the one under which its payment is recorded. `too-early` where there is
 * neither and one of the payment's other events may still tell; after an hour the payment's own id stands in its place,
 * and the money is unassigned. A payment that was recorded without an order keeps that, whatever comes later: entries are
 * never edited, and a person was told.
 */
export function orderOf(
  event: { readonly orderNo: string | undefined; readonly paymentId: string },
  recorded: Pick<DonationEntry, 'orderNo' | 'paymentId'> | undefined,
  createdAt: Instant,
  now: Instant,
): { readonly orderNo: string } | 'too-early' {
  if (recorded !== undefined && (event.orderNo === undefined || isWithoutOrder(recorded)))
    return { orderNo: recorded.orderNo };
  if (event.orderNo !== undefined) return { orderNo: event.orderNo };
  return now < plusSeconds(createdAt, PATIENCE_SECONDS) ? 'too-early' : { orderNo: event.paymentId };
}
