import { type Instant, localTimeText } from '../kernel/time.ts';
import type { AlipayAccount } from './alipay-merchant.ts';
import { SIGNATURE_TYPE, signatureOf } from './alipay-signature.ts';

/** What is asked of Alipay. */
export type AlipayMethod =
  | 'alipay.trade.page.pay'
  | 'alipay.trade.wap.pay'
  | 'alipay.trade.precreate'
  | 'alipay.trade.query'
  | 'alipay.trade.refund'
  | 'alipay.data.dataservice.bill.downloadurl.query';

export const BEIJING = 'Asia/Shanghai';

/**
 * The parameters of one request with our signature over all of them, in the ASCII order of their names
 * (opendocs.alipay.com/common/02kf5q). Alipay takes a request for a few minutes after its `timestamp`.
 */
export function signedParameters(
  account: Pick<AlipayAccount, 'appId' | 'appPrivateKey' | 'notifyUrl'>,
  method: AlipayMethod,
  content: object,
  now: Instant,
): Record<string, string> {
  const parameters: Record<string, string> = {
    app_id: account.appId,
    method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: SIGNATURE_TYPE,
    timestamp: localTimeText(now, BEIJING),
    version: '1.0',
    ...(account.notifyUrl === undefined ? {} : { notify_url: account.notifyUrl }),
    biz_content: JSON.stringify(content),
  };
  const signed = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&');
  return { ...parameters, sign: signatureOf(signed, account.appPrivateKey) };
}
