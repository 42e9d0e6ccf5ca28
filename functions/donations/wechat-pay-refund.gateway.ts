import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { RefundAnswer, RefundOrder } from './refund-request.ts';
import { askWechatPay, codeOf, failureOf, jsonIn, mustBeSigned, type WechatPayApi } from './wechat-pay-api.gateway.ts';

const REFUND_TIMEOUT_MS = 6_000;
const refundSchema = z.object({ refund_id: z.string().min(1).max(64), status: z.string() });
/** Not this moment's fault: the same request fails again until a person has done something. */
const REFUSED = new Set([
  'NOT_ENOUGH',
  'USER_ACCOUNT_ABNORMAL',
  'INVALID_REQUEST',
  'RESOURCE_NOT_EXISTS',
  'PARAM_ERROR',
]);

/**
 * Asks WeChat Pay to give a payment back (POST /v3/refund/domestic/refunds, pay.weixin.qq.com/doc/v3/merchant/4012791862).
 * The same number asked for again is the same refund. Throws TransientError and ThrottledError as {@link askWechatPay}
 * does, and PermanentError for an answer that is not the provider's.
 */
export async function requestWechatPayRefund(
  api: WechatPayApi,
  order: RefundOrder,
  notifyUrl: string | undefined,
): Promise<RefundAnswer> {
  const answer = await askWechatPay(api, {
    address: new URL(`${api.baseUrl}/v3/refund/domestic/refunds`),
    content: {
      transaction_id: order.paymentId,
      out_refund_no: order.refundNo,
      reason: '募捐活动取消，原路退回',
      ...(notifyUrl === undefined ? {} : { notify_url: notifyUrl }),
      amount: { refund: order.amountMinor, total: order.paidMinor, currency: order.currency },
    },
    timeoutMs: REFUND_TIMEOUT_MS,
  });
  if (answer.status !== 200) {
    const code = codeOf(answer);
    if (code !== undefined && REFUSED.has(code)) return { kind: 'refused', reason: code };
    throw failureOf(answer, 'a refund');
  }
  mustBeSigned(answer, api, 'a refund');
  const refund = refundSchema.safeParse(jsonIn(answer));
  if (!refund.success) throw new PermanentError('the provider answered a refund in an unknown shape');
  const { refund_id, status } = refund.data;
  // PROCESSING and SUCCESS are on their way; ABNORMAL and CLOSED wait for a person on the merchant platform.
  if (status === 'PROCESSING' || status === 'SUCCESS') return { kind: 'accepted', providerRefundId: refund_id };
  return { kind: 'refused', reason: status.slice(0, 64) };
}
