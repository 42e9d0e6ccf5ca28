import * as z from 'zod';
import { derivedId } from '../kernel/ids.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';

/**
 * A payment that a provider says has succeeded, in our own normal form. Every door ends here: what is provider
 * specific has been verified and left behind.
 */
export const paymentEventSchema = z.strictObject({
  provider: z.enum(['wechat-pay']),
  /** The merchant account that was paid: ours, checked against configuration. */
  merchantId: z.string().min(1).max(64),
  /** The provider's own id of the payment: with `provider`, the identity of the gift. */
  paymentId: z.string().min(1).max(64),
  /** The order (donation intent) that was paid. */
  orderNo: z.string().min(1).max(64),
  /** What the order was for, and so what the gift is. */
  amountMinor: positiveAmountMinorSchema,
  /** What the payer paid after the provider's coupons; at most `amountMinor`. */
  payerAmountMinor: z.number().int().min(0),
  currency: currencySchema,
  /** When the provider says the payment succeeded. WeChat Pay's resolution is one second. */
  occurredAt: instantSchema,
  /** The provider's account reference of the payer (openid); hashed before anything is stored. */
  payerReference: z.string().min(1).max(128),
});
export type PaymentEvent = z.infer<typeof paymentEventSchema>;

/** The gift's id: the same payment gives the same id by whatever door and however often it comes. */
export const giftIdOf = (payment: Pick<PaymentEvent, 'provider' | 'paymentId'>): string =>
  derivedId('gift', payment.provider, payment.paymentId);
