import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PermanentError, reasonOf, TransientError } from '../kernel/errors.ts';
import { hurriedSettings, once } from './clients.ts';

/** How long a secret that was read is believed: a rotated key is in use everywhere at most this much later. */
const SECRET_LIFETIME_MS = 5 * 60 * 1000;

const openSecretsManager = once(() => new SecretsManagerClient(hurriedSettings));
const cache = new Map<string, { readonly text: string; readonly readAt: number }>();

/** The text of a secret, cached for five minutes. Throws TransientError when the store cannot answer and nothing is cached. */
export async function readSecret(secretId: string): Promise<string> {
  const cached = cache.get(secretId);
  if (cached !== undefined && Date.now() - cached.readAt < SECRET_LIFETIME_MS) return cached.text;
  try {
    const answer = await openSecretsManager().send(new GetSecretValueCommand({ SecretId: secretId }));
    if (answer.SecretString === undefined) throw new PermanentError(`secret ${secretId} holds no text`);
    cache.set(secretId, { text: answer.SecretString, readAt: Date.now() });
    return answer.SecretString;
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    // An old key is better than refusing every gift while the secret store is away.
    if (cached !== undefined) return cached.text;
    throw new TransientError(`cannot read secret: ${reasonOf(error)}`, { cause: error });
  }
}
