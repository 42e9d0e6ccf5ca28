import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { PermanentError, reasonOf, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';

/** A key that signs and never leaves where it is kept. All throw TransientError when its keeper cannot answer. */
export type Signer = {
  /** The public key in DER (SubjectPublicKeyInfo), base64, and its SHA-256. */
  publicKey(): Promise<{ readonly key: string; readonly publicKey: string }>;
  /** ECDSA P-256 over the SHA-256 of a text, DER, base64. Another signature each time, of the same worth. */
  sign(text: string): Promise<string>;
};

const openKms = once(() => new KMSClient(clientSettings));

/** The deployment's key in AWS KMS (ECC_NIST_P256): it can be used there and by nobody be taken away. */
export const openSigner = once((): Signer => {
  const KeyId = environment('SIGNING_KEY_ID');
  let known: { readonly key: string; readonly publicKey: string } | undefined;
  return {
    async publicKey() {
      known ??= await orTransient('read the public key', async () => {
        const { PublicKey } = await openKms().send(new GetPublicKeyCommand({ KeyId }));
        if (PublicKey === undefined) throw new PermanentError(`${KeyId} has no public key`);
        const der = Buffer.from(PublicKey);
        return { key: createHash('sha256').update(der).digest('hex'), publicKey: der.toString('base64') };
      });
      return known;
    },
    sign: (text) =>
      orTransient('sign', async () => {
        const { Signature } = await openKms().send(
          new SignCommand({
            KeyId,
            // The digest and not the text: KMS takes 4 KB of text at most, and a statement may grow.
            Message: createHash('sha256').update(text, 'utf8').digest(),
            MessageType: 'DIGEST',
            SigningAlgorithm: 'ECDSA_SHA_256',
          }),
        );
        if (Signature === undefined) throw new PermanentError(`${KeyId} gave no signature`);
        return Buffer.from(Signature).toString('base64');
      }),
  };
});

async function orTransient<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new TransientError(`cannot ${what}: ${reasonOf(error)}`, { cause: error });
  }
}
