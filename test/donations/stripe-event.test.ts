import { describe, expect, test } from 'vitest';
import { paymentEventSchema } from '../../functions/donations/payment-event.ts';
import { parseStripeSecrets } from '../../functions/donations/stripe-account.ts';
import { LARGEST_STRIPE_EVENT_BYTES, readStripeEvent } from '../../functions/donations/stripe-event.ts';
import { CURRENCY_DECIMALS } from '../../functions/kernel/money.ts';
import {
  ACCOUNT,
  basilInvoice,
  CHARGE,
  CUSTOMER,
  charge,
  checkoutSession,
  delivered,
  delivery,
  dispute,
  eventOf,
  INTENT,
  invoice,
  merchantSecret,
  NOW,
  ORDER,
  paymentIntent,
  readingOf,
  refund,
  SUBSCRIPTION,
  secrets,
  subscription,
} from './stripe-maker.ts';

const PAYMENT = {
  provider: 'stripe',
  merchantId: ACCOUNT,
  paymentId: INTENT,
  orderNo: ORDER,
  amountMinor: 1770,
  payerAmountMinor: 1770,
  currency: 'CNY',
  occurredAt: '2026-09-07T12:00:00.000Z',
  payerReference: CUSTOMER,
};
const read = (how: ReturnType<typeof delivery>) => readStripeEvent({ ...how, secrets, now: NOW });

describe('a payment', () => {
  test.each<[string, object]>([
    ['checkout.session.completed', checkoutSession()],
    ['checkout.session.async_payment_succeeded', checkoutSession()],
    ['payment_intent.succeeded', paymentIntent()],
    ['charge.succeeded', charge()],
    ['charge.captured', charge()],
  ])('is the same gift when %s tells of it', (type, object) => {
    const reading = readingOf(type, object);
    expect(reading).toEqual({
      kind: 'payment',
      payment: PAYMENT,
      eventId: 'evt_3EventOfADonor0000000001',
      eventType: type,
      createdAt: '2026-09-07T12:00:00.000Z',
    });
    expect(paymentEventSchema.safeParse(reading.kind === 'payment' && reading.payment).success).toBe(true);
  });

  test('of a charge without an intent is known by the charge', () => {
    expect(readingOf('charge.succeeded', charge({ payment_intent: null }))).toMatchObject({
      payment: { paymentId: CHARGE },
    });
  });

  test('is the same when what it refers to was expanded', () => {
    const expanded = { payment_intent: { id: INTENT, object: 'payment_intent' }, customer: { id: CUSTOMER } };
    expect(readingOf('charge.succeeded', charge(expanded))).toMatchObject({ payment: PAYMENT });
  });

  test('by a guest counts as a donor’s of their own, whichever event tells of it', () => {
    const guest = { customer: null };
    const readings = [
      readingOf('checkout.session.completed', checkoutSession(guest)),
      readingOf('payment_intent.succeeded', paymentIntent(guest)),
      readingOf('charge.succeeded', charge(guest)),
    ];
    for (const reading of readings) expect(reading).toMatchObject({ payment: { payerReference: `payment:${INTENT}` } });
  });

  test('takes its order from the metadata, and only else from the reference that a payer can change', () => {
    const orderOf = (changes: object) => {
      const reading = readingOf('checkout.session.completed', checkoutSession(changes));
      return reading.kind === 'payment' ? reading.payment.orderNo : reading.kind;
    };
    expect(orderOf({ client_reference_id: 'int_other' })).toBe(ORDER);
    expect(orderOf({ client_reference_id: 'int_other', metadata: {} })).toBe('int_other');
    expect(orderOf({ metadata: null })).toBe(undefined);
    expect(orderOf({ client_reference_id: 'no order\n', metadata: { orderNo: 'x'.repeat(65) } })).toBe(undefined);
    expect(orderOf({ client_reference_id: 7, metadata: { orderNo: ['x'] } })).toBe(undefined);
  });

  test.each<[string, string, object]>([
    [
      'of a session that waits for the bank',
      'checkout.session.completed',
      checkoutSession({ payment_status: 'unpaid' }),
    ],
    [
      'of a session over nothing',
      'checkout.session.completed',
      checkoutSession({ payment_status: 'no_payment_required' }),
    ],
    [
      'of a subscription’s session, whose money comes as an invoice',
      'checkout.session.completed',
      checkoutSession({ mode: 'subscription', payment_intent: null, subscription: SUBSCRIPTION }),
    ],
    ['that is only reserved', 'charge.succeeded', charge({ captured: false, amount_captured: 0 })],
    ['that failed', 'payment_intent.payment_failed', paymentIntent({ status: 'requires_payment_method' })],
    ['that is an event nobody has heard of', 'entirely.new_thing', { object: 'thing' }],
    ['that is an event named like a field of every object', 'constructor', {}],
  ])('%s is none yet', (_what, type, object) => {
    expect(readingOf(type, object)).toMatchObject({ kind: 'ignored', eventType: type });
  });

  test.each<[string, string, object]>([
    ['is another object', 'payment_intent.succeeded', charge()],
    ['is no object', 'payment_intent.succeeded', []],
    ['has not succeeded', 'payment_intent.succeeded', paymentIntent({ status: 'processing' })],
    ['has a negative amount', 'payment_intent.succeeded', paymentIntent({ amount_received: -1 })],
    ['has an amount of nothing', 'payment_intent.succeeded', paymentIntent({ amount_received: 0 })],
    ['has a fraction of a fen', 'payment_intent.succeeded', paymentIntent({ amount_received: 17.5 })],
    ['has an amount as text', 'payment_intent.succeeded', paymentIntent({ amount_received: '1770' })],
    ['has an enormous amount', 'payment_intent.succeeded', paymentIntent({ amount_received: 1e12 + 1 })],
    ['has an amount beyond exact numbers', 'payment_intent.succeeded', paymentIntent({ amount_received: 1e16 })],
    ['has no currency', 'payment_intent.succeeded', paymentIntent({ currency: undefined })],
    ['has a currency in capitals', 'payment_intent.succeeded', paymentIntent({ currency: 'CNY' })],
    ['has an id with more in it', 'payment_intent.succeeded', paymentIntent({ id: 'pi_1#MATCH' })],
    ['is a paid session without a payment', 'checkout.session.completed', checkoutSession({ payment_intent: null })],
    ['is a paid session without an amount', 'checkout.session.completed', checkoutSession({ amount_total: null })],
    ['is a charge that failed', 'charge.succeeded', charge({ status: 'failed' })],
  ])('that %s is refused, and somebody learns of it', (_what, type, object) => {
    expect(readingOf(type, object)).toEqual({ kind: 'refused', reason: 'wrong-object' });
  });
});

