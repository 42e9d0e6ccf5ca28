import { verify } from 'node:crypto';
import * as z from 'zod';
import { PermanentError, reasonOf, TransientError } from '../kernel/errors.ts';
import { formatDecimal } from '../kernel/money.ts';
import { jsonOf } from '../kernel/text.ts';
import { type Instant, localTimeText } from '../kernel/time.ts';
import type { AlipayAccount } from './alipay-merchant.ts';
import { ALIPAY_GATEWAY } from './alipay-order.ts';
import { SIGNATURE_TYPE, signatureOf } from './alipay-signature.ts';
import type { RefundAnswer, RefundOrder } from './refund-request.ts';

const REFUND_TIMEOUT_MS = 8_000;
const BEIJING = 'Asia/Shanghai';
const SUCCESS = '10000';
/** Alipay's own trouble, which may pass (opendocs.alipay.com, common error codes). */
const LATER = new Set(['20000']);
const LATER_DETAILS = new Set(['ACQ.SYSTEM_ERROR', 'SYSTEM_ERROR', 'aop.ACQ.SYSTEM_ERROR']);

const answerSchema = z.object({
  code: z.string().max(16),
  sub_code: z.string().max(64).optional(),
  trade_no: z.string().max(64).optional(),
});

/**
 * Asks Alipay to give a payment back (alipay.trade.refund, opendocs.alipay.com/open/028sm9). The same number asked for
 * again is the same refund. Throws TransientError where Alipay cannot be reached or has trouble of its own, and
 * PermanentError for an answer that Alipay did not sign.
 */
export async function requestAlipayRefund(
  account: AlipayAccount,
  order: RefundOrder,
  now: Instant,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<RefundAnswer> {
  const text = await ask(fetch, signedForm(account, order, now));
  const content = /^\{"alipay_trade_refund_response":(\{.*\}),"sign":"([A-Za-z0-9+/=]+)"(?:,[^{}]*)?\}$/su.exec(
    text.trim(),
  );
  const [, signed = '', signature = ''] = content ?? [];
  // Alipay signs the bytes between the name and the signature, as they were sent.
  const isSigned = account.alipayPublicKeys.some((key) =>
    verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64')),
  );
  if (content === null || !isSigned) throw new PermanentError('the answer to a refund is not signed as Alipay signs');
  const answer = answerSchema.safeParse(jsonOf(signed)?.value);
  if (!answer.success) throw new PermanentError('Alipay answered a refund in an unknown shape');
  const { code, sub_code: detail = '' } = answer.data;
  if (code === SUCCESS) return { kind: 'accepted', providerRefundId: order.refundNo };
  if (LATER.has(code) || LATER_DETAILS.has(detail)) throw new TransientError(`Alipay has trouble: ${code} ${detail}`);
  return { kind: 'refused', reason: `${code} ${detail}`.trim() };
}

function signedForm(account: AlipayAccount, order: RefundOrder, now: Instant): URLSearchParams {
  const parameters: Record<string, string> = {
    app_id: account.appId,
    method: 'alipay.trade.refund',
    format: 'JSON',
    charset: 'utf-8',
    sign_type: SIGNATURE_TYPE,
    timestamp: localTimeText(now, BEIJING),
    version: '1.0',
    biz_content: JSON.stringify({
      trade_no: order.paymentId,
      refund_amount: formatDecimal(order.amountMinor, order.currency),
      out_request_no: order.refundNo,
      refund_reason: '募捐活动取消，原路退回',
    }),
  };
  const content = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&');
  return new URLSearchParams({ ...parameters, sign: signatureOf(content, account.appPrivateKey) });
}

async function ask(fetch: typeof globalThis.fetch, form: URLSearchParams): Promise<string> {
  try {
    const response = await fetch(ALIPAY_GATEWAY, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: form.toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(REFUND_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await response.text();
  } catch (error) {
    throw new TransientError(`cannot reach Alipay: ${reasonOf(error)}`, { cause: error });
  }
}
