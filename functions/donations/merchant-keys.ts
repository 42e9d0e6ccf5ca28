import type { KeyObject } from 'node:crypto';
import { PermanentError } from '../kernel/errors.ts';

/** Providers issue 2048-bit keys; a shorter one would be a mistake or an attack. */
const SHORTEST_RSA_BITS = 2048;

/** A key of the merchant secret, by the field it stands in. Throws PermanentError naming the field where it is not RSA of 2048 bits or more. */
export function rsaKey(parse: () => KeyObject, at: string): KeyObject {
  const key = parsedKey(parse, at);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < SHORTEST_RSA_BITS) {
    throw new PermanentError(`the merchant secret has a key that is not RSA of ${SHORTEST_RSA_BITS} bits at: ${at}`);
  }
  return key;
}

function parsedKey(parse: () => KeyObject, at: string): KeyObject {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    // No cause: a parser's error may carry part of a key.
    throw new PermanentError(`the merchant secret has an unreadable key at: ${at}`);
  }
}