describe('money', () => {
  test('counts in the same unit here and at Stripe, for every currency that is booked', () => {
    // docs.stripe.com/currencies: the smallest unit; JPY has none below the yen, KWD has thousandths.
    const decimalsAtStripe = { CNY: 2, HKD: 2, USD: 2, EUR: 2, JPY: 0, KWD: 3 };
    expect(CURRENCY_DECIMALS).toEqual(decimalsAtStripe);
    for (const currency of Object.keys(decimalsAtStripe))
      expect(
        readingOf(
          'payment_intent.succeeded',
          paymentIntent({ currency: currency.toLowerCase(), amount_received: 5120 }),
        ),
      ).toMatchObject({ payment: { amountMinor: 5120, currency } });
  });

  test.each<[string, string, object, object]>([
    ['payment', 'payment_intent.succeeded', paymentIntent({ currency: 'gbp' }), { reference: INTENT, amount: '1770' }],
    ['payment', 'charge.succeeded', charge({ currency: 'isk' }), { reference: INTENT, amount: '1770' }],
    [
      'refund',
      'refund.created',
      refund({ currency: 'gbp' }),
      { reference: 're_3RefundOfADonor000000001', amount: '700' },
    ],
    ['dispute', 'charge.dispute.closed', dispute({ currency: 'gbp', status: 'lost' }), { amount: '1770' }],
  ])('of a %s in a currency that is not booked is kept as it was said, for a person', (what, type, object, money) => {
    expect(readingOf(type, object)).toMatchObject({ kind: 'unbooked', money: { what, paymentId: INTENT, ...money } });
  });
});

