import * as z from 'zod';
import { derivedId } from '../kernel/ids.ts';
import { type Minor, minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';
import type { DonationEntry } from './donation-entry.ts';
import { providerSchema } from './payment-event.ts';

/** Why gifts are given back on the organisation's own motion: their campaign was cancelled, or nobody knows what they were for. */
export const REFUND_CAUSES = ['cancellation', 'unassigned'] as const;
export type RefundCause = (typeof REFUND_CAUSES)[number];

/**
 * That one gift is to be given back for one cause. Kept before the provider is asked, so that whatever is repeated asks for
 * the same refund under the same number. The refund itself is an entry of its own, when the provider's notice comes.
 */
export const refundRequestSchema = z.object({
  type: z.literal('refund-request'),
  giftId: z.string(),
  campaignId: z.string(),
  cause: z.enum(REFUND_CAUSES),
  /** Ours, derived from gift and cause: the provider refunds once under it. */
  refundNo: z.string(),
  amountMinor: positiveAmountMinorSchema,
  provider: providerSchema,
  /** `requested`: the provider may have been asked. `accepted`: it gives the money back. `refused`: see the reason. */
  state: z.enum(['requested', 'accepted', 'refused']),
  providerRefundId: z.string().optional(),
  reason: z.string().nullish(),
  requestedBy: z.string(),
  requestedAt: instantSchema,
  updatedAt: instantSchema,
});
export type RefundRequest = z.infer<typeof refundRequestSchema>;

/** 24 letters, digits and `_`: what WeChat Pay (64), Alipay (64) and Stripe (255) take as the number of a refund. */
export const refundNoOf = (giftId: string, cause: RefundCause): string => derivedId('refund', giftId, cause);

/** What a provider answered: that the money goes back, or why not. */
export type RefundAnswer =
  | { readonly kind: 'accepted'; readonly providerRefundId: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** What a provider has to be told of one refund. */
export type RefundOrder = Pick<DonationEntry, 'merchantId' | 'paymentId' | 'currency'> & {
  readonly refundNo: string;
  readonly amountMinor: Minor;
  /** What was paid. */
  readonly paidMinor: Minor;
};

/** What finance has to do about one gift of a cancelled campaign. */
export function instructionOf(
  gift: DonationEntry,
  refundedMinor: Minor,
  request: RefundRequest | undefined,
  isOnline: boolean,
) {
  const { giftId, provider, merchantId, paymentId, orderNo, amountMinor, currency, occurredAt, inKind } = gift;
  const refundableMinor = minor(Math.max(0, amountMinor - refundedMinor));
  return {
    giftId,
    provider,
    merchantId,
    paymentId,
    orderNo,
    amountMinor,
    refundedMinor,
    refundableMinor,
    currency,
    paidAt: occurredAt,
    /** `online`: by a refund request here. `by-hand`: on the platform, at the bank, or by giving goods back. */
    way: isOnline && inKind !== true ? ('online' as const) : ('by-hand' as const),
    state: stateOf(refundableMinor, request),
    reason: request?.reason ?? null,
  };
}
export type RefundInstruction = ReturnType<typeof instructionOf>;

function stateOf(refundableMinor: Minor, request: RefundRequest | undefined) {
  if (refundableMinor === 0) return 'refunded' as const;
  return request?.state ?? ('to-do' as const);
}

export const refundRequestsSchema = z.strictObject({
  giftIds: z
    .array(z.string().regex(/^gft_[a-z0-9]{20}$/, 'must be the id of a gift'))
    .min(1)
    .max(50)
    .refine((ids) => new Set(ids).size === ids.length, { message: 'must name every gift once' }),
});
