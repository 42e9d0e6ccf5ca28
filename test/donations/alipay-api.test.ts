import { createPublicKey, createSign } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alipayAnswer, rawMembers } from '../../functions/donations/alipay-answer.ts';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { alipayOrders, findAlipayOrder } from '../../functions/donations/alipay-order.gateway.ts';
import { alipayOrderState } from '../../functions/donations/alipay-trade.ts';
import type { DonationIntent } from '../../functions/donations/donation-intent.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';
import { accounts, alipayKey, SELLER_ID, sdk, strangersKey } from './alipay-notice.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');
const METHOD = 'alipay.trade.query';
const KEY = 'alipay_trade_query_response';
const [account] = accounts.values();
if (account === undefined) throw new Error('there is no account');

const signedBy = (content: string, privateKey = alipayKey.privateKey): string =>
  createSign('RSA-SHA256').update(content).sign(privateKey, 'base64');
const answerOf = (content: string, privateKey?: string): string =>
  `{"${KEY}":${content},"sign":"${signedBy(content, privateKey)}"}`;
const read = (text: string) => alipayAnswer(text, METHOD, account.alipayPublicKeys);

/** What Alipay's own SDK says of an answer. */
function sdkTakes(text: string): boolean {
  try {
    sdk.checkResponseSign(text, KEY, JSON.parse(text).sign, '');
    return true;
  } catch {
    return false;
  }
}

const TRADE = {
  code: '10000',
  msg: 'Success',
  buyer_logon_id: '159****5620',
  buyer_pay_amount: '0.00',
  buyer_user_id: '2088102116773037',
  invoice_amount: '0.00',
  out_trade_no: 'int_1',
  point_amount: '0.00',
  receipt_amount: '0.00',
  send_pay_date: '2026-09-07 20:00:00',
  total_amount: '17.70',
  trade_no: '2026090722001400001234567890',
  trade_status: 'TRADE_SUCCESS',
};

describe('an answer of Alipay’s gateway', () => {
  test('is read where Alipay’s own SDK takes its signature, whatever is in it', () => {
    const content = fc.record({
      code: fc.constant('10000'),
      any: fc.jsonValue(),
      text: fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => text.isWellFormed()),
      tricky: fc.constantFrom('a}b{"', '"sign":"x"', 'https:\\/\\/qr.alipay.com', '\\', '"}'),
    });
    fc.assert(
      fc.property(content, (value) => {
        const text = answerOf(JSON.stringify(value).replaceAll('/', '\\/'));
        expect(sdkTakes(text)).toBe(true);
        expect(read(text)).toEqual({
          kind: 'signed',
          code: '10000',
          subCode: '',
          value: JSON.parse(JSON.stringify(value)),
        });
      }),
      { numRuns: 300 },
    );
  });

  test('is never taken where a letter of it was changed on the way', () => {
    const text = answerOf(JSON.stringify(TRADE));
    const end = text.indexOf(',"sign"');
    fc.assert(
      fc.property(fc.nat(end - KEY.length - 5), fc.constantFrom('0', '9', ' ', '}', '"', 'x'), (offset, letter) => {
        const at = KEY.length + 4 + offset;
        if (text[at] === letter) return;
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
        expect(read(changed).kind).not.toBe('signed');
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['by somebody else', answerOf(JSON.stringify(TRADE), strangersKey.privateKey)],
    ['by nobody', `{"${KEY}":${JSON.stringify(TRADE)}}`],
    ['with no text', `{"${KEY}":${JSON.stringify(TRADE)},"sign":7}`],
    ['over another answer', answerOf(JSON.stringify(TRADE)).replace(KEY, 'alipay_trade_refund_response')],
    ['over the second of two', `{"${KEY}":{"code":"10000"},${answerOf(JSON.stringify(TRADE)).slice(1)}`],
    ['at all, being a page', '<html>504</html>'],
    ['at all, being cut off', answerOf(JSON.stringify(TRADE)).slice(0, 200)],
  ])('is no answer where it was signed %s', (_how, text) => {
    expect(read(text)).toEqual({ kind: 'unsigned' });
  });

  test('may be a refusal that nobody signed, which says nothing of money', () => {
    const refusal =
      '{"error_response":{"code":"20000","msg":"Service Currently Unavailable","sub_code":"isp.unknow-error"}}';
    expect(read(refusal)).toEqual({ kind: 'refusal', code: '20000', subCode: 'isp.unknow-error' });
    const success = '{"error_response":{"code":"10000","msg":"Success"}}';
    expect(read(success)).toEqual({ kind: 'unsigned' });
  });

  test('is cut from its text by whole members, of any JSON object and nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), (object, indent) => {
        const members = rawMembers(JSON.stringify(object, null, indent));
        const parsed = [...(members ?? [])].map(([name, raw]) => [name, JSON.parse(raw)]);
        expect(parsed).toEqual(Object.entries(JSON.parse(JSON.stringify(object))));
      }),
    );
    for (const text of [
      '',
      '[]',
      '"x"',
      '{',
      '{"a":1',
      '{"a":1}x',
      '{"a":1,"a":2}',
      '{"a"1}',
      '{a:1}',
      '{"a":}',
      '{"a":[}',
    ])
      expect(rawMembers(text)?.get('a') === undefined || rawMembers(text)?.size === 1).toBe(true);
  });
});

