import { type KeyObject, sign, verify } from 'node:crypto';
import type { Instant } from '../kernel/time.ts';
import { epochSeconds } from '../kernel/time.ts';
import type { Headers } from './webhook-body.ts';
import type { Merchant } from './wechat-pay-merchant.ts';

/** The one scheme there is. Ours to choose: what a message says of itself never selects an algorithm. */
const SIGNATURE_TYPE = 'WECHATPAY2-SHA256-RSA2048';
/** Older or newer than this is refused, as the provider's own Go library does: 299 s passes, 300 s does not. */
const FRESHNESS_SECONDS = 300;
/** What a signature probe's value begins with (pay.weixin.qq.com/doc/v3/merchant/4016241880). */
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/';

// No comma in any of these: API Gateway joins a header that came twice with one, and which of the two was signed is
// not ours to guess.
const TIMESTAMP = /^[1-9]\d{8,10}$/;
const TOKEN = /^[\x21-\x2b\x2d-\x7e]{1,1400}$/;
const LONGEST_TOKEN = 1400;

export type SignatureRefusal =
  | 'missing-header'
  | 'malformed-header'
  | 'wrong-signature-type'
  | 'stale'
  | 'unknown-serial'
  | 'probe'
  | 'forged';
export type SignatureCheck<Owner> =
  | { readonly kind: 'verified'; readonly owner: Owner }
  | { readonly kind: 'refused'; readonly reason: SignatureRefusal };

/**
 * Verifies what the provider sent, over the raw bytes: RSASSA-PKCS1-v1_5 with SHA-256 over
 * `timestamp LF nonce LF body LF`. The key is looked up among the configured ones; an unknown serial is refused and
 * nothing is fetched for it.
 */
export function checkSignature<Owner extends { readonly key: KeyObject }>(
  headers: Headers,
  body: Uint8Array,
  owners: ReadonlyMap<string, Owner>,
  now: Instant,
): SignatureCheck<Owner> {
  const timestamp = headers['wechatpay-timestamp'];
  const nonce = headers['wechatpay-nonce'];
  const signature = headers['wechatpay-signature'];
  const serial = headers['wechatpay-serial'];
  if (timestamp === undefined || nonce === undefined || signature === undefined || serial === undefined) {
    return refused('missing-header');
  }
  const signatureBytes = signatureIn(signature);
  // What is base64 needs no second look at its 344 characters.
  const isToken = signatureBytes !== undefined || TOKEN.test(signature);
  if (!TIMESTAMP.test(timestamp) || !isToken || !TOKEN.test(nonce) || !TOKEN.test(serial))
    return refused('malformed-header');
  // Older documentation does not list this header, so its absence is no reason to refuse money; another value is.
  if ((headers['wechatpay-signature-type'] ?? SIGNATURE_TYPE) !== SIGNATURE_TYPE)
    return refused('wrong-signature-type');
  if (Math.abs(epochSeconds(now) - Number(timestamp)) >= FRESHNESS_SECONDS) return refused('stale');
  const owner = owners.get(serial);
  if (owner === undefined) return refused('unknown-serial');
  const signed = signedBytes([timestamp, nonce], body);
  if (signatureBytes !== undefined && verify('sha256', signed, owner.key, signatureBytes))
    return { kind: 'verified', owner };
  // The provider tests us with signatures that must fail: counted apart from forgeries, but refused all the same.
  return refused(signature.startsWith(PROBE_PREFIX) ? 'probe' : 'forged');
}

const refused = (reason: SignatureRefusal): { kind: 'refused'; reason: SignatureRefusal } => ({
  kind: 'refused',
  reason,
});

/** Lines and then the body, each ended by a line feed, the last one too. */
function signedBytes(lines: readonly string[], body: Uint8Array): Buffer {
  const head = Buffer.from(`${lines.join('\n')}\n`);
  const bytes = Buffer.allocUnsafe(head.length + body.length + 1);
  bytes.set(head);
  bytes.set(body, head.length);
  bytes[bytes.length - 1] = LINE_FEED;
  return bytes;
}
const LINE_FEED = 0x0a;

function signatureIn(text: string): Buffer | undefined {
  if (text.length === 0 || text.length > LONGEST_TOKEN) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is no base64 and takes the URL alphabet too; only the one spelling of these bytes is a signature.
  return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * The Authorization header of a request of ours (pay.weixin.qq.com, request signature). `pathAndQuery` exactly as it
 * is sent; `nonce` is random, so that no request can be sent again by somebody else.
 */
export function authorizationOf(
  merchant: Pick<Merchant, 'mchid' | 'merchantSerial' | 'merchantPrivateKey'>,
  request: {
    readonly method: 'GET' | 'POST';
    readonly pathAndQuery: string;
    readonly body: string;
    readonly nonce: string;
  },
  now: Instant,
): string {
  const timestamp = String(epochSeconds(now));
  const { method, pathAndQuery, nonce, body } = request;
  const bytes = signedBytes([method, pathAndQuery, timestamp, nonce], Buffer.from(body));
  const fields = {
    mchid: merchant.mchid,
    nonce_str: nonce,
    signature: sign('sha256', bytes, merchant.merchantPrivateKey).toString('base64'),
    timestamp,
    serial_no: merchant.merchantSerial,
  };
  const list = Object.entries(fields).map(([name, value]) => `${name}="${value}"`);
  return `${SIGNATURE_TYPE} ${list.join(',')}`;
}
