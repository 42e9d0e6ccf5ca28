import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWechatPayNotification } from '../../functions/donations/wechat-pay-notification.ts';
import { epochSeconds } from '../../functions/kernel/time.ts';
import {
  API_V3_KEY,
  CERTIFICATE_SERIAL,
  envelope,
  GCM_NONCE,
  merchants,
  NOW,
  type Notification,
  PUBLIC_KEY_ID,
  paid,
  refundNotice,
  resource,
  type Signing,
  signed,
  strangersKey,
  transaction,
} from './notification-maker.ts';
import { AesGcm } from './wechat-pay-oracle.ts';

const read = ({ headers, body }: { headers: Record<string, string | undefined>; body: Buffer }) =>
  readWechatPayNotification({ headers, body, merchants, now: NOW });
const refused = (reason: string) => ({ kind: 'refused', reason });
const aged = (seconds: number): Signing => ({ sentAt: epochSeconds(NOW) - seconds });
const sealed = (changes: object, content = JSON.stringify(transaction())): Notification =>
  signed(JSON.stringify(envelope({ resource: resource(content, changes) })));

describe('a payment that another implementation signed and encrypted', () => {
  test.each([
    ['with the key of a platform certificate', CERTIFICATE_SERIAL],
    ['with a WeChat Pay public key', PUBLIC_KEY_ID],
  ])('is read %s', (_mode, serial) => {
    expect(read(paid({}, { serial }))).toEqual({
      kind: 'payment',
      notificationId: 'EV-2018022511223320873',
      event: {
        provider: 'wechat-pay',
        merchantId: '1900000109',
        paymentId: '4200002026202609071234567890',
        orderNo: 'int_0123456789abcdefghjk',
        amountMinor: 1770,
        payerAmountMinor: 1770,
        currency: 'CNY',
        occurredAt: '2026-09-07T12:00:00.000Z',
        payerReference: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
      },
    });
  });

  test('keeps apart what the order was for and what the payer paid after coupons', () => {
    expect(read(paid({ amount: { total: 1770, payer_total: 1270, currency: 'CNY' } }))).toMatchObject({
      event: { amountMinor: 1770, payerAmountMinor: 1270 },
    });
  });

  test('counts as its own donor’s where the provider names no payer', () => {
    expect(read(paid({ payer: undefined }))).toMatchObject({
      event: { payerReference: 'payment:4200002026202609071234567890' },
    });
  });

  test('is read without associated data, which the provider may leave out', () => {
    const ciphertext = AesGcm.encrypt(JSON.stringify(transaction()), API_V3_KEY, GCM_NONCE);
    expect(read(sealed({ ciphertext, associated_data: undefined }))).toMatchObject({ kind: 'payment' });
  });

  test('is read without the header that only says which scheme it is', () => {
    expect(read(paid({}, { headers: { 'wechatpay-signature-type': undefined } }))).toMatchObject({ kind: 'payment' });
  });

  test('may say more than we know of', () => {
    expect(read(paid({ promotion_detail: [{ coupon_id: '109519' }], new_field: 1 }))).toMatchObject({
      kind: 'payment',
    });
  });
});

describe('freshness', () => {
  test.each([299, -299])('accepts %i seconds of difference', (seconds) => {
    expect(read(paid({}, aged(seconds)))).toMatchObject({ kind: 'payment' });
  });
  test.each([300, -300, 86_400])('refuses %i seconds of difference, however well signed', (seconds) => {
    expect(read(paid({}, aged(seconds)))).toEqual(refused('stale'));
  });
});

