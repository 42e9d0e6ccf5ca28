import type { StripeAccount } from './stripe-account.ts';
import { chargeSchema, checkoutSessionSchema, instantAt, paymentIntentSchema } from './stripe-object.ts';
import { type Envelope, IGNORED, moneyOf, type Refused, type StripeEvent, UNREADABLE } from './stripe-reading.ts';

// One gift, however many kinds of event tell of it: all of them name the same payment.

type Paid = {
  readonly paymentId: string | undefined;
  readonly orderNo: string | undefined;
  readonly amountMinor: number | null | undefined;
  readonly currency: string | null | undefined;
  readonly customer: string | undefined;
};

export function paymentOfSession(envelope: Envelope, account: StripeAccount): StripeEvent | Refused {
  const parsed = checkoutSessionSchema.safeParse(envelope.data.object);
  if (!parsed.success) return UNREADABLE;
  const { mode, payment_status, payment_intent, amount_total, currency, customer } = parsed.data;
  // Unpaid: the bank has not said yes yet, and async_payment_succeeded follows. A subscription's money comes as an invoice.
  if (mode !== 'payment' || payment_status !== 'paid') return IGNORED;
  // The metadata are ours alone; the reference can stand in a payment link's address, where the payer can change it.
  const orderNo = parsed.data.metadata ?? parsed.data.client_reference_id;
  return paid({ paymentId: payment_intent, orderNo, amountMinor: amount_total, currency, customer }, envelope, account);
}

export function paymentOfIntent(envelope: Envelope, account: StripeAccount): StripeEvent | Refused {
  const parsed = paymentIntentSchema.safeParse(envelope.data.object);
  if (!parsed.success) return UNREADABLE;
  const { id, status, amount_received, currency, customer, metadata } = parsed.data;
  if (status !== 'succeeded') return UNREADABLE;
  return paid(
    { paymentId: id, orderNo: metadata, amountMinor: amount_received, currency, customer },
    envelope,
    account,
  );
}

export function paymentOfCharge(envelope: Envelope, account: StripeAccount): StripeEvent | Refused {
  const parsed = chargeSchema.safeParse(envelope.data.object);
  if (!parsed.success) return UNREADABLE;
  const { id, status, captured, amount_captured, currency, customer, payment_intent, metadata } = parsed.data;
  if (status !== 'succeeded') return UNREADABLE;
  if (!captured) return IGNORED;
  const paymentId = payment_intent ?? id;
  return paid({ paymentId, orderNo: metadata, amountMinor: amount_captured, currency, customer }, envelope, account);
}

/** The same from every kind of event of one payment, but for what only some of them know: the order. */
export function paid(
  { paymentId, orderNo, amountMinor, currency, customer }: Paid,
  envelope: Envelope,
  account: StripeAccount,
): StripeEvent | Refused {
  if (paymentId === undefined || typeof amountMinor !== 'number' || typeof currency !== 'string') return UNREADABLE;
  const money = moneyOf('payment', { id: paymentId, paymentId, amountMinor, currency }, envelope, account);
  if (money.kind !== 'money') return money;
  return {
    kind: 'payment',
    payment: {
      provider: 'stripe',
      merchantId: account.accountId,
      paymentId,
      orderNo,
      amountMinor: money.amountMinor,
      payerAmountMinor: money.amountMinor,
      currency: money.currency,
      // Of the event: a session or an intent says only when it was made, which may be long before it was paid.
      occurredAt: instantAt(envelope.created),
      // All three kinds of event name the customer. A guest has none, and counts as a donor of their own.
      payerReference: customer ?? `payment:${paymentId}`,
    },
  };
}
