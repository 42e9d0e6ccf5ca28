import { formatDecimal } from '../kernel/money.ts';
import { SUCCESS_CODE } from './alipay-answer.ts';
import { type AlipayApi, askAlipay } from './alipay-api.gateway.ts';
import type { RefundAnswer, RefundOrder } from './refund-request.ts';

/**
 * Asks Alipay to give a payment back (alipay.trade.refund, opendocs.alipay.com/open/028sm9). The same number asked for
 * again is the same refund. Throws as {@link askAlipay} does.
 */
export async function requestAlipayRefund(api: AlipayApi, order: RefundOrder): Promise<RefundAnswer> {
  const { code, subCode } = await askAlipay(api, 'alipay.trade.refund', {
    trade_no: order.paymentId,
    refund_amount: formatDecimal(order.amountMinor, order.currency),
    out_request_no: order.refundNo,
    refund_reason: '募捐活动取消，原路退回',
  });
  // Alipay gives a refund no id of its own: ours is what its bill and its notices name.
  if (code === SUCCESS_CODE) return { kind: 'accepted', providerRefundId: order.refundNo };
  return { kind: 'refused', reason: subCode === '' ? code : subCode };
}
