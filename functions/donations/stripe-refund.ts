import * as z from 'zod';
import type { DisputeState } from './dispute-entry.ts';
import type { RefundEvent } from './refund-entry.ts';
import type { StripeAccount } from './stripe-account.ts';
import { disputeSchema, instantAt, refundedChargeSchema, refundSchema } from './stripe-object.ts';
import {
  type Envelope,
  IGNORED,
  moneyOf,
  type Reader,
  type Refused,
  refused,
  type StripeEvent,
  UNREADABLE,
  type WithoutOrder,
} from './stripe-reading.ts';

/** From this version of the API on every refund has events of its own, with its id (docs.stripe.com/changelog, refund webhook update). */
const REFUND_EVENTS_SINCE = '2024-10-28';

export function refundsOfCharge(envelope: Envelope, account: StripeAccount): StripeEvent | Refused {
  const parsed = refundedChargeSchema.safeParse(envelope.data.object);
  if (!parsed.success) return UNREADABLE;
  const { refunds, payment_intent, id } = parsed.data;
  if (refunds === null || refunds === undefined) {
    // The charge says only how much was given back in all. To book that, and the refunds by their ids too, would count
    // them twice; so an endpoint that is told of no ids must be set up anew, and somebody must know.
    const areToldApart = (envelope.api_version ?? '').slice(0, 10) >= REFUND_EVENTS_SINCE;
    return areToldApart ? IGNORED : refused('refund-without-id');
  }
  const events: WithoutOrder<RefundEvent>[] = [];
  for (const refund of refunds.data) {
    if (refund.status !== 'succeeded') continue;
    const read = refundEventOf({ ...refund, payment_intent: payment_intent ?? id }, envelope, account);
    if (read.kind !== 'read') return read;
    events.push(read.refund);
  }
  return events.length === 0 ? IGNORED : { kind: 'refunds', refunds: events };
}

export function refundOf(envelope: Envelope, account: StripeAccount): StripeEvent | Refused {
  const parsed = refundSchema.safeParse(envelope.data.object);
  if (!parsed.success) return UNREADABLE;
  const { status } = parsed.data;
  // Not yet, or never: what was pending and then failed has given nothing back.
  if (status === 'pending' || status === 'requires_action' || status === 'canceled') return IGNORED;
  if (status !== 'succeeded' && status !== 'failed') return UNREADABLE;
  const read = refundEventOf(parsed.data, envelope, account);
  if (read.kind !== 'read') return read;
  return status === 'succeeded'
    ? { kind: 'refunds', refunds: [read.refund] }
    : { kind: 'refund-failed', refund: read.refund };
}

function refundEventOf(
  refund: z.infer<typeof refundSchema>,
  envelope: Envelope,
  account: StripeAccount,
): StripeEvent | Refused | { readonly kind: 'read'; readonly refund: WithoutOrder<RefundEvent> } {
  const paymentId = refund.payment_intent ?? refund.charge;
  // A refund without a payment is one of a customer's balance, which no gift of ours ever was.
  if (paymentId === undefined) return IGNORED;
  const { id, amount: amountMinor, currency, created, metadata } = refund;
  const money = moneyOf('refund', { id, paymentId, amountMinor, currency }, envelope, account);
  if (money.kind !== 'money') return money;
  return {
    kind: 'read',
    refund: {
      provider: 'stripe',
      merchantId: account.accountId,
      paymentId,
      orderNo: metadata,
      refundId: id,
      amountMinor: money.amountMinor,
      currency: money.currency,
      occurredAt: instantAt(created),
    },
  };
}

/** How each way to close a dispute ends for us. An inquiry that closes, or a dispute that was prevented, took no money. */
const CLOSED_AS = new Map<string, DisputeState>([
  ['lost', 'lost'],
  ['won', 'won'],
  ['warning_closed', 'won'],
  ['prevented', 'won'],
]);

export function closedDispute(envelope: Envelope, account: StripeAccount): StripeEvent | Refused {
  const status = z.object({ status: z.string() }).safeParse(envelope.data.object);
  const state = status.success ? CLOSED_AS.get(status.data.status) : undefined;
  return state === undefined ? UNREADABLE : disputeIn(state)(envelope, account);
}

/**
 * Stripe takes the money when a dispute opens and gives it back when it is won. In the books it is lost when the dispute
 * is: what is taken and given back in between is between Stripe and its account, and one word decides in every order.
 */
export function disputeIn(state: DisputeState): Reader {
  return (envelope, account) => {
    const parsed = disputeSchema.safeParse(envelope.data.object);
    if (!parsed.success) return UNREADABLE;
    const { id, payment_intent, charge, amount: amountMinor, currency, metadata } = parsed.data;
    const paymentId = payment_intent ?? charge;
    if (paymentId === undefined) return UNREADABLE;
    const money = moneyOf('dispute', { id, paymentId, amountMinor, currency }, envelope, account);
    if (money.kind !== 'money') return money;
    return {
      kind: 'dispute',
      dispute: {
        provider: 'stripe',
        merchantId: account.accountId,
        paymentId,
        orderNo: metadata,
        disputeId: id,
        state,
        amountMinor: money.amountMinor,
        currency: money.currency,
        occurredAt: instantAt(envelope.created),
      },
    };
  };
}
