import { createHash, createHmac } from 'node:crypto';

/** One call of an RPC-style API: everything stands in the query, the body is empty. */
export type AliyunCall = {
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
  /** To the second, in UTC: `2023-10-26T10:22:32Z`. */
  readonly date: string;
  readonly nonce: string;
};
export type AliyunAccount = { readonly accessKeyId: string; readonly accessKeySecret: string };

const ALGORITHM = 'ACS3-HMAC-SHA256';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 3986: `encodeURIComponent` leaves five characters as they are that must be encoded. */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** The query with its names in order, as it is signed and as it is sent. */
export const canonicalQuery = (query: AliyunCall['query']): string =>
  Object.entries(query)
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .sort()
    .join('&');

/**
 * The headers of a signed POST (Alibaba Cloud, "V3 request structure and signature"): the request in canonical form, its SHA-256, and of that
 * an HMAC with the account's secret.
 */
export function signedHeaders(account: AliyunAccount, call: AliyunCall): Record<string, string> {
  const headers: Record<string, string> = {
    host: call.host,
    'x-acs-action': call.action,
    'x-acs-content-sha256': sha256(''),
    'x-acs-date': call.date,
    'x-acs-signature-nonce': call.nonce,
    'x-acs-version': call.version,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const signed = names.join(';');
  const request = ['POST', '/', canonicalQuery(call.query), lines, signed, sha256('')].join('\n');
  const signature = createHmac('sha256', account.accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(request)}`)
    .digest('hex');
  return {
    ...headers,
    authorization: `${ALGORITHM} Credential=${account.accessKeyId},SignedHeaders=${signed},Signature=${signature}`,
  };
}
