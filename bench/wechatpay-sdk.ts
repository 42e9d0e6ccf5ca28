import { createRequire } from 'node:module';
import type { SandboxKeys } from '../local/sandbox/keys.ts';
import type { SignedNotification } from '../local/sandbox/notification.ts';

/** The parts of wechatpay-node-v3 that a notification goes through. Its own types hide `certificates`. */
type Pay = {
  verifySign(message: {
    readonly timestamp: string;
    readonly nonce: string;
    readonly body: string;
    readonly serial: string;
    readonly signature: string;
    readonly apiSecret: string;
  }): Promise<boolean>;
  decipher_gcm(
    ciphertext: string,
    associatedData: string,
    nonce: string,
    key: string,
  ): { readonly trade_state: string };
};
type PayClass = {
  new (options: {
    readonly appid: string;
    readonly mchid: string;
    readonly serial_no: string;
    readonly publicKey: Buffer;
    readonly privateKey: Buffer;
    readonly key: string;
  }): Pay;
  certificates: Record<string, string>;
};

const load = createRequire(import.meta.url);

/**
 * The SDK as its own documentation uses it on a notification, with the platform's keys (serial -> PEM) given
 * beforehand: it would otherwise fetch them from the provider.
 */
export function openWechatpaySdk(
  keys: SandboxKeys,
  platformKeys: Record<string, string>,
): { read(notification: SignedNotification): Promise<boolean> } {
  const Pay = load('wechatpay-node-v3') as PayClass;
  Pay.certificates = platformKeys;
  const { appid, mchid, merchantSerial, merchantPublicKey, merchantPrivateKey, apiV3Key } = keys;
  const pay = new Pay({
    appid,
    mchid,
    serial_no: merchantSerial,
    publicKey: Buffer.from(merchantPublicKey.export({ type: 'spki', format: 'pem' })),
    privateKey: Buffer.from(merchantPrivateKey.export({ type: 'pkcs8', format: 'pem' })),
    key: apiV3Key,
  });
  return {
    async read({ headers, body }) {
      const text = body.toString();
      const verified = await pay.verifySign({
        timestamp: headers['wechatpay-timestamp'] ?? '',
        nonce: headers['wechatpay-nonce'] ?? '',
        body: text,
        serial: headers['wechatpay-serial'] ?? '',
        signature: headers['wechatpay-signature'] ?? '',
        apiSecret: apiV3Key,
      });
      if (!verified) return false;
      const { resource } = JSON.parse(text) as {
        resource: { ciphertext: string; associated_data: string; nonce: string };
      };
      const { ciphertext, associated_data, nonce } = resource;
      return pay.decipher_gcm(ciphertext, associated_data, nonce, apiV3Key).trade_state === 'SUCCESS';
    },
  };
}
