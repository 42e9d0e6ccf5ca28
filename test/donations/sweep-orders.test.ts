import { beforeEach, describe, expect, test } from 'vitest';
import type { AlipayOrderState } from '../../functions/donations/alipay-trade.ts';
import { donationIntentSchema, intentItemOf } from '../../functions/donations/donation-intent.ts';
import { minutesDue } from '../../functions/donations/order-sweep.ts';
import { definition } from '../../functions/donations/sweep-orders.lambda.ts';
import type { OrderState } from '../../functions/donations/wechat-pay-order.gateway.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { minor, ZERO } from '../../functions/kernel/money.ts';
import { type Instant, instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import { jobFunction } from '../../functions/platform/job.ts';
import { sweepKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { freshContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { accounts, SELLER_ID } from './alipay-notice.ts';
import { MCHID, merchants } from './notification-maker.ts';

const START = instantOf('2026-09-07T12:00:00Z');
const inMinutes = (minutes: number): Instant => plusSeconds(START, minutes * 60);

let table: MemoryTable;
let paid: Set<string>;
let asked: string[];
/** Orders whose payment has gone back whole. */
let gaveBack: Set<string>;
beforeEach(async () => {
  table = memoryTable();
  paid = new Set();
  gaveBack = new Set();
  asked = [];
  await sweep(inMinutes(34));
});

async function order(
  orderNo: string,
  createdAt: Instant,
  merchantId: string | null = MCHID,
  provider = 'wechat-pay',
): Promise<void> {
  const intent = donationIntentSchema.parse({
    type: 'donation-intent',
    orderNo,
    campaignId: 'cmp_1',
    amountMinor: 1770,
    currency: 'CNY',
    anonymous: true,
    emailGiven: false,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    ...(merchantId === null ? {} : { provider, merchantId }),
    createdAt,
  });
  await table.write({ put: intentItemOf(intent) });
}

const found = (orderNo: string): OrderState =>
  paid.has(orderNo)
    ? {
        kind: 'payment',
        event: {
          provider: 'wechat-pay',
          merchantId: MCHID,
          paymentId: `42${orderNo}`,
          orderNo,
          amountMinor: minor(1770),
          payerAmountMinor: 1770,
          currency: 'CNY',
          occurredAt: START,
          payerReference: 'openid',
        },
      }
    : { kind: 'unpaid', state: 'NOTPAY' };

const alipayFound = (orderNo: string): AlipayOrderState => {
  const state = found(orderNo);
  if (state.kind !== 'payment') return { kind: 'unknown-order' };
  const payment = { ...state.event, provider: 'alipay' as const, merchantId: SELLER_ID };
  return { kind: 'payment', payment, refundedMinor: gaveBack.has(orderNo) ? payment.amountMinor : ZERO };
};

async function sweep(now: Instant, find: (orderNo: string) => OrderState = found, findAlipay = alipayFound) {
  const use = {
    table: restrictedTable(table, 'sweep-orders'),
    readDonorKey: async () => 'donor key',
    readMerchants: async () => merchants,
    readAccounts: async () => accounts,
    orders: {
      wechatPay: {
        find: async (_merchant: unknown, orderNo: string) => {
          asked.push(orderNo);
          return find(orderNo);
        },
      },
      alipay: {
        find: async (_account: unknown, orderNo: string) => {
          asked.push(orderNo);
          return findAlipay(orderNo);
        },
      },
    },
  };
  return jobFunction(definition, { use, tellTime: async () => now })({}, freshContext());
}

const gifts = () => table.everything().filter(({ type }) => type === 'donation');

describe('orders without a notification', () => {
  test('are asked for once, when they can no longer be paid, and booked where they were paid', async () => {
    paid.add('int_paid');
    await order('int_paid', START);
    await order('int_given_up', START);
    expect(await sweep(inMinutes(35))).toMatchObject({ asked: 0 });
    expect(await sweep(inMinutes(36))).toMatchObject({ asked: 2, found: 1 });
    expect(gifts()).toMatchObject([{ orderNo: 'int_paid', campaignId: 'cmp_1', amountMinor: 1770 }]);
    expect(await sweep(inMinutes(41))).toMatchObject({ asked: 0 });
    expect(asked.toSorted()).toEqual(['int_given_up', 'int_paid']);
  });

  test('that were notified after all are found in the books, and stay there once', async () => {
    paid.add('int_paid');
    await order('int_paid', START);
    await sweep(inMinutes(36));
    await table.write({ update: sweepKey('orders'), set: { sweptUntil: inMinutes(-1) } });
    expect(await sweep(inMinutes(36))).toMatchObject({ asked: 1, found: 0 });
    expect(gifts()).toHaveLength(1);
  });

  test('are not asked for where the order was made by somebody else', async () => {
    await order('int_elsewhere', START, null);
    expect(await sweep(inMinutes(36))).toMatchObject({ asked: 0 });
  });

  test('of a minute in which the provider was away are asked for again by the next run', async () => {
    paid.add('int_paid');
    await order('int_paid', START);
    await order('int_later', inMinutes(1));
    const away = (orderNo: string): OrderState => {
      if (orderNo === 'int_later') throw new TransientError('away');
      return found(orderNo);
    };
    await expect(sweep(inMinutes(40), away)).rejects.toThrow('away');
    expect(gifts()).toHaveLength(1);
    asked = [];
    expect(await sweep(inMinutes(45))).toMatchObject({ asked: 1 });
    expect(asked).toEqual(['int_later']);
  });

  test('at Alipay are asked for there, and booked where they were paid', async () => {
    paid.add('int_paid');
    await order('int_paid', START, SELLER_ID, 'alipay');
    await order('int_never_scanned', START, SELLER_ID, 'alipay');
    expect(await sweep(inMinutes(36))).toMatchObject({ asked: 2, found: 1 });
    expect(gifts()).toMatchObject([{ provider: 'alipay', orderNo: 'int_paid', amountMinor: 1770 }]);
    expect(await sweep(inMinutes(41))).toMatchObject({ asked: 0 });
  });

  test('at Alipay whose payment has gone back whole are booked with that, once', async () => {
    paid.add('int_paid');
    gaveBack.add('int_paid');
    await order('int_paid', START, SELLER_ID, 'alipay');
    await sweep(inMinutes(36));
    await table.write({ update: sweepKey('orders-alipay'), set: { sweptUntil: inMinutes(-1) } });
    await sweep(inMinutes(36));
    expect(table.everything().filter(({ type }) => type === 'refund')).toMatchObject([{ amountMinor: 1770 }]);
  });

  test('at a provider that is away do not hold up those at the other', async () => {
    paid.add('int_paid').add('int_at_alipay');
    await order('int_paid', START);
    await order('int_at_alipay', START, SELLER_ID, 'alipay');
    const away = (): AlipayOrderState => {
      throw new TransientError('away');
    };
    await expect(sweep(inMinutes(36), found, away)).rejects.toThrow('away');
    expect(gifts()).toMatchObject([{ orderNo: 'int_paid' }]);
    expect(await sweep(inMinutes(37))).toMatchObject({ asked: 1, found: 1 });
    expect(gifts().map((gift) => gift['orderNo'])).toContain('int_at_alipay');
  });

  test('whose account has left the merchant secret hold up nobody else', async () => {
    paid.add('int_paid');
    await order('int_gone', START, '1900009999');
    await order('int_paid', START);
    expect(await sweep(inMinutes(36))).toMatchObject({ found: 1 });
    expect(asked).toEqual(['int_paid']);
  });

  test('are asked for by fifties and hundreds, each once', async () => {
    for (let n = 0; n < 130; n += 1) await order(`int_${n}`, plusSeconds(START, n % 60));
    await sweep(inMinutes(36));
    expect(new Set(asked).size).toBe(130);
    expect(asked).toHaveLength(130);
  });
});

describe('the minutes of a sweep', () => {
  test('follow the last one without a gap, are complete, and are no more than one run can do', () => {
    expect(minutesDue(START, inMinutes(36))).toEqual([]);
    expect(minutesDue(START, inMinutes(37))).toEqual([inMinutes(1)]);
    expect(minutesDue(START, inMinutes(400))).toEqual(Array.from({ length: 30 }, (_, n) => inMinutes(n + 1)));
  });

  test('begin with the first run, and after an outage a day back at the most', () => {
    expect(minutesDue(undefined, inMinutes(36))).toEqual([START]);
    expect(minutesDue(inMinutes(-9_999_999), inMinutes(36))[0]).toBe(inMinutes(-24 * 60 + 1));
  });
});
