import type { Instant } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import { type ReadAlipayAccounts, readAlipayAccounts } from './alipay.gateway.ts';
import { alipayPageAddress, payingAlipayAccount } from './alipay-order.ts';
import type { DonationIntent, DonationRequest } from './donation-intent.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import { type WechatPayOrders, wechatPayOrders } from './wechat-pay-order.gateway.ts';
import { type PageToPay, payingAccount } from './wechat-pay-order.ts';

/** What a donor's page needs to let them pay, by whichever provider. */
export type Payment = PageToPay | { readonly kind: 'alipay'; readonly url: string };
export type PayRequest = NonNullable<DonationRequest['pay']>;

/** Our account that a donor is sent to, and how the order is made there. */
export type Payee = {
  readonly sentTo: { readonly provider: 'wechat-pay' | 'alipay'; readonly merchantId: string };
  /** Throws as the provider's gateway does. */
  readonly place: (intent: DonationIntent, title: string, now: Instant) => Promise<Payment>;
};
/** The account of a campaign's organisation for this way of paying; `undefined` where there is none that makes orders. */
export type FindPayee = (pay: PayRequest, organisationId: string) => Promise<Payee | undefined>;

/** Finds payees among the accounts of a merchant secret. */
export const payeeFinder =
  (readMerchants: ReadMerchants, readAccounts: ReadAlipayAccounts, orders: Pick<WechatPayOrders, 'place'>): FindPayee =>
  async (pay, organisationId) => {
    if (pay.kind === 'alipay') {
      const account = payingAlipayAccount((await readAccounts())?.values() ?? [], organisationId);
      return (
        account && {
          sentTo: { provider: 'alipay', merchantId: account.sellerId },
          place: async (intent, title, now) => ({
            kind: 'alipay',
            url: alipayPageAddress(intent, title, account, pay.device, now),
          }),
        }
      );
    }
    const merchant = payingAccount((await readMerchants()).merchants, organisationId);
    return (
      merchant && {
        sentTo: { provider: 'wechat-pay', merchantId: merchant.mchid },
        place: (intent, title, now) => orders.place(merchant, intent, title, pay, now),
      }
    );
  };

/** As this deployment's merchant secret has them. */
export const findPayee: FindPayee = payeeFinder(
  readWechatPayMerchants,
  readAlipayAccounts,
  wechatPayOrders(() => environment('WECHAT_PAY_BASE_URL')),
);
