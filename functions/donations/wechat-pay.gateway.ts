import { parsedOnce, readMerchantSecret } from './merchant-secret.gateway.ts';
import { parseMerchants, type WechatPayMerchants } from './wechat-pay-merchant.ts';

export type ReadMerchants = () => Promise<WechatPayMerchants>;

/** Our accounts at WeChat Pay out of the text of a secret. Throws PermanentError when it is malformed. */
export const merchantReader = (readText: () => Promise<string>): ReadMerchants => parsedOnce(readText, parseMerchants);

/** Our accounts at WeChat Pay as the merchant secret of this deployment has them. */
export const readWechatPayMerchants: ReadMerchants = merchantReader(readMerchantSecret);
