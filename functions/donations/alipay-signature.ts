import { type KeyObject, sign, verify } from 'node:crypto';
import type { Form } from './alipay-form.ts';

/** RSA2 is RSASSA-PKCS1-v1_5 with SHA-256. Ours to choose: what a message says of itself never selects an algorithm. */
export const SIGNATURE_TYPE = 'RSA2';
/** Base64 of an RSA signature of 2,048 to 8,192 bits. */
export const BASE64_SIGNATURE = /^[A-Za-z0-9+/]{300,1400}={0,2}$/;

/**
 * What Alipay signs in a notice: all fields but the signature, by the ASCII order of their names, empty ones too, as
 * `name=value` joined by `&`, in the very bytes that were sent. Notices of trades leave out `sign_type` as well
 * (getSignCheckContentV1 of Alipay's own SDKs), those of some other products keep it (V2).
 */
function signedContentOf({ fields, bytesAs }: Form, keepsType: boolean): Buffer {
  let content = '';
  for (const name of [...fields.keys()].sort()) {
    if (name === 'sign' || (name === 'sign_type' && !keepsType)) continue;
    content += `${content === '' ? '' : '&'}${name}=${fields.get(name)}`;
  }
  return Buffer.from(content, bytesAs);
}

/** Whether one of the keys signed this form, by either rule of what is signed. */
export function isSignedByAlipay(form: Form, keys: readonly KeyObject[]): boolean {
  const text = form.fields.get('sign') ?? '';
  if (!BASE64_SIGNATURE.test(text)) return false;
  const signature = Buffer.from(text, 'base64');
  return [false, true].some((keepsType) => {
    const content = signedContentOf(form, keepsType);
    return keys.some((key) => verify('sha256', content, key, signature));
  });
}

/** Base64 of our own signature over text. */
export const signatureOf = (content: string, key: KeyObject): string =>
  sign('sha256', Buffer.from(content), key).toString('base64');
