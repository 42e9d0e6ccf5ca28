import { sign } from 'node:crypto';
import { epochSeconds, type Instant, localTimeText, plusSeconds, SECONDS_PER_MINUTE } from '../kernel/time.ts';
import { type DonationIntent, ORDER_LIFETIME_MINUTES } from './donation-intent.ts';
import type { Merchant } from './wechat-pay-merchant.ts';

/** How the donor pays: with a code that they scan, or in a page within a chat. */
export type WechatPayWay = { readonly kind: 'native' } | { readonly kind: 'jsapi'; readonly openid: string };

/** What a donor's page needs to let them pay. */
export type PageToPay =
  | { readonly kind: 'native'; readonly codeUrl: string }
  | {
      readonly kind: 'jsapi';
      /** The arguments of `WeixinJSBridge.invoke('getBrandWCPayRequest', …)`, by their names there. */
      readonly appId: string;
      readonly timeStamp: string;
      readonly nonceStr: string;
      readonly package: string;
      readonly signType: 'RSA';
      readonly paySign: string;
    };

/** Beijing has no other offset. */
const BEIJING = 'Asia/Shanghai';
/** 127 characters at the most; the rest of a long title says nothing to who pays. */
const LONGEST_DESCRIPTION = 40;

/** The account that a campaign's donors pay: the organisation's own, or else one that belongs to none; `undefined` where orders are made by somebody else. */
export function payingAccount(merchants: readonly Merchant[], organisationId: string): Merchant | undefined {
  const able = merchants.filter(({ notifyUrl }) => notifyUrl !== undefined);
  return (
    able.find((merchant) => merchant.organisationId === organisationId) ??
    able.find((merchant) => merchant.organisationId === undefined)
  );
}

/** The body of an order to the provider (pay.weixin.qq.com/doc/v3/merchant/4012791877 Native, 4012791856 JSAPI). */
export function orderBody(
  intent: DonationIntent,
  title: string,
  merchant: Pick<Merchant, 'mchid' | 'appid' | 'notifyUrl'>,
  way: WechatPayWay,
): object {
  const expiresAt = plusSeconds(intent.createdAt, ORDER_LIFETIME_MINUTES * SECONDS_PER_MINUTE);
  return {
    appid: merchant.appid,
    mchid: merchant.mchid,
    description: [...title].slice(0, LONGEST_DESCRIPTION).join(''),
    out_trade_no: intent.orderNo,
    time_expire: `${localTimeText(expiresAt, BEIJING).replace(' ', 'T')}+08:00`,
    notify_url: merchant.notifyUrl,
    amount: { total: intent.amountMinor, currency: intent.currency },
    ...(way.kind === 'jsapi' ? { payer: { openid: way.openid } } : {}),
  };
}

/** What the page hands to WeChat, signed by the merchant over four lines (pay.weixin.qq.com/doc/v3/merchant/4012365341). */
export function jsapiPage(
  prepayId: string,
  merchant: Pick<Merchant, 'appid' | 'merchantPrivateKey'>,
  nonceStr: string,
  now: Instant,
): PageToPay {
  const timeStamp = String(epochSeconds(now));
  const whole = `prepay_id=${prepayId}`;
  const lines = [merchant.appid, timeStamp, nonceStr, whole].map((line) => `${line}\n`).join('');
  const paySign = sign('sha256', Buffer.from(lines), merchant.merchantPrivateKey).toString('base64');
  return { kind: 'jsapi', appId: merchant.appid, timeStamp, nonceStr, package: whole, signType: 'RSA', paySign };
}
