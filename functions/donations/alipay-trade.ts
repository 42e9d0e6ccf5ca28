import * as z from 'zod';
import { type Minor, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import {
  beijingTimeSchema,
  fenOf,
  instantOfBeijing,
  PAID_STATUSES,
  providerIdSchema,
  yuanSchema,
} from './alipay-values.ts';
import type { PaymentEvent } from './payment-event.ts';

/** What became of an order at Alipay. */
export type AlipayOrderState =
  /** Paid. `refundedMinor`: that it has gone back whole, which is all that an answer says of refunds. */
  | { readonly kind: 'payment'; readonly payment: PaymentEvent; readonly refundedMinor: Minor }
  | { readonly kind: 'unpaid'; readonly state: string }
  /** Nobody has opened the page or scanned the code, or the order was never made. */
  | { readonly kind: 'unknown-order' }
  | { readonly kind: 'refused'; readonly reason: 'wrong-answer' | 'other-order' };

/** An answer to alipay.trade.query (opendocs.alipay.com/open/02e7gm). Amounts of the payer are `0.00` where nobody says them. */
const tradeSchema = z.object({
  trade_no: providerIdSchema,
  out_trade_no: providerIdSchema,
  trade_status: z.string().max(64),
  total_amount: yuanSchema,
  buyer_pay_amount: yuanSchema.optional(),
  send_pay_date: beijingTimeSchema.optional(),
  buyer_user_id: providerIdSchema.optional(),
  buyer_open_id: providerIdSchema.optional(),
});

/** Reads a signed answer about one order of an account of ours. An answer about another order is refused. */
export function alipayOrderState(value: unknown, sellerId: string, orderNo: string): AlipayOrderState {
  const parsed = tradeSchema.safeParse(value);
  if (!parsed.success) return { kind: 'refused', reason: 'wrong-answer' };
  const { out_trade_no, trade_status, send_pay_date } = parsed.data;
  if (out_trade_no !== orderNo) return { kind: 'refused', reason: 'other-order' };
  if (!PAID_STATUSES.has(trade_status)) return { kind: 'unpaid', state: trade_status };
  if (send_pay_date === undefined)
    return trade_status === 'TRADE_CLOSED'
      ? { kind: 'unpaid', state: trade_status }
      : { kind: 'refused', reason: 'wrong-answer' };
  const occurredAt = instantOfBeijing(send_pay_date);
  const payment = occurredAt === undefined ? undefined : paymentOf(parsed.data, sellerId, occurredAt);
  if (payment === undefined) return { kind: 'refused', reason: 'wrong-answer' };
  return { kind: 'payment', payment, refundedMinor: trade_status === 'TRADE_CLOSED' ? payment.amountMinor : ZERO };
}

function paymentOf(
  trade: z.infer<typeof tradeSchema>,
  sellerId: string,
  occurredAt: Instant,
): PaymentEvent | undefined {
  const amountMinor = fenOf(trade.total_amount);
  const paidMinor = fenOf(trade.buyer_pay_amount ?? '0');
  const payerAmountMinor = paidMinor === ZERO ? amountMinor : paidMinor;
  if (amountMinor === ZERO || payerAmountMinor > amountMinor) return undefined;
  return {
    provider: 'alipay',
    merchantId: sellerId,
    paymentId: trade.trade_no,
    orderNo: trade.out_trade_no,
    amountMinor,
    payerAmountMinor,
    currency: 'CNY',
    occurredAt,
    // The same names as in a notice, so that the donor is the same by whichever way the payment is heard of.
    payerReference: trade.buyer_user_id ?? trade.buyer_open_id ?? `payment:${trade.trade_no}`,
  };
}
