import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import type { StripeSecrets } from './stripe-account.ts';
import { instantAt } from './stripe-object.ts';
import { paymentOfCharge, paymentOfIntent, paymentOfSession } from './stripe-payment.ts';
import {
  envelopeSchema,
  IGNORED,
  type Reader,
  refused,
  type StripeEvent,
  type StripeRefusal,
} from './stripe-reading.ts';
import { closedDispute, disputeIn, refundOf, refundsOfCharge } from './stripe-refund.ts';
import { mandate, regularCharge } from './stripe-regular.ts';
import { checkStripeSignature } from './stripe-signature.ts';
import { envelopeRefusal, type Headers, messageIn } from './webhook-body.ts';

/**
 * The largest event that is hashed, verified or parsed. An ordinary one has 2 to 6 KB. The largest part that anybody can
 * fill is metadata: 50 entries of 40 and 500 characters, 162 KB with each character escaped to six bytes, and an update
 * carries them twice: 324 KB. Half a megabyte is the next round number, and under the 6 MB that Lambda takes.
 */
export const LARGEST_STRIPE_EVENT_BYTES = 512 * 1024;

export type StripeReading =
  | (StripeEvent & { readonly eventId: string; readonly eventType: string; readonly createdAt: Instant })
  | { readonly kind: 'refused'; readonly reason: StripeRefusal };

const thinSchema = z.object({ object: z.string().regex(/^v2\./) });

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['checkout.session.completed', paymentOfSession],
  ['checkout.session.async_payment_succeeded', paymentOfSession],
  ['payment_intent.succeeded', paymentOfIntent],
  ['charge.succeeded', paymentOfCharge],
  // Where the money was only reserved at first.
  ['charge.captured', paymentOfCharge],
  ['charge.refunded', refundsOfCharge],
  ['refund.created', refundOf],
  ['refund.updated', refundOf],
  ['refund.failed', refundOf],
  ['charge.refund.updated', refundOf],
  ['charge.dispute.created', disputeIn('opened')],
  ['charge.dispute.funds_withdrawn', disputeIn('opened')],
  ['charge.dispute.funds_reinstated', disputeIn('won')],
  ['charge.dispute.closed', closedDispute],
  ['invoice.paid', (envelope, account) => regularCharge(envelope, account, 'charged')],
  ['invoice.payment_failed', (envelope, account) => regularCharge(envelope, account, 'charge-failed')],
  ['customer.subscription.updated', mandate],
  ['customer.subscription.deleted', mandate],
]);

const ignore: Reader = () => IGNORED;

/**
 * Reads a Stripe event (docs.stripe.com/webhooks). Nothing of the body is parsed before its signature has been verified.
 * Never throws on what it is sent.
 */
export function readStripeEvent(input: {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly secrets: StripeSecrets;
  readonly now: Instant;
}): StripeReading {
  const { headers, body, secrets, now } = input;
  const unfit = envelopeRefusal(headers, body, 'application/json', LARGEST_STRIPE_EVENT_BYTES);
  if (unfit !== undefined) return refused(unfit);
  const check = checkStripeSignature(headers['stripe-signature'], body, secrets, now);
  if (check.kind === 'refused') return check;
  const message = messageIn(body);
  if (message.kind === 'refused') return message;
  const parsed = envelopeSchema.safeParse(message.value);
  if (!parsed.success) return refused(thinSchema.safeParse(message.value).success ? 'thin-event' : 'wrong-envelope');
  const envelope = parsed.data;
  const { account } = check.owner;
  if ((envelope.account ?? account.accountId) !== account.accountId) return refused('wrong-account');
  // Test money is no money, and a test system must never book the real one's.
  if (envelope.livemode !== account.livemode) return refused('wrong-mode');
  const event = (READERS.get(envelope.type) ?? ignore)(envelope, account);
  if (event.kind === 'refused') return event;
  return { ...event, eventId: envelope.id, eventType: envelope.type, createdAt: instantAt(envelope.created) };
}
