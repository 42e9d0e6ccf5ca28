import { createRequire } from 'node:module';

/**
 * The independent implementation that our cryptography is held against: wechatpay-axios-plugin by its inner files,
 * because its main file needs an HTTP client. The package declares no types for them.
 */
type Oracle = {
  readonly AesGcm: {
    encrypt(plaintext: string, key: string | Buffer, nonce: string, associatedData?: string): string;
    decrypt(ciphertext: string, key: string | Buffer, nonce: string, associatedData?: string): string;
  };
  readonly Rsa: {
    sign(message: string | Buffer, privateKey: string): string;
    verify(message: string | Buffer, signature: string, publicKey: string): boolean;
  };
  readonly Formatter: {
    response(timestamp: string, nonce: string, body: string): string;
    request(method: string, uri: string, timestamp: string, nonce: string, body?: string): string;
  };
};

const load = createRequire(import.meta.url);
const aes = load('wechatpay-axios-plugin/lib/aes.js') as { AesGcm: Oracle['AesGcm'] };

export const { AesGcm } = aes;
export const Rsa = load('wechatpay-axios-plugin/lib/rsa.js') as Oracle['Rsa'];
export const Formatter = load('wechatpay-axios-plugin/lib/formatter.js') as Oracle['Formatter'];
