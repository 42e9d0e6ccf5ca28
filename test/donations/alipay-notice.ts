import { createSign, generateKeyPairSync } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';

// Notices made with nothing of ours: what our code reads here, it has not written.

const rsaPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
export const alipayKey = rsaPair();
export const appKey = rsaPair();
export const strangersKey = rsaPair();
export const APP_ID = '2021004100000001';
export const SELLER_ID = '2088101117955611';

/** The key as Alipay's own tools write it: base64 without the lines around it. */
export const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '');

export function alipaySecret(changes: object = {}) {
  return {
    alipay: [
      {
        appId: APP_ID,
        sellerId: SELLER_ID,
        appPrivateKey: bare(appKey.privateKey),
        alipayPublicKeys: [bare(alipayKey.publicKey)],
        ...changes,
      },
    ],
  };
}
export const accounts = parseAlipayAccounts(JSON.stringify(alipaySecret())) ?? new Map();

/** Alipay's own SDK, as a merchant has it. */
export const sdk = new AlipaySdk({
  appId: APP_ID,
  privateKey: bare(appKey.privateKey),
  keyType: 'PKCS8',
  alipayPublicKey: bare(alipayKey.publicKey),
});

/** A paid trade as the documentation shows it; `undefined` takes a field away. */
export function trade(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const fields: Record<string, string | undefined> = {
    notify_time: '2026-09-07 20:00:05',
    notify_type: 'trade_status_sync',
    notify_id: '2026090700222200005001',
    app_id: APP_ID,
    charset: 'utf-8',
    version: '1.0',
    trade_no: '2026090722001400001234567890',
    out_trade_no: 'int_0123456789abcdefghjk',
    out_biz_no: '',
    buyer_id: '2088102116773037',
    buyer_logon_id: '159****5620',
    seller_id: SELLER_ID,
    seller_email: 'gifts@example.org',
    trade_status: 'TRADE_SUCCESS',
    total_amount: '17.70',
    receipt_amount: '17.70',
    buyer_pay_amount: '17.70',
    point_amount: '0.00',
    subject: '困难党员帮扶计划 100%+捐赠',
    body: '',
    gmt_create: '2026-09-07 19:59:40',
    gmt_payment: '2026-09-07 20:00:00',
    fund_bill_list: '[{"amount":"17.70","fundChannel":"ALIPAYACCOUNT"}]',
    passback_params: 'a%3D1%26b%3D%25',
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

export type Encode = (text: string) => Buffer;
const utf8: Encode = (text) => Buffer.from(text);

/** How a notice is signed: over which fields, by whom, in which bytes. */
export type Signing = {
  readonly rule?: 'V1' | 'V2';
  readonly signType?: string;
  readonly privateKey?: string;
  readonly encode?: Encode;
  readonly sign?: string;
};

/** The fields of a notice with their signature, as the documentation says it is made. */
export function signedFields(fields: Record<string, string>, signing: Signing = {}): Record<string, string> {
  const { rule = 'V1', signType = 'RSA2', privateKey = alipayKey.privateKey, encode = utf8 } = signing;
  const signed: Record<string, string> = rule === 'V2' ? { ...fields, sign_type: signType } : fields;
  const content = Object.keys(signed)
    .sort()
    .map((name) => `${name}=${signed[name]}`)
    .join('&');
  const sign = createSign('RSA-SHA256').update(encode(content)).sign(privateKey, 'base64');
  return { ...fields, sign_type: signType, sign: signing.sign ?? sign };
}

export type Notice = { readonly headers: Record<string, string>; readonly body: Buffer };

/** The form as a browser, or Java's URLEncoder, would send it in that encoding. */
export function formOf(fields: Record<string, string>, encode: Encode = utf8): Buffer {
  const escaped = (text: string): string =>
    [...encode(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        if (/[A-Za-z0-9._*-]/.test(character)) return character;
        return character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  return Buffer.from(
    Object.entries(fields)
      .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
      .join('&'),
  );
}

export const HEADERS = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

/** A signed notice, ready to be posted. */
export const notice = (changes: Record<string, string | undefined> = {}, signing: Signing = {}): Notice => ({
  headers: HEADERS,
  body: formOf(signedFields(trade(changes), signing), signing.encode),
});

/** The notice of a refund: the same trade, with how much has gone back in all. */
export const refunded = (refund_fee: string, changes: Record<string, string | undefined> = {}): Notice =>
  notice({ refund_fee, gmt_refund: '2026-09-08 10:00:00.000', out_biz_no: `R-${refund_fee}`, ...changes });
