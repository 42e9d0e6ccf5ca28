import type { Instant } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import { type ReadAlipayAccounts, readAlipayAccounts } from './alipay.gateway.ts';
import { type AlipayOrders, type AlipayPayment, alipayOrders } from './alipay-order.gateway.ts';
import { payingAlipayAccount } from './alipay-order.ts';
import type { DonationIntent, DonationRequest } from './donation-intent.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import { type WechatPayOrders, wechatPayOrders } from './wechat-pay-order.gateway.ts';
import { type PageToPay, payingAccount } from './wechat-pay-order.ts';

/** What a donor's page needs to let them pay, by whichever provider. */
export type Payment = PageToPay | AlipayPayment;
export type PayRequest = NonNullable<DonationRequest['pay']>;

/** Our account that a donor is sent to, and how the order is made there. */
export type Payee = {
  readonly sentTo: { readonly provider: 'wechat-pay' | 'alipay'; readonly merchantId: string };
  /** Throws as the provider's gateway does. */
  readonly place: (intent: DonationIntent, title: string, now: Instant) => Promise<Payment>;
};
/** The account of a campaign's organisation for this way of paying; `undefined` where there is none that makes orders. */
export type FindPayee = (pay: PayRequest, organisationId: string) => Promise<Payee | undefined>;

/** How orders are made at each provider. */
export type PlaceOrders = {
  readonly wechatPay: Pick<WechatPayOrders, 'place'>;
  readonly alipay: Pick<AlipayOrders, 'place'>;
};

/** Finds payees among the accounts of a merchant secret. */
export const payeeFinder =
  (readMerchants: ReadMerchants, readAccounts: ReadAlipayAccounts, orders: PlaceOrders): FindPayee =>
  async (pay, organisationId) => {
    if (pay.kind === 'alipay' || pay.kind === 'alipay-code') {
      const account = payingAlipayAccount((await readAccounts())?.values() ?? [], organisationId);
      return (
        account && {
          sentTo: { provider: 'alipay', merchantId: account.sellerId },
          place: (intent, title, now) => orders.alipay.place(account, intent, title, pay, now),
        }
      );
    }
    const merchant = payingAccount((await readMerchants()).merchants, organisationId);
    return (
      merchant && {
        sentTo: { provider: 'wechat-pay', merchantId: merchant.mchid },
        place: (intent, title, now) => orders.wechatPay.place(merchant, intent, title, pay, now),
      }
    );
  };

/** As this deployment's merchant secret has them. */
export const findPayee: FindPayee = payeeFinder(readWechatPayMerchants, readAlipayAccounts, {
  wechatPay: wechatPayOrders(() => environment('WECHAT_PAY_BASE_URL')),
  alipay: alipayOrders(() => environment('ALIPAY_GATEWAY_URL')),
});
