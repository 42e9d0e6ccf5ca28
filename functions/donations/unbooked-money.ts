import * as z from 'zod';
import { type Instant, instantSchema } from '../kernel/time.ts';
import { unbookedIndexKey, unbookedMoneyKey } from '../platform/keys.ts';
import { giftIdOf, paymentEventSchema } from './payment-event.ts';

/**
 * Money that a provider says has moved in a currency that is not booked here. How many of its units make one is not known,
 * so it cannot be an amount of ours; it is kept as it was said, for a person to exchange and to enter.
 */
export const unbookedMoneySchema = z.strictObject({
  what: z.enum(['payment', 'refund', 'dispute']),
  provider: paymentEventSchema.shape.provider,
  merchantId: paymentEventSchema.shape.merchantId,
  paymentId: paymentEventSchema.shape.paymentId,
  /** The provider's id of the payment, refund or dispute. */
  reference: z.string().min(1).max(128),
  /** As the provider wrote it: whole units of whatever the provider counts in, or a decimal text. */
  amount: z.string().regex(/^\d{1,16}(\.\d{1,6})?$/),
  /** An ISO 4217 code, in capitals. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  occurredAt: instantSchema,
});
export type UnbookedMoney = z.infer<typeof unbookedMoneySchema>;

/** The entry as it is written, once, under the gift that the payment would have been. */
export function unbookedItemOf(money: UnbookedMoney, recordedAt: Instant) {
  const giftId = giftIdOf(money);
  return {
    ...unbookedMoneyKey(giftId, money.what, money.reference),
    ...unbookedIndexKey(money.occurredAt, money.reference),
    type: 'unbooked-money',
    giftId,
    ...money,
    recordedAt,
  };
}