describe('a refund', () => {
  const REFUND = {
    provider: 'stripe',
    merchantId: ACCOUNT,
    paymentId: INTENT,
    orderNo: undefined,
    refundId: 're_3RefundOfADonor000000001',
    amountMinor: 700,
    currency: 'CNY',
    occurredAt: '2026-09-07T12:01:00.000Z',
  };

  test.each(['refund.created', 'refund.updated', 'charge.refund.updated'])(
    'is one refund by its own id and time when %s tells of it',
    (type) => {
      expect(readingOf(type, refund())).toMatchObject({ kind: 'refunds', refunds: [REFUND] });
    },
  );

  test('of a charge without an intent is of the charge', () => {
    expect(readingOf('refund.created', refund({ payment_intent: null }))).toMatchObject({
      refunds: [{ paymentId: CHARGE }],
    });
  });

  test.each(['pending', 'requires_action', 'canceled'])('that is %s has given nothing back', (status) => {
    expect(readingOf('refund.updated', refund({ status }))).toMatchObject({ kind: 'ignored' });
  });

  test('that failed is told to a person, by whichever event', () => {
    for (const type of ['refund.failed', 'refund.updated'])
      expect(readingOf(type, refund({ status: 'failed' }))).toMatchObject({ kind: 'refund-failed', refund: REFUND });
  });

  test('in a charge’s list is the same refund, beside others and without those that have not succeeded', () => {
    const data = [refund(), refund({ id: 're_2', amount: 300 }), refund({ id: 're_3', status: 'pending' })];
    expect(readingOf('charge.refunded', charge({ refunds: { object: 'list', data } }))).toMatchObject({
      kind: 'refunds',
      refunds: [REFUND, { ...REFUND, refundId: 're_2', amountMinor: 300 }],
    });
  });

  test('told by a charge without a list comes by its own event; an API version that has none is refused loudly', () => {
    const object = charge({ amount_refunded: 700 });
    expect(readingOf('charge.refunded', object)).toMatchObject({ kind: 'ignored' });
    expect(readingOf('charge.refunded', object, { api_version: '2024-10-28.acacia' })).toMatchObject({
      kind: 'ignored',
    });
    for (const api_version of ['2024-09-30.acacia', '2022-11-15', null])
      expect(readingOf('charge.refunded', object, { api_version })).toEqual({
        kind: 'refused',
        reason: 'refund-without-id',
      });
  });

  test('of an unknown state, or of nothing, is refused', () => {
    expect(readingOf('refund.updated', refund({ status: 'reversed' }))).toMatchObject({ reason: 'wrong-object' });
    expect(readingOf('refund.updated', refund({ amount: 0 }))).toMatchObject({ reason: 'wrong-object' });
  });
});

describe('a dispute', () => {
  test.each<[string, string, string]>([
    ['charge.dispute.created', 'needs_response', 'opened'],
    ['charge.dispute.created', 'warning_needs_response', 'opened'],
    ['charge.dispute.funds_withdrawn', 'needs_response', 'opened'],
    ['charge.dispute.funds_reinstated', 'won', 'won'],
    ['charge.dispute.closed', 'won', 'won'],
    ['charge.dispute.closed', 'warning_closed', 'won'],
    ['charge.dispute.closed', 'prevented', 'won'],
    ['charge.dispute.closed', 'lost', 'lost'],
  ])('that %s tells of as %s is %s', (type, status, state) => {
    expect(readingOf(type, dispute({ status }))).toMatchObject({
      kind: 'dispute',
      dispute: { disputeId: 'du_1DisputeOfADonor00000001', paymentId: INTENT, state, amountMinor: 1770 },
    });
  });

  test('that closes in a way we do not know is refused: it may have cost money', () => {
    expect(readingOf('charge.dispute.closed', dispute({ status: 'settled' }))).toMatchObject({
      reason: 'wrong-object',
    });
    expect(readingOf('charge.dispute.closed', null)).toMatchObject({ reason: 'wrong-object' });
  });
});

