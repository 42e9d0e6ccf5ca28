import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { selfSignedCertificate } from './certificate.ts';

/** The two ways in which WeChat Pay says by which key it signed; during a migration a merchant receives both. */
export const KEY_MODES = ['certificate', 'public-key'] as const;
export type KeyMode = (typeof KEY_MODES)[number];

/** A key by which the stand-in platform signs, and what a merchant is given to verify with. */
export type PlatformKey = {
  /** 40 hexadecimal digits for a certificate, `PUB_KEY_ID_...` for a public key. */
  readonly serial: string;
  readonly privateKey: KeyObject;
  /** A certificate or a public key (SPKI), as PEM. */
  readonly pem: string;
};

/** Everything secret between the stand-in platform and its one merchant. */
export type SandboxKeys = {
  readonly mchid: string;
  readonly appid: string;
  /** 32 characters, so 32 bytes: the AES key of notifications. */
  readonly apiV3Key: string;
  readonly merchantSerial: string;
  readonly merchantPrivateKey: KeyObject;
  readonly merchantPublicKey: KeyObject;
  readonly platformKeys: Readonly<Record<KeyMode, PlatformKey>>;
};

/** What WeChat Pay uses throughout: RSA with 2,048 bits. */
const MODULUS_BITS = 2048;

/** Makes a merchant account with fresh keys; takes a few tenths of a second. */
export function makeSandboxKeys(): SandboxKeys {
  const merchantPrivateKey = rsaPrivateKey();
  return {
    mchid: '1900000109',
    appid: 'wxd678efh567hg6787',
    apiV3Key: randomBytes(16).toString('hex'),
    merchantSerial: randomHexSerial(),
    merchantPrivateKey,
    merchantPublicKey: createPublicKey(merchantPrivateKey),
    platformKeys: { certificate: certificateKey(), 'public-key': publicKey() },
  };
}

/** The text of the merchant secret by which the system under test knows this merchant (docs/deploy.md). */
export function merchantSecretOf(keys: SandboxKeys, notifyUrl?: string, alipay?: readonly object[]): string {
  return JSON.stringify({
    alipay,
    wechatPay: [
      {
        notifyUrl,
        mchid: keys.mchid,
        appid: keys.appid,
        apiV3Key: keys.apiV3Key,
        merchantSerial: keys.merchantSerial,
        merchantPrivateKey: keys.merchantPrivateKey.export({ type: 'pkcs8', format: 'pem' }),
        platformKeys: KEY_MODES.map((mode) => ({
          serial: keys.platformKeys[mode].serial,
          publicKey: keys.platformKeys[mode].pem,
        })),
      },
    ],
  });
}

/** A serial such as a certificate's, that nobody was told of. */
export const randomHexSerial = (): string => serialBytes().toString('hex').toUpperCase();

const rsaPrivateKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS }).privateKey;

function certificateKey(): PlatformKey {
  const privateKey = rsaPrivateKey();
  const serialNumber = serialBytes();
  return {
    serial: serialNumber.toString('hex').toUpperCase(),
    privateKey,
    pem: selfSignedCertificate(privateKey, serialNumber, 'Sandbox payment platform (generated)'),
  };
}

function publicKey(): PlatformKey {
  const privateKey = rsaPrivateKey();
  // As the provider's: 31 digits behind the prefix.
  const digits = BigInt(`0x${randomBytes(12).toString('hex')}`)
    .toString()
    .padStart(31, '0');
  return {
    serial: `PUB_KEY_ID_${digits}`,
    privateKey,
    pem: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

// 20 bytes; the first neither zero nor negative, so that the number keeps its 40 hexadecimal digits.
function serialBytes(): Buffer {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
