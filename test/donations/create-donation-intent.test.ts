import { createSign } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { alipayOrders } from '../../functions/donations/alipay-order.gateway.ts';
import { definition } from '../../functions/donations/create-donation-intent.lambda.ts';
import {
  donationIntentSchema,
  donorContactSchema,
  LARGEST_ONLINE_GIFT_MINOR,
} from '../../functions/donations/donation-intent.ts';
import { payeeFinder } from '../../functions/donations/paying.gateway.ts';
import type { Merchant } from '../../functions/donations/wechat-pay-merchant.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { donorContactKey, intentKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { APP_ID, alipayKey, alipaySecret, appKey, bare, SELLER_ID } from './alipay-notice.ts';
import { merchants, NOW } from './notification-maker.ts';
import { CAMPAIGN_ID, putCampaign } from './open-campaign.ts';

let table: MemoryTable;
beforeEach(async () => {
  table = memoryTable();
  await putCampaign(table);
});

async function intend(request: unknown, key?: string, campaignId = CAMPAIGN_ID, on: Table = table) {
  const use = { table: restrictedTable(on, 'create-donation-intent') };
  const handler = anyHttpFunction(definition, { use, tellTime: async () => NOW });
  const result = await handler(
    httpEvent({
      method: 'POST',
      path: `/campaigns/${campaignId}/donation-intents`,
      routeParameters: { campaignId },
      headers: key === undefined ? {} : { 'Idempotency-Key': key },
      body: typeof request === 'string' ? request : JSON.stringify(request),
    }),
    lambdaContext,
  );
  return { status: result.statusCode, body: JSON.parse(result.body ?? '{}') as Record<string, unknown> };
}

const orders = () => table.everything().filter(({ type }) => type === 'donation-intent');
const contacts = () => table.everything().filter(({ type }) => type === 'donor-contact');

describe('a donor who is about to give', () => {
  test('may say whether they want a receipt, and in whose name; the name stands with the contact and not with the order', async () => {
    const payer = { payerName: '四川科伦药业股份有限公司', creditCode: '91350100m000100y43' };
    const wanted = await intend({ amountMinor: 1770, receipt: { kind: 'wanted', ...payer } });
    const orderNo = String(wanted.body['orderNo']);
    expect(donationIntentSchema.parse(await table.get(intentKey(orderNo))).receipt).toBe('wanted');
    expect(JSON.stringify(await table.get(intentKey(orderNo)))).not.toContain('科伦');
    expect(donorContactSchema.parse(await table.get(donorContactKey(orderNo)))).toMatchObject({
      payerName: '四川科伦药业股份有限公司',
      payerCreditCode: '91350100M000100Y43',
    });
    const waived = await intend({ amountMinor: 1770, receipt: { kind: 'waived' } });
    expect(await table.get(intentKey(String(waived.body['orderNo'])))).toMatchObject({ receipt: 'waived' });
    const mistyped = { kind: 'wanted', creditCode: '91350100M000100Y44' };
    expect((await intend({ amountMinor: 1770, receipt: mistyped })).status).toBe(422);
  });

  test('gets an order number that the provider takes, and nothing that was said about them', async () => {
    const request = { amountMinor: 1770, unitId: 'xuanhan', name: '欧阳𠮷', message: '加油', email: 'a@example.org' };
    const answer = await intend({ ...request, anonymous: false, language: 'en' });
    expect(answer).toEqual({
      status: 201,
      body: { orderNo: expect.any(String), campaignId: CAMPAIGN_ID, amountMinor: 1770, currency: 'CNY' },
    });
    const orderNo = String(answer.body['orderNo']);
    expect(orderNo).toMatch(/^[A-Za-z0-9_\-|*]{6,32}$/);
    expect(donationIntentSchema.parse(await table.get(intentKey(orderNo)))).toEqual({
      type: 'donation-intent',
      orderNo,
      campaignId: CAMPAIGN_ID,
      unitId: 'xuanhan',
      amountMinor: 1770,
      currency: 'CNY',
      anonymous: false,
      emailGiven: true,
      language: 'en',
      zone: 'Asia/Shanghai',
      createdAt: NOW,
    });
    expect(donorContactSchema.parse(await table.get(donorContactKey(orderNo)))).toEqual({
      type: 'donor-contact',
      orderNo,
      name: '欧阳𠮷',
      message: '加油',
      email: 'a@example.org',
      expiresAt: Date.parse('2028-09-06T20:00:05+08:00') / 1000,
    });
  });

  test('stays anonymous unless they say otherwise, and leaves no contact if they gave none', async () => {
    await intend({ amountMinor: 1 });
    expect(orders()).toMatchObject([{ anonymous: true, emailGiven: false, language: 'zh-CN' }]);
    expect(contacts()).toEqual([]);
  });

  test('gets a number of their own for every call without an Idempotency-Key', async () => {
    const [first, second] = await Promise.all([intend({ amountMinor: 1 }), intend({ amountMinor: 1 })]);
    expect(first.body['orderNo']).not.toBe(second.body['orderNo']);
    expect(orders()).toHaveLength(2);
  });
});

