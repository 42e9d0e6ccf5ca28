import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { requestAlipayRefund } from '../../functions/donations/alipay-refund.gateway.ts';
import { refundNoOf } from '../../functions/donations/refund-request.ts';
import { requestStripeRefund } from '../../functions/donations/stripe-refund.gateway.ts';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { requestWechatPayRefund } from '../../functions/donations/wechat-pay-refund.gateway.ts';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { makeSandboxKeys, merchantSecretOf } from '../../local/sandbox/keys.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';

const NOW = instantOf('2026-09-08T12:00:00+08:00');
const GIFT_ID = 'gft_0123456789abcdefghjk';
const REFUND_NO = refundNoOf(GIFT_ID, 'cancellation');
const orderOf = (paymentId: string, more: object = {}) => ({
  merchantId: 'm',
  paymentId,
  currency: 'CNY' as const,
  refundNo: REFUND_NO,
  amountMinor: minor(1_770),
  paidMinor: minor(1_770),
  ...more,
});

it('every gift and cause has one number, which all three providers take', () => {
  expect(refundNoOf(GIFT_ID, 'cancellation')).toBe(REFUND_NO);
  expect(REFUND_NO).toMatch(/^rfd_[a-z0-9]{20}$/);
  expect(refundNoOf('gft_0123456789abcdefghjm', 'cancellation')).not.toBe(REFUND_NO);
});

describe('a refund at WeChat Pay', () => {
  const keys = makeSandboxKeys();
  const [merchant] = parseMerchants(merchantSecretOf(keys)).merchants;
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ keys, now: () => Date.parse(NOW) });
  });
  afterAll(() => sandbox.stop());

  const ask = (paymentId: string, more: object = {}) => {
    if (merchant === undefined) throw new Error('the sandbox has no merchant');
    return requestWechatPayRefund({ baseUrl: sandbox.url, merchant, now: NOW }, orderOf(paymentId, more), undefined);
  };
  const pay = (orderNo: string) =>
    sandbox.pay({ orderNo, amountMinor: 1_770, openid: 'openid-li', paidAt: instantOf('2026-09-07T10:00:00+08:00') });

  it('is made once under its number, and shows in the books of the provider once', async () => {
    const payment = pay('int_refunded');
    const first = await ask(payment.transactionId);
    expect(first).toMatchObject({ kind: 'accepted', providerRefundId: expect.stringMatching(/^5\d+$/) });
    expect(await ask(payment.transactionId)).toEqual(first);
    await expect(sandbox.markRefunded(payment, 1)).rejects.toThrow('cannot be refunded');
  });

  it('is refused for more than was paid, for another sum, and for a payment that there is not', async () => {
    const payment = pay('int_not_refunded');
    const number = { refundNo: 'rfd_other' };
    expect(await ask(payment.transactionId, { ...number, amountMinor: minor(1_771) })).toEqual({
      kind: 'refused',
      reason: 'INVALID_REQUEST',
    });
    expect((await ask(payment.transactionId, { ...number, paidMinor: minor(1) })).kind).toBe('refused');
    expect(await ask('4200000000', number)).toEqual({ kind: 'refused', reason: 'RESOURCE_NOT_EXISTS' });
  });

  it('is asked for again where the way to the provider fails, and nothing is believed that it has not signed', async () => {
    if (merchant === undefined) throw new Error('the sandbox has no merchant');
    const api = { baseUrl: sandbox.url, merchant, now: NOW };
    const unreachable = { ...api, fetch: async () => Promise.reject(new Error('down')) };
    await expect(requestWechatPayRefund(unreachable, orderOf('1'), undefined)).rejects.toBeInstanceOf(TransientError);
    const forged = { ...api, fetch: async () => Response.json({ refund_id: '5', status: 'SUCCESS' }) };
    await expect(requestWechatPayRefund(forged, orderOf('1'), undefined)).rejects.toBeInstanceOf(PermanentError);
  });
});

