import Stripe from 'stripe';
import { parseStripeSecrets } from '../../functions/donations/stripe-account.ts';
import { readStripeEvent } from '../../functions/donations/stripe-event.ts';
import { epochSeconds, type Instant, instantOf } from '../../functions/kernel/time.ts';

// Events signed wholly by Stripe's own library: what our code verifies here, it has not signed.

/** Makes and checks signatures only; the key is none, and nothing is ever sent with it. */
export const { webhooks } = new Stripe('sk_test_none');

export const NOW: Instant = instantOf('2026-09-07T20:00:05+08:00');
export const PAID_AT = epochSeconds(instantOf('2026-09-07T20:00:00+08:00'));
export const ACCOUNT = 'acct_1Yiqi0CityCharity';
export const SECRET = 'whsec_9sRtJcM3Zk2VbX7yQ5nW8pL1dF4gH6jK';
export const ORDER = 'int_0123456789abcdefghjk';
export const INTENT = 'pi_3PaymentOfADonor00000001';
export const CHARGE = 'ch_3PaymentOfADonor00000001';
export const CUSTOMER = 'cus_QDonorWhoGivesOften';

/** The JSON of a merchant secret, as an object that tests change. */
export const merchantSecret = () => ({
  stripe: [{ accountId: ACCOUNT, livemode: true, endpointSecrets: [SECRET] }],
});
export const secrets = parseStripeSecrets(JSON.stringify(merchantSecret()));

// --- objects, with the fields that Stripe's documentation shows and some that are not read here ---

export const paymentIntent = (changes: object = {}) => ({
  id: INTENT,
  object: 'payment_intent',
  amount: 1770,
  amount_capturable: 0,
  amount_received: 1770,
  currency: 'cny',
  customer: CUSTOMER,
  latest_charge: CHARGE,
  livemode: true,
  metadata: { orderNo: ORDER },
  status: 'succeeded',
  created: PAID_AT - 30,
  ...changes,
});

export const checkoutSession = (changes: object = {}) => ({
  id: `cs_live_${'a1'.repeat(29)}`,
  object: 'checkout.session',
  amount_total: 1770,
  client_reference_id: null,
  currency: 'cny',
  customer: CUSTOMER,
  customer_details: { email: 'donor@example.org', name: '欧阳𠮷' },
  livemode: true,
  metadata: { orderNo: ORDER },
  mode: 'payment',
  payment_intent: INTENT,
  payment_status: 'paid',
  status: 'complete',
  created: PAID_AT - 60,
  ...changes,
});

export const charge = (changes: object = {}) => ({
  id: CHARGE,
  object: 'charge',
  amount: 1770,
  amount_captured: 1770,
  amount_refunded: 0,
  billing_details: { email: 'donor@example.org', name: '欧阳𠮷' },
  captured: true,
  currency: 'cny',
  customer: CUSTOMER,
  livemode: true,
  metadata: { orderNo: ORDER },
  paid: true,
  payment_intent: INTENT,
  status: 'succeeded',
  created: PAID_AT - 1,
  ...changes,
});

export const refund = (changes: object = {}) => ({
  id: 're_3RefundOfADonor000000001',
  object: 'refund',
  amount: 700,
  charge: CHARGE,
  created: PAID_AT + 60,
  currency: 'cny',
  metadata: {},
  payment_intent: INTENT,
  reason: 'requested_by_customer',
  status: 'succeeded',
  ...changes,
});

export const dispute = (changes: object = {}) => ({
  id: 'du_1DisputeOfADonor00000001',
  object: 'dispute',
  amount: 1770,
  balance_transactions: [],
  charge: CHARGE,
  currency: 'cny',
  is_charge_refundable: false,
  livemode: true,
  metadata: {},
  payment_intent: INTENT,
  reason: 'fraudulent',
  status: 'needs_response',
  created: PAID_AT + 3600,
  ...changes,
});

export const SUBSCRIPTION = 'sub_1MonthlyGiftOfADonor001';
const line = {
  id: 'il_1LineOfAnInvoice00000001',
  object: 'line_item',
  amount: 3000,
  currency: 'cny',
  period: { start: PAID_AT, end: PAID_AT + 30 * 86_400 },
};

/** A subscription's invoice as API versions until 2025-02-24.acacia show it. */
export const invoice = (changes: object = {}) => ({
  id: 'in_1InvoiceOfADonor00000001',
  object: 'invoice',
  amount_due: 3000,
  amount_paid: 3000,
  attempt_count: 1,
  charge: CHARGE,
  currency: 'cny',
  customer: CUSTOMER,
  lines: { object: 'list', data: [{ ...line, subscription: SUBSCRIPTION }], has_more: false },
  livemode: true,
  metadata: {},
  next_payment_attempt: null,
  paid_out_of_band: false,
  payment_intent: INTENT,
  subscription: SUBSCRIPTION,
  subscription_details: { metadata: { orderNo: ORDER } },
  ...changes,
});

/** The same as versions from 2025-03-31.basil on show it: no payment, and the subscription elsewhere. */
export const basilInvoice = (changes: object = {}) => {
  const { charge: _charge, payment_intent, subscription, subscription_details, paid_out_of_band, ...rest } = invoice();
  return {
    ...rest,
    lines: { object: 'list', data: [{ ...line, parent: { type: 'subscription_item_details' } }], has_more: false },
    parent: {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: { metadata: { orderNo: ORDER }, subscription: SUBSCRIPTION },
    },
    ...changes,
  };
};

export const subscription = (changes: object = {}) => ({
  id: SUBSCRIPTION,
  object: 'subscription',
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, reason: null },
  customer: CUSTOMER,
  ended_at: null,
  livemode: true,
  metadata: { orderNo: ORDER },
  pause_collection: null,
  status: 'active',
  ...changes,
});

// --- events ---

export const eventOf = (type: string, object: unknown, changes: object = {}) => ({
  id: 'evt_3EventOfADonor0000000001',
  object: 'event',
  api_version: '2025-02-24.acacia',
  created: PAID_AT,
  data: { object },
  livemode: true,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
  ...changes,
});

export type Delivery = { readonly headers: Record<string, string>; readonly body: Buffer };

/** Signs a body as Stripe does, by its own library. `headers` replaces headers after the signature. */
export function delivery(
  body: string | Buffer,
  how: { readonly secret?: string; readonly sentAt?: number; readonly headers?: Record<string, string> } = {},
): Delivery {
  const { secret = SECRET, sentAt = epochSeconds(NOW), headers = {} } = how;
  const payload = typeof body === 'string' ? body : body.toString();
  const signature = webhooks.generateTestHeaderString({ payload, secret, timestamp: sentAt });
  return {
    headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature, ...headers },
    body: Buffer.from(body),
  };
}

export const delivered = (type: string, object: unknown, changes: object = {}): Delivery =>
  // Stripe prints its events over several lines.
  delivery(JSON.stringify(eventOf(type, object, changes), null, 2));

/** What is read of one event. */
export const readingOf = (type: string, object: unknown, changes: object = {}) =>
  readStripeEvent({ ...delivered(type, object, changes), secrets, now: NOW });
