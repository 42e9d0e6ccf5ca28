import * as z from 'zod';
import { CURRENCY_DECIMALS, LARGEST_AMOUNT_MINOR, type Minor, minor } from '../kernel/money.ts';
import type { DisputeEvent } from './dispute-entry.ts';
import type { PaymentEvent } from './payment-event.ts';
import type { RefundEvent } from './refund-entry.ts';
import type { RegularGiftEvent } from './regular-gift-event.ts';
import type { StripeAccount } from './stripe-account.ts';
import { instantAt, stripeId } from './stripe-object.ts';
import type { StripeSignatureRefusal } from './stripe-signature.ts';
import type { UnbookedMoney } from './unbooked-money.ts';
import type { EnvelopeRefusal, JsonRefusal } from './webhook-body.ts';

/** Every reason for which an event is refused. The order is the order of the checks. */
export type StripeRefusal =
  | EnvelopeRefusal
  | StripeSignatureRefusal
  | JsonRefusal
  | 'thin-event'
  | 'wrong-envelope'
  | 'wrong-account'
  | 'wrong-mode'
  | 'wrong-object'
  | 'refund-without-id';

/** An event of ours without the order, where Stripe's does not name one: several kinds of event tell of one payment, and not all know. */
export type WithoutOrder<Event> = Omit<Event, 'orderNo'> & { readonly orderNo: string | undefined };

/** What Stripe's event says, in our own normal form. */
export type StripeEvent =
  | { readonly kind: 'payment'; readonly payment: WithoutOrder<PaymentEvent> }
  | { readonly kind: 'refunds'; readonly refunds: readonly WithoutOrder<RefundEvent>[] }
  /** A refund did not reach its donor and the money lies with us again: they are owed it all the same. */
  | { readonly kind: 'refund-failed'; readonly refund: WithoutOrder<RefundEvent> }
  | { readonly kind: 'dispute'; readonly dispute: WithoutOrder<DisputeEvent> }
  /** With `payment` where the invoice says by which payment it was paid. */
  | {
      readonly kind: 'regular';
      readonly regular: RegularGiftEvent;
      readonly payment: WithoutOrder<PaymentEvent> | undefined;
    }
  /** Money in a currency that is not booked here: kept as it is, for a person. */
  | { readonly kind: 'unbooked'; readonly money: UnbookedMoney }
  | { readonly kind: 'ignored' };

export const envelopeSchema = z.object({
  object: z.literal('event'),
  id: stripeId,
  type: z.string().regex(/^[a-z0-9_.]{1,100}$/),
  created: z.number().int().min(0).max(100_000_000_000),
  livemode: z.boolean(),
  /** Only there where a platform is told of what happened to an account connected to it. */
  account: stripeId.nullish(),
  api_version: z.string().max(64).nullish(),
  data: z.object({ object: z.unknown() }),
});
export type Envelope = z.infer<typeof envelopeSchema>;

export type Refused = { readonly kind: 'refused'; readonly reason: StripeRefusal };
export const refused = (reason: StripeRefusal): Refused => ({ kind: 'refused', reason });
export const IGNORED = { kind: 'ignored' } as const;
export const UNREADABLE = refused('wrong-object');

/** Reads one kind of event, whose signature was verified. */
export type Reader = (envelope: Envelope, account: StripeAccount) => StripeEvent | Refused;

type StripeMoney = {
  readonly id: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly currency: string;
};

/**
 * An amount as it is booked. Stripe counts in the smallest unit, as we do, and for every currency that is booked here its
 * unit is ours: JPY has none below the yen, KWD has thousandths, of which Stripe uses only whole tens
 * (docs.stripe.com/currencies). Its exceptions (ISK, UGX, HUF, TWD) are none of ours.
 */
export function moneyOf(
  what: UnbookedMoney['what'],
  { id, paymentId, amountMinor, currency }: StripeMoney,
  envelope: Envelope,
  account: StripeAccount,
):
  | { readonly kind: 'money'; readonly amountMinor: Minor; readonly currency: PaymentEvent['currency'] }
  | StripeEvent
  | Refused {
  if (amountMinor < 1 || amountMinor > LARGEST_AMOUNT_MINOR) return UNREADABLE;
  const code = currency.toUpperCase();
  if (Object.hasOwn(CURRENCY_DECIMALS, code))
    return { kind: 'money', amountMinor: minor(amountMinor), currency: code as PaymentEvent['currency'] };
  return {
    kind: 'unbooked',
    money: {
      what,
      provider: 'stripe',
      merchantId: account.accountId,
      paymentId,
      reference: id,
      amount: String(amountMinor),
      currency: code,
      occurredAt: instantAt(envelope.created),
    },
  };
}
