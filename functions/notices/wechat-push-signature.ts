import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { utf8TextOf } from '../kernel/text.ts';
import { epochSeconds, type Instant } from '../kernel/time.ts';

/** What an account's pushes are checked and opened with. Of two keys one is the one that is being replaced. */
export type PushKeys = {
  readonly appId: string;
  readonly pushToken: string;
  readonly encodingAesKeys: readonly string[];
};

/** Older or newer than this is refused, as at every door. */
const TOLERANCE_SECONDS = 300;
const TIMESTAMP = /^[1-9]\d{9}$/;
const NONCE = /^[\w-]{1,64}$/;

type Query = Readonly<Record<string, string | undefined>>;

/** SHA-1 over the texts in order of their characters, one behind the other: how WeChat signs what it pushes. */
export const pushSignature = (...texts: readonly string[]): string =>
  createHash('sha1')
    .update([...texts].sort().join(''))
    .digest('hex');

function isSigned(keys: PushKeys, query: Query, name: 'signature' | 'msg_signature', more: readonly string[]): boolean {
  const { timestamp = '', nonce = '' } = query;
  if (!TIMESTAMP.test(timestamp) || !NONCE.test(nonce)) return false;
  const given = Buffer.from(query[name] ?? '');
  const expected = Buffer.from(pushSignature(keys.pushToken, timestamp, nonce, ...more));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether the question for this address is WeChat's, which it asks when somebody saves the address in the account. */
export const isOwnQuestion = (keys: PushKeys, query: Query): boolean => isSigned(keys, query, 'signature', []);

/**
 * Whether WeChat has pushed this ciphertext just now. Only `msg_signature` covers what is pushed; `signature`, all that the plain mode
 * has, covers none of it, so that whoever has seen one could say anything under it.
 */
export function isPushedNow(keys: PushKeys, query: Query, ciphertext: string, now: Instant): boolean {
  if (!isSigned(keys, query, 'msg_signature', [ciphertext])) return false;
  return Math.abs(epochSeconds(now) - Number(query['timestamp'])) <= TOLERANCE_SECONDS;
}

const RANDOM_BYTES = 16;
const LENGTH_BYTES = 4;
const BLOCK_BYTES = 32;

/**
 * What was pushed, opened: AES-256-CBC, padded to 32 bytes; 16 random bytes, four of length, the message, the appid. `undefined`
 * where no key opens it, or where it is for another account.
 */
export function openedPush(keys: PushKeys, ciphertext: string): string | undefined {
  for (const encodingAesKey of keys.encodingAesKeys) {
    const message = openedWith(encodingAesKey, keys.appId, ciphertext);
    if (message !== undefined) return message;
  }
  return undefined;
}

function openedWith(encodingAesKey: string, appId: string, ciphertext: string): string | undefined {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const sealed = Buffer.from(ciphertext, 'base64');
  if (sealed.length === 0 || sealed.length % BLOCK_BYTES !== 0) return undefined;
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, RANDOM_BYTES)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  if (padding < 1 || padding > BLOCK_BYTES) return undefined;
  const plain = padded.subarray(RANDOM_BYTES, padded.length - padding);
  if (plain.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + plain.readUInt32BE(0);
  if (plain.subarray(end).toString('utf8') !== appId) return undefined;
  return utf8TextOf(plain.subarray(LENGTH_BYTES, end));
}
