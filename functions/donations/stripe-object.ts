import * as z from 'zod';
import { type Instant, instantOf } from '../kernel/time.ts';

// What of Stripe's objects is read here, in every version of its API from 2022 on. What it adds later is not ours to refuse,
// so unknown fields are dropped. Source: the type definitions of Stripe's own library and docs.stripe.com/api.

/** Stripe's ids are ASCII words; those of payments, refunds and disputes have about 27 characters. */
export const stripeId = z.string().regex(/^[A-Za-z0-9_]{1,64}$/);
/** A reference: the id or, where somebody expanded it, the object. */
const reference = z
  .union([stripeId, z.object({ id: stripeId }).transform(({ id }) => id)])
  .nullish()
  .transform((id) => id ?? undefined);
/** Seconds since 1970; beyond the year 5138 it would be milliseconds, a mistake. */
const moment = z.number().int().min(0).max(100_000_000_000);
/** Any whole amount: what is too large for us to book has to be told apart from what is no amount. */
const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const currency = z.string().regex(/^[a-z]{3}$/);
/** Only our own entry matters; a value that cannot be an order number is as good as none. */
const metadata = z
  .object({ orderNo: z.unknown().optional() })
  .nullish()
  .transform((entries) => orderNoOf(entries?.orderNo));
const clientReference = z.unknown().optional().transform(orderNoOf);

function orderNoOf(text: unknown): string | undefined {
  return typeof text === 'string' && /^[\x21-\x7e]{1,64}$/.test(text) ? text : undefined;
}

/** An instant of Stripe's, whose resolution is one second. */
export const instantAt = (seconds: number): Instant => instantOf(seconds * 1000);

export const checkoutSessionSchema = z.object({
  object: z.literal('checkout.session'),
  mode: z.string(),
  payment_status: z.string(),
  payment_intent: reference,
  amount_total: amount.nullish(),
  currency: currency.nullish(),
  customer: reference,
  client_reference_id: clientReference,
  metadata,
});

export const paymentIntentSchema = z.object({
  object: z.literal('payment_intent'),
  id: stripeId,
  status: z.string(),
  amount_received: amount,
  currency,
  customer: reference,
  metadata,
});

export const chargeSchema = z.object({
  object: z.literal('charge'),
  id: stripeId,
  status: z.string(),
  captured: z.boolean(),
  amount_captured: amount,
  currency,
  customer: reference,
  payment_intent: reference,
  metadata,
});

export const refundSchema = z.object({
  object: z.literal('refund'),
  id: stripeId,
  status: z.string(),
  amount,
  currency,
  charge: reference,
  payment_intent: reference,
  created: moment,
  metadata,
});

/** Of a charge that was refunded; the list of refunds is there in old versions of the API, or where it was expanded. */
export const refundedChargeSchema = z.object({
  object: z.literal('charge'),
  id: stripeId,
  payment_intent: reference,
  refunds: z.object({ data: z.array(refundSchema).max(100) }).nullish(),
});

export const disputeSchema = z.object({
  object: z.literal('dispute'),
  id: stripeId,
  status: z.string(),
  amount,
  currency,
  charge: reference,
  payment_intent: reference,
  metadata,
});

const subscriptionOfInvoice = z.object({ subscription: reference, metadata }).nullish();

export const invoiceSchema = z.object({
  object: z.literal('invoice'),
  id: stripeId,
  amount_paid: amount,
  amount_due: amount,
  currency,
  customer: reference,
  attempt_count: z.number().int().min(0),
  next_payment_attempt: moment.nullish(),
  /** Until 2025-03-31, where the money came in outside of Stripe. */
  paid_out_of_band: z.boolean().nullish(),
  lines: z.object({
    data: z.array(z.object({ period: z.object({ start: moment, end: moment }), subscription: reference })).max(100),
  }),
  metadata,
  // Until version 2025-03-31 of the API the subscription and the payment stand in the invoice itself,
  subscription: reference,
  subscription_details: subscriptionOfInvoice,
  payment_intent: reference,
  charge: reference,
  // and since then here, the payments only where they were expanded.
  parent: z.object({ subscription_details: subscriptionOfInvoice }).nullish(),
  payments: z
    .object({
      data: z
        .array(z.object({ status: z.string(), payment: z.object({ payment_intent: reference, charge: reference }) }))
        .max(100),
    })
    .nullish(),
});
export type Invoice = z.infer<typeof invoiceSchema>;

export const subscriptionSchema = z.object({
  object: z.literal('subscription'),
  id: stripeId,
  status: z.string(),
  cancel_at: moment.nullish(),
  ended_at: moment.nullish(),
  pause_collection: z.object({}).nullish(),
  cancellation_details: z.object({ reason: z.string().nullish() }).nullish(),
  metadata,
});