describe('what became of an order', () => {
  const stateOf = (changes: object = {}) => alipayOrderState({ ...TRADE, ...changes }, SELLER_ID, 'int_1');

  test('is a payment like the one that a notice tells of', () => {
    expect(stateOf()).toEqual({
      kind: 'payment',
      refundedMinor: 0,
      payment: {
        provider: 'alipay',
        merchantId: SELLER_ID,
        paymentId: TRADE.trade_no,
        orderNo: 'int_1',
        amountMinor: 1770,
        payerAmountMinor: 1770,
        currency: 'CNY',
        occurredAt: '2026-09-07T12:00:00.000Z',
        payerReference: '2088102116773037',
      },
    });
    expect(stateOf({ buyer_pay_amount: '17.00' })).toMatchObject({ payment: { payerAmountMinor: 1700 } });
  });

  test('is a payment that went back whole where it was closed after it was paid', () => {
    expect(stateOf({ trade_status: 'TRADE_CLOSED' })).toMatchObject({ kind: 'payment', refundedMinor: 1770 });
    expect(stateOf({ trade_status: 'TRADE_CLOSED', send_pay_date: undefined })).toMatchObject({ kind: 'unpaid' });
    expect(stateOf({ trade_status: 'WAIT_BUYER_PAY' })).toMatchObject({ kind: 'unpaid', state: 'WAIT_BUYER_PAY' });
  });

  test.each([
    [{ out_trade_no: 'int_2' }, 'other-order'],
    [{ total_amount: '0.00' }, 'wrong-answer'],
    [{ total_amount: '17.701' }, 'wrong-answer'],
    [{ send_pay_date: undefined }, 'wrong-answer'],
    [{ send_pay_date: '2026-02-30 20:00:00' }, 'wrong-answer'],
    [{ buyer_pay_amount: '17.71' }, 'wrong-answer'],
    [{ trade_no: 'a b' }, 'wrong-answer'],
  ])('cannot be %j', (changes, reason) => {
    expect(stateOf(changes)).toEqual({ kind: 'refused', reason });
  });
});

describe('asking Alipay', () => {
  const nameOf = (failure: Promise<unknown>): Promise<string> =>
    failure.then(
      (value) => `no failure: ${JSON.stringify(value)}`,
      (error: Error) => error.name,
    );
  const ask = (answer: Response | Error) =>
    findAlipayOrder(
      {
        gatewayUrl: 'https://openapi.alipay.com/gateway.do',
        account,
        now: NOW,
        fetch: (async () => {
          if (answer instanceof Error) throw answer;
          return answer;
        }) as typeof fetch,
      },
      'int_1',
    );
  const refused = (code: string, sub_code: string, isSigned = true) => {
    const content = JSON.stringify({ code, msg: '…', sub_code });
    return new Response(isSigned ? answerOf(content) : `{"error_response":${content}}`);
  };

  test.each([
    ['TransientError', new TypeError('fetch failed')],
    ['TransientError', new Response('', { status: 502 })],
    ['ThrottledError', new Response('', { status: 429 })],
    ['PermanentError', new Response('', { status: 404 })],
    ['PermanentError', new Response('<html></html>')],
    ['PermanentError', new Response('x'.repeat(65 * 1024))],
    ['TransientError', refused('20000', 'isp.unknow-error', false)],
    ['TransientError', refused('40004', 'ACQ.SYSTEM_ERROR')],
    ['ThrottledError', refused('40005', 'isv.app-call-limited')],
    ['ThrottledError', refused('40004', 'isv.method-call-limited')],
    ['PermanentError', refused('40002', 'isv.invalid-signature')],
    ['PermanentError', refused('40006', 'isv.insufficient-isv-permissions')],
    ['PermanentError', refused('40004', 'ACQ.INVALID_PARAMETER')],
    // That an order is not known is believed only where it is signed: it would never be asked for again.
    ['PermanentError', refused('40004', 'ACQ.TRADE_NOT_EXIST', false)],
  ] as [string, Response | Error][])('fails as %s', async (name, answer) => {
    expect(await nameOf(ask(answer))).toBe(name);
  });

  test('says that nobody knows the order where Alipay signs that', async () => {
    expect(await ask(refused('40004', 'ACQ.TRADE_NOT_EXIST'))).toEqual({ kind: 'unknown-order' });
  });
});

