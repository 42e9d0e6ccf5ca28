import { createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { epochSeconds, type Instant } from '../kernel/time.ts';
import type { StandardKey } from './standard-webhook-source.ts';
import type { Headers } from './webhook-body.ts';

/** Older or newer than this is refused, as the specification's own libraries do. */
const TOLERANCE_SECONDS = 300;
/** A signature has at most 92 characters with its version: 4 KB hold 40, when a change of keys needs two. */
const LONGEST_SIGNATURES = 4096;

const TIMESTAMP = /^[1-9]\d{8,10}$/;
// No full stop: the id is signed as `id.timestamp.body`, and with one in it two messages could be signed alike. No comma: API
// Gateway joins a header that came twice with one, and which of the two was signed is not ours to guess.
const MESSAGE_ID = /^[\x21-\x2b\x2d\x2f-\x7e]{1,128}$/;

export type StandardSignatureRefusal = 'empty' | 'missing-header' | 'malformed-header' | 'stale' | 'forged';
export type StandardSignatureCheck =
  | { readonly kind: 'verified'; readonly messageId: string }
  | { readonly kind: 'refused'; readonly reason: StandardSignatureRefusal };

/**
 * Verifies a message by the Standard Webhooks specification (github.com/standard-webhooks/standard-webhooks, spec 1.0.0),
 * over the raw bytes `webhook-id . webhook-timestamp . body`: HMAC-SHA256 (`v1`) or Ed25519 (`v1a`), base64, any of the
 * signatures under any of the source's keys. Signatures of other versions are ignored.
 */
export function checkStandardSignature(
  headers: Headers,
  body: Uint8Array,
  keys: readonly StandardKey[],
  now: Instant,
): StandardSignatureCheck {
  if (body.length === 0) return refused('empty');
  const messageId = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!messageId || !timestamp || !signatures) return refused('missing-header');
  if (!MESSAGE_ID.test(messageId) || !TIMESTAMP.test(timestamp) || signatures.length > LONGEST_SIGNATURES)
    return refused('malformed-header');
  if (Math.abs(epochSeconds(now) - Number(timestamp)) > TOLERANCE_SECONDS) return refused('stale');
  const given = signatures.split(' ');
  const prefix = `${messageId}.${timestamp}.`;
  const isSigned = keys.some(({ scheme, key }) => VERIFY[scheme](key, prefix, body, given));
  return isSigned ? { kind: 'verified', messageId } : refused('forged');
}

const refused = (reason: StandardSignatureRefusal): { kind: 'refused'; reason: StandardSignatureRefusal } => ({
  kind: 'refused',
  reason,
});

/** Signatures of other schemes than the key's are passed over, as they can only say that they are not its own. */
type Verify = (key: KeyObject, prefix: string, body: Uint8Array, signatures: readonly string[]) => boolean;
const VERIFY: Record<StandardKey['scheme'], Verify> = {
  v1(key, prefix, body, signatures) {
    // Compared as it is spelt, so that only the one spelling of these bytes is a signature, and nothing need be decoded.
    const expected = Buffer.from(`v1,${createHmac('sha256', key).update(prefix).update(body).digest('base64')}`);
    return signatures.some((signature) => {
      const given = Buffer.from(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  },
  v1a(key, prefix, body, signatures) {
    const signed = Buffer.concat([Buffer.from(prefix), body]);
    return signatures.some((signature) => {
      if (!signature.startsWith('v1a,')) return false;
      const encoded = signature.slice('v1a,'.length);
      const bytes = Buffer.from(encoded, 'base64');
      // Node skips what is no base64 and takes the URL alphabet too; only the one spelling of these bytes is a signature.
      return bytes.toString('base64') === encoded && verify(null, signed, key, bytes);
    });
  },
};
