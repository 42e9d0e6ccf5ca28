import { createHash } from 'node:crypto';
import Stripe from 'stripe';
import { definition } from '../functions/donations/receive-stripe.lambda.ts';
import { parseStripeSecrets } from '../functions/donations/stripe-account.ts';
import { epochSeconds, instantOf } from '../functions/kernel/time.ts';
import type { FuzzedDoor } from './door.ts';
import { ORDER_NO, postTo, putOrder } from './post.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');
const SENT = epochSeconds(NOW);
const ACCOUNT = 'acct_1FuzzedCharity001';
const SECRET = 'whsec_9sRtJcM3Zk2VbX7yQ5nW8pL1dF4gH6jK';

/** What each type of event has for its object. */
const OBJECTS: readonly (readonly [type: string, object: string])[] = [
  ['payment_intent.succeeded', 'payment_intent'],
  ['checkout.session.completed', 'checkout.session'],
  ['charge.succeeded', 'charge'],
  ['charge.refunded', 'charge'],
  ['refund.created', 'refund'],
  ['refund.failed', 'refund'],
  ['charge.dispute.created', 'dispute'],
  ['charge.dispute.closed', 'dispute'],
  ['invoice.paid', 'invoice'],
  ['invoice.payment_failed', 'invoice'],
  ['customer.subscription.updated', 'subscription'],
];
const period = { start: SENT, end: SENT + 30 * 86_400 };

/** The fields of every kind of object at once: by its type an event is about one of them, and the others' are strangers. */
const EVERYTHING = {
  id: 'pi_3FuzzedPayment000000001',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 1770,
  amount_received: 1770,
  amount_captured: 1770,
  amount_total: 1770,
  amount_paid: 1770,
  amount_due: 1770,
  attempt_count: 1,
  captured: true,
  charge: 'ch_3FuzzedPayment000000001',
  created: SENT - 5,
  currency: 'cny',
  customer: 'cus_Fuzzed',
  client_reference_id: ORDER_NO,
  lines: { data: [{ period, subscription: 'sub_Fuzzed' }] },
  metadata: { orderNo: ORDER_NO },
  mode: 'payment',
  payment_intent: 'pi_3FuzzedPayment000000001',
  payment_status: 'paid',
  subscription: 'sub_Fuzzed',
};

export function stripeDoor(): FuzzedDoor {
  const { webhooks } = new Stripe('sk_test_none');
  const secrets = parseStripeSecrets(
    JSON.stringify({ stripe: [{ accountId: ACCOUNT, livemode: true, endpointSecrets: [SECRET] }] }),
  );
  // Flat, so that most changes are to what Stripe says of the money and not to the envelope around it.
  const event = {
    id: 'evt_Fuzzed',
    object: 'event',
    api_version: '2025-02-24.acacia',
    created: SENT - 5,
    livemode: true,
    type: 'payment_intent.succeeded',
  };
  const content = { ...EVERYTHING, event };
  const genuine = textOf(content);
  return {
    name: 'stripe',
    content,
    signed(changed) {
      const text = textOf(changed);
      const payload = text === genuine ? text : ofAnotherType(text);
      return {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': webhooks.generateTestHeaderString({ payload, secret: SECRET, timestamp: SENT }),
        },
        body: Buffer.from(payload),
      };
    },
    post: postTo(definition, NOW, '/webhooks/stripe', (table) => ({
      table,
      readSecrets: async () => secrets,
      readDonorKey: async () => 'donor key',
    })),
    prepare: putOrder,
    isInShape({ status, body }) {
      const { received, error } = JSON.parse(body) as { received?: unknown; error?: { code?: unknown } };
      return status === 200 ? received === true : typeof error?.code === 'string';
    },
  };
}

/** A content as the body of an event; what is no content is sent as it is. */
function textOf(content: unknown): string {
  if (typeof content !== 'object' || content === null || !('event' in content)) return JSON.stringify(content) ?? '';
  const { event, ...object } = content;
  return JSON.stringify(typeof event === 'object' && event !== null ? { ...event, data: { object } } : event) ?? '';
}

/** What Stripe may also say around the same object: of test money, of another account, by an old version of its API. */
const ENVELOPES: readonly (readonly [from: string, to: string])[] = [
  ['"livemode":true', '"livemode":false'],
  ['"livemode":true', '"livemode":true,"account":"acct_Somebody0001"'],
  ['"api_version":"2025-02-24.acacia"', '"api_version":"2022-11-15"'],
];

/** The same odd content as an event of any type; which one follows from the content, so that a run can be repeated. */
function ofAnotherType(text: string): string {
  const dice = createHash('sha256').update(text).digest();
  const [type, object] = OBJECTS[dice.readUInt16BE(0) % OBJECTS.length] ?? ['', ''];
  const [from, to] = ENVELOPES[dice.readUInt16BE(2) % (4 * ENVELOPES.length)] ?? ['', ''];
  return text
    .replace('"type":"payment_intent.succeeded"', `"type":"${type}"`)
    .replace('"object":"payment_intent"', `"object":"${object}"`)
    .replace(from, to);
}
