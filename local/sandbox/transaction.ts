import { type Instant, localTimeText } from '../../functions/kernel/time.ts';
import type { SandboxKeys } from './keys.ts';

/** WeChat Pay writes every time as Beijing's. */
export const PROVIDER_ZONE = 'Asia/Shanghai';

/** How a payer came to pay. */
export type TradeType = 'JSAPI' | 'NATIVE' | 'APP' | 'MWEB';

/** A payment as the stand-in platform knows it. */
export type Payment = {
  /** 28 digits. */
  readonly transactionId: string;
  readonly orderNo: string;
  readonly amountMinor: number;
  /** What the payer paid after the platform's coupons, in fen. */
  readonly payerAmountMinor: number;
  readonly openid: string;
  readonly paidAt: Instant;
  readonly tradeType: TradeType;
};

/** What a payment notification carries, encrypted (pay.weixin.qq.com, "payment notification"). */
export type WechatTransaction = {
  readonly appid: string;
  readonly mchid: string;
  readonly out_trade_no: string;
  readonly transaction_id: string;
  readonly trade_type: string;
  readonly trade_state: string;
  readonly trade_state_desc: string;
  readonly bank_type: string;
  readonly attach: string;
  readonly success_time: string;
  readonly payer: { readonly openid: string };
  readonly amount: {
    readonly total: number;
    readonly payer_total: number;
    readonly currency: string;
    readonly payer_currency: string;
  };
};

/** The payment in the words of a notification. */
export function transactionOf(keys: Pick<SandboxKeys, 'appid' | 'mchid'>, payment: Payment): WechatTransaction {
  return {
    appid: keys.appid,
    mchid: keys.mchid,
    out_trade_no: payment.orderNo,
    transaction_id: payment.transactionId,
    trade_type: payment.tradeType,
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'OTHERS',
    attach: '',
    success_time: beijingTime(payment.paidAt),
    payer: { openid: payment.openid },
    amount: {
      total: payment.amountMinor,
      payer_total: payment.payerAmountMinor,
      currency: 'CNY',
      payer_currency: 'CNY',
    },
  };
}

/** `2026-09-07T19:30:05+08:00`: RFC 3339 to the second. */
export const beijingTime = (instant: Instant): string =>
  `${localTimeText(instant, PROVIDER_ZONE).replace(' ', 'T')}+08:00`;
