import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { epochSeconds, plusSeconds } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { eventsOfMandate, unbookedMoney } from '../../functions/platform/keys.ts';
import { log } from '../../functions/platform/log.ts';
import { everyItem, type Table } from '../../functions/platform/table.ts';
import { openBooks } from './intake-books.ts';
import { CAMPAIGN_ID } from './open-campaign.ts';
import { stripeDoor } from './stripe-door.ts';
import {
  ACCOUNT,
  charge,
  checkoutSession,
  type Delivery,
  delivered,
  delivery,
  dispute,
  eventOf,
  INTENT,
  invoice,
  merchantSecret,
  NOW,
  ORDER,
  paymentIntent,
  refund,
  SUBSCRIPTION,
} from './stripe-maker.ts';

const RECEIVED = { status: 200, body: { received: true } };
const LATER = plusSeconds(NOW, 3 * 3600);

afterEach(() => {
  vi.restoreAllMocks();
});
const counted = () => {
  const spy = vi.spyOn(Metrics.prototype, 'addMetric');
  return () => spy.mock.calls.map(([name]) => name);
};
const open = async (order: Partial<Parameters<typeof openBooks>[0]> = {}) => {
  const campaign = await openBooks({ orderNo: ORDER, amountMinor: 1770, ...order }, NOW);
  return { ...campaign, notify: stripeDoor(campaign.table) };
};
/** The same event as Stripe sends it again later: signed anew. */
const again = (body: Buffer, sentAt = LATER): Delivery => delivery(body, { sentAt: epochSeconds(sentAt) });

describe('a gift that several events tell of', () => {
  const WITHOUT_ORDER = { metadata: {} };
  const session = delivered('checkout.session.completed', checkoutSession());
  const intent = delivered('payment_intent.succeeded', paymentIntent());
  const charged = delivered('charge.succeeded', charge());

  test('is one entry, and the donor’s account is nowhere in it', async () => {
    const { notify, of, table } = await open();
    const metrics = counted();
    for (const one of [session, intent, charged, session]) expect(await notify(one)).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([
      { provider: 'stripe', merchantId: ACCOUNT, paymentId: INTENT, orderNo: ORDER, campaignId: CAMPAIGN_ID },
    ]);
    expect(metrics()).toEqual(['DonationRecorded', 'DonationRepeated', 'DonationRepeated', 'DonationRepeated']);
    expect(JSON.stringify(table.everything())).not.toMatch(/cus_|donor@example/);
  });

  test('and of which only one names the order, is that order’s in whatever order they come', async () => {
    const kinds = [
      delivered('checkout.session.completed', checkoutSession({ metadata: {}, client_reference_id: ORDER })),
      delivered('payment_intent.succeeded', paymentIntent(WITHOUT_ORDER)),
      delivered('charge.succeeded', charge(WITHOUT_ORDER)),
    ];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...kinds, ...kinds], { minLength: 4 }), async (events) => {
        if (!events.includes(kinds[0] as Delivery)) return;
        const { notify, of } = await open();
        const metrics = counted();
        const waiting: Delivery[] = [];
        for (const event of events) if ((await notify(event)).status !== 200) waiting.push(event);
        for (const { body } of waiting) expect(await notify(again(body), LATER)).toEqual(RECEIVED);
        expect(of('donation')).toMatchObject([{ orderNo: ORDER, campaignId: CAMPAIGN_ID }]);
        expect(metrics()).not.toContain('DonationUnassigned');
        vi.restoreAllMocks();
      }),
    );
  });

  test('and of which none names an order, is sent back for an hour and then kept as unassigned, once', async () => {
    const { notify, of } = await open();
    const metrics = counted();
    const events = [
      delivered('payment_intent.succeeded', paymentIntent(WITHOUT_ORDER)),
      delivered('charge.succeeded', charge(WITHOUT_ORDER)),
    ];
    for (const event of events)
      expect(await notify(event)).toMatchObject({ status: 409, body: { error: { code: 'order_not_known_yet' } } });
    expect(of('donation')).toEqual([]);
    for (const { body } of events) expect(await notify(again(body), LATER)).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([{ campaignId: 'unassigned', unassignedReason: 'unknown-order' }]);
    expect(metrics()).toEqual([
      'PaymentDeferred',
      'PaymentDeferred',
      'DonationRecorded',
      'DonationUnassigned',
      'DonationRepeated',
    ]);
    // Too late: what is recorded is never edited, and it is no contradiction either.
    expect(await notify(again(session.body), LATER)).toEqual(RECEIVED);
    expect(of('donation')).toMatchObject([{ campaignId: 'unassigned' }]);
  });

  test('with another amount than was recorded raises the alarm and changes nothing', async () => {
    const { notify, table } = await open();
    await notify(intent);
    const before = table.everything();
    const metrics = counted();
    expect(await notify(delivered('charge.succeeded', charge({ amount_captured: 9999 })))).toMatchObject({
      status: 409,
      body: { error: { type: 'invalid_request_error', code: 'contradicts' } },
    });
    expect(table.everything()).toEqual(before);
    expect(metrics()).toContain('PaymentRefused');
  });

  test('is counted for the campaign, in yen as in dinars', async () => {
    for (const [currency, amount] of [
      ['JPY', 500],
      ['KWD', 5120],
    ] as const) {
      const { notify, deliver, books } = await open({ currency, amountMinor: amount });
      const object = paymentIntent({ currency: currency.toLowerCase(), amount_received: amount });
      expect(await notify(delivered('payment_intent.succeeded', object))).toEqual(RECEIVED);
      await deliver();
      expect((await books()).totals.campaign).toMatchObject({ gifts: 1, amountMinor: amount, matchMinor: amount });
    }
  });
});

