import { formatDecimal } from '../kernel/money.ts';
import { type Instant, localTimeText, plusSeconds, SECONDS_PER_MINUTE } from '../kernel/time.ts';
import type { AlipayAccount } from './alipay-merchant.ts';
import { SIGNATURE_TYPE, signatureOf } from './alipay-signature.ts';
import type { DonationIntent } from './donation-intent.ts';

/** Where a donor's browser goes to pay. */
export const ALIPAY_GATEWAY = 'https://openapi.alipay.com/gateway.do';
/** Until when an order can be paid, as at WeChat Pay. */
const ORDER_LIFETIME_MINUTES = 30;
const BEIJING = 'Asia/Shanghai';
/** 256 characters at the most, and none of `/=&` (opendocs.alipay.com, alipay.trade.page.pay). */
const LONGEST_SUBJECT = 60;

/** The account that a campaign's donors pay: the organisation's own, or else one that belongs to none; `undefined` where orders are made by somebody else. */
export function payingAlipayAccount(
  accounts: Iterable<AlipayAccount>,
  organisationId: string,
): AlipayAccount | undefined {
  const able = [...accounts].filter(({ notifyUrl }) => notifyUrl !== undefined);
  return (
    able.find((account) => account.organisationId === organisationId) ??
    able.find((account) => account.organisationId === undefined)
  );
}

/**
 * The address at which a donor pays this order, in a browser or, on a telephone, in the app that it opens. Signed by our
 * own key over all parameters in ASCII order (opendocs.alipay.com/common/02kf5q); nothing is asked of Alipay beforehand.
 */
export function alipayPageAddress(
  intent: DonationIntent,
  title: string,
  account: AlipayAccount,
  device: 'desktop' | 'mobile',
  now: Instant,
): string {
  const isMobile = device === 'mobile';
  const parameters: Record<string, string> = {
    app_id: account.appId,
    method: isMobile ? 'alipay.trade.wap.pay' : 'alipay.trade.page.pay',
    format: 'JSON',
    charset: 'utf-8',
    sign_type: SIGNATURE_TYPE,
    timestamp: localTimeText(now, BEIJING),
    version: '1.0',
    notify_url: account.notifyUrl ?? '',
    biz_content: JSON.stringify({
      out_trade_no: intent.orderNo,
      total_amount: formatDecimal(intent.amountMinor, intent.currency),
      subject: [...title.replaceAll(/[/=&]/g, ' ')].slice(0, LONGEST_SUBJECT).join(''),
      product_code: isMobile ? 'QUICK_WAP_WAY' : 'FAST_INSTANT_TRADE_PAY',
      time_expire: localTimeText(plusSeconds(intent.createdAt, ORDER_LIFETIME_MINUTES * SECONDS_PER_MINUTE), BEIJING),
    }),
  };
  const content = Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&');
  const query = new URLSearchParams({ ...parameters, sign: signatureOf(content, account.appPrivateKey) });
  return `${ALIPAY_GATEWAY}?${query.toString()}`;
}
