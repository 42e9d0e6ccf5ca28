import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { readAlipayNotification } from '../../functions/donations/alipay-notification.ts';
import {
  accounts,
  alipayKey,
  alipaySecret,
  appKey,
  type Encode,
  formOf,
  HEADERS,
  type Notice,
  notice,
  refunded,
  SELLER_ID,
  sdk,
  signedFields,
  strangersKey,
  trade,
} from './alipay-notice.ts';

const read = ({ headers, body }: Notice) => readAlipayNotification({ headers, body, accounts });
const refused = (reason: string) => ({ kind: 'refused', reason });

describe('a notice of a payment', () => {
  test('is read with its amounts to the fen and its time as Beijing’s', () => {
    expect(read(notice())).toEqual({
      kind: 'trade',
      notifyId: '2026090700222200005001',
      payment: {
        provider: 'alipay',
        merchantId: SELLER_ID,
        paymentId: '2026090722001400001234567890',
        orderNo: 'int_0123456789abcdefghjk',
        amountMinor: 1770,
        payerAmountMinor: 1770,
        currency: 'CNY',
        occurredAt: '2026-09-07T12:00:00.000Z',
        payerReference: '2088102116773037',
      },
    });
  });

  test.each(['V1', 'V2'] as const)('is verified by rule %s of what is signed, as Alipay’s own SDK does', (rule) => {
    const fields = signedFields(trade(), { rule });
    expect(sdk.checkNotifySignV2(fields)).toBe(true);
    expect(read({ headers: HEADERS, body: formOf(fields) })).toMatchObject({ kind: 'trade' });
  });

  test('keeps apart what the order was for and what the payer paid after coupons', () => {
    expect(read(notice({ buyer_pay_amount: '12.70' }))).toMatchObject({
      payment: { amountMinor: 1770, payerAmountMinor: 1270 },
    });
  });

  test.each([
    ['17.7', 1770],
    ['17', 1700],
    ['0.01', 1],
    ['0.30', 30],
  ])('of %s yuan is %i fen', (total_amount, amountMinor) => {
    expect(read(notice({ total_amount, buyer_pay_amount: '' }))).toMatchObject({ payment: { amountMinor } });
  });

  test('counts as its own donor’s where Alipay names no payer', () => {
    expect(read(notice({ buyer_id: '' }))).toMatchObject({
      payment: { payerReference: 'payment:2026090722001400001234567890' },
    });
    expect(
      read(notice({ buyer_id: undefined, buyer_open_id: '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5' })),
    ).toMatchObject({ payment: { payerReference: '074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5' } });
  });

  test('in GBK is verified over its bytes and read', () => {
    // 困难 and 捐赠 in GBK; everything else of the notice is ASCII.
    const gbk: Encode = (text) =>
      Buffer.concat(
        [...text].map((character) =>
          Buffer.from(
            { 困: 'c0a7', 难: 'c4d1', 捐: 'bee8', 赠: 'd4f9' }[character] ?? character.charCodeAt(0).toString(16),
            'hex',
          ),
        ),
      );
    for (const charset of ['GBK', 'gb2312', 'GB18030'])
      expect(read(notice({ charset, subject: '困难 捐赠' }, { encode: gbk }))).toMatchObject({ kind: 'trade' });
  });
});

describe('a notice of a refund', () => {
  test('tells of its payment again and of how much has gone back in all', () => {
    expect(read(refunded('5.00'))).toMatchObject({
      kind: 'trade',
      payment: { amountMinor: 1770, occurredAt: '2026-09-07T12:00:00.000Z' },
      refunded: {
        paymentId: '2026090722001400001234567890',
        refundedMinor: 500,
        occurredAt: '2026-09-08T02:00:00.000Z',
      },
    });
  });

  test('of the whole closes the trade', () => {
    for (const refund_fee of ['17.70', undefined])
      expect(read(notice({ trade_status: 'TRADE_CLOSED', refund_fee }))).toMatchObject({
        refunded: { refundedMinor: 1770 },
      });
  });

  test.each(['', '0.00', undefined])('that says %j is none', (refund_fee) => {
    expect(read(notice({ refund_fee }))).not.toHaveProperty('refunded');
  });
});