describe('headers', () => {
  const names = ['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature', 'wechatpay-serial'];

  test.each(names)('%s must be there', (name) => {
    expect(read(paid({}, { headers: { [name]: undefined } }))).toEqual(refused('missing-header'));
  });

  test.each(names)('%s must not come twice, which API Gateway shows as a comma', (name) => {
    const { headers, body } = paid();
    expect(read({ headers: { ...headers, [name]: `${headers[name]},${headers[name]}` }, body })).toEqual(
      refused('malformed-header'),
    );
  });

  test.each(['', '0', '-1', '1.5', '1e9', '0x66', 'NaN', ' 1788782405', '99999999999999'])(
    'a timestamp is whole seconds, not %j',
    (timestamp) => {
      expect(read(paid({}, { headers: { 'wechatpay-timestamp': timestamp } }))).toEqual(refused('malformed-header'));
    },
  );

  test('another signature scheme is refused, whatever it would verify', () => {
    const headers = { 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3' };
    expect(read(paid({}, { headers }))).toEqual(refused('wrong-signature-type'));
  });
});

describe('signatures', () => {
  test.each(['4B5E0C8F1A2D3B4C5D6E7F8091A2B3C4D5E6F708', 'PUB_KEY_ID_1', '__proto__', 'constructor', 'toString'])(
    'an unknown serial is refused: %s',
    (serial) => {
      expect(read(paid({}, { serial }))).toEqual(refused('unknown-serial'));
    },
  );

  test('a signature by another key under a known serial is a forgery', () => {
    expect(read(paid({}, { privateKey: strangersKey.privateKey }))).toEqual(refused('forged'));
  });

  test('a signature by the key of the other mode is a forgery', () => {
    expect(read(paid({}, { headers: { 'wechatpay-serial': PUBLIC_KEY_ID } }))).toEqual(refused('forged'));
  });

  test('a signature over the body read as text and written again does not do', () => {
    const { headers, body } = paid();
    const respelt = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(read({ headers, body: respelt })).toEqual(refused('forged'));
  });

  test.each(['', '=', 'not base64!', 'AAAA'])('%j is no signature', (signature) => {
    expect(read(paid({}, { headers: { 'wechatpay-signature': signature } }))).toMatchObject({ kind: 'refused' });
  });

  test('the provider’s own probe fails like a forgery, but is told apart', () => {
    const genuine = paid().headers['wechatpay-signature'] ?? '';
    const probe = `WECHATPAY/SIGNTEST/${genuine.slice(19)}`;
    expect(read(paid({}, { headers: { 'wechatpay-signature': probe } }))).toEqual(refused('probe'));
    expect(read(paid({}, { headers: { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/anything' } }))).toEqual(
      refused('probe'),
    );
  });

  test('a body is not read before it is verified', () => {
    const { headers } = paid();
    expect(read({ headers, body: Buffer.from('{') })).toEqual(refused('forged'));
  });

  test('64 KB are looked at, not one byte more', () => {
    expect(read(signed(`"${'x'.repeat(64 * 1024 - 2)}"`))).toEqual(refused('wrong-envelope'));
    expect(read(signed(`"${'x'.repeat(64 * 1024 - 1)}"`))).toEqual(refused('too-large'));
  });
});

describe('what is signed but cannot be read', () => {
  test.each([
    ['not-json', '{"id":'],
    ['not-json', ''],
    ['wrong-envelope', 'null'],
    ['wrong-envelope', '[]'],
    ['wrong-envelope', '{}'],
  ])('is refused as %s: %j', (reason, body) => {
    expect(read(signed(body))).toEqual(refused(reason));
  });

  test.each([
    ['wrong-algorithm', { algorithm: 'AEAD_SM4_GCM' }],
    ['wrong-algorithm', { algorithm: 'none' }],
    ['wrong-envelope', { ciphertext: 'not base64!' }],
    ['undecryptable', { associated_data: 'refund' }],
    ['undecryptable', { ciphertext: Buffer.alloc(16).toString('base64') }],
    ['undecryptable', { ciphertext: Buffer.alloc(4).toString('base64') }],
  ])('is refused as %s when its resource has %j', (reason, changes) => {
    expect(read(sealed(changes))).toEqual(refused(reason));
  });

  test.each(['c328', 'ff', 'eda0bd'])('bytes that are no UTF-8 are not guessed at: %s', (hex) => {
    const body = Buffer.concat([Buffer.from('{"id":"'), Buffer.from(hex, 'hex'), Buffer.from('"}')]);
    expect(read(signed(body))).toEqual(refused('not-utf8'));
  });

  test.each(['eleven char', 'thirteen char', 'sixteen bytes...'])('a nonce has 12 bytes, not those of %j', (nonce) => {
    const ciphertext = AesGcm.encrypt(JSON.stringify(transaction()), API_V3_KEY, nonce, 'transaction');
    expect(read(sealed({ nonce, ciphertext }))).toEqual(refused('undecryptable'));
  });

  test('a tag of 4 bytes, which can be guessed, does not do', () => {
    const cipher = createCipheriv('aes-256-gcm', API_V3_KEY, GCM_NONCE, { authTagLength: 4 });
    cipher.setAAD(Buffer.from('transaction'));
    const content = [cipher.update(JSON.stringify(transaction())), cipher.final(), cipher.getAuthTag()];
    expect(read(sealed({ ciphertext: Buffer.concat(content).toString('base64') }))).toEqual(refused('undecryptable'));
  });

  test('a resource sealed with another key cannot be opened', () => {
    const ciphertext = AesGcm.encrypt(JSON.stringify(transaction()), 'x'.repeat(32), GCM_NONCE, 'transaction');
    expect(read(sealed({ ciphertext }))).toEqual(refused('undecryptable'));
  });

  test.each([
    ['not-json', 'no json'],
    ['wrong-transaction', '{}'],
    ['wrong-transaction', JSON.stringify(transaction({ amount: { total: 17.7, currency: 'CNY' } }))],
    ['wrong-transaction', JSON.stringify(transaction({ amount: { total: 0, currency: 'CNY' } }))],
    ['wrong-transaction', JSON.stringify(transaction({ amount: { total: -1, currency: 'CNY' } }))],
    ['wrong-transaction', JSON.stringify(transaction({ amount: { total: '1770', currency: 'CNY' } }))],
    ['wrong-transaction', JSON.stringify(transaction({ amount: { total: 10, payer_total: 11, currency: 'CNY' } }))],
    ['wrong-transaction', JSON.stringify(transaction({ success_time: 'yesterday' }))],
    ['wrong-transaction', JSON.stringify(transaction({ transaction_id: '' }))],
    ['wrong-transaction', JSON.stringify(transaction({ out_trade_no: 'with space' }))],
    ['wrong-merchant', JSON.stringify(transaction({ mchid: '1900000110' }))],
    ['wrong-merchant', JSON.stringify(transaction({ appid: 'wx0000000000000000' }))],
    ['wrong-currency', JSON.stringify(transaction({ amount: { total: 1770, currency: 'XXX' } }))],
    ['too-deep', '['.repeat(33)],
  ])('is refused as %s when it says %s', (reason, content) => {
    expect(read(sealed({ ciphertext: AesGcm.encrypt(content, API_V3_KEY, GCM_NONCE, 'transaction') }))).toEqual(
      refused(reason),
    );
  });
});

describe('a refund that another implementation signed and encrypted', () => {
  test('is read with its own id, its part of the payment and its time', () => {
    expect(read(refundNotice())).toEqual({
      kind: 'refund',
      notificationId: 'EV-2018022511223320873',
      event: {
        provider: 'wechat-pay',
        merchantId: '1900000109',
        paymentId: '4200002026202609071234567890',
        orderNo: 'int_0123456789abcdefghjk',
        refundId: '50000000382019052709732678859',
        amountMinor: 770,
        currency: 'CNY',
        occurredAt: '2026-09-08T02:00:00.000Z',
      },
    });
  });

  test.each([
    ['CLOSED', 'REFUND.CLOSED'],
    ['ABNORMAL', 'REFUND.ABNORMAL'],
    // What is sealed inside decides: an envelope that says more than it is books nothing.
    ['ABNORMAL', 'REFUND.SUCCESS'],
  ])('that ended %s under %s did not give the money back', (refund_status, event_type) => {
    expect(read(refundNotice({ refund_status, success_time: undefined }, { event_type }))).toMatchObject({
      kind: 'refund-failed',
      refundStatus: refund_status,
      orderNo: 'int_0123456789abcdefghjk',
    });
  });

  test.each([
    ['wrong-transaction', { amount: { total: 1770, refund: 1771 } }],
    ['wrong-transaction', { amount: { total: 1770, refund: 0 } }],
    ['wrong-transaction', { amount: { total: 1770 } }],
    ['wrong-transaction', { refund_id: undefined }],
    ['wrong-transaction', { success_time: undefined }],
    ['wrong-merchant', { mchid: '1900000110' }],
  ])('is refused as %s when it says %j', (reason, changes) => {
    expect(read(refundNotice(changes))).toEqual(refused(reason));
  });
});

describe('what is genuine but moves no money', () => {
  test.each(['NOTPAY', 'CLOSED', 'PAYERROR'])('a transaction that is %s brought none', (state) => {
    expect(read(paid({ trade_state: state, success_time: undefined }))).toMatchObject({
      kind: 'ignored',
      eventType: `TRANSACTION.SUCCESS/${state}`,
    });
  });

  test('an event type that is not known is left alone, whatever its name is in this language', () => {
    for (const event_type of ['CONTRACT.SIGNED', 'CONSTRUCTOR', '__PROTO__'])
      expect(read(signed(JSON.stringify(envelope({ event_type }))))).toMatchObject({ kind: 'ignored' });
  });

  test('a transaction that has been refunded meanwhile was paid all the same', () => {
    expect(read(paid({ trade_state: 'REFUND' }))).toMatchObject({ kind: 'payment' });
  });
});

describe('properties', () => {
  test('no changed byte of a genuine notification is taken for a payment', () => {
    const { headers, body } = paid();
    const spoilt = fc.record({ at: fc.nat(body.length - 1), by: fc.integer({ min: 1, max: 255 }) });
    fc.assert(
      fc.property(spoilt, ({ at, by }) => {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] ?? 0) ^ by;
        expect(read({ headers, body: changed })).toEqual(refused('forged'));
      }),
      { numRuns: 3000 },
    );
  });

  test('no changed header of a genuine notification is taken for a payment', () => {
    const { headers, body } = paid();
    const names = ['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature', 'wechatpay-serial'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 400 }), (name, value) => {
        fc.pre(value !== headers[name]);
        expect(read({ headers: { ...headers, [name]: value }, body })).toMatchObject({ kind: 'refused' });
      }),
      { numRuns: 3000 },
    );
  });

  test('whatever the provider may sign is answered without an exception', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.boolean(), (content, asTransaction) => {
        const ciphertext = asTransaction ? AesGcm.encrypt(content, API_V3_KEY, GCM_NONCE, 'transaction') : '';
        const outcome = read(asTransaction ? sealed({ ciphertext }) : signed(content));
        expect(outcome.kind).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  test('any field of a transaction replaced by anything is answered without an exception', () => {
    const field = fc.constantFrom(...Object.keys(transaction()));
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        expect(['payment', 'ignored', 'refused']).toContain(read(paid({ [name]: value })).kind);
      }),
      { numRuns: 300 },
    );
  });
});