describe('a regular gift', () => {
  const CHARGED = {
    kind: 'charged',
    provider: 'stripe',
    merchantId: ACCOUNT,
    mandateReference: SUBSCRIPTION,
    orderNo: ORDER,
    occurredAt: '2026-09-07T12:00:00.000Z',
    chargeReference: 'in_1InvoiceOfADonor00000001',
    periodStart: '2026-09-07T12:00:00.000Z',
    periodEnd: '2026-10-07T12:00:00.000Z',
    amountMinor: 3000,
    currency: 'CNY',
    paymentId: INTENT,
  };

  test('that was charged names its mandate, its period, and the payment, which is the same gift', () => {
    expect(readingOf('invoice.paid', invoice())).toMatchObject({
      kind: 'regular',
      regular: CHARGED,
      payment: { paymentId: INTENT, orderNo: ORDER, amountMinor: 3000, payerReference: CUSTOMER },
    });
  });

  test('names its payment also where the invoice lists several, or only the charge', () => {
    const listed = {
      data: [
        { status: 'open', payment: {} },
        { status: 'paid', payment: { payment_intent: INTENT } },
      ],
    };
    expect(readingOf('invoice.paid', basilInvoice({ payments: listed }))).toMatchObject({ regular: CHARGED });
    expect(readingOf('invoice.paid', invoice({ payment_intent: null }))).toMatchObject({
      payment: { paymentId: CHARGE },
    });
  });

  test('of a newer API version names mandate, order and period, but not the payment', () => {
    const { paymentId: _none, ...charged } = CHARGED;
    expect(readingOf('invoice.paid', basilInvoice(), { api_version: '2025-08-27.basil' })).toMatchObject({
      kind: 'regular',
      regular: charged,
      payment: undefined,
    });
  });

  test('whose charge failed says how often it was tried and when again', () => {
    const failed = { amount_paid: 0, attempt_count: 2, next_payment_attempt: 1_789_000_000 };
    expect(readingOf('invoice.payment_failed', invoice(failed))).toMatchObject({
      kind: 'regular',
      regular: { kind: 'charge-failed', amountMinor: 3000, attempt: 2, nextAttemptAt: '2026-09-10T00:26:40.000Z' },
      payment: undefined,
    });
  });

  test.each<[string, object]>([
    ['a single invoice', invoice({ subscription: null, subscription_details: null })],
    ['an invoice over nothing', invoice({ amount_paid: 0 })],
    ['an invoice settled outside of Stripe', invoice({ paid_out_of_band: true })],
    ['an invoice in a currency that is not booked', invoice({ currency: 'gbp' })],
  ])('is not %s', (_what, object) => {
    expect(readingOf('invoice.paid', object)).toMatchObject({ kind: 'ignored' });
  });

  test.each<[object, object]>([
    [{ status: 'active' }, { state: 'active' }],
    [{ status: 'trialing' }, { state: 'active' }],
    [
      { status: 'active', cancel_at: 1_789_000_000 },
      { state: 'active', endsAt: '2026-09-10T00:26:40.000Z' },
    ],
    [{ status: 'active', pause_collection: { behavior: 'void' } }, { state: 'paused' }],
    [{ status: 'paused' }, { state: 'paused' }],
    [{ status: 'past_due' }, { state: 'past-due' }],
    [{ status: 'unpaid' }, { state: 'past-due' }],
    [{ status: 'incomplete' }, { state: 'incomplete' }],
    [{ status: 'incomplete_expired' }, { state: 'ended' }],
    [
      { status: 'canceled', ended_at: 1_789_000_000, cancellation_details: { reason: 'payment_failed' } },
      { state: 'ended', endsAt: '2026-09-10T00:26:40.000Z', endedBy: 'provider' },
    ],
  ])('whose subscription is %j stands as %j', (changes, regular) => {
    expect(readingOf('customer.subscription.updated', subscription(changes))).toMatchObject({
      kind: 'regular',
      regular: { kind: 'mandate', mandateReference: SUBSCRIPTION, orderNo: ORDER, ...regular },
    });
  });

  test('whose subscription is in a state that we do not know is refused', () => {
    expect(readingOf('customer.subscription.updated', subscription({ status: 'dormant' }))).toMatchObject({
      reason: 'wrong-object',
    });
  });
});