describe('a call that is repeated with its Idempotency-Key', () => {
  const request = { amountMinor: 1770, name: '张三', email: 'a@example.org' };

  test('gets the same order, once', async () => {
    const first = await intend(request, 'key-1');
    const second = await intend({ ...request, currency: 'CNY' }, 'key-1');
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(orders()).toHaveLength(1);
  });

  test('gets the same order when both calls are under way at once', async () => {
    const answers = await Promise.all([intend(request, 'key-1'), intend(request, 'key-1')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
    expect(orders()).toHaveLength(1);
    expect(contacts()).toHaveLength(1);
  });

  test.each([
    ['another amount', { ...request, amountMinor: 1771 }],
    ['another name', { ...request, name: '李四' }],
    ['another address', { ...request, email: 'b@example.org' }],
    ['another choice of publication', { ...request, anonymous: false }],
    ['no contact', { amountMinor: 1770 }],
  ])('is refused with %s, and changes nothing', async (_what, other) => {
    await intend(request, 'key-1');
    const before = table.everything();
    expect(await intend(other, 'key-1')).toMatchObject({ status: 409, body: { title: 'idempotency-key-reused' } });
    expect(table.everything()).toEqual(before);
  });

  test('finds its order also after the donor has been erased', async () => {
    const { body } = await intend(request, 'key-1');
    await table.write({ delete: donorContactKey(String(body['orderNo'])) });
    expect(await intend(request, 'key-1')).toEqual({ status: 200, body });
    expect(contacts()).toEqual([]);
  });

  test('finds its order when the first answer was lost after the write', async () => {
    const broken: Table = {
      ...table,
      async transact(writes) {
        await table.transact(writes);
        throw new TransientError('time-out');
      },
    };
    expect(await intend(request, 'key-1', CAMPAIGN_ID, broken)).toMatchObject({ status: 503 });
    expect(await intend(request, 'key-1')).toMatchObject({ status: 200 });
    expect(orders()).toHaveLength(1);
  });

  test.each(['', 'a b', 'a,b', '钥匙', 'x'.repeat(65)])('cannot use the key %j', async (key) => {
    expect(await intend(request, key)).toMatchObject({ status: 400, body: { title: 'bad-idempotency-key' } });
    expect(orders()).toEqual([]);
  });
});

describe('a gift that cannot be taken', () => {
  test('is refused where there is no such campaign', async () => {
    expect(await intend({ amountMinor: 1 }, undefined, 'cmp_other')).toMatchObject({ status: 404 });
  });

  test.each(['submitted', 'approved', 'closed', 'archived'])('is refused while the campaign is %s', async (status) => {
    await putCampaign(table, status);
    expect(await intend({ amountMinor: 1 })).toMatchObject({ status: 409, body: { title: 'campaign-not-open' } });
    expect(orders()).toEqual([]);
  });

  test('is refused with every field named that does not belong to the campaign', async () => {
    const { status, body } = await intend({ amountMinor: 1, unitId: 'nowhere', currency: 'HKD' });
    expect(status).toBe(422);
    expect(body['problems']).toMatchObject([{ field: 'unitId' }, { field: 'currency' }]);
    expect(orders()).toEqual([]);
  });

  test.each([
    ['amountMinor', { amountMinor: 0 }],
    ['amountMinor', { amountMinor: -1 }],
    ['amountMinor', { amountMinor: 17.7 }],
    ['amountMinor', { amountMinor: '1770' }],
    ['amountMinor', { amountMinor: LARGEST_ONLINE_GIFT_MINOR + 1 }],
    ['name', { amountMinor: 1, name: 'x'.repeat(65) }],
    ['name', { amountMinor: 1, name: 'a\r\nBcc: b@example.org' }],
    ['name', { amountMinor: 1, name: '\ud842' }],
    ['message', { amountMinor: 1, message: 'x'.repeat(201) }],
    ['email', { amountMinor: 1, email: 'not an address' }],
    ['(body)', { amountMinor: 1, amuont: 1 }],
  ])('is refused when %s is wrong: %j', async (field, request) => {
    const { status, body } = await intend(request);
    expect(status).toBe(422);
    expect(body['problems']).toMatchObject([{ field }]);
    expect(orders()).toEqual([]);
  });

  test('may be one fen, and a million yuan', async () => {
    expect(await intend({ amountMinor: 1 })).toMatchObject({ status: 201 });
    expect(await intend({ amountMinor: LARGEST_ONLINE_GIFT_MINOR })).toMatchObject({ status: 201 });
  });

  test.each(['', 'null', '[', '{"amountMinor":1'])('is refused when the body is %j', async (body) => {
    expect([400, 422]).toContain((await intend(body)).status);
    expect(orders()).toEqual([]);
  });
});

describe('a donor whose page asks to pay at once', () => {
  const merchant = {
    ...merchants.merchants[0],
    notifyUrl: 'https://gifts.example.org/webhooks/wechat-pay',
  } as Merchant;
  const GATEWAY = 'https://openapi.alipay.com/gateway.do';
  /** Alipay, which answers an order with a code and keeps what was sent to it. */
  const asked: URLSearchParams[] = [];
  const precreated = (async (address: URL, init: RequestInit) => {
    const parameters = new URLSearchParams([...address.searchParams, ...new URLSearchParams(String(init.body))]);
    asked.push(parameters);
    const { out_trade_no } = JSON.parse(parameters.get('biz_content') ?? '');
    const content = JSON.stringify({
      code: '10000',
      msg: 'Success',
      out_trade_no,
      qr_code: 'https://qr.alipay.com/bax1',
    });
    const sign = createSign('RSA-SHA256').update(content).sign(alipayKey.privateKey, 'base64');
    return new Response(`{"alipay_trade_precreate_response":${content},"sign":"${sign}"}`);
  }) as typeof fetch;
  async function intendToPay(pay: unknown, accounts: readonly Merchant[] = [merchant], key = 'k1') {
    const orders = {
      wechatPay: { place: async () => ({ kind: 'native', codeUrl: 'weixin://wxpay/bizpayurl?pr=1' }) as const },
      alipay: alipayOrders(() => GATEWAY, precreated),
    };
    const findPayee = payeeFinder(
      async () => ({ merchants: accounts, bySerial: merchants.bySerial }),
      async () =>
        parseAlipayAccounts(JSON.stringify(alipaySecret({ notifyUrl: 'https://gifts.example.org/webhooks/alipay' }))),
      orders,
    );
    const use = { table: restrictedTable(table, 'create-donation-intent'), findPayee };
    const result = await anyHttpFunction(definition, { use, tellTime: async () => NOW })(
      httpEvent({
        method: 'POST',
        path: `/campaigns/${CAMPAIGN_ID}/donation-intents`,
        routeParameters: { campaignId: CAMPAIGN_ID },
        headers: { 'Idempotency-Key': key },
        body: JSON.stringify({ amountMinor: 1770, pay }),
      }),
      lambdaContext,
    );
    return { status: result.statusCode, body: JSON.parse(result.body ?? '{}') as Record<string, unknown> };
  }

  test('gets what the page needs, and the order remembers which account is to be paid', async () => {
    const payment = { kind: 'native', codeUrl: 'weixin://wxpay/bizpayurl?pr=1' };
    expect(await intendToPay({ kind: 'native' })).toMatchObject({ status: 201, body: { payment } });
    expect(await intendToPay({ kind: 'native' })).toMatchObject({ status: 200, body: { payment } });
    expect(orders()).toMatchObject([{ merchantId: merchant.mchid, indexPk: 'ORDERS#2026-09-07T12:00' }]);
  });

  test('is sent to Alipay’s own page by an address that Alipay’s own SDK verifies', async () => {
    const answer = await intendToPay({ kind: 'alipay', device: 'mobile' });
    const { kind, url } = answer.body['payment'] as { kind: string; url: string };
    expect(kind).toBe('alipay');
    const { sign = '', ...parameters } = Object.fromEntries(new URL(url).searchParams);
    const content = Object.keys(parameters)
      .sort()
      .map((name) => `${name}=${parameters[name]}`)
      .join('&');
    const alipay = new AlipaySdk({
      appId: APP_ID,
      privateKey: bare(appKey.privateKey),
      alipayPublicKey: bare(appKey.publicKey),
    });
    expect(alipay.rsaCheck(content, sign)).toBe(true);
    expect(parameters).toMatchObject({
      method: 'alipay.trade.wap.pay',
      timestamp: '2026-09-07 20:00:05',
      app_id: APP_ID,
    });
    expect(JSON.parse(parameters['biz_content'] ?? '')).toEqual({
      out_trade_no: answer.body['orderNo'],
      total_amount: '17.70',
      subject: '困难党员帮扶计划',
      product_code: 'QUICK_WAP_WAY',
      time_expire: '2026-09-07 20:30:05',
    });
    expect(orders()).toMatchObject([{ provider: 'alipay', merchantId: SELLER_ID }]);
    expect(url.startsWith(`${GATEWAY}?`)).toBe(true);
    // Among the orders of its minute, where the sweep finds it.
    expect(orders()).toMatchObject([{ indexPk: 'ORDERS#2026-09-07T12:00' }]);
  });

  test('gets a code of Alipay’s to scan, for an order whose signature Alipay’s own SDK verifies', async () => {
    const answer = await intendToPay({ kind: 'alipay-code' });
    const payment = { kind: 'alipay-code', codeUrl: 'https://qr.alipay.com/bax1' };
    expect(answer).toMatchObject({ status: 201, body: { payment } });
    expect(await intendToPay({ kind: 'alipay-code' })).toMatchObject({ status: 200, body: { payment } });
    const { sign = '', ...parameters } = Object.fromEntries(asked[0] ?? []);
    const content = Object.keys(parameters)
      .sort()
      .map((name) => `${name}=${parameters[name]}`)
      .join('&');
    const alipay = new AlipaySdk({
      appId: APP_ID,
      privateKey: bare(appKey.privateKey),
      alipayPublicKey: bare(appKey.publicKey),
    });
    expect(alipay.rsaCheck(content, sign)).toBe(true);
    expect(parameters).toMatchObject({
      method: 'alipay.trade.precreate',
      notify_url: 'https://gifts.example.org/webhooks/alipay',
    });
    expect(JSON.parse(parameters['biz_content'] ?? '')).toMatchObject({
      out_trade_no: answer.body['orderNo'],
      total_amount: '17.70',
      product_code: 'FACE_TO_FACE_PAYMENT',
      time_expire: '2026-09-07 20:30:05',
    });
    expect(orders()).toMatchObject([{ provider: 'alipay', merchantId: SELLER_ID, indexPk: 'ORDERS#2026-09-07T12:00' }]);
  });

  test('is told to leave that out where no account makes orders, and no order is written', async () => {
    const answer = await intendToPay({ kind: 'native' }, merchants.merchants);
    expect(answer).toMatchObject({ status: 409, body: { title: 'pay-not-configured' } });
    expect(orders()).toEqual([]);
  });

  test.each([{ kind: 'jsapi' }, { kind: 'cash' }, { kind: 'native', openid: 'x' }, { kind: 'jsapi', openid: 'a b' }])(
    'cannot ask for %j',
    async (pay) => {
      expect(await intendToPay(pay)).toMatchObject({ status: 422 });
    },
  );
});
