import type { Instant } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import { type ReadAlipayAccounts, readAlipayAccounts } from './alipay.gateway.ts';
import { requestAlipayRefund } from './alipay-refund.gateway.ts';
import type { Provider } from './payment-event.ts';
import type { RefundAnswer, RefundOrder } from './refund-request.ts';
import { type ReadStripeApiKeys, readStripeApiKeys } from './stripe.gateway.ts';
import { requestStripeRefund } from './stripe-refund.gateway.ts';
import { type ReadMerchants, readWechatPayMerchants } from './wechat-pay.gateway.ts';
import { requestWechatPayRefund } from './wechat-pay-refund.gateway.ts';

/** Gives a payment back at its provider. Throws as that provider's gateway does. */
export type GiveBack = (order: RefundOrder, now: Instant) => Promise<RefundAnswer>;
/** How a payment of this account is given back; `undefined` where we have no keys for that, and a person must do it. */
export type FindRefunding = (provider: Provider, merchantId: string) => Promise<GiveBack | undefined>;

/** Finds it among the accounts of a merchant secret. */
export const refundingFinder =
  (
    readMerchants: ReadMerchants,
    readAccounts: ReadAlipayAccounts,
    readStripeKeys: ReadStripeApiKeys,
    addresses: { readonly wechatPay: () => string; readonly alipay: () => string },
    fetch: typeof globalThis.fetch = globalThis.fetch,
  ): FindRefunding =>
  async (provider, merchantId) => {
    if (provider === 'wechat-pay') {
      const merchant = (await readMerchants()).merchants.find(({ mchid }) => mchid === merchantId);
      if (merchant === undefined) return undefined;
      return (order, now) =>
        requestWechatPayRefund({ baseUrl: addresses.wechatPay(), merchant, now, fetch }, order, merchant.notifyUrl);
    }
    if (provider === 'alipay') {
      const account = [...((await readAccounts())?.values() ?? [])].find(({ sellerId }) => sellerId === merchantId);
      return (
        account && ((order, now) => requestAlipayRefund({ gatewayUrl: addresses.alipay(), account, now, fetch }, order))
      );
    }
    if (provider !== 'stripe') return undefined;
    const key = (await readStripeKeys()).get(merchantId);
    return key === undefined ? undefined : (order) => requestStripeRefund(key, order, fetch);
  };

/** As this deployment's merchant secret has them. */
export const findRefunding: FindRefunding = refundingFinder(
  readWechatPayMerchants,
  readAlipayAccounts,
  readStripeApiKeys,
  { wechatPay: () => environment('WECHAT_PAY_BASE_URL'), alipay: () => environment('ALIPAY_GATEWAY_URL') },
);