describe('an event that is refused', () => {
  test('is one of test money at a live account, and the other way round', () => {
    const test_ = delivered('payment_intent.succeeded', paymentIntent(), { livemode: false });
    expect(read(test_)).toEqual({ kind: 'refused', reason: 'wrong-mode' });
    const [account] = merchantSecret().stripe;
    const testSecrets = parseStripeSecrets(JSON.stringify({ stripe: [{ ...account, livemode: false }] }));
    const live = delivered('payment_intent.succeeded', paymentIntent());
    expect(readStripeEvent({ ...live, secrets: testSecrets, now: NOW })).toMatchObject({ reason: 'wrong-mode' });
  });

  test('is one of another account than the secret’s', () => {
    const of = (account: string) => readingOf('payment_intent.succeeded', paymentIntent(), { account });
    expect(of('acct_Somebody0001')).toEqual({ kind: 'refused', reason: 'wrong-account' });
    expect(of(ACCOUNT)).toMatchObject({ kind: 'payment' });
  });

  test.each<[string, string, string | Buffer]>([
    ['thin', 'thin-event', JSON.stringify({ id: 'evt_1', object: 'v2.core.event', type: 'v1.charge.refunded' })],
    ['no object', 'wrong-envelope', '[]'],
    ['null', 'wrong-envelope', 'null'],
    ['of no type', 'wrong-envelope', JSON.stringify(eventOf('', {}))],
    ['of a time that is text', 'wrong-envelope', JSON.stringify(eventOf('charge.refunded', {}, { created: 'now' }))],
    ['of no mode', 'wrong-envelope', JSON.stringify(eventOf('charge.refunded', {}, { livemode: null }))],
    [
      'of an account that is a number',
      'wrong-envelope',
      JSON.stringify(eventOf('charge.refunded', {}, { account: 1 })),
    ],
    ['cut short', 'not-json', JSON.stringify(eventOf('charge.refunded', charge())).slice(0, -2)],
    ['nested a thousand deep', 'too-deep', `${'['.repeat(1000)}${']'.repeat(1000)}`],
  ])('is %s', (_what, reason, body) => {
    expect(read(delivery(body))).toEqual({ kind: 'refused', reason });
  });

  test('is too large by one byte, whoever signed it', () => {
    const json = JSON.stringify(eventOf('payment_intent.succeeded', paymentIntent()));
    const room = LARGEST_STRIPE_EVENT_BYTES - Buffer.byteLength(json);
    expect(read(delivery(`${json}${' '.repeat(room)}`))).toMatchObject({ kind: 'payment' });
    expect(read(delivery(`${json}${' '.repeat(room + 1)}`))).toEqual({ kind: 'refused', reason: 'too-large' });
  });

  test('is none that holds as much as Stripe lets anybody write into it', () => {
    const metadata = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [
        n === 0 ? 'orderNo' : `${'益'.repeat(38)}${n}`,
        n === 0 ? ORDER : '起'.repeat(500),
      ]),
    );
    const escaped = JSON.stringify(eventOf('payment_intent.succeeded', paymentIntent({ metadata }))).replace(
      /[^\x20-\x7e]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    expect(Buffer.byteLength(escaped)).toBeGreaterThan(150_000);
    expect(read(delivery(escaped))).toMatchObject({ kind: 'payment', payment: PAYMENT });
  });

  test('is one that calls itself something else than JSON', () => {
    const how = delivered('payment_intent.succeeded', paymentIntent());
    const as = (type: string) => read({ ...how, headers: { ...how.headers, 'content-type': type } });
    expect(as('text/plain')).toEqual({ kind: 'refused', reason: 'wrong-content-type' });
    expect(as('application/json')).toMatchObject({ kind: 'payment' });
  });
});
