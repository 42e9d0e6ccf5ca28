import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction } from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { count, METRICS, type MetricName } from '../platform/metrics.ts';
import { openHurriedTable } from '../platform/open-table.ts';
import { findDonation } from './donation-entry.store.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { giftIdOf, type PaymentEvent } from './payment-event.ts';
import { type IntakeUse, recordDisputeEvent, recordPayment, recordRefundEvent } from './payment-intake.store.ts';
import { recordRegularGiftEvent } from './regular-gift-event.store.ts';
import { type ReadStripeSecrets, readStripeSecrets } from './stripe.gateway.ts';
import { readStripeEvent } from './stripe-event.ts';
import { orderOf } from './stripe-order.ts';
import type { StripeEvent, StripeRefusal, WithoutOrder } from './stripe-reading.ts';
import { recordUnbookedMoney } from './unbooked-money.store.ts';

export type ReceiveStripeUse = IntakeUse & { readonly readSecrets: ReadStripeSecrets };

/** An error in the shape of Stripe's own. It sends again what was not answered 2XX, for three days. */
const error = (status: number, code: string, message: string): HttpAnswer => ({
  status,
  body: { error: { type: status < 500 ? 'invalid_request_error' : 'api_error', code, message } },
});
const RECEIVED: HttpAnswer = { status: 200, body: { received: true } };
const CONTRADICTS = error(409, 'contradicts', 'This payment, refund or dispute is recorded with another amount.');
const TOO_EARLY = error(409, 'order_not_known_yet', 'The order of this payment is not known yet. Send it again.');

type RefusalRule = {
  readonly status: number;
  /** Where the caller learns less than we know. */
  readonly code?: string;
  readonly message: string;
  readonly metric: MetricName;
};
const { notificationForged, notificationRefused, paymentRefused } = METRICS;
const UNVERIFIED = { status: 400, code: 'signature_not_verified', message: 'The signature could not be verified.' };
// From here on Stripe has signed it: money may have moved, and a person must find out why we cannot book it.
const UNREADABLE = { status: 400, message: 'The event could not be read.', metric: paymentRefused };

/** How each refusal is answered and counted. Who fails the signature learns only that it failed. */
const REFUSALS = {
  'too-large': { status: 413, message: 'The event is too large.', metric: notificationRefused },
  'wrong-content-type': { status: 415, message: 'The content type is not JSON.', metric: notificationRefused },
  empty: { ...UNVERIFIED, metric: notificationRefused },
  'missing-header': { ...UNVERIFIED, metric: notificationRefused },
  'malformed-header': { ...UNVERIFIED, metric: notificationRefused },
  stale: { ...UNVERIFIED, metric: notificationRefused },
  forged: { ...UNVERIFIED, metric: notificationForged },
  'not-utf8': UNREADABLE,
  'too-deep': UNREADABLE,
  'not-json': UNREADABLE,
  'wrong-envelope': UNREADABLE,
  'thin-event': {
    status: 400,
    message: 'This is a thin event. Set up the destination for snapshot events.',
    metric: paymentRefused,
  },
  'wrong-account': { status: 403, message: 'The event is of another account.', metric: paymentRefused },
  // No money has moved in test mode, so nothing is missing in the books.
  'wrong-mode': { status: 403, message: 'The event is of the other mode (live or test).', metric: notificationRefused },
  'wrong-object': UNREADABLE,
  'refund-without-id': {
    status: 422,
    message: 'A refund needs the API version 2024-10-28 or newer, with refund.created and refund.updated.',
    metric: paymentRefused,
  },
} as const satisfies Record<StripeRefusal, RefusalRule>;

async function answerEvent({ headers, body }: HttpRequest, use: ReceiveStripeUse, now: Instant): Promise<HttpAnswer> {
  const reading = readStripeEvent({ headers, body, secrets: await use.readSecrets(), now });
  if (reading.kind === 'refused') {
    const { status, code, message, metric }: RefusalRule = REFUSALS[reading.reason];
    count(metric);
    log.warn('notification refused', { refusal: reading.reason });
    return error(status, code ?? reading.reason.replaceAll('-', '_'), message);
  }
  const { eventId, eventType, createdAt } = reading;
  const answer = await book(reading, use, createdAt, now);
  log.info('stripe event taken', { eventId, eventType, kind: reading.kind, status: answer.status });
  return answer;
}

async function book(event: StripeEvent, use: ReceiveStripeUse, createdAt: Instant, now: Instant): Promise<HttpAnswer> {
  switch (event.kind) {
    case 'ignored':
      return RECEIVED;
    case 'payment':
      return bookPayment(event.payment, use, createdAt, now);
    case 'refunds': {
      const outcomes: string[] = [];
      for (const refund of event.refunds)
        outcomes.push((await recordRefundEvent(use, withPaymentsOrder(refund), now)).kind);
      return outcomes.includes('contradicts') ? CONTRADICTS : RECEIVED;
    }
    case 'refund-failed': {
      const { refundId, paymentId } = event.refund;
      count(METRICS.refundFailed);
      log.error('refund did not reach the donor', { provider: 'stripe', refundId, paymentId });
      return RECEIVED;
    }
    case 'dispute':
      return answerOf(await recordDisputeEvent(use, withPaymentsOrder(event.dispute), now));
    case 'regular':
      await recordRegularGiftEvent(use.table, event.regular, now);
      return event.payment === undefined ? RECEIVED : bookPayment(event.payment, use, createdAt, now);
    case 'unbooked':
      await recordUnbookedMoney(use.table, event.money, now);
      return RECEIVED;
  }
}

/** Success means that it is in the books. What contradicts them was counted and told; Stripe may come again. */
const answerOf = ({ kind }: { readonly kind: string }): HttpAnswer => (kind === 'contradicts' ? CONTRADICTS : RECEIVED);

/** A refund or a dispute is booked by its payment; Stripe seldom names the order in it, and nothing depends on that. */
const withPaymentsOrder = <Event extends WithoutOrder<{ readonly paymentId: string }>>(event: Event) => ({
  ...event,
  orderNo: event.orderNo ?? event.paymentId,
});

/** Books a payment under its order; or asks Stripe to come again while another of its events may still tell which. */
async function bookPayment(
  payment: WithoutOrder<PaymentEvent>,
  use: ReceiveStripeUse,
  createdAt: Instant,
  now: Instant,
): Promise<HttpAnswer> {
  const order = orderOf(payment, await findDonation(use.table, giftIdOf(payment)), createdAt, now);
  if (order !== 'too-early') return answerOf(await recordPayment(use, { ...payment, ...order }, now));
  count(METRICS.paymentDeferred);
  log.info('payment of no order yet', { paymentId: payment.paymentId });
  return TOO_EARLY;
}

export const definition: HttpDefinition<ReceiveStripeUse> = {
  name: 'receive-stripe',
  open: () => ({ table: openHurriedTable(), readSecrets: readStripeSecrets, readDonorKey }),
  handle: answerEvent,
  failed: error(503, 'unavailable', 'The event could not be recorded. Send it again.'),
};
export const handler = httpFunction(definition);