describe('a notice of nothing that moved', () => {
  test.each([
    ['an order that waits', { trade_status: 'WAIT_BUYER_PAY', gmt_payment: undefined }],
    ['an order that was closed unpaid', { trade_status: 'TRADE_CLOSED', gmt_payment: undefined }],
    ['something else that happened', { notify_type: 'dut_user_sign', trade_status: undefined }],
    ['a status that is named like a method', { trade_status: 'constructor' }],
  ])('is left alone: %s', (_what, changes) => {
    expect(read(notice(changes)).kind).toBe('ignored');
  });
});

describe('a notice is refused', () => {
  const body = (text: string): Notice => ({ headers: HEADERS, body: Buffer.from(text) });
  const tampered = (): Notice => {
    const fields = signedFields(trade());
    return { headers: HEADERS, body: formOf({ ...fields, total_amount: '1770.00' }) };
  };
  const cases: [string, string, () => Notice][] = [
    ['too-large', 'of 64 KB and more', () => body(`sign=${'x'.repeat(70_000)}`)],
    ['wrong-content-type', 'of JSON', () => ({ ...notice(), headers: { 'content-type': 'application/json' } })],
    [
      'wrong-content-type',
      'of a type that came twice',
      () => ({ ...notice(), headers: { 'content-type': 'application/x-www-form-urlencoded,text/plain' } }),
    ],
    ['malformed-form', 'with an escape that is none', () => body('sign=%zz&app_id=1')],
    ['malformed-form', 'with a cut escape', () => body('sign=abc%4')],
    ['malformed-form', 'with a name alone', () => body('sign')],
    ['malformed-form', 'empty', () => body('')],
    [
      'malformed-form',
      'with a field twice',
      () => ({ headers: HEADERS, body: Buffer.concat([notice().body, Buffer.from('&total_amount=1770.00')]) }),
    ],
    [
      'malformed-form',
      'with thousands of fields',
      () => body(Array.from({ length: 5_000 }, (_, n) => `f${n}=`).join('&')),
    ],
    ['wrong-signature-type', 'signed as of old, with SHA-1', () => notice({}, { signType: 'RSA' })],
    ['wrong-signature-type', 'without a signature type', () => body('sign=abc&app_id=1')],
    ['unknown-app', 'of another application', () => notice({ app_id: '2021004100000002' })],
    ['unknown-app', 'of an application named like a property', () => notice({ app_id: '__proto__' })],
    ['forged', 'signed by somebody else', () => notice({}, { privateKey: strangersKey.privateKey })],
    ['forged', 'signed by our own key', () => notice({}, { privateKey: appKey.privateKey })],
    ['forged', 'changed after it was signed', tampered],
    ['forged', 'without a signature', () => notice({}, { sign: '' })],
    ['forged', 'with a signature in another alphabet', () => notice({}, { sign: '-_'.repeat(172) })],
    ['wrong-charset', 'in a charset that Alipay does not offer', () => notice({ charset: 'utf-7' })],
    [
      'malformed-form',
      'that is no UTF-8, as it says it is',
      () => notice({ subject: 'ÿ' }, { encode: (text) => Buffer.from(text, 'latin1') }),
    ],
    [
      'not-text',
      'that is no GBK, as it says it is',
      () => notice({ charset: 'GBK', seller_id: '\u0081' }, { encode: (text) => Buffer.from(text, 'latin1') }),
    ],
    ['wrong-merchant', 'to another account', () => notice({ seller_id: '2088000000000000' })],
    ['wrong-notice', 'without an amount', () => notice({ total_amount: undefined })],
    ['wrong-notice', 'of nothing', () => notice({ total_amount: '0.00' })],
    ['wrong-notice', 'of less than nothing', () => notice({ total_amount: '-1.00' })],
    ['wrong-notice', 'of a fraction of a fen', () => notice({ total_amount: '17.701' })],
    ['wrong-notice', 'of an enormous amount', () => notice({ total_amount: '9'.repeat(16) })],
    ['wrong-notice', 'in words', () => notice({ total_amount: '1e3' })],
    ['wrong-notice', 'that gave back more than was paid', () => refunded('17.71')],
    ['wrong-notice', 'whose payer paid more than the order', () => notice({ buyer_pay_amount: '17.71' })],
    ['wrong-notice', 'paid at no time', () => notice({ gmt_payment: 'yesterday' })],
    ['wrong-notice', 'paid, but without the time', () => notice({ gmt_payment: '' })],
    ['wrong-notice', 'without an order', () => notice({ out_trade_no: '' })],
  ];
  test.each(cases)('as %s when it is %s', (reason, _what, make) => {
    expect(read(make())).toEqual(refused(reason));
  });
});

