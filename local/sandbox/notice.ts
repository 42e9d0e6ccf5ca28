import { createHash } from 'node:crypto';
import type { Refund } from './book.ts';
import type { SandboxKeys } from './keys.ts';
import { signedEvent, signedNotification } from './notification.ts';
import type { Notice } from './notifier.ts';
import { beijingTime, type Payment, transactionOf } from './transaction.ts';

/** How a refund ended: with the donor, stuck on the way, or given up. */
export type RefundStatus = 'SUCCESS' | 'ABNORMAL' | 'CLOSED';

/** That an order was paid. */
export const paymentNotice =
  (keys: SandboxKeys, payment: Payment): Notice =>
  (options) =>
    signedNotification(keys, transactionOf(keys, payment), {
      notificationId: notificationIdOf(payment.transactionId),
      ...options,
    });

const SUMMARIES: Record<RefundStatus, string> = { SUCCESS: '退款成功', ABNORMAL: '退款异常', CLOSED: '退款关闭' };

/** How a refund ended (pay.weixin.qq.com, "refund notification"). */
export const refundNotice =
  (keys: SandboxKeys, refund: Refund, status: RefundStatus): Notice =>
  (options) =>
    signedEvent(
      keys,
      {
        eventType: `REFUND.${status}`,
        summary: SUMMARIES[status],
        originalType: 'refund',
        resource: refundOf(keys, refund, status),
      },
      { notificationId: notificationIdOf(`${refund.refundId} ${status}`), ...options },
    );

const refundOf = ({ mchid }: SandboxKeys, refund: Refund, status: RefundStatus): object => ({
  mchid,
  transaction_id: refund.payment.transactionId,
  out_trade_no: refund.payment.orderNo,
  refund_id: refund.refundId,
  out_refund_no: refund.refundNo,
  refund_status: status,
  ...(status === 'SUCCESS' ? { success_time: beijingTime(refund.refundedAt) } : {}),
  user_received_account: '招商银行信用卡0403',
  amount: {
    total: refund.payment.amountMinor,
    refund: refund.amountMinor,
    payer_total: refund.payment.payerAmountMinor,
    payer_refund: refund.amountMinor,
  },
});

/** One event has one notification, however often it is sent: 36 characters that stay the same. */
function notificationIdOf(event: string): string {
  const hash = createHash('sha256').update(event).digest('hex');
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}
