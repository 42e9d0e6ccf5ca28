import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { donationIntentSchema } from '../../functions/donations/donation-intent.ts';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { findOrder, placeOrder } from '../../functions/donations/wechat-pay-order.gateway.ts';
import { orderBody, payingAccount } from '../../functions/donations/wechat-pay-order.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { makeSandboxKeys, merchantSecretOf } from '../../local/sandbox/keys.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';
import { Formatter, Rsa } from './wechat-pay-oracle.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');
const NOTIFY_URL = 'https://gifts.example.org/webhooks/wechat-pay';
const keys = makeSandboxKeys();
const [merchant] = parseMerchants(merchantSecretOf(keys, NOTIFY_URL)).merchants;
if (merchant === undefined) throw new Error('the sandbox has no merchant');
const publicKey = createPublicKey(keys.merchantPrivateKey).export({ type: 'spki', format: 'pem' }).toString();

const intent = (orderNo: string, amountMinor = 1770) =>
  donationIntentSchema.parse({
    type: 'donation-intent',
    orderNo,
    campaignId: 'cmp_1',
    amountMinor,
    currency: 'CNY',
    anonymous: true,
    emailGiven: false,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    createdAt: NOW,
  });

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ keys, now: () => Date.parse(NOW) });
});
afterAll(() => sandbox.stop());
const api = () => ({ baseUrl: sandbox.url, merchant, now: NOW });

describe('an order at the provider', () => {
  test('gives a code to scan, and the same one when it is made again', async () => {
    const first = await placeOrder(api(), intent('int_native'), '困难党员帮扶计划', { kind: 'native' });
    expect(first).toEqual({ kind: 'native', codeUrl: expect.stringMatching(/^weixin:\/\/wxpay\/bizpayurl\?pr=/) });
    expect(await placeOrder(api(), intent('int_native'), '困难党员帮扶计划', { kind: 'native' })).toEqual(first);
  });

  test('gives a page within WeChat what it needs, signed so that an independent library verifies it', async () => {
    const page = await placeOrder(api(), intent('int_jsapi'), 'Title', { kind: 'jsapi', openid: 'oUpF8uMuAJO' });
    if (page.kind !== 'jsapi') throw new Error(page.kind);
    expect(page).toMatchObject({ appId: keys.appid, signType: 'RSA', package: expect.stringMatching(/^prepay_id=wx/) });
    const message = `${page.appId}\n${page.timeStamp}\n${page.nonceStr}\n${page.package}\n`;
    expect(Rsa.verify(message, page.paySign, publicKey)).toBe(true);
    expect(Rsa.verify(message.replace('wx', 'wy'), page.paySign, publicKey)).toBe(false);
  });

  test('is signed over its body, so that an independent library verifies the request', async () => {
    const sent: { url: URL; init: RequestInit }[] = [];
    const fetch = (async (url: URL, init: RequestInit) => {
      sent.push({ url, init });
      return globalThis.fetch(url, init);
    }) as typeof globalThis.fetch;
    await placeOrder({ ...api(), fetch }, intent('int_signed'), '计划', { kind: 'native' });
    const [{ url, init } = { url: new URL(sandbox.url), init: {} }] = sent;
    const authorization = new Headers(init.headers).get('authorization') ?? '';
    const fields = Object.fromEntries(
      [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    );
    const message = Formatter.request(
      'POST',
      url.pathname,
      fields['timestamp'],
      fields['nonce_str'],
      String(init.body),
    );
    expect(Rsa.verify(message, fields['signature'], publicKey)).toBe(true);
  });

  test('says how long it can be paid, in Beijing’s time, where the provider tells of it, and no more than it must', () => {
    expect(orderBody(intent('int_body'), '达'.repeat(60), merchant, { kind: 'native' })).toEqual({
      appid: keys.appid,
      mchid: keys.mchid,
      description: '达'.repeat(40),
      out_trade_no: 'int_body',
      time_expire: '2026-09-07T20:30:05+08:00',
      notify_url: NOTIFY_URL,
      amount: { total: 1770, currency: 'CNY' },
    });
  });

  test('that the provider refuses, or answers unsigned, is no order', async () => {
    await placeOrder(api(), intent('int_twice'), 'Title', { kind: 'native' });
    await expect(placeOrder(api(), intent('int_twice', 1), 'Title', { kind: 'native' })).rejects.toThrow(
      'refused an order: HTTP 400 INVALID_REQUEST',
    );
    const fetch = (async () => new Response('{"code_url":"weixin://wxpay/x"}')) as typeof globalThis.fetch;
    await expect(placeOrder({ ...api(), fetch }, intent('int_x'), 'Title', { kind: 'native' })).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining('not signed'),
    });
  });

  test('cannot be made while the way to the provider is cut', async () => {
    const fetch = (async () => {
      throw new TypeError('fetch failed');
    }) as typeof globalThis.fetch;
    await expect(placeOrder({ ...api(), fetch }, intent('int_y'), 'Title', { kind: 'native' })).rejects.toMatchObject({
      name: 'TransientError',
    });
  });
});

describe('what became of an order', () => {
  test('is unknown, unpaid, or the payment as its notification would tell it', async () => {
    expect(await findOrder(api(), 'int_never')).toEqual({ kind: 'unknown-order' });
    await placeOrder(api(), intent('int_asked'), 'Title', { kind: 'native' });
    expect(await findOrder(api(), 'int_asked')).toEqual({ kind: 'unpaid', state: 'NOTPAY' });
    const paid = sandbox.pay({ orderNo: 'int_asked', amountMinor: 1770, openid: 'oUpF8uMuAJO', paidAt: NOW });
    expect(await findOrder(api(), 'int_asked')).toMatchObject({
      kind: 'payment',
      event: { paymentId: paid.transactionId, orderNo: 'int_asked', amountMinor: 1770, payerReference: 'oUpF8uMuAJO' },
    });
  });
});

describe('the account that a campaign’s donors pay', () => {
  const account = (changes: object) => ({ ...merchant, ...changes });
  test('is the organisation’s own, else one of nobody’s, and none where orders are made elsewhere', () => {
    const own = account({ mchid: '1', organisationId: 'dazhou' });
    const other = account({ mchid: '2', organisationId: 'elsewhere' });
    const common = account({ mchid: '3' });
    const { notifyUrl: _none, ...closed } = account({ mchid: '4' });
    expect(payingAccount([closed, other, common, own], 'dazhou')?.mchid).toBe('1');
    expect(payingAccount([closed, other, common], 'dazhou')?.mchid).toBe('3');
    expect(payingAccount([closed, other], 'dazhou')).toBeUndefined();
  });
});
