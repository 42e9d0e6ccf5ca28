import { parsedOnce, readMerchantSecret } from './merchant-secret.gateway.ts';
import { parseStripeSecrets, type StripeSecrets } from './stripe-account.ts';

export type ReadStripeSecrets = () => Promise<StripeSecrets>;

/** The secrets of our endpoints at Stripe as the merchant secret of this deployment has them. */
export const readStripeSecrets: ReadStripeSecrets = parsedOnce(readMerchantSecret, parseStripeSecrets);
