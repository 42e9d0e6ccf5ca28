import { currencySchema } from '../kernel/money.ts';
import { epochSeconds, type Instant } from '../kernel/time.ts';
import type { RegularGiftEvent } from './regular-gift-event.ts';
import { regularGiftEventSchema } from './regular-gift-event.ts';
import type { StripeAccount } from './stripe-account.ts';
import { type Invoice, instantAt, invoiceSchema, subscriptionSchema } from './stripe-object.ts';
import { paid } from './stripe-payment.ts';
import { type Envelope, IGNORED, type Reader, type Refused, type StripeEvent, UNREADABLE } from './stripe-reading.ts';

/** A regular gift's event, or why there is none in it. */
type RegularReading =
  | {
      readonly kind: 'regular';
      readonly event: RegularGiftEvent;
      /** Who paid, for the entry of the payment. */
      readonly customer: string | undefined;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable' };
const NOTHING: RegularReading = { kind: 'nothing' };
const UNREADABLE_OBJECT: RegularReading = { kind: 'unreadable' };

/**
 * A subscription's invoice that was paid, or whose charge failed. `nothing`: a single invoice (its payment has an event
 * of its own), one over nothing, or one that was settled outside of Stripe (which is for who received that money to say).
 */
function regularChargeOf(
  object: unknown,
  outcome: 'charged' | 'charge-failed',
  account: StripeAccount,
  occurredAt: number,
): RegularReading {
  const parsed = invoiceSchema.safeParse(object);
  if (!parsed.success) return UNREADABLE_OBJECT;
  const invoice = parsed.data;
  const mandateReference = mandateOf(invoice);
  const amountMinor = outcome === 'charged' ? invoice.amount_paid : invoice.amount_due;
  if (mandateReference === undefined || amountMinor === 0 || invoice.paid_out_of_band === true) return NOTHING;
  // What is in a currency that is not booked here is told by its payment and kept as that.
  if (!currencySchema.safeParse(invoice.currency.toUpperCase()).success) return NOTHING;
  // The line's period is what is paid for; the invoice's own is the time in which its items were gathered.
  const period = (invoice.lines.data.find((line) => line.subscription !== undefined) ?? invoice.lines.data[0])?.period;
  if (period === undefined) return UNREADABLE_OBJECT;
  const event = regularGiftEventSchema.safeParse({
    kind: outcome,
    ...aboutOf(account, mandateReference, orderOf(invoice), occurredAt),
    chargeReference: invoice.id,
    periodStart: instantAt(period.start),
    periodEnd: instantAt(period.end),
    amountMinor,
    currency: invoice.currency.toUpperCase(),
    ...(outcome === 'charged' ? paidBy(invoice) : attemptOf(invoice)),
  });
  return event.success ? { kind: 'regular', event: event.data, customer: invoice.customer } : UNREADABLE_OBJECT;
}

const mandateOf = (invoice: Invoice): string | undefined =>
  invoice.subscription ?? invoice.parent?.subscription_details?.subscription;

/** As the subscription had it when the invoice was made, else the invoice's own. */
const orderOf = (invoice: Invoice): string | undefined =>
  invoice.subscription_details?.metadata ?? invoice.parent?.subscription_details?.metadata ?? invoice.metadata;

function paidBy(invoice: Invoice): { paymentId?: string } {
  const listed = invoice.payments?.data.find(({ status }) => status === 'paid')?.payment;
  const paymentId = invoice.payment_intent ?? listed?.payment_intent ?? invoice.charge ?? listed?.charge;
  return paymentId === undefined ? {} : { paymentId };
}

const attemptOf = ({ attempt_count, next_payment_attempt }: Invoice) => ({
  attempt: attempt_count,
  ...(typeof next_payment_attempt === 'number' ? { nextAttemptAt: instantAt(next_payment_attempt) } : {}),
});

const aboutOf = (
  account: Pick<StripeAccount, 'accountId'>,
  mandateReference: string,
  orderNo: string | undefined,
  occurredAt: number,
) => ({
  provider: 'stripe',
  merchantId: account.accountId,
  mandateReference,
  ...(orderNo === undefined ? {} : { orderNo }),
  occurredAt: instantAt(occurredAt),
});

/** Stripe's words for a subscription (docs.stripe.com/billing/subscriptions/overview); `trialing` charges later and is as good as active. */
const STATES = new Map([
  ['incomplete', 'incomplete'],
  ['trialing', 'active'],
  ['active', 'active'],
  ['past_due', 'past-due'],
  ['unpaid', 'past-due'],
  ['paused', 'paused'],
  ['canceled', 'ended'],
  ['incomplete_expired', 'ended'],
]);

/** How a subscription stands now. A state that we do not know is unreadable: what to do about it is not ours to guess. */
function mandateEventOf(
  object: unknown,
  account: Pick<StripeAccount, 'accountId'>,
  occurredAt: number,
): RegularReading {
  const parsed = subscriptionSchema.safeParse(object);
  if (!parsed.success) return UNREADABLE_OBJECT;
  const { id, status, cancel_at, ended_at, pause_collection, cancellation_details, metadata } = parsed.data;
  const known = STATES.get(status);
  if (known === undefined) return UNREADABLE_OBJECT;
  const isPaused = known === 'active' && typeof pause_collection === 'object' && pause_collection !== null;
  const endsAt = ended_at ?? cancel_at ?? undefined;
  const event = regularGiftEventSchema.safeParse({
    kind: 'mandate',
    ...aboutOf(account, id, metadata, occurredAt),
    state: isPaused ? 'paused' : known,
    ...(endsAt === undefined ? {} : { endsAt: instantAt(endsAt) }),
    ...(known === 'ended' ? { endedBy: endedBy(cancellation_details?.reason) } : {}),
  });
  return event.success ? { kind: 'regular', event: event.data, customer: undefined } : UNREADABLE_OBJECT;
}

/** A request may come from the donor by Stripe's portal or from the charity by the API: Stripe does not say which. */
function endedBy(reason: string | null | undefined): 'provider' | undefined {
  return reason === 'payment_failed' || reason === 'payment_disputed' || reason === 'canceled_by_retention_policy'
    ? 'provider'
    : undefined;
}

export function regularCharge(
  envelope: Envelope,
  account: StripeAccount,
  outcome: 'charged' | 'charge-failed',
): StripeEvent | Refused {
  const reading = regularChargeOf(envelope.data.object, outcome, account, envelope.created);
  const event = eventOfRegular(reading);
  if (event.kind !== 'regular' || event.regular.kind !== 'charged' || reading.kind !== 'regular') return event;
  const { paymentId, orderNo, amountMinor, currency } = event.regular;
  if (paymentId === undefined) return event;
  const payment = paid(
    { paymentId, orderNo, amountMinor, currency: currency.toLowerCase(), customer: reading.customer },
    envelope,
    account,
  );
  return payment.kind === 'payment' ? { ...event, payment: payment.payment } : payment;
}

/** How a regular gift's mandate stands now. */
export const mandate: Reader = (envelope, account) =>
  eventOfRegular(mandateEventOf(envelope.data.object, account, envelope.created));

function eventOfRegular(reading: RegularReading): StripeEvent | Refused {
  if (reading.kind === 'unreadable') return UNREADABLE;
  return reading.kind === 'nothing' ? IGNORED : { kind: 'regular', regular: reading.event, payment: undefined };
}

/**
 * The end of a subscription, as Stripe's answer to our request says it; `undefined` where it is another one, or has not ended. The
 * notification of the same end comes as well, and says nothing new.
 */
export function endedSubscription(
  content: unknown,
  { accountId, subscriptionId }: { readonly accountId: string; readonly subscriptionId: string },
  now: Instant,
): RegularGiftEvent | undefined {
  const parsed = subscriptionSchema.safeParse(content);
  if (!parsed.success || parsed.data.id !== subscriptionId) return undefined;
  const occurredAt = parsed.data.ended_at ?? epochSeconds(now);
  const reading = mandateEventOf(content, { accountId }, occurredAt);
  return reading.kind === 'regular' && reading.event.kind === 'mandate' && reading.event.state === 'ended'
    ? reading.event
    : undefined;
}
