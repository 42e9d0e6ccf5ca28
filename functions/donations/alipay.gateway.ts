import { type AlipayAccounts, parseAlipayAccounts } from './alipay-merchant.ts';
import { parsedOnce, readMerchantSecret } from './merchant-secret.gateway.ts';

export type ReadAlipayAccounts = () => Promise<AlipayAccounts | undefined>;

/** Our accounts at Alipay as the merchant secret of this deployment has them; `undefined` where it has none. */
export const readAlipayAccounts: ReadAlipayAccounts = parsedOnce(readMerchantSecret, parseAlipayAccounts);
