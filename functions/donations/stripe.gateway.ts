import { parsedOnce, readMerchantSecret } from './merchant-secret.gateway.ts';
import {
  parseStatedStripeAccounts,
  parseStripeApiKeys,
  parseStripeSecrets,
  type StatedStripeAccount,
  type StripeApiKeys,
  type StripeSecrets,
} from './stripe-account.ts';

export type ReadStripeSecrets = () => Promise<StripeSecrets>;
export type ReadStripeApiKeys = () => Promise<StripeApiKeys>;
export type ReadStatedStripeAccounts = () => Promise<readonly StatedStripeAccount[]>;

/** The secrets of our endpoints at Stripe as the merchant secret of this deployment has them. */
export const readStripeSecrets: ReadStripeSecrets = parsedOnce(readMerchantSecret, parseStripeSecrets);

/** The keys by which we ask Stripe for something. */
export const readStripeApiKeys: ReadStripeApiKeys = parsedOnce(readMerchantSecret, parseStripeApiKeys);

/** The accounts whose statements are held against the books. */
export const readStatedStripeAccounts: ReadStatedStripeAccounts = parsedOnce(
  readMerchantSecret,
  parseStatedStripeAccounts,
);
