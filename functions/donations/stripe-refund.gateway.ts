import * as z from 'zod';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import type { RefundAnswer, RefundOrder } from './refund-request.ts';

/** https://docs.stripe.com/api/refunds/create */
export const STRIPE_REFUNDS = 'https://api.stripe.com/v1/refunds';
const REFUND_TIMEOUT_MS = 8_000;

const refundSchema = z.object({ id: z.string().regex(/^re_[A-Za-z0-9]{8,64}$/), status: z.string().nullable() });
const errorSchema = z.object({ error: z.object({ code: z.string().max(64).optional(), type: z.string().max(64) }) });

/**
 * Asks Stripe to give a payment back. The number of the refund is the idempotency key, which Stripe keeps for a day, and
 * is in the metadata; after that a second request is refused, because nothing is left to give back.
 */
export async function requestStripeRefund(
  apiKey: string,
  order: RefundOrder,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<RefundAnswer> {
  // A payment without an intent is booked by its charge.
  const paid = order.paymentId.startsWith('pi_') ? 'payment_intent' : 'charge';
  const form = new URLSearchParams({
    [paid]: order.paymentId,
    amount: String(order.amountMinor),
    'metadata[refund_no]': order.refundNo,
  });
  const { status, body } = await ask(fetch, apiKey, order.refundNo, form);
  if (status === 429) throw new ThrottledError('Stripe asks to be asked less often');
  if (status >= 500 || status === 409) throw new TransientError(`Stripe answered a refund with ${status}`);
  const json = jsonOf(body)?.value;
  if (status !== 200) {
    const error = errorSchema.safeParse(json);
    if (status === 401 || status === 403) throw new PermanentError(`Stripe does not take our key: HTTP ${status}`);
    return { kind: 'refused', reason: error.data?.error.code ?? error.data?.error.type ?? `HTTP ${status}` };
  }
  const refund = refundSchema.safeParse(json);
  if (!refund.success) throw new PermanentError('Stripe answered a refund in an unknown shape');
  const { id, status: state } = refund.data;
  if (state === 'failed' || state === 'canceled') return { kind: 'refused', reason: state };
  return { kind: 'accepted', providerRefundId: id };
}

async function ask(
  fetch: typeof globalThis.fetch,
  apiKey: string,
  refundNo: string,
  form: URLSearchParams,
): Promise<{ readonly status: number; readonly body: string }> {
  try {
    const response = await fetch(STRIPE_REFUNDS, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${apiKey}`,
        'Content-Type': 'application/x-www-form-urlencoded',
        'Idempotency-Key': refundNo,
      },
      body: form.toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(REFUND_TIMEOUT_MS),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new TransientError(`cannot reach Stripe: ${reasonOf(error)}`, { cause: error });
  }
}
