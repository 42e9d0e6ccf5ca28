import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { rsaKey } from './merchant-keys.ts';
import { merchantSectionOf, refuseTwins } from './merchant-secret.ts';

/** Serial (or public-key id) of a platform key -> the key. A Map, so that `__proto__` is an unknown serial like any other. */
export type PlatformKeys = ReadonlyMap<string, KeyObject>;

/** One merchant account of ours with one app of it, its keys parsed once. */
export type Merchant = {
  /** Whose account it is, where the secret says so. */
  readonly organisationId?: string;
  /** Where the provider tells of orders that are made here; without it none are. */
  readonly notifyUrl?: string;
  readonly mchid: string;
  readonly appid: string;
  /** Decrypts notifications: AES-256, 32 bytes. */
  readonly apiV3Key: KeyObject;
  /** Signs our own requests to the provider. */
  readonly merchantSerial: string;
  readonly merchantPrivateKey: KeyObject;
  /** Verifies what the provider sends. Several at once: both key modes live side by side during a change of keys. */
  readonly platformKeys: PlatformKeys;
};

/** A platform key and the accounts whose notifications it signs. */
export type PlatformKeyOwner = { readonly key: KeyObject; readonly merchants: readonly Merchant[] };

/** All accounts of ours, and which of them a platform serial belongs to. */
export type WechatPayMerchants = {
  readonly merchants: readonly Merchant[];
  readonly bySerial: ReadonlyMap<string, PlatformKeyOwner>;
};

const API_V3_KEY_BYTES = 32;

/** `Wechatpay-Serial` in both modes: a certificate's serial in hex, or a public-key id (pay.weixin.qq.com, signature verification). */
const PLATFORM_SERIAL = /^(?:[0-9A-F]{40}|PUB_KEY_ID_[0-9A-Za-z]{1,64})$/;

const platformKeySchema = z.strictObject({
  serial: z.string().regex(PLATFORM_SERIAL),
  /** PEM of the public key, or of the certificate that the serial is of. */
  publicKey: z.string(),
});

/** One account in the merchant secret; docs/deploy.md shows an example. PEM texts keep their line breaks as `\n`. */
const wechatPayAccountSchema = z.strictObject({
  /** Whose account it is; campaigns of this organisation are paid to it. Left out: of every organisation that has none. */
  organisationId: organisationIdSchema.optional(),
  /** The address of POST /webhooks/wechat-pay, without a query. Left out: orders are made at the provider by somebody else. */
  notifyUrl: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .regex(/^[^?#]*$/)
    .optional(),
  mchid: z.string().regex(/^\d{6,32}$/),
  appid: z.string().min(1).max(32),
  apiV3Key: z.string().refine((key) => Buffer.byteLength(key) === API_V3_KEY_BYTES, 'must have 32 bytes'),
  merchantSerial: z.string().regex(/^[0-9A-F]{40}$/),
  merchantPrivateKey: z.string(),
  platformKeys: z.array(platformKeySchema).min(1).max(10),
});
type MerchantConfiguration = z.infer<typeof wechatPayAccountSchema>;

/**
 * Parses the merchant secret. Throws PermanentError naming the field that is wrong, never what it holds: the message
 * goes to a log.
 */
export function parseMerchants(secretText: string): WechatPayMerchants {
  const accounts = merchantSectionOf(secretText, 'wechatPay', wechatPayAccountSchema);
  if (accounts === undefined) throw new PermanentError('the merchant secret is wrong at: wechatPay');
  refuseTwins(
    'wechatPay',
    accounts.map(({ mchid }) => mchid),
  );
  const merchants = accounts.map(merchantOf);
  return { merchants, bySerial: ownersOf(merchants) };
}

function merchantOf(configuration: MerchantConfiguration, position: number): Merchant {
  const at = `wechatPay.${position}`;
  const { organisationId, notifyUrl, mchid, appid, apiV3Key, merchantSerial, merchantPrivateKey, platformKeys } =
    configuration;
  const keys = new Map<string, KeyObject>();
  for (const [index, key] of platformKeys.entries()) {
    if (keys.has(key.serial))
      throw new PermanentError(`the merchant secret names a serial twice at: ${at}.platformKeys`);
    keys.set(key.serial, platformKeyOf(key, `${at}.platformKeys.${index}`));
  }
  return {
    ...(organisationId === undefined ? {} : { organisationId }),
    ...(notifyUrl === undefined ? {} : { notifyUrl }),
    mchid,
    appid,
    apiV3Key: createSecretKey(apiV3Key, 'utf8'),
    merchantSerial,
    merchantPrivateKey: rsaKey(() => createPrivateKey(merchantPrivateKey), `${at}.merchantPrivateKey`),
    platformKeys: keys,
  };
}

function platformKeyOf({ serial, publicKey }: z.infer<typeof platformKeySchema>, at: string): KeyObject {
  return rsaKey(() => {
    if (!publicKey.includes('-----BEGIN CERTIFICATE-----')) return createPublicKey(publicKey);
    const certificate = new X509Certificate(publicKey);
    if (certificate.serialNumber.padStart(40, '0') !== serial) {
      throw new PermanentError(`the merchant secret gives a certificate another serial than its own at: ${at}.serial`);
    }
    return certificate.publicKey;
  }, `${at}.publicKey`);
}

function ownersOf(merchants: readonly Merchant[]): Map<string, PlatformKeyOwner> {
  const owners = new Map<string, PlatformKeyOwner>();
  for (const merchant of merchants) {
    for (const [serial, key] of merchant.platformKeys) {
      const known = owners.get(serial);
      if (known !== undefined && !known.key.equals(key)) {
        throw new PermanentError('the merchant secret gives one platform serial two different keys');
      }
      owners.set(serial, { key, merchants: [...(known?.merchants ?? []), merchant] });
    }
  }
  return owners;
}