describe('Alipay’s gateway in the sandbox', () => {
  let sandbox: Sandbox;
  let now: Instant = NOW;
  let alipay: AlipaySdk;
  beforeAll(async () => {
    sandbox = await startSandbox({ now: () => Date.parse(now) });
    const { appId, appPrivateKey, alipayPrivateKey } = sandbox.alipay.keys;
    const spki = createPublicKey(alipayPrivateKey).export({ type: 'spki', format: 'der' }).toString('base64');
    alipay = new AlipaySdk({
      appId,
      privateKey: appPrivateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
      keyType: 'PKCS8',
      alipayPublicKey: spki,
      gateway: sandbox.alipay.gatewayUrl,
      camelcase: false,
    });
  });
  beforeEach(() => {
    now = NOW;
  });
  afterAll(() => sandbox.stop());

  const ours = async () => {
    const found = parseAlipayAccounts(
      sandbox.merchantSecret(undefined, 'https://gifts.example.org/webhooks/alipay'),
    )?.get(sandbox.alipay.keys.appId);
    if (found === undefined) throw new Error('the sandbox has no account');
    return { account: found, orders: alipayOrders(() => sandbox.alipay.gatewayUrl) };
  };
  const intent = (orderNo: string, amountMinor = 1770) =>
    ({ orderNo, amountMinor: minor(amountMinor), currency: 'CNY', createdAt: NOW }) as DonationIntent;

  test('verifies what Alipay’s own SDK signs, and answers what it verifies', async () => {
    const order = {
      out_trade_no: 'int_sdk',
      total_amount: '0.30',
      subject: '捐赠',
      time_expire: '2026-09-07 20:30:00',
    };
    const made = await alipay.exec('alipay.trade.precreate', { bizContent: order }, { validateSign: true });
    expect(made).toMatchObject({ code: '10000', qr_code: expect.stringMatching(/^https:\/\/qr\.alipay\.com\//) });
    const question = { bizContent: { out_trade_no: 'int_sdk' } };
    expect(await alipay.exec(METHOD, question, { validateSign: true })).toMatchObject({
      code: '40004',
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    });
    sandbox.alipay.book.pay({ orderNo: 'int_sdk', amountMinor: 30, paidAt: NOW });
    expect(await alipay.exec(METHOD, question, { validateSign: true })).toMatchObject({
      code: '10000',
      trade_status: 'TRADE_SUCCESS',
      total_amount: '0.30',
    });
  });

  test('gives a code for an order of ours, the same again for the same, and none for another amount', async () => {
    const { account: our, orders } = await ours();
    const place = (amountMinor?: number) =>
      orders.place(our, intent('int_code', amountMinor), '一起捐, 益起来', { kind: 'alipay-code' }, NOW);
    const first = await place();
    expect(first).toMatchObject({ kind: 'alipay-code', codeUrl: expect.stringContaining('https://qr.alipay.com/') });
    expect(await place()).toEqual(first);
    await expect(place(1771)).rejects.toThrow('ACQ.CONTEXT_INCONSISTENT');
  });

  test('says what became of an order: unknown, paid, gone back whole', async () => {
    const { account: our, orders } = await ours();
    expect(await orders.find(our, 'int_paid', NOW)).toEqual({ kind: 'unknown-order' });
    const trade = sandbox.alipay.book.pay({ orderNo: 'int_paid', amountMinor: 1770, paidAt: NOW });
    expect(await orders.find(our, 'int_paid', NOW)).toMatchObject({
      kind: 'payment',
      refundedMinor: 0,
      payment: { paymentId: trade.tradeNo, amountMinor: 1770, merchantId: our.sellerId },
    });
    sandbox.alipay.book.refund(trade, 770, NOW);
    expect(await orders.find(our, 'int_paid', NOW)).toMatchObject({ refundedMinor: 0 });
    sandbox.alipay.book.refund(trade, 1000, NOW);
    expect(await orders.find(our, 'int_paid', NOW)).toMatchObject({ kind: 'payment', refundedMinor: 1770 });
  });

  test('refuses what another key has signed', async () => {
    const { orders } = await ours();
    await expect(orders.find({ ...account, appId: sandbox.alipay.keys.appId }, 'int_paid', NOW)).rejects.toThrow(
      // Its refusal is signed by the sandbox's key, which this account does not know either.
      /isv\.invalid-signature/,
    );
  });
});
