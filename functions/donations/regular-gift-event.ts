import * as z from 'zod';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import { paymentEventSchema } from './payment-event.ts';

/** How a mandate stands at the provider that collects it. The first charge of an `incomplete` one has not succeeded yet. */
export const MANDATE_STATES = ['incomplete', 'active', 'past-due', 'paused', 'ended'] as const;
export type MandateState = (typeof MANDATE_STATES)[number];

const about = {
  provider: paymentEventSchema.shape.provider,
  merchantId: paymentEventSchema.shape.merchantId,
  /** The provider's own id of the mandate (Stripe: of the subscription). */
  mandateReference: z.string().min(1).max(128),
  /** Our order under which the donor gave the mandate, where the provider was told of it. */
  orderNo: paymentEventSchema.shape.orderNo.optional(),
  /** When the provider says it happened. Events come in any order: an older one never undoes a newer one. */
  occurredAt: instantSchema,
};
const charge = {
  ...about,
  /** The provider's own id of the demand (Stripe: of the invoice); with the mandate it stands for one period, whatever is tried. */
  chargeReference: z.string().min(1).max(128),
  /** The period that is paid for: from `periodStart` until before `periodEnd`. */
  periodStart: instantSchema,
  periodEnd: instantSchema,
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
};

/**
 * What a provider says of a regular gift, in our own normal form. Says nothing about money that came in: that is the
 * payment's own event, and its `paymentId` is the link.
 */
export const regularGiftEventSchema = z.discriminatedUnion('kind', [
  /** A period was paid. `paymentId` is missing where the provider does not say by which payment. */
  z.strictObject({ kind: z.literal('charged'), ...charge, paymentId: paymentEventSchema.shape.paymentId.optional() }),
  /** A period's charge failed for the `attempt`-th time; without `nextAttemptAt` it is not tried again. */
  z.strictObject({
    kind: z.literal('charge-failed'),
    ...charge,
    attempt: z.number().int().min(0),
    nextAttemptAt: instantSchema.optional(),
  }),
  /** The mandate stands as it says now. `endsAt`: no charge will follow after it. */
  z.strictObject({
    kind: z.literal('mandate'),
    ...about,
    state: z.enum(MANDATE_STATES),
    endsAt: instantSchema.optional(),
    /** Only with `ended`: who ended it, as far as the provider says. */
    endedBy: z.enum(['donor', 'charity', 'provider']).optional(),
  }),
]);
export type RegularGiftEvent = z.infer<typeof regularGiftEventSchema>;
