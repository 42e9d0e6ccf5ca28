import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { donationEntrySchema } from '../../functions/donations/donation-entry.ts';
import { definition } from '../../functions/donations/receive-wechat-pay.lambda.ts';
import { merchantReader } from '../../functions/donations/wechat-pay.gateway.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { intentKey } from '../../functions/platform/keys.ts';
import { log } from '../../functions/platform/log.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import {
  envelope,
  merchantSecret,
  NOW,
  type Notification,
  PUBLIC_KEY_ID,
  paid,
  refundNotice,
  signed,
  strangersKey,
} from './notification-maker.ts';
import { CAMPAIGN_ID, putCampaign } from './open-campaign.ts';

const ORDER = 'int_0123456789abcdefghjk';
const TAKEN = { status: 200, body: { code: 'SUCCESS', message: '成功' } };

let table: MemoryTable;
beforeEach(() => {
  table = memoryTable();
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function putOrder(changes: object = {}): Promise<void> {
  const intent = {
    type: 'donation-intent',
    orderNo: ORDER,
    campaignId: 'cmp_1',
    unitId: 'xuanhan',
    amountMinor: 1770,
    currency: 'CNY',
    anonymous: false,
    emailGiven: true,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    createdAt: '2026-09-07T11:59:00.000Z',
    ...changes,
  };
  await table.write({ put: { ...intentKey(ORDER), ...intent } });
}

type Circumstances = { readonly on?: Table; readonly secret?: string; readonly now?: Instant };

/** One notification through the whole stack, on the table as the function's grant shows it. */
async function notify({ headers, body }: Notification, circumstances: Circumstances = {}) {
  const { on = table, secret = JSON.stringify(merchantSecret()), now = NOW } = circumstances;
  const use = {
    table: restrictedTable(on, 'receive-wechat-pay'),
    readMerchants: merchantReader(async () => secret),
    readDonorKey: async () => 'donor key',
  };
  const handler = anyHttpFunction(definition, { use, tellTime: async () => now });
  const event = httpEvent({ method: 'POST', path: '/webhooks/wechat-pay', headers, body });
  const result = await handler(event, lambdaContext);
  return { status: result.statusCode ?? 0, body: JSON.parse(result.body ?? 'null') as unknown };
}

const entries = () => table.everything().filter(({ type }) => type === 'donation');
const counted = () => {
  const spy = vi.spyOn(Metrics.prototype, 'addMetric');
  return () => spy.mock.calls.map(([name]) => name);
};

describe('a payment of an order', () => {
  test('becomes one entry, and is answered as the provider wants', async () => {
    await putOrder();
    const metrics = counted();
    expect(await notify(paid())).toEqual(TAKEN);
    expect(entries()).toEqual([
      {
        pk: expect.stringMatching(/^GIFT#gft_[0-9a-z]{20}$/),
        sk: 'ENTRY#PAYMENT',
        indexPk: expect.stringMatching(/^CAMPAIGN#cmp_1#DAY#2026-09-07#SHARD#[0-7]$/),
        indexSk: expect.stringMatching(/^2026-09-07T12:00:00\.000Z#gft_/),
        type: 'donation',
        giftId: expect.stringMatching(/^gft_/),
        provider: 'wechat-pay',
        merchantId: '1900000109',
        paymentId: '4200002026202609071234567890',
        orderNo: ORDER,
        campaignId: 'cmp_1',
        unitId: 'xuanhan',
        donorId: expect.stringMatching(/^dnr_/),
        anonymous: false,
        thankYouDue: true,
        amountMinor: 1770,
        payerAmountMinor: 1770,
        currency: 'CNY',
        occurredAt: '2026-09-07T12:00:00.000Z',
        recordedAt: NOW,
        day: '2026-09-07',
        zone: 'Asia/Shanghai',
      },
    ]);
    expect(metrics()).toEqual(['DonationRecorded']);
  });

  test('leaves no account number of the payer anywhere', async () => {
    await putOrder();
    await notify(paid());
    expect(JSON.stringify(table.everything())).not.toContain('oUpF8uMuAJO');
  });

  test('counts for the day on which it was paid where the campaign is, not where the machine is', async () => {
    await putOrder({ zone: 'Asia/Urumqi' });
    await notify(paid({ success_time: '2026-09-08T01:30:00+08:00' }));
    expect(entries()).toMatchObject([{ day: '2026-09-07', zone: 'Asia/Urumqi' }]);
  });

  test.each(['2026-09-06T23:59:59+08:00', '2026-09-10T00:00:01+08:00', '2026-12-31T12:00:00+08:00'])(
    'is kept also when it was paid outside the campaign’s window, at %s',
    async (paidAt) => {
      await putOrder();
      expect(await notify(paid({ success_time: paidAt }))).toEqual(TAKEN);
      expect(entries()).toMatchObject([{ campaignId: 'cmp_1', occurredAt: instantOf(paidAt) }]);
    },
  );
});

describe('a notification that comes again', () => {
  test('is answered as the first time and changes nothing', async () => {
    await putOrder();
    await notify(paid());
    const before = table.everything();
    const metrics = counted();
    const later = instantOf('2026-09-08T20:00:00+08:00');
    const again = paid({}, { serial: PUBLIC_KEY_ID, sentAt: Date.parse(later) / 1000 });
    expect(await notify(again, { now: later })).toEqual(TAKEN);
    expect(table.everything()).toEqual(before);
    expect(metrics()).toEqual(['DonationRepeated']);
  });

  test('fifteen times at the same moment leaves one entry', async () => {
    await putOrder();
    const notification = paid();
    const answers = await Promise.all(Array.from({ length: 15 }, () => notify(notification)));
    expect(answers).toEqual(Array.from({ length: 15 }, () => TAKEN));
    expect(table.changes.filter(({ after }) => after?.type === 'donation')).toHaveLength(1);
  });

  test('with another amount for a payment that is recorded raises the alarm and leaves the entry as it was', async () => {
    await notify(paid());
    const before = table.everything();
    const metrics = counted();
    expect(await notify(paid({ amount: { total: 9999, currency: 'CNY' } }))).toMatchObject({ status: 409 });
    expect(table.everything()).toEqual(before);
    expect(metrics()).toEqual(['PaymentRefused']);
  });
});

describe('money that cannot be booked as it came', () => {
  test.each([
    ['amount-differs', { amount: { total: 1771, currency: 'CNY' } }, {}],
    ['wrong-currency', { amount: { total: 1770, currency: 'USD' } }, {}],
    ['wrong-merchant', {}, { merchantId: '1900000110' }],
  ])('because of %s is kept without a campaign, once, and told to a person', async (reason, changes, order) => {
    await putOrder(order);
    const metrics = counted();
    expect(await notify(paid(changes))).toEqual(TAKEN);
    expect(await notify(paid(changes))).toEqual(TAKEN);
    expect(entries()).toMatchObject([
      { campaignId: 'unassigned', unassignedReason: reason, intendedCampaignId: 'cmp_1', anonymous: true },
    ]);
    expect(metrics()).toEqual(['DonationRecorded', 'DonationUnassigned', 'DonationRepeated']);
  });
});

describe('money for a campaign that is over', () => {
  const overs: [string, string, string, string][] = [
    ['paid after the close', '2026-09-10T00:00:00+08:00', 'closed', 'paid-after-close'],
    [
      'that arrived after matching was finalised',
      '2026-09-09T23:59:59+08:00',
      'finalised',
      'arrived-after-finalisation',
    ],
  ];
  test.each(overs)('%s is the campaign’s, and marked as late', async (_when, success_time, status, late) => {
    await putCampaign(table, status);
    await putOrder({ campaignId: CAMPAIGN_ID });
    const metrics = counted();
    expect(await notify(paid({ success_time }))).toEqual(TAKEN);
    expect(entries()).toMatchObject([{ campaignId: CAMPAIGN_ID, late }]);
    expect(metrics()).toEqual(['DonationRecorded', 'DonationLate']);
  });

  test('paid in the last second and told of while the campaign settles is in time', async () => {
    await putCampaign(table, 'closed');
    await putOrder({ campaignId: CAMPAIGN_ID });
    await notify(paid({ success_time: '2026-09-09T23:59:59+08:00' }));
    expect(entries()[0]).not.toHaveProperty('late');
  });
});

describe('money whose order is not ours', () => {
  test('is kept without a campaign, anonymous, and told to a person', async () => {
    const metrics = counted();
    expect(await notify(paid())).toEqual(TAKEN);
    expect(entries()).toMatchObject([
      { campaignId: 'unassigned', anonymous: true, thankYouDue: false, day: '2026-09-07', zone: 'Asia/Shanghai' },
    ]);
    expect(metrics()).toEqual(['DonationRecorded', 'DonationUnassigned']);
  });

  test('raises the alarm once, however often it is sent', async () => {
    await notify(paid());
    const metrics = counted();
    await notify(paid());
    expect(metrics()).toEqual(['DonationRepeated']);
  });
});

describe('a notification that is refused', () => {
  const forged = () => paid({}, { privateKey: strangersKey.privateKey });
  const probe = () => paid({}, { headers: { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abcdef' } });
  const refusals: [string, number, string, () => Notification][] = [
    ['forged', 401, 'NotificationForged', forged],
    ['of an unknown serial', 401, 'NotificationForged', () => paid({}, { serial: 'PUB_KEY_ID_1' })],
    ['a probe', 401, 'NotificationProbe', probe],
    ['stale', 401, 'NotificationRefused', () => paid({}, { sentAt: 1 + 1_700_000_000 })],
    [
      'without a signature',
      401,
      'NotificationRefused',
      () => paid({}, { headers: { 'wechatpay-signature': undefined } }),
    ],
    ['too large', 413, 'NotificationRefused', () => signed('x'.repeat(70_000))],
    ['of another algorithm', 400, 'PaymentRefused', () => signed(JSON.stringify(envelope({ resource: {} })))],
    ['not JSON', 400, 'PaymentRefused', () => signed('{')],
    ['not text', 400, 'PaymentRefused', () => signed(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    ['nested too deeply', 400, 'PaymentRefused', () => signed('['.repeat(40_000))],
    ['a form', 415, 'NotificationRefused', () => paid({}, { headers: { 'content-type': 'text/plain' } })],
    [
      'signed twice over, with a header that came twice',
      401,
      'NotificationRefused',
      () => paid({}, { headers: { 'wechatpay-nonce': 'first, second' } }),
    ],
    ['to another merchant', 403, 'PaymentRefused', () => paid({ mchid: '1900000110' })],
    ['in no currency', 422, 'PaymentRefused', () => paid({ amount: { total: 1770, currency: 'XXX' } })],
  ];

  test.each(refusals)(
    'because it is %s is answered %i in the provider’s form and changes nothing',
    async (...refusal) => {
      const [, status, metric, make] = refusal;
      await putOrder();
      const before = table.changes.length;
      const metrics = counted();
      expect(await notify(make())).toEqual({ status, body: { code: 'FAIL', message: expect.any(String) } });
      expect(table.changes).toHaveLength(before);
      expect(metrics()).toEqual([metric]);
    },
  );

  test('because it is a probe is taken when it comes again with the right signature', async () => {
    await putOrder();
    expect((await notify(probe())).status).toBe(401);
    expect(await notify(paid())).toEqual(TAKEN);
    expect(entries()).toHaveLength(1);
  });
});

describe('a refund', () => {
  const refunds = () => table.everything().filter(({ type }) => type === 'refund');

  test('is written once under its gift, in the gift’s campaign', async () => {
    await putOrder();
    await notify(paid());
    const metrics = counted();
    expect(await notify(refundNotice())).toEqual(TAKEN);
    expect(await notify(refundNotice())).toEqual(TAKEN);
    expect(refunds()).toMatchObject([
      {
        giftId: entries()[0]?.['giftId'],
        campaignId: 'cmp_1',
        amountMinor: 770,
        occurredAt: '2026-09-08T02:00:00.000Z',
      },
    ]);
    expect(metrics()).toEqual(['RefundRecorded', 'RefundRepeated']);
  });

  test('that comes before its payment is kept for it', async () => {
    await putOrder();
    expect(await notify(refundNotice())).toEqual(TAKEN);
    expect(refunds()).toMatchObject([{ campaignId: 'cmp_1' }]);
    expect(await notify(paid())).toEqual(TAKEN);
    expect(entries()[0]?.['giftId']).toBe(refunds()[0]?.['giftId']);
  });

  test('that comes again with another amount changes nothing and is told to a person', async () => {
    await notify(refundNotice());
    const before = table.everything();
    const metrics = counted();
    expect(await notify(refundNotice({ amount: { total: 1770, refund: 1 } }))).toMatchObject({ status: 409 });
    expect(table.everything()).toEqual(before);
    expect(metrics()).toEqual(['PaymentRefused']);
  });

  test.each(['CLOSED', 'ABNORMAL'])('that is %s changes nothing and is told to a person', async (refund_status) => {
    const metrics = counted();
    expect(await notify(refundNotice({ refund_status }, { event_type: `REFUND.${refund_status}` }))).toEqual(TAKEN);
    expect(table.changes).toEqual([]);
    expect(metrics()).toEqual(['RefundFailed']);
  });
});

describe('when something inside fails', () => {
  const failing = (error: Error, commits: boolean): Table => ({
    ...table,
    async write(write) {
      if (commits) await table.write(write);
      throw error;
    },
  });

  test.each([
    ['before the write', new TransientError('away'), false],
    ['by throttling', new ThrottledError('slow down'), false],
    ['after the write', new TransientError('time-out'), true],
  ])('%s, the provider is asked to send again, and then there is one entry', async (_when, error, commits) => {
    await putOrder();
    const answer = await notify(paid(), { on: failing(error, commits) });
    expect(answer).toEqual({ status: 503, body: { code: 'FAIL', message: expect.any(String) } });
    expect(await notify(paid())).toEqual(TAKEN);
    expect(entries()).toHaveLength(1);
  });

  test('when the merchant secret has not been set, nothing is taken and nothing is lost', async () => {
    await putOrder();
    const secret = '{"replace":"see docs/deploy.md"}';
    expect(await notify(paid(), { secret })).toMatchObject({ status: 503, body: { code: 'FAIL' } });
    expect(await notify(paid())).toEqual(TAKEN);
  });
});

describe('properties', () => {
  test('no changed notification stores anything or is answered with an error of ours', async () => {
    const { headers, body } = paid();
    const change = fc.record({
      at: fc.nat(body.length - 1),
      bytes: fc.uint8Array({ minLength: 0, maxLength: 8 }),
      cut: fc.nat(8),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, bytes, cut }) => {
        const changed = Buffer.concat([body.subarray(0, at), bytes, body.subarray(at + cut)]);
        fc.pre(!changed.equals(body));
        const { status } = await notify({ headers, body: changed });
        expect(status).toBe(401);
        expect(table.changes).toHaveLength(0);
      }),
      { numRuns: 1500 },
    );
  });

  test('no entry is made of anything but what was sent, whatever the order of genuine and false notifications', async () => {
    const kinds = fc.array(fc.constantFrom('genuine', 'forged', 'refund', 'other amount'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(kinds, async (sequence) => {
        table = memoryTable();
        await putOrder();
        for (const kind of sequence) await notify(made(kind));
        // Whichever of the two the provider signed first stands, and the other one contradicts it.
        const first = sequence.find((kind) => kind === 'genuine' || kind === 'other amount');
        const expected = first === undefined ? [] : [first === 'genuine' ? [1770, 'cmp_1'] : [1, 'unassigned']];
        expect(
          entries().map((item) => {
            const { amountMinor, campaignId } = donationEntrySchema.parse(item);
            return [amountMinor, campaignId];
          }),
        ).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

function made(kind: string): Notification {
  switch (kind) {
    case 'forged':
      return paid({}, { privateKey: strangersKey.privateKey });
    case 'refund':
      return refundNotice();
    case 'other amount':
      return paid({ amount: { total: 1, currency: 'CNY' } });
    default:
      return paid();
  }
}

test('no log line carries a body, a signature or who paid', async () => {
  const lines: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(log, level).mockImplementation((...line: unknown[]) => void lines.push(line));
  }
  await putOrder();
  const notifications = [
    paid(),
    paid({ amount: { total: 2, currency: 'CNY' } }),
    signed('{"no":"json'),
    paid({}, { serial: 'X' }),
  ];
  for (const notification of notifications) await notify(notification);
  await notify(paid(), { secret: '{"wechatPay":"secret value"}' });
  const text = JSON.stringify(lines);
  expect(lines.length).toBeGreaterThanOrEqual(5);
  for (const { headers, body } of notifications) {
    expect(text).not.toContain(headers['wechatpay-signature']);
    expect(text).not.toContain(JSON.stringify(body.toString()).slice(1, -1));
  }
  expect(text).not.toContain('oUpF8uMuAJO');
  expect(text).not.toContain('secret value');
});
