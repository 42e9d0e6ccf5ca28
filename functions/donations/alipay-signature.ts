import { type KeyObject, sign, verify } from 'node:crypto';
import type { FormFields } from './alipay-form.ts';

/** RSA2 is RSASSA-PKCS1-v1_5 with SHA-256. Ours to choose: what a message says of itself never selects an algorithm. */
export const SIGNATURE_TYPE = 'RSA2';
const BASE64 = /^[A-Za-z0-9+/]{300,1400}={0,2}$/;

/**
 * What Alipay signs in a notice: all fields but the signature, by the ASCII order of their names, empty ones too, as
 * `name=value` joined by `&`, in the very bytes that were sent. Notices of trades leave out `sign_type` as well
 * (getSignCheckContentV1 of Alipay's own SDKs), those of some other products keep it (V2).
 */
export function signedContentOf(fields: FormFields, leaveOut: readonly string[]): Buffer {
  const names = [...fields.keys()].filter((name) => !leaveOut.includes(name)).sort();
  const parts = names.flatMap((name, position) => [
    Buffer.from(`${position === 0 ? '' : '&'}${name}=`, 'latin1'),
    fields.get(name) ?? Buffer.alloc(0),
  ]);
  return Buffer.concat(parts);
}

const LEFT_OUT = [['sign', 'sign_type'], ['sign']] as const;

/** Whether one of the keys signed these fields, by either rule of what is signed. */
export function isSignedByAlipay(fields: FormFields, keys: readonly KeyObject[]): boolean {
  const text = fields.get('sign')?.toString('latin1') ?? '';
  if (!BASE64.test(text)) return false;
  const signature = Buffer.from(text, 'base64');
  return LEFT_OUT.some((leaveOut) => {
    const content = signedContentOf(fields, leaveOut);
    return keys.some((key) => verify('sha256', content, key, signature));
  });
}

/** Base64 of our own signature over text. */
export const signatureOf = (content: string, key: KeyObject): string =>
  sign('sha256', Buffer.from(content), key).toString('base64');
