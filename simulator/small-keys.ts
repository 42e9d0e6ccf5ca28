import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { Merchant, WechatPayMerchants } from '../functions/donations/wechat-pay-merchant.ts';
import type { SandboxKeys } from '../local/sandbox/keys.ts';

/**
 * A merchant whose keys have 512 bits: a quarter of the time of the provider's 2,048 for each signature, and the same
 * code on both sides. The configuration's own parser would refuse them, so they are put behind it. The keys are fresh in
 * every run: nothing that happens depends on their bits.
 */
export function smallMerchant(): { readonly keys: SandboxKeys; readonly merchants: WechatPayMerchants } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 512 });
  const apiV3Key = 'simulated-simulated-simulated-32';
  const account = { mchid: '1900000109', appid: 'wxd678efh567hg6787', merchantSerial: '0'.repeat(40) };
  const serial = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
  const merchant: Merchant = {
    ...account,
    apiV3Key: createSecretKey(apiV3Key, 'utf8'),
    merchantPrivateKey: privateKey,
    platformKeys: new Map([[serial, publicKey]]),
  };
  const platformKey = { serial, privateKey, pem: '' };
  return {
    keys: {
      ...account,
      apiV3Key,
      merchantPrivateKey: privateKey,
      merchantPublicKey: publicKey,
      platformKeys: { certificate: platformKey, 'public-key': platformKey },
    },
    merchants: { merchants: [merchant], bySerial: new Map([[serial, { key: publicKey, merchants: [merchant] }]]) },
  };
}