describe('payment, refunds and a dispute of one gift', () => {
  const WON = [
    delivered('charge.dispute.created', dispute()),
    delivered('charge.dispute.funds_withdrawn', dispute()),
    delivered('charge.dispute.funds_reinstated', dispute({ status: 'won' })),
    delivered('charge.dispute.closed', dispute({ status: 'won' })),
  ];
  const LOST = [
    delivered('charge.dispute.created', dispute({ amount: 500 })),
    delivered('charge.dispute.funds_withdrawn', dispute({ amount: 500 })),
    delivered('charge.dispute.closed', dispute({ amount: 500, status: 'lost' })),
  ];
  const COMMON = [
    delivered('checkout.session.completed', checkoutSession()),
    delivered('payment_intent.succeeded', paymentIntent({ metadata: {} })),
    delivered('charge.succeeded', charge({ metadata: {} })),
    delivered('refund.created', refund({ status: 'pending' })),
    delivered('refund.updated', refund()),
    delivered('charge.refunded', charge({ amount_refunded: 700 })),
    delivered('charge.refunded', charge({ amount_refunded: 700, refunds: { data: [refund()] } })),
    delivered('refund.created', refund({ id: 're_2', amount: 300 })),
  ];

  test.each([
    ['won', WON, { refundedMinor: 1000, matchMinor: 770 }],
    ['lost', LOST, { refundedMinor: 1500, matchMinor: 270 }],
  ])('come to the same books in every order and however often they come, the dispute being %s', async (...scenario) => {
    const [, disputed, sums] = scenario;
    const all = [...COMMON, ...disputed];
    const orders = fc.record({
      events: fc.shuffledSubarray(all, { minLength: all.length }),
      repeats: fc.array(fc.constantFrom(...all), { maxLength: 4 }),
      deliveries: fc.infiniteStream(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(orders, async ({ events, repeats, deliveries }) => {
        const { notify, deliver, books, of, setAside } = await open();
        const waiting: Delivery[] = [];
        for (const event of [...events, ...repeats]) {
          if ((await notify(event)).status !== 200) waiting.push(event);
          if (deliveries.next().value === true) await deliver();
        }
        for (const { body } of waiting) expect(await notify(again(body), LATER)).toEqual(RECEIVED);
        await deliver();
        const read = await books();
        expect(violationsOf(read)).toEqual([]);
        expect(read.totals.campaign).toMatchObject({ gifts: 1, amountMinor: 1770, ...sums });
        expect(of('donation')).toHaveLength(1);
        expect(setAside).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('months later, after the matches are confirmed, add entries and edit none', async () => {
    const { notify, deliver, of, books } = await open();
    await notify(delivered('payment_intent.succeeded', paymentIntent()));
    await deliver();
    const before = [...of('donation'), ...of('match'), ...of('journal')];
    const months = plusSeconds(NOW, 120 * 86_400);
    const body = Buffer.from(JSON.stringify(eventOf('charge.dispute.closed', dispute({ status: 'lost' }))));
    expect(await notify(again(body, months), months)).toEqual(RECEIVED);
    await deliver();
    expect([...of('donation'), ...of('match'), ...of('journal')]).toEqual(before);
    expect((await books()).totals.campaign).toMatchObject({ refundedMinor: 1770, matchMinor: 0 });
  });
});

test('a refund that failed is told to a person and is no gift again: the donor is still owed', async () => {
  const { notify, deliver, books } = await open();
  await notify(delivered('payment_intent.succeeded', paymentIntent()));
  await notify(delivered('refund.created', refund()));
  const metrics = counted();
  expect(await notify(delivered('refund.failed', refund({ status: 'failed' })))).toEqual(RECEIVED);
  await deliver();
  expect(metrics()).toContain('RefundFailed');
  expect((await books()).totals.campaign).toMatchObject({ refundedMinor: 700 });
});

test('money in a currency that is not booked is kept as it was said, once, and told to a person', async () => {
  const { notify, table, of } = await open();
  const metrics = counted();
  const events = [
    delivered('payment_intent.succeeded', paymentIntent({ currency: 'gbp' })),
    delivered('charge.succeeded', charge({ currency: 'gbp' })),
  ];
  for (const event of [...events, ...events]) expect(await notify(event)).toEqual(RECEIVED);
  const kept: unknown[] = [];
  for await (const item of everyItem(table, unbookedMoney)) kept.push(item);
  expect(kept).toMatchObject([{ what: 'payment', paymentId: INTENT, amount: '1770', currency: 'GBP' }]);
  expect(of('donation')).toEqual([]);
  expect(metrics()).toEqual(['DonationUnassigned']);
});

describe('a regular gift', () => {
  test('is the order’s gift by its payment, and an event of its mandate, however often and in whatever order told', async () => {
    const events = [
      delivered('invoice.paid', invoice()),
      delivered('payment_intent.succeeded', paymentIntent({ amount_received: 3000, metadata: {} })),
      delivered('charge.succeeded', charge({ amount_captured: 3000, metadata: {} })),
      delivered('invoice.payment_failed', invoice({ amount_paid: 0 })),
    ];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), async (all) => {
        const { notify, of, table } = await open({ amountMinor: 3000 });
        const waiting: Delivery[] = [];
        for (const event of all) if ((await notify(event)).status !== 200) waiting.push(event);
        for (const { body } of waiting) expect(await notify(again(body), LATER)).toEqual(RECEIVED);
        expect(of('donation')).toMatchObject([{ paymentId: INTENT, campaignId: CAMPAIGN_ID, amountMinor: 3000 }]);
        const kinds: unknown[] = [];
        for await (const item of everyItem(table, eventsOfMandate('stripe', SUBSCRIPTION))) kinds.push(item['kind']);
        expect(kinds).toEqual(['charge-failed', 'charged']);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an event that is refused', () => {
  const refusals: [string, number, string, string, () => Delivery][] = [
    [
      'forged',
      400,
      'signature_not_verified',
      'NotificationForged',
      () => delivery('{}', { secret: 'whsec_strangers_secret_01' }),
    ],
    ['stale', 400, 'signature_not_verified', 'NotificationRefused', () => delivery('{}', { sentAt: 1_700_000_000 })],
    ['empty', 400, 'signature_not_verified', 'NotificationRefused', () => delivery('')],
    [
      'unsigned',
      400,
      'signature_not_verified',
      'NotificationRefused',
      () => delivery('{}', { headers: { 'stripe-signature': '' } }),
    ],
    ['too large', 413, 'too_large', 'NotificationRefused', () => delivery('x'.repeat(600_000))],
    [
      'no JSON by its type',
      415,
      'wrong_content_type',
      'NotificationRefused',
      () => delivery('{}', { headers: { 'content-type': 'text/plain' } }),
    ],
    ['not JSON', 400, 'not_json', 'PaymentRefused', () => delivery('{')],
    ['thin', 400, 'thin_event', 'PaymentRefused', () => delivery('{"object":"v2.core.event"}')],
    ['no event', 400, 'wrong_envelope', 'PaymentRefused', () => delivery('{}')],
    [
      'of test money',
      403,
      'wrong_mode',
      'NotificationRefused',
      () => delivered('charge.succeeded', charge(), { livemode: false }),
    ],
    [
      'of another account',
      403,
      'wrong_account',
      'PaymentRefused',
      () => delivered('charge.succeeded', charge(), { account: 'acct_Somebody0001' }),
    ],
    [
      'unreadable',
      400,
      'wrong_object',
      'PaymentRefused',
      () => delivered('charge.succeeded', charge({ amount_captured: -1 })),
    ],
    [
      'a refund without an id',
      422,
      'refund_without_id',
      'PaymentRefused',
      () => delivered('charge.refunded', charge(), { api_version: '2023-10-16' }),
    ],
  ];
  test.each(refusals)(
    'because it is %s is answered %i %s in Stripe’s shape and changes nothing',
    async (...refusal) => {
      const [, status, code, metric, make] = refusal;
      const { notify, table } = await open();
      const before = table.changes.length;
      const metrics = counted();
      expect(await notify(make())).toEqual({
        status,
        body: { error: { type: 'invalid_request_error', code, message: expect.any(String) } },
      });
      expect(table.changes).toHaveLength(before);
      expect(metrics()).toEqual([metric]);
    },
  );

  test('is every one where the door is closed', async () => {
    const { table } = await open();
    expect(await stripeDoor(table, '{}')(delivered('charge.succeeded', charge()))).toMatchObject({ status: 400 });
  });
});

test('what the store or the secret cannot take just now is answered 503, so that Stripe sends it again', async () => {
  const { table } = await open();
  const broken: Table = {
    ...table,
    write: async () => {
      throw new Error('no answer');
    },
  };
  const answer = {
    status: 503,
    body: { error: { type: 'api_error', code: 'unavailable', message: expect.any(String) } },
  };
  const event = delivered('charge.succeeded', charge());
  expect(await stripeDoor(broken)(event)).toEqual(answer);
  const [account] = merchantSecret().stripe;
  expect(await stripeDoor(table, JSON.stringify({ stripe: [{ ...account, livemode: 'yes' }] }))(event)).toEqual(answer);
});

test('no log line carries a body, a signature, a secret or who paid', async () => {
  const lines: unknown[] = [];
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(log, level).mockImplementation((...line: unknown[]) => void lines.push(line));
  const { notify } = await open();
  const events = [
    delivered('checkout.session.completed', checkoutSession()),
    delivered('payment_intent.succeeded', paymentIntent({ currency: 'gbp' })),
    delivered('refund.failed', refund({ status: 'failed' })),
    delivery('{"no":"json'),
  ];
  for (const event of events) await notify(event);
  const text = JSON.stringify(lines);
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const { headers } of events) expect(text).not.toContain(headers['stripe-signature']);
  expect(text).not.toMatch(/cus_|donor@|欧阳|whsec_/);
});
