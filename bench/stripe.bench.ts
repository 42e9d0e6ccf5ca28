import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import Stripe from 'stripe';
import { parseStripeSecrets } from '../functions/donations/stripe-account.ts';
import { readStripeEvent } from '../functions/donations/stripe-event.ts';
import { epochSeconds, instantOf } from '../functions/kernel/time.ts';
import { type Benchmark, standingsTable, verdict } from './findings.ts';
import { type Contestant, compete, processorTime } from './rounds.ts';

const NOW = instantOf('2026-09-07T12:00:05Z');
const SECRET = 'whsec_9sRtJcM3Zk2VbX7yQ5nW8pL1dF4gH6jK';
/** Different ones, so that nothing can be kept from one to the next. */
const EVENTS = 500;
/** Times over all of them in one round: a tenth of a second or so. */
const LAPS = 6;
/** As many as the WeChat Pay benchmark has, and for the same reason. */
const ROUNDS = 31;
const TARGET_OF_FLOOR = 0.8;

type SignedEvent = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

/** Verifying and validating what Stripe sends, beside the least that must be done and beside Stripe's own library. */
export const stripe: Benchmark = {
  title: 'Webhook: verify and validate a Stripe event',
  async run() {
    const { webhooks } = new Stripe('sk_test_none');
    const events = Array.from({ length: EVENTS }, (_, n) => eventOf(webhooks, n));
    const standings = await compete([ours(events), floor(events), sdk(webhooks, events)], ROUNDS, processorTime);
    const [, besideFloor, besideSdk] = standings;
    if (besideFloor === undefined || besideSdk === undefined) throw new Error('a contestant is missing');
    return {
      tables: [standingsTable('events', standings)],
      notes: [
        verdict('share of the floor', besideFloor.ratio.median, TARGET_OF_FLOOR, 'at least'),
        `An event has ${events[0]?.body.length ?? 0} bytes: a payment_intent.succeeded as Stripe prints it.`,
        'Floor: node:crypto with a cached KeyObject, HMAC-SHA256 + timingSafeEqual + JSON.parse, and no check of anything.',
        'SDK: stripe 23.1.0, webhooks.constructEvent; it validates nothing behind the signature and its age.',
      ],
      figures: { ofFloor: besideFloor.ratio, timesSdk: besideSdk.ratio },
    };
  },
};

function eventOf(webhooks: Stripe['webhooks'], n: number): SignedEvent {
  const id = String(n).padStart(8, '0');
  const amount = 1_000 + n;
  const object = {
    id: `pi_3PaymentOfADonor${id}`,
    object: 'payment_intent',
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: amount,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `pi_3PaymentOfADonor${id}_secret_0123456789abcdefghijklmno`,
    confirmation_method: 'automatic',
    created: epochSeconds(NOW) - 30,
    currency: 'cny',
    customer: `cus_Donor${id}`,
    description: '困难党员帮扶计划',
    last_payment_error: null,
    latest_charge: `ch_3PaymentOfADonor${id}`,
    livemode: true,
    metadata: { orderNo: `int_${id}abcdefghjkmn` },
    next_action: null,
    on_behalf_of: null,
    payment_method: `pm_1MethodOfADonor${id}`,
    payment_method_configuration_details: { id: 'pmc_1ConfigurationOfUs000001', parent: null },
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: 'automatic',
      },
      wechat_pay: { app_id: null, client: null },
    },
    payment_method_types: ['card', 'wechat_pay', 'alipay'],
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  };
  const event = {
    id: `evt_3EventOfADonor${id}`,
    object: 'event',
    api_version: '2025-02-24.acacia',
    created: epochSeconds(NOW) - 5,
    data: { object },
    livemode: true,
    pending_webhooks: 1,
    request: { id: `req_${id}`, idempotency_key: '0e0c5c9e-5f0c-4a64-9a39-3f2c0d7c8a1e' },
    type: 'payment_intent.succeeded',
  };
  const payload = JSON.stringify(event, null, 2);
  const signature = webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp: epochSeconds(NOW) });
  return {
    headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
    body: Buffer.from(payload),
  };
}

function lapsOver(events: readonly SignedEvent[], read: (one: SignedEvent) => boolean): number {
  for (let lap = 0; lap < LAPS; lap += 1)
    for (const one of events) if (!read(one)) throw new Error('a good event was refused');
  return LAPS * events.length;
}

function ours(events: readonly SignedEvent[]): Contestant {
  const secrets = parseStripeSecrets(
    JSON.stringify({ stripe: [{ accountId: 'acct_1MeasuredCharity1', livemode: true, endpointSecrets: [SECRET] }] }),
  );
  const read = ({ headers, body }: SignedEvent): boolean =>
    readStripeEvent({ headers, body, secrets, now: NOW }).kind === 'payment';
  return { name: 'ours', run: () => lapsOver(events, read) };
}

function floor(events: readonly SignedEvent[]): Contestant {
  const key = createSecretKey(SECRET, 'utf8');
  return { name: 'floor (node:crypto)', run: () => lapsOver(events, (one) => readUnchecked(one, key)) };
}

function readUnchecked({ headers, body }: SignedEvent, key: KeyObject): boolean {
  const [time = '', signature = ''] = (headers['stripe-signature'] ?? '').split(',v1=');
  const text = body.toString();
  const expected = createHmac('sha256', key)
    .update(`${time.slice(2)}.${text}`)
    .digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return false;
  return (JSON.parse(text) as { type: string }).type === 'payment_intent.succeeded';
}

function sdk(webhooks: Stripe['webhooks'], events: readonly SignedEvent[]): Contestant {
  const receivedAt = epochSeconds(NOW) * 1000;
  const read = ({ headers, body }: SignedEvent): boolean => {
    const signature = headers['stripe-signature'] ?? '';
    return webhooks
      .constructEvent(body, signature, SECRET, 300, undefined, receivedAt)
      .type.startsWith('payment_intent');
  };
  return { name: 'stripe 23.1.0', run: () => lapsOver(events, read) };
}
