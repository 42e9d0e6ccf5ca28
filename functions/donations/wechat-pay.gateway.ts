import { environment } from '../platform/environment.ts';
import { readSecret } from '../platform/secrets.ts';
import { parseMerchants, type WechatPayMerchants } from './wechat-pay-merchant.ts';

export type ReadMerchants = () => Promise<WechatPayMerchants>;

/**
 * Merchants from the text of a secret, parsed again only when the text has changed: parsing keys costs more than
 * verifying with them. Throws PermanentError when the secret is malformed.
 */
export function merchantReader(readText: () => Promise<string>): ReadMerchants {
  let parsed: { readonly text: string; readonly merchants: WechatPayMerchants } | undefined;
  return async () => {
    const text = await readText();
    if (parsed?.text !== text) parsed = { text, merchants: parseMerchants(text) };
    return parsed.merchants;
  };
}

/** Our accounts at WeChat Pay as the merchant secret of this deployment has them. */
export const readWechatPayMerchants: ReadMerchants = merchantReader(() =>
  readSecret(environment('MERCHANT_SECRET_ID')),
);

/** The key of the hash that stands for a donor in entries. */
export const readDonorKey = (): Promise<string> => readSecret(environment('DONOR_KEY_SECRET_ID'));
