import * as z from 'zod';
import { type Minor, ZERO } from '../kernel/money.ts';
import { type Form, formIn, textsOf } from './alipay-form.ts';
import type { AlipayAccount, AlipayAccounts } from './alipay-merchant.ts';
import { isSignedByAlipay, SIGNATURE_TYPE } from './alipay-signature.ts';
import {
  beijingTimeSchema,
  fenOf,
  instantOfBeijing,
  PAID_STATUSES,
  providerIdSchema,
  yuanSchema,
} from './alipay-values.ts';
import type { PaymentEvent } from './payment-event.ts';
import type { RefundEvent } from './refund-entry.ts';
import { type EnvelopeRefusal, envelopeRefusal, type Headers } from './webhook-body.ts';

/** Every reason for which a notice is refused. The order is the order of the checks. */
export type AlipayRefusal =
  | EnvelopeRefusal
  | 'wrong-charset'
  | 'malformed-form'
  | 'wrong-signature-type'
  | 'unknown-app'
  | 'forged'
  | 'not-text'
  | 'wrong-notice'
  | 'wrong-merchant';

/** How much of a payment has gone back in all, which is what Alipay tells. */
export type RefundedSum = Omit<RefundEvent, 'refundId' | 'amountMinor'> & { readonly refundedMinor: Minor };

export type AlipayNotification =
  /** Verified, and to our account. A notice of a refund tells of its payment again, so nothing depends on the order of notices. */
  | {
      readonly kind: 'trade';
      readonly payment: PaymentEvent;
      readonly refunded?: RefundedSum;
      readonly notifyId: string;
    }
  /** Verified, but nothing of money that moved: an order that waits, or was closed unpaid. */
  | { readonly kind: 'ignored'; readonly notifyType: string; readonly tradeStatus: string; readonly notifyId: string }
  | { readonly kind: 'refused'; readonly reason: AlipayRefusal };

const aboutSchema = z.object({
  notify_id: z.string().min(1).max(128),
  notify_type: z.string().max(64),
  trade_status: z.string().max(64).default(''),
  gmt_payment: beijingTimeSchema.optional(),
});
const tradeSchema = z.object({
  seller_id: providerIdSchema,
  trade_no: providerIdSchema,
  out_trade_no: providerIdSchema,
  total_amount: yuanSchema,
  buyer_pay_amount: yuanSchema.optional(),
  buyer_id: providerIdSchema.optional(),
  buyer_open_id: providerIdSchema.optional(),
  refund_fee: yuanSchema.optional(),
  gmt_refund: beijingTimeSchema.optional(),
  notify_time: beijingTimeSchema,
});

const READ_FIELDS: readonly string[] = [...Object.keys(aboutSchema.shape), ...Object.keys(tradeSchema.shape)];

/**
 * Reads an asynchronous notice of Alipay, signed with RSA2 (DOMAIN sources: opendocs.alipay.com, alipay-sdk). Nothing of
 * it becomes text before its signature has been verified over the bytes. No age is refused: a notice is repeated for 25
 * hours, and what comes again changes nothing. Never throws on what it is sent.
 */
export function readAlipayNotification(input: {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly accounts: AlipayAccounts;
}): AlipayNotification {
  const { headers, body, accounts } = input;
  const unfit = envelopeRefusal(headers, body, 'application/x-www-form-urlencoded');
  if (unfit !== undefined) return refused(unfit);
  const form = formIn(body);
  if (typeof form === 'string') return refused(form);
  if (fieldOf(form, 'sign_type') !== SIGNATURE_TYPE) return refused('wrong-signature-type');
  // The message names one of our applications; the keys are ours.
  const account = accounts.get(fieldOf(form, 'app_id'));
  if (account === undefined) return refused('unknown-app');
  if (!isSignedByAlipay(form, account.alipayPublicKeys)) return refused('forged');
  const texts = textsOf(form, READ_FIELDS);
  return texts === undefined ? refused('not-text') : noticeOf(texts, account);
}

const fieldOf = ({ fields }: Form, name: string): string => fields.get(name) ?? '';
const refused = (reason: AlipayRefusal): { kind: 'refused'; reason: AlipayRefusal } => ({ kind: 'refused', reason });

function noticeOf(texts: Readonly<Record<string, string>>, account: AlipayAccount): AlipayNotification {
  const about = aboutSchema.safeParse(texts);
  if (!about.success) return refused('wrong-notice');
  const { notify_id: notifyId, notify_type: notifyType, trade_status: tradeStatus, gmt_payment: paidAt } = about.data;
  const isTrade = notifyType === 'trade_status_sync' && PAID_STATUSES.has(tradeStatus);
  if (!isTrade || (tradeStatus === 'TRADE_CLOSED' && paidAt === undefined))
    return { kind: 'ignored', notifyType, tradeStatus, notifyId };
  const trade = tradeSchema.safeParse(texts);
  const occurredAt = paidAt === undefined ? undefined : instantOfBeijing(paidAt);
  if (!trade.success || occurredAt === undefined) return refused('wrong-notice');
  const { seller_id, trade_no, out_trade_no, total_amount, buyer_pay_amount, buyer_id, buyer_open_id } = trade.data;
  if (seller_id !== account.sellerId) return refused('wrong-merchant');
  const amountMinor = fenOf(total_amount);
  const payerAmountMinor = buyer_pay_amount === undefined ? amountMinor : fenOf(buyer_pay_amount);
  const refunded = refundedOf(trade.data, tradeStatus, amountMinor);
  if (amountMinor === ZERO || payerAmountMinor > amountMinor || refunded === undefined) return refused('wrong-notice');
  const of = {
    provider: 'alipay',
    merchantId: seller_id,
    paymentId: trade_no,
    orderNo: out_trade_no,
    currency: 'CNY',
  } as const;
  const payerReference = buyer_id ?? buyer_open_id ?? `payment:${trade_no}`;
  const payment: PaymentEvent = { ...of, amountMinor, payerAmountMinor, occurredAt, payerReference };
  return refunded.refundedMinor === ZERO
    ? { kind: 'trade', payment, notifyId }
    : { kind: 'trade', payment, refunded: { ...of, ...refunded }, notifyId };
}

/** What has gone back in all, and when the last of it did; `undefined` where the notice cannot be right. */
function refundedOf(
  { refund_fee, gmt_refund, notify_time }: z.infer<typeof tradeSchema>,
  tradeStatus: string,
  amountMinor: Minor,
): Pick<RefundedSum, 'refundedMinor' | 'occurredAt'> | undefined {
  const isWhole = tradeStatus === 'TRADE_CLOSED' && refund_fee === undefined;
  const refundedMinor = isWhole ? amountMinor : fenOf(refund_fee ?? '0');
  const occurredAt = instantOfBeijing(gmt_refund ?? notify_time);
  return occurredAt === undefined || refundedMinor > amountMinor ? undefined : { refundedMinor, occurredAt };
}
