import { parsedOnce, readMerchantSecret } from './merchant-secret.gateway.ts';
import { parseStripeApiKeys, parseStripeSecrets, type StripeApiKeys, type StripeSecrets } from './stripe-account.ts';

export type ReadStripeSecrets = () => Promise<StripeSecrets>;
export type ReadStripeApiKeys = () => Promise<StripeApiKeys>;

/** The secrets of our endpoints at Stripe as the merchant secret of this deployment has them. */
export const readStripeSecrets: ReadStripeSecrets = parsedOnce(readMerchantSecret, parseStripeSecrets);

/** The keys by which we ask Stripe for something. */
export const readStripeApiKeys: ReadStripeApiKeys = parsedOnce(readMerchantSecret, parseStripeApiKeys);
