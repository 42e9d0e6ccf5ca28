import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CURRENCY_DECIMALS, type Currency, formatDecimal, minor } from '../../functions/kernel/money.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import type { Table } from '../../functions/platform/table.ts';
import { openBooks } from './intake-books.ts';
import { CAMPAIGN_ID } from './open-campaign.ts';
import {
  dispute,
  type Message,
  message,
  NOW,
  payment,
  refund,
  SOURCE,
  signed,
  standardDoor,
} from './standard-maker.ts';

const ORDER = 'int_0123456789abcdefghjk';
const RECEIVED = { status: 200, body: { received: true } };

afterEach(() => {
  vi.restoreAllMocks();
});
const counted = () => {
  const spy = vi.spyOn(Metrics.prototype, 'addMetric');
  return () => spy.mock.calls.map(([name]) => name);
};
const open = async (order: Partial<Parameters<typeof openBooks>[0]> = {}) => {
  const campaign = await openBooks({ orderNo: ORDER, amountMinor: 1770, ...order }, NOW);
  return { ...campaign, notify: standardDoor(campaign.table) };
};

describe('a payment that another platform tells of', () => {
  test('becomes one entry under that platform’s name, however often it comes', async () => {
    const { notify, of } = await open();
    const metrics = counted();
    const one = message(payment());
    expect(await notify(one)).toEqual(RECEIVED);
    expect(await notify(message(payment(), { id: 'msg_again' }))).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([
      {
        provider: 'standard-webhook',
        merchantId: SOURCE,
        paymentId: `${SOURCE}:P-1`,
        orderNo: ORDER,
        campaignId: CAMPAIGN_ID,
        amountMinor: 1770,
        occurredAt: '2026-09-07T12:00:00.000Z',
      },
    ]);
    expect(metrics()).toEqual(['DonationRecorded', 'DonationRepeated']);
  });

  test('may name the campaign in place of an order, and a unit and the donor’s wishes', async () => {
    const { notify, of } = await open();
    const named = { orderNo: undefined, campaignId: CAMPAIGN_ID, unitId: 'xuanhan', anonymous: false };
    expect(await notify(message(payment({ ...named, payerReference: 'donor-7' })))).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([
      { campaignId: CAMPAIGN_ID, unitId: 'xuanhan', anonymous: false, orderNo: `${SOURCE}:P-1` },
    ]);
    expect(JSON.stringify(of('donation'))).not.toContain('donor-7');
  });

  test('of neither is kept without one', async () => {
    const { notify, of } = await open();
    expect(await notify(message(payment({ orderNo: undefined })))).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([{ campaignId: 'unassigned', unassignedReason: 'unknown-order' }]);
  });

  test('may have the longest number there is', async () => {
    const { notify, of } = await open();
    expect(await notify(message(payment({ paymentId: 'x'.repeat(80), orderNo: undefined })))).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([{ orderNo: expect.stringMatching(/^std:[0-9a-z]{26}$/) }]);
  });

  test('with the same number as another platform’s is another gift', async () => {
    const { table, of } = await open();
    const secret = (sourceId: string) => JSON.stringify({ standardWebhook: [{ sourceId, keys: [signedWith] }] });
    const signedWith = `whsec_${Buffer.from('one secret for two sources, why?').toString('base64')}`;
    for (const sourceId of ['one', 'two'])
      await standardDoor(table, secret(sourceId))(
        message(payment({ orderNo: undefined }), { secret: signedWith }),
        sourceId,
      );
    expect(of('donation')).toHaveLength(2);
  });

  test('is the same amount as whole minor units and as exact decimal text, in every currency', async () => {
    const currencies = Object.keys(CURRENCY_DECIMALS) as Currency[];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e12 }), fc.constantFrom(...currencies), async (amount, currency) => {
        const { notify, of } = await open({ amountMinor: amount, currency });
        const text = formatDecimal(minor(amount), currency);
        const both = [
          payment({ amountMinor: amount, currency }),
          payment({ amountMinor: undefined, amount: text, currency }),
        ];
        for (const content of both) expect(await notify(message(content))).toEqual(RECEIVED);
        expect(of('donation')).toMatchObject([{ amountMinor: amount, currency, campaignId: CAMPAIGN_ID }]);
      }),
      { numRuns: 60 },
    );
  });

  test('in a currency that is not booked is kept as it was said', async () => {
    const { notify, of } = await open();
    const metrics = counted();
    const pounds = { amountMinor: undefined, amount: '17.70', currency: 'GBP' };
    for (const content of [payment(pounds), payment(pounds), refund(pounds), dispute(pounds)])
      expect(await notify(message(content))).toEqual(RECEIVED);
    expect(of('unbooked-money').map(({ what, amount }) => [what, amount])).toEqual([
      ['payment', '17.70'],
      ['refund', '17.70'],
      ['dispute', '17.70'],
    ]);
    expect(metrics()).toEqual(['DonationUnassigned', 'DonationUnassigned', 'DonationUnassigned']);
  });

  test('with another amount than was recorded is refused and changes nothing', async () => {
    const { notify, table } = await open();
    await notify(message(payment()));
    const before = table.everything();
    expect(await notify(message(payment({ amountMinor: 1 })))).toMatchObject({
      status: 409,
      body: { title: 'contradicts' },
    });
    expect(table.everything()).toEqual(before);
  });
});

