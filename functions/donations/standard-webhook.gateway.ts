import { parsedOnce, readMerchantSecret } from './merchant-secret.gateway.ts';
import { parseStandardSources, type StandardSources } from './standard-webhook-source.ts';

export type ReadStandardSources = () => Promise<StandardSources>;

/** The platforms that may send here, as the merchant secret of this deployment has them. */
export const readStandardSources: ReadStandardSources = parsedOnce(readMerchantSecret, parseStandardSources);
