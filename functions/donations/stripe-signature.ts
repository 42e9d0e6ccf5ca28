import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { epochSeconds, type Instant } from '../kernel/time.ts';

/**
 * Older or newer than this is refused. 300 s is the tolerance of Stripe's own libraries (docs.stripe.com/webhooks/signature);
 * they look at old stamps only, but a stamp from the future is no more to be believed than one from the past.
 */
const TOLERANCE_SECONDS = 300;
/** Stripe sends two or three signatures of about 70 characters each while a secret is rolled: 4 KB hold 50 of them. */
const LONGEST_HEADER = 4096;

/** No white space: where headers are joined with one, the second time stamp would else not be seen. */
const VISIBLE = /^[\x21-\x7e]+$/;
const TIMESTAMP = /^[1-9]\d{8,10}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

export type StripeSignatureRefusal = 'empty' | 'missing-header' | 'malformed-header' | 'stale' | 'forged';
export type StripeSignatureCheck<Owner> =
  | { readonly kind: 'verified'; readonly owner: Owner }
  | { readonly kind: 'refused'; readonly reason: StripeSignatureRefusal };

/**
 * Verifies what Stripe sent, over the raw bytes: HMAC-SHA256 over `timestamp . body`, in hex, under any of the configured
 * endpoint secrets (the key is the whole text `whsec_…`). `header` is Stripe-Signature: one `t`, any number of `v1`; other
 * schemes are ignored (`v0` is of test events and proves nothing). The owner is that of the secret that matched.
 */
export function checkStripeSignature<Owner extends { readonly key: KeyObject }>(
  header: string | undefined,
  body: Uint8Array,
  owners: readonly Owner[],
  now: Instant,
): StripeSignatureCheck<Owner> {
  if (body.length === 0) return refused('empty');
  if (header === undefined || header === '') return refused('missing-header');
  const signed = signedHeader(header);
  if (signed === undefined) return refused('malformed-header');
  const { timestamp, signatures } = signed;
  if (Math.abs(epochSeconds(now) - Number(timestamp)) > TOLERANCE_SECONDS) return refused('stale');
  for (const owner of owners) {
    // As hexadecimal text, which is how it was sent: the digest is made as text sooner than as bytes.
    const expected = Buffer.from(createHmac('sha256', owner.key).update(`${timestamp}.`).update(body).digest('hex'));
    if (signatures.some((signature) => timingSafeEqual(signature, expected))) return { kind: 'verified', owner };
  }
  return refused('forged');
}

const refused = (reason: StripeSignatureRefusal): { kind: 'refused'; reason: StripeSignatureRefusal } => ({
  kind: 'refused',
  reason,
});

type SignedHeader = { readonly timestamp: string; readonly signatures: readonly Buffer[] };

/**
 * `undefined` where there is not exactly one time stamp and at least one v1. API Gateway joins a header that came twice with
 * a comma: that makes two stamps, and which of them was signed is not ours to guess.
 */
function signedHeader(header: string): SignedHeader | undefined {
  if (header.length > LONGEST_HEADER || !VISIBLE.test(header)) return undefined;
  const timestamps: string[] = [];
  const signatures: Buffer[] = [];
  for (const item of header.split(',')) {
    const [scheme, value = '', ...rest] = item.split('=');
    if (scheme === 't') timestamps.push(rest.length === 0 ? value : '');
    // What is no SHA-256 in lower-case hex can match nothing; beside one that does match it does no harm.
    if (scheme === 'v1' && rest.length === 0 && SHA256_HEX.test(value)) signatures.push(Buffer.from(value));
  }
  const [timestamp] = timestamps;
  if (timestamps.length !== 1 || timestamp === undefined || !TIMESTAMP.test(timestamp)) return undefined;
  return signatures.length === 0 ? undefined : { timestamp, signatures };
}