test('payment, refunds and a dispute come to the same books in every order and however often they come', async () => {
  const messages = [
    message(payment()),
    message(refund()),
    message(refund({ refundId: 'R-2', amountMinor: undefined, amount: '3.00' })),
    message(dispute({ state: 'opened', amountMinor: 500 })),
    message(dispute({ amountMinor: 500 })),
  ];
  const orders = fc.record({
    all: fc.shuffledSubarray([...messages, ...messages], { minLength: 10 }),
    deliveries: fc.infiniteStream(fc.boolean()),
  });
  await fc.assert(
    fc.asyncProperty(orders, async ({ all, deliveries }) => {
      const { notify, deliver, books, setAside } = await open();
      for (const one of all) {
        expect(await notify(one)).toEqual(RECEIVED);
        if (deliveries.next().value === true) await deliver();
      }
      await deliver();
      const read = await books();
      expect(violationsOf(read)).toEqual([]);
      expect(read.totals.campaign).toMatchObject({ gifts: 1, amountMinor: 1770, refundedMinor: 1500, matchMinor: 270 });
      expect(setAside).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

describe('a signed message that is wrong', () => {
  test.each<[string, object]>([
    ['type', payment({}, { type: 'payment.completed' })],
    ['timestamp', payment({}, { timestamp: '2026-09-07 20:00' })],
    ['(body)', payment({}, { id: 'x' })],
    ['data', payment({ email: 'a@example.org' })],
    ['data.paymentId', payment({ paymentId: '' })],
    ['data.paymentId', payment({ paymentId: 'x'.repeat(81) })],
    ['data.paymentId', payment({ paymentId: '两' })],
    ['data.amountMinor', payment({ amountMinor: 0 })],
    ['data.amountMinor', payment({ amountMinor: -1 })],
    ['data.amountMinor', payment({ amountMinor: 17.7 })],
    ['data.amountMinor', payment({ amountMinor: 1e13 })],
    ['data.amountMinor', payment({ amountMinor: '1770' })],
    ['data.amount', payment({ amount: '17.70' })],
    ['data.amount', payment({ amountMinor: undefined })],
    ['data.amount', payment({ amountMinor: undefined, amount: 17.7 })],
    ['data.amount', payment({ amountMinor: undefined, amount: '17.701' })],
    ['data.amount', payment({ amountMinor: undefined, amount: '0.00' })],
    ['data.amount', payment({ amountMinor: undefined, amount: '-1.00' })],
    ['data.amount', payment({ amountMinor: undefined, amount: '1e3' })],
    ['data.amount', payment({ amountMinor: undefined, amount: '1,000.00' })],
    ['data.amount', payment({ amountMinor: undefined, amount: '0.5', currency: 'JPY' })],
    ['data.currency', payment({ currency: 'cny' })],
    ['data.refundId', refund({ refundId: undefined })],
    ['data.state', dispute({ state: 'closed' })],
  ])('is refused, told which field (%s), and told to a person: %j', async (field, content) => {
    const { notify, table } = await open();
    const before = table.changes.length;
    const metrics = counted();
    const { status, body } = await notify(message(content));
    expect(status).toBe(422);
    expect(body['problems']).toMatchObject([{ field, problem: expect.any(String), fix: expect.any(String) }]);
    expect(table.changes).toHaveLength(before);
    expect(metrics()).toEqual(['PaymentRefused']);
  });

  test.each<[string, number, string, () => Message, string?]>([
    ['forged', 401, 'unverified', () => message(payment(), { secret: `whsec_${Buffer.alloc(32).toString('base64')}` })],
    ['stale', 401, 'unverified', () => message(payment(), { sentAt: 1_700_000_000 })],
    ['of a source that is not ours', 401, 'unverified', () => message(payment()), 'elsewhere'],
    ['of a source named like a field of every object', 401, 'unverified', () => message(payment()), '__proto__'],
    ['too large', 413, 'body-too-large', () => signed('x'.repeat(65_537))],
    [
      'of another type',
      415,
      'wrong-content-type',
      () => message(payment(), { headers: { 'content-type': 'text/xml' } }),
    ],
    ['not JSON', 400, 'not-json', () => signed('{"type":')],
    ['nested a hundred deep', 400, 'not-json', () => signed('['.repeat(100) + ']'.repeat(100))],
  ])('or %s is answered %i %s and changes nothing', async (...refusal) => {
    const [, status, title, make, sourceId] = refusal;
    const { notify, table } = await open();
    const before = table.changes.length;
    expect(await notify(make(), sourceId)).toMatchObject({ status, body: { title } });
    expect(table.changes).toHaveLength(before);
  });
});

test('what the store cannot take just now is answered 503, so that the platform sends it again', async () => {
  const { table } = await open();
  const broken: Table = {
    ...table,
    write: async () => {
      throw new Error('no answer');
    },
  };
  expect(await standardDoor(broken)(message(payment()))).toMatchObject({ status: 503, body: { title: 'unavailable' } });
});