describe('a refund at Stripe', () => {
  const asked: { url: string; init: RequestInit }[] = [];
  const answering = (status: number, body: object) => async (url: string | URL | Request, init?: RequestInit) => {
    asked.push({ url: String(url), init: init ?? {} });
    return Response.json(body, { status });
  };
  const KEY = 'rk_live_0123456789abcdef';

  it('names payment, amount and number, and is idempotent by that', async () => {
    const fetch = answering(200, { id: 're_0123456789', status: 'pending' });
    expect(await requestStripeRefund(KEY, orderOf('pi_1'), fetch)).toEqual({
      kind: 'accepted',
      providerRefundId: 're_0123456789',
    });
    const { url, init } = asked.splice(0)[0] ?? { url: '', init: {} };
    expect(url).toBe('https://api.stripe.com/v1/refunds');
    expect(init.headers).toMatchObject({ Authorization: `Bearer ${KEY}`, 'Idempotency-Key': REFUND_NO });
    expect(init.body).toBe(`payment_intent=pi_1&amount=1770&metadata%5Brefund_no%5D=${REFUND_NO}`);
    await requestStripeRefund(KEY, orderOf('ch_1'), fetch);
    expect(String(asked.splice(0)[0]?.init.body)).toContain('charge=ch_1');
  });

  it('is told apart: refused for good, asked too often, in trouble, a key that it does not take', async () => {
    const error = (code: string) => ({ error: { type: 'invalid_request_error', code } });
    const ask = (status: number, body: object) => requestStripeRefund(KEY, orderOf('pi_1'), answering(status, body));
    expect(await ask(400, error('charge_already_refunded'))).toEqual({
      kind: 'refused',
      reason: 'charge_already_refunded',
    });
    expect(await ask(200, { id: 're_0123456789', status: 'failed' })).toEqual({ kind: 'refused', reason: 'failed' });
    await expect(ask(429, {})).rejects.toBeInstanceOf(ThrottledError);
    await expect(ask(500, {})).rejects.toBeInstanceOf(TransientError);
    await expect(ask(409, {})).rejects.toBeInstanceOf(TransientError);
    await expect(ask(401, {})).rejects.toBeInstanceOf(PermanentError);
    await expect(ask(200, { id: 'x' })).rejects.toBeInstanceOf(PermanentError);
  });
});

describe('a refund at Alipay', () => {
  const rsa = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
  const [ours, theirs] = [rsa(), rsa()];
  const account = parseAlipayAccounts(
    JSON.stringify({
      alipay: [
        {
          appId: '2021000000000001',
          sellerId: '2088000000000001',
          appPrivateKey: ours.privateKey,
          alipayPublicKeys: [theirs.publicKey],
        },
      ],
    }),
  )?.get('2021000000000001');
  const ask = (answer: (body: URLSearchParams) => string) => {
    if (account === undefined) throw new Error('no account');
    const gatewayUrl = 'https://alipay.example.org/gateway.do';
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      const parameters = new URLSearchParams([
        ...new URL(String(url)).searchParams,
        ...new URLSearchParams(String(init?.body)),
      ]);
      return new Response(answer(parameters));
    };
    return requestAlipayRefund({ gatewayUrl, account, now: NOW, fetch }, orderOf('2026090722001'));
  };
  const signed = (content: object, key = theirs.privateKey): string => {
    const text = JSON.stringify(content);
    const signature = sign('sha256', Buffer.from(text), key).toString('base64');
    return `{"alipay_trade_refund_response":${text},"sign":"${signature}"}`;
  };

  it('is signed over all its parameters, and asks under the number of gift and cause', async () => {
    let sent = new URLSearchParams();
    const answer = await ask((body) => {
      sent = body;
      return signed({ code: '10000', msg: 'Success', trade_no: '2026090722001', fund_change: 'Y' });
    });
    expect(answer).toEqual({ kind: 'accepted', providerRefundId: REFUND_NO });
    expect(JSON.parse(sent.get('biz_content') ?? '')).toMatchObject({
      trade_no: '2026090722001',
      refund_amount: '17.70',
      out_request_no: REFUND_NO,
    });
    const content = [...sent.entries()].filter(([name]) => name !== 'sign').sort(([a], [b]) => (a < b ? -1 : 1));
    const text = content.map(([name, value]) => `${name}=${value}`).join('&');
    expect(verify('sha256', Buffer.from(text), ours.publicKey, Buffer.from(sent.get('sign') ?? '', 'base64'))).toBe(
      true,
    );
  });

  it('is told apart: refused, in trouble, and what Alipay did not sign', async () => {
    expect(await ask(() => signed({ code: '40004', sub_code: 'ACQ.TRADE_HAS_FINISHED' }))).toEqual({
      kind: 'refused',
      reason: 'ACQ.TRADE_HAS_FINISHED',
    });
    await expect(ask(() => signed({ code: '20000' }))).rejects.toBeInstanceOf(TransientError);
    await expect(ask(() => signed({ code: '10000' }, ours.privateKey))).rejects.toBeInstanceOf(PermanentError);
    await expect(ask(() => '{"alipay_trade_refund_response":{"code":"10000"}}')).rejects.toBeInstanceOf(PermanentError);
    await expect(ask(() => 'busy')).rejects.toBeInstanceOf(PermanentError);
  });
});
