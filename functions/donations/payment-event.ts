import * as z from 'zod';
import { derivedId } from '../kernel/ids.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';

/** Every door by which money comes. `statement`: a row of a file that somebody uploaded; `offline`: entered by a person. */
export const PROVIDERS = ['wechat-pay', 'alipay', 'stripe', 'standard-webhook', 'statement', 'offline'] as const;
export const providerSchema = z.enum(PROVIDERS);
export type Provider = z.infer<typeof providerSchema>;

/** What a door says of a gift for which no order was made here: a statement's row, an entry by hand, another platform's message. */
export const designationSchema = z.strictObject({
  campaignId: z.string().min(1).max(64),
  /** One of the campaign's units; another one is dropped, and the gift counts for the campaign alone. */
  unitId: z.string().min(1).max(64).optional(),
  /** One of its teams that takes gifts, or took them then; another one is dropped alike. */
  teamId: z.string().min(1).max(64).optional(),
  /** Only an explicit `false` publishes a name: consent to publish is never assumed. */
  anonymous: z.boolean().default(true),
  /** Whether an e-mail address was kept under `orderNo`, so that a thank-you is due. */
  thankYouDue: z.boolean().default(false),
  /** Given in goods: the amount is their assessed value. */
  inKind: z.literal(true).optional(),
});
export type Designation = z.infer<typeof designationSchema>;

/**
 * A payment that a provider says has succeeded, in our own normal form. Every door ends here: what is provider
 * specific has been verified and left behind.
 */
export const paymentEventSchema = z.strictObject({
  provider: providerSchema,
  /** The merchant account that was paid: ours, checked against configuration. */
  merchantId: z.string().min(1).max(64),
  /** The provider's own id of the payment: with `provider`, the identity of the gift. */
  paymentId: z.string().min(1).max(128),
  /** The order (donation intent) that was paid. A door without orders derives one from the payment, for the donor's contact. */
  orderNo: z.string().min(1).max(64),
  /** What the order was for, and so what the gift is. */
  amountMinor: positiveAmountMinorSchema,
  /** What the payer paid after the provider's coupons; at most `amountMinor`. */
  payerAmountMinor: z.number().int().min(0),
  currency: currencySchema,
  /** When the provider says the payment succeeded. WeChat Pay's resolution is one second. */
  occurredAt: instantSchema,
  /** The provider's account reference of the payer (openid); hashed before anything is stored. `payment:<id>` where the door names no payer. */
  payerReference: z.string().min(1).max(128),
  /** Where the door itself knows the campaign. An order of ours under `orderNo` goes before it. */
  designation: designationSchema.optional(),
});
export type PaymentEvent = z.infer<typeof paymentEventSchema>;

/** Whether the door names who paid. Where it does not, each gift is a donor's of their own. */
export const namesPayer = ({ payerReference }: Pick<PaymentEvent, 'payerReference'>): boolean =>
  !payerReference.startsWith('payment:');

/** The gift's id: the same payment gives the same id by whatever door and however often it comes. */
export const giftIdOf = (payment: Pick<PaymentEvent, 'provider' | 'paymentId'>): string =>
  derivedId('gift', payment.provider, payment.paymentId);
