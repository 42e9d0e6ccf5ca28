import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { Signer } from '../../functions/proofs/signing.gateway.ts';

/** A key of the kind that KMS keeps, kept here. */
export function localSigner(): Signer & { readonly der: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return {
    der,
    publicKey: async () => ({
      key: createHash('sha256').update(der).digest('hex'),
      publicKey: der.toString('base64'),
    }),
    sign: async (text) => sign('sha256', Buffer.from(text, 'utf8'), privateKey).toString('base64'),
  };
}
