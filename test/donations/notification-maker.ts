import { generateKeyPairSync } from 'node:crypto';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { epochSeconds, type Instant, instantOf } from '../../functions/kernel/time.ts';
import { AesGcm, Formatter, Rsa } from './wechat-pay-oracle.ts';

// Notifications made wholly by the independent library: what our code reads here, it has not written.

export const NOW: Instant = instantOf('2026-09-07T20:00:05+08:00');
export const API_V3_KEY = 'an APIv3 key of exactly 32 bytes';
export const MCHID = '1900000109';
export const APPID = 'wxd678efh567hg6787';
export const CERTIFICATE_SERIAL = '5157F09EFDC096DE15EBE81A47057A7232F1B8E1';
export const PUBLIC_KEY_ID = 'PUB_KEY_ID_0000000000000024101100397200000006';

function rsaPair(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

const certificateKey = rsaPair();
const publicKeyModeKey = rsaPair();
export const merchantKey = rsaPair();
export const strangersKey = rsaPair();
const platformKeyBySerial: Record<string, { privateKey: string; publicKey: string }> = {
  [CERTIFICATE_SERIAL]: certificateKey,
  [PUBLIC_KEY_ID]: publicKeyModeKey,
};

/** The JSON of a merchant secret, as an object that tests change. */
export function merchantSecret() {
  return {
    wechatPay: [
      {
        mchid: MCHID,
        appid: APPID,
        apiV3Key: API_V3_KEY,
        merchantSerial: '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C',
        merchantPrivateKey: merchantKey.privateKey,
        platformKeys: [
          { serial: CERTIFICATE_SERIAL, publicKey: certificateKey.publicKey },
          { serial: PUBLIC_KEY_ID, publicKey: publicKeyModeKey.publicKey },
        ],
      },
    ],
  };
}

export const merchants = parseMerchants(JSON.stringify(merchantSecret()));

/** A paid transaction as the provider's documentation shows it. */
export function transaction(changes: object = {}): Record<string, unknown> {
  return {
    appid: APPID,
    mchid: MCHID,
    out_trade_no: 'int_0123456789abcdefghjk',
    transaction_id: '4200002026202609071234567890',
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'CMC',
    attach: '',
    success_time: '2026-09-07T20:00:00+08:00',
    payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
    amount: { total: 1770, payer_total: 1770, currency: 'CNY', payer_currency: 'CNY' },
    ...changes,
  };
}

export const GCM_NONCE = 'fdasflkja484';
const HEADER_NONCE = 'c5ac7061fccab6bf3e254dcf98995b8c';

/** An encrypted resource; `changes` spoil it. */
export function resource(content: string, changes: object = {}): object {
  return {
    original_type: 'transaction',
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: AesGcm.encrypt(content, API_V3_KEY, GCM_NONCE, 'transaction'),
    associated_data: 'transaction',
    nonce: GCM_NONCE,
    ...changes,
  };
}

export function envelope(changes: object = {}): object {
  return {
    id: 'EV-2018022511223320873',
    create_time: '2026-09-07T20:00:01+08:00',
    resource_type: 'encrypt-resource',
    event_type: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    resource: resource(JSON.stringify(transaction())),
    ...changes,
  };
}

export type Signing = {
  readonly serial?: string;
  readonly privateKey?: string;
  readonly sentAt?: number;
  readonly headers?: Record<string, string | undefined>;
};
export type Notification = { readonly headers: Record<string, string>; readonly body: Buffer };

/** Signs a body as the platform does; `signing.headers` replaces headers after the signature, `undefined` removes them. */
export function signed(body: string | Buffer, signing: Signing = {}): Notification {
  const { serial = CERTIFICATE_SERIAL, sentAt = epochSeconds(NOW) } = signing;
  const privateKey = signing.privateKey ?? platformKeyBySerial[serial]?.privateKey ?? strangersKey.privateKey;
  // The library's own three lines for text; bytes that are no text it could not put between them.
  const message =
    typeof body === 'string'
      ? Formatter.response(String(sentAt), HEADER_NONCE, body)
      : Buffer.concat([Buffer.from(`${sentAt}\n${HEADER_NONCE}\n`), body, Buffer.from('\n')]);
  const headers = {
    'content-type': 'application/json',
    'wechatpay-timestamp': String(sentAt),
    'wechatpay-nonce': HEADER_NONCE,
    'wechatpay-signature': Rsa.sign(message, privateKey),
    'wechatpay-serial': serial,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    ...signing.headers,
  };
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { headers: Object.fromEntries(present), body: Buffer.from(body) };
}

/** The notification of a payment; `changes` are to the transaction. */
export function paid(changes: object = {}, signing: Signing = {}): Notification {
  return signed(JSON.stringify(envelope({ resource: resource(JSON.stringify(transaction(changes))) })), signing);
}

/** The notification of a refund of 7.70 of that payment; `changes` are to what is inside, `around` to the envelope. */
export function refundNotice(changes: object = {}, around: object = {}): Notification {
  const refund = {
    mchid: MCHID,
    out_trade_no: 'int_0123456789abcdefghjk',
    transaction_id: '4200002026202609071234567890',
    out_refund_no: 'R1-int_0123456789abcdefghjk',
    refund_id: '50000000382019052709732678859',
    refund_status: 'SUCCESS',
    success_time: '2026-09-08T10:00:00+08:00',
    user_received_account: '招商银行信用卡0403',
    amount: { total: 1770, refund: 770, payer_total: 1770, payer_refund: 770 },
    ...changes,
  };
  const content = JSON.stringify(refund);
  const sealed = {
    original_type: 'refund',
    ciphertext: AesGcm.encrypt(content, API_V3_KEY, GCM_NONCE, 'refund'),
    associated_data: 'refund',
  };
  const event = { event_type: 'REFUND.SUCCESS', summary: '退款成功', resource: resource(content, sealed), ...around };
  return signed(JSON.stringify(envelope(event)));
}