describe('properties', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '%', '%25', 'a+b', '100%', '&=', '困难'),
  );
  const names = fc
    .stringMatching(/^[a-z_]{1,12}$/)
    .filter((name) => !['sign', 'sign_type', 'app_id', 'charset'].includes(name));

  test('whatever fields Alipay signs, we verify them as its own SDK does, and nothing that it does not', () => {
    fc.assert(
      fc.property(
        fc.dictionary(names, text, { maxKeys: 8 }),
        fc.constantFrom('V1' as const, 'V2' as const),
        fc.boolean(),
        (fields, rule, spoil) => {
          const wellFormed = Object.fromEntries(
            Object.entries(fields).map(([name, value]) => [name, value.toWellFormed()]),
          );
          const signed = signedFields({ ...wellFormed, app_id: trade()['app_id'] ?? '', charset: 'utf-8' }, { rule });
          const sent = spoil ? { ...signed, spoilt: 'x' } : signed;
          const verdict = read({ headers: HEADERS, body: formOf(sent) });
          const isVerified = verdict.kind !== 'refused' || verdict.reason === 'wrong-notice';
          expect(isVerified).toBe(sdk.checkNotifySignV2(sent));
          expect(isVerified).toBe(!spoil);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('no changed byte of a genuine notice is taken for a payment of anything else', () => {
    const genuine = notice();
    const before = read(genuine);
    fc.assert(
      fc.property(fc.nat(genuine.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const body = Buffer.from(genuine.body);
        body[at] = (body[at] ?? 0) ^ change;
        const after = read({ headers: HEADERS, body });
        // A hexadecimal digit of an escape may change its case, and a blank its spelling: those are the same bytes.
        if (after.kind !== 'refused') expect(after).toEqual(before);
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('the accounts', () => {
  test('may be several, one for each organisation, with keys as Alipay’s tools write them', () => {
    const two = [
      { ...alipaySecret().alipay[0], organisationId: 'dazhou' },
      {
        ...alipaySecret().alipay[0],
        appId: '2021004100000002',
        appPrivateKey: appKey.privateKey,
        alipayPublicKeys: [strangersKey.publicKey, alipayKey.publicKey],
      },
    ];
    const parsed = parseAlipayAccounts(JSON.stringify({ alipay: two }));
    expect([...(parsed?.values() ?? [])]).toMatchObject([{ organisationId: 'dazhou' }, { appId: '2021004100000002' }]);
    const { headers, body } = notice({ app_id: '2021004100000002' });
    expect(readAlipayNotification({ headers, body, accounts: parsed ?? new Map() }).kind).toBe('trade');
  });

  test('are none where the secret has no section, and then the door is closed', () => {
    expect(parseAlipayAccounts('{"wechatPay":[]}')).toBeUndefined();
  });

  test.each([
    [{ appId: 'x' }, 'alipay.0.appId'],
    [{ sellerId: '1234567890123456' }, 'alipay.0.sellerId'],
    [{ appPrivateKey: 'no key' }, 'unreadable key at: alipay.0.appPrivateKey'],
    [{ alipayPublicKeys: [] }, 'alipay.0.alipayPublicKeys'],
    [{ alipayPublicKeys: ['AAAA'] }, 'unreadable key at: alipay.0.alipayPublicKeys.0'],
  ])('are refused with the field named: %j', (changes, message) => {
    expect(() => parseAlipayAccounts(JSON.stringify(alipaySecret(changes)))).toThrow(message);
  });
});
