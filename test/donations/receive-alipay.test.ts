import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { parsedOnce } from '../../functions/donations/merchant-secret.gateway.ts';
import { definition } from '../../functions/donations/receive-alipay.lambda.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { intentKey } from '../../functions/platform/keys.ts';
import { log } from '../../functions/platform/log.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { alipaySecret, type Notice, notice, refunded, strangersKey } from './alipay-notice.ts';

const NOW = instantOf('2026-09-07T20:00:05+08:00');
const ORDER = 'int_0123456789abcdefghjk';
const SUCCESS = { status: 200, body: 'success' };

let table: MemoryTable;
beforeEach(async () => {
  table = memoryTable();
  const intent = {
    type: 'donation-intent',
    orderNo: ORDER,
    campaignId: 'cmp_1',
    amountMinor: 1770,
    currency: 'CNY',
    anonymous: true,
    emailGiven: false,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    createdAt: '2026-09-07T11:59:00.000Z',
  };
  await table.write({ put: { ...intentKey(ORDER), ...intent } });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** One notice through the whole stack, on the table as the function's grant shows it. */
async function notify({ headers, body }: Notice, on: Table = table, secret = JSON.stringify(alipaySecret())) {
  const use = {
    table: restrictedTable(on, 'receive-alipay'),
    readAccounts: parsedOnce(async () => secret, parseAlipayAccounts),
    readDonorKey: async () => 'donor key',
  };
  const handler = anyHttpFunction(definition, { use, tellTime: async () => NOW });
  const result = await handler(httpEvent({ method: 'POST', path: '/webhooks/alipay', headers, body }), lambdaContext);
  return { status: result.statusCode ?? 0, body: result.body };
}

const of = (type: string) => table.everything().filter((item) => item.type === type);
const refundedMinor = () => of('refund').reduce((sum, item) => sum + Number(item['amountMinor']), 0);
const counted = () => {
  const spy = vi.spyOn(Metrics.prototype, 'addMetric');
  return () => spy.mock.calls.map(([name]) => name);
};

describe('a payment', () => {
  test('becomes one entry, however often the notice comes, and is answered with the one word that ends it', async () => {
    expect(await notify(notice())).toEqual(SUCCESS);
    expect(await notify(notice({ notify_id: 'another' }))).toEqual(SUCCESS);
    expect(of('donation')).toMatchObject([
      { provider: 'alipay', campaignId: 'cmp_1', amountMinor: 1770, occurredAt: '2026-09-07T12:00:00.000Z' },
    ]);
    expect(JSON.stringify(table.everything())).not.toContain('2088102116773037');
  });

  test('of another amount than its order is kept without a campaign', async () => {
    expect(await notify(notice({ total_amount: '17.71', buyer_pay_amount: '' }))).toEqual(SUCCESS);
    expect(of('donation')).toMatchObject([{ campaignId: 'unassigned', unassignedReason: 'amount-differs' }]);
  });

  test('that comes again with other money contradicts the books, which stay as they are', async () => {
    await notify(notice());
    const metrics = counted();
    expect(await notify(notice({ total_amount: '99.00' }))).toEqual({ status: 409, body: 'fail' });
    expect(of('donation')).toMatchObject([{ amountMinor: 1770 }]);
    expect(metrics()).toEqual(['PaymentRefused']);
  });

  test('that waits or was closed unpaid writes nothing', async () => {
    for (const trade_status of ['WAIT_BUYER_PAY', 'TRADE_CLOSED'])
      expect(await notify(notice({ trade_status, gmt_payment: undefined }))).toEqual(SUCCESS);
    expect(table.changes).toHaveLength(1);
  });
});

describe('refunds', () => {
  test('come to the sum that Alipay tells, in whatever order and however often the notices come', async () => {
    const notices = () => [notice(), refunded('5.00'), refunded('7.50'), refunded('5.00'), refunded('12.70')];
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
    await fc.assert(
      fc.asyncProperty(orders, async (order) => {
        for (const n of order) {
          const next = notices()[n];
          if (next !== undefined) expect(await notify(next)).toEqual(SUCCESS);
        }
        expect(refundedMinor()).toBe(1270);
        expect(of('donation')).toHaveLength(1);
        for (const item of table.everything()) if (item.pk.startsWith('GIFT#')) await table.write({ delete: item });
      }),
      { numRuns: 60 },
    );
  });

  test('bring their payment with them where its own notice never came', async () => {
    expect(await notify(refunded('17.70', { trade_status: 'TRADE_CLOSED' }))).toEqual(SUCCESS);
    expect(of('donation')).toMatchObject([{ amountMinor: 1770, campaignId: 'cmp_1' }]);
    expect(refundedMinor()).toBe(1770);
  });
});

describe('what is refused', () => {
  const cases: [string, number, string, () => Notice][] = [
    ['forged', 401, 'NotificationForged', () => notice({}, { privateKey: strangersKey.privateKey })],
    ['of another application', 401, 'NotificationForged', () => notice({ app_id: '2021004100000002' })],
    ['a form that is none', 400, 'NotificationRefused', () => ({ ...notice(), body: Buffer.from('%') })],
    ['of JSON', 415, 'NotificationRefused', () => ({ ...notice(), headers: { 'content-type': 'application/json' } })],
    ['too large', 413, 'NotificationRefused', () => ({ ...notice(), body: Buffer.alloc(70_000, 'a') })],
    ['without an amount', 400, 'PaymentRefused', () => notice({ total_amount: undefined })],
    ['to another account', 403, 'PaymentRefused', () => notice({ seller_id: '2088000000000000' })],
  ];
  test.each(cases)(
    'because it is %s is answered %i and fail, and changes nothing',
    async (_why, status, metric, make) => {
      const metrics = counted();
      expect(await notify(make())).toEqual({ status, body: 'fail' });
      expect(table.changes).toHaveLength(1);
      expect(metrics()).toEqual([metric]);
    },
  );
});

describe('the door', () => {
  test('is closed where no account is configured', async () => {
    expect(await notify(notice(), table, '{}')).toEqual({ status: 404, body: 'fail' });
  });

  test('fails closed while the secret is wrong, and the notice comes again', async () => {
    const secret = JSON.stringify(alipaySecret({ alipayPublicKeys: ['broken'] }));
    const metrics = counted();
    expect(await notify(notice(), table, secret)).toEqual({ status: 503, body: 'fail' });
    expect(metrics()).toEqual(['UnexpectedError', 'DoorFailed']);
    expect(await notify(notice())).toEqual(SUCCESS);
  });

  test('asks for another notice when the store is away, and then there is one entry and one refund', async () => {
    const away: Table = {
      ...table,
      async transact(writes) {
        await table.transact(writes);
        throw new TransientError('the answer was lost');
      },
    };
    expect(await notify(refunded('5.00'), away)).toEqual({ status: 503, body: 'fail' });
    expect(await notify(refunded('5.00'))).toEqual(SUCCESS);
    expect([of('donation').length, refundedMinor()]).toEqual([1, 500]);
  });

  test('logs neither a notice, nor a signature, nor who paid', async () => {
    const lines: unknown[] = [];
    for (const level of ['info', 'warn', 'error'] as const)
      vi.spyOn(log, level).mockImplementation((...line: unknown[]) => void lines.push(line));
    for (const one of [
      notice(),
      refunded('5.00'),
      notice({ trade_status: 'WAIT_BUYER_PAY' }),
      notice({ seller_id: '2' }),
    ])
      await notify(one);
    expect(lines.length).toBeGreaterThan(3);
    expect(JSON.stringify(lines)).not.toMatch(/2088102116773037|159\*|gifts@|sign=/);
  });
});
