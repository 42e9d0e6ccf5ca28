import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { definition as cancelDefinition } from '../../functions/donations/cancel-mandate.lambda.ts';
import { definition as checkDefinition } from '../../functions/donations/check-mandates.lambda.ts';
import { definition as createDefinition } from '../../functions/donations/create-mandate.lambda.ts';
import { definition as viewDefinition } from '../../functions/donations/get-mandate.lambda.ts';
import { followMandate } from '../../functions/donations/mandate.store.ts';
import { recordRegularGiftEvent } from '../../functions/donations/regular-gift-event.store.ts';
import { regularGiftEventSchema } from '../../functions/donations/regular-gift-event.ts';
import { epochSeconds, type Instant, instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import { jobFunction } from '../../functions/platform/job.ts';
import { log } from '../../functions/platform/log.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type AnyHttpDefinition, anyHttpFunction } from '../platform/any-http-function.ts';
import { freshContext, type HttpEventParts, httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { openBooks } from './intake-books.ts';
import { CAMPAIGN_ID, putCampaign } from './open-campaign.ts';
import { putTeam, TEAM_ID } from './put-team.ts';
import { stripeDoor } from './stripe-door.ts';
import { delivery, eventOf, invoice, NOW, subscription } from './stripe-maker.ts';

const KEY = '0123456789-abcdefghijk';
const at = (text: string): Instant => instantOf(`${text}T12:00:00+08:00`);

let books: Awaited<ReturnType<typeof openBooks>>;
beforeEach(async () => {
  books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
});
afterEach(() => {
  vi.restoreAllMocks();
});

type Answer = { status: number; body: Record<string, unknown> };
async function call(definition: AnyHttpDefinition<never>, parts: HttpEventParts, now: Instant = NOW): Promise<Answer> {
  const use = { table: restrictedTable(books.table, definition.name as never) };
  const handler = anyHttpFunction(definition, { use: use as never, tellTime: async () => now });
  const result = await handler(httpEvent({ method: 'POST', name: definition.name as never, ...parts }), lambdaContext);
  return { status: result.statusCode ?? 0, body: JSON.parse(String(result.body ?? '{}')) as Answer['body'] };
}
const agree = (request: object = {}, key: string | null = KEY, now: Instant = NOW) =>
  call(
    createDefinition as never,
    {
      path: `/campaigns/${CAMPAIGN_ID}/mandates`,
      routeParameters: { campaignId: CAMPAIGN_ID },
      headers: key === null ? {} : { 'Idempotency-Key': key },
      body: JSON.stringify({ amountMinor: 3_000, dayOfMonth: 15, ...request }),
    },
    now,
  );
const cancel = (mandateId: unknown, now: Instant = NOW) =>
  call(
    cancelDefinition as never,
    { path: `/mandates/${mandateId}/cancellations`, routeParameters: { mandateId: String(mandateId) } },
    now,
  );
const check = async (now: Instant): Promise<unknown> => {
  const use = { table: restrictedTable(books.table, 'check-mandates') };
  return jobFunction(checkDefinition, { use, tellTime: async () => now })({}, freshContext());
};

/** One event of the subscription as Stripe sends it on a day. */
type Told = { readonly type: string; readonly object: object; readonly on: string };
const tell = async ({ type, object, on }: Told) => {
  const sentAt = epochSeconds(at(on));
  const body = JSON.stringify(eventOf(type, object, { created: sentAt }));
  const answer = await stripeDoor(books.table)(delivery(body, { sentAt }), at(on));
  // 409 asks for the event again, when its order may still become known.
  expect([200, 409]).toContain(answer.status);
  return answer;
};
const invoiceOf = (month: string, orderNo: string | undefined, changes: object = {}) =>
  invoice({
    id: `in_${month.replace('-', 'm')}`,
    charge: `ch_${month.replace('-', 'm')}`,
    payment_intent: `pi_${month.replace('-', 'm')}`,
    lines: {
      object: 'list',
      data: [
        {
          id: `il_${month.replace('-', 'm')}`,
          object: 'line_item',
          amount: 3_000,
          currency: 'cny',
          subscription: 'sub_1MonthlyGiftOfADonor001',
          period: { start: epochSeconds(at(`${month}-15`)), end: epochSeconds(at(`${month}-28`)) },
        },
      ],
      has_more: false,
    },
    subscription_details: { metadata: orderNo === undefined ? {} : { orderNo } },
    ...changes,
  });
const paid = (month: string, orderNo?: string): Told => ({
  type: 'invoice.paid',
  object: invoiceOf(month, orderNo),
  on: `${month}-15`,
});
const failed = (month: string, attempt: number, orderNo?: string): Told => ({
  type: 'invoice.payment_failed',
  object: invoiceOf(month, orderNo, { amount_paid: 0, attempt_count: attempt }),
  on: `${month}-${14 + attempt}`,
});
const theMandate = () => books.of('mandate')[0];

describe('a donor who agrees to give every month', () => {
  test('is told the first two days of charge, and gets an order by which charges are booked', async () => {
    const { status, body } = await agree({ unitId: 'xuanhan' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'awaiting-provider', firstOn: '2026-09-15', secondOn: '2026-10-15' });
    expect(books.of('donation-intent').map(({ orderNo }) => orderNo)).toContain(body['orderNo']);
  });

  test('who asks again, even on a later day, gets the same mandate and the same days', async () => {
    const { body } = await agree();
    expect(await agree({}, KEY, at('2026-09-16'))).toEqual({ status: 200, body });
    expect((await agree({ dayOfMonth: 16 })).body['title']).toBe('idempotency-key-reused');
    expect((await agree({ amountMinor: 3_001 })).body['title']).toBe('idempotency-key-reused');
    expect(books.of('mandate')).toHaveLength(1);
  });

  test('is refused a day that not every month has, a key that can be guessed, and a campaign that is not open', async () => {
    for (const dayOfMonth of [0, 29, 31, 1.5]) expect((await agree({ dayOfMonth })).status).toBe(422);
    expect((await agree({}, '1')).status).toBe(400);
    expect((await agree({}, null)).status).toBe(400);
    await putCampaign(books.table, 'closed');
    expect((await agree()).body['title']).toBe('campaign-not-open');
    expect(books.of('mandate')).toEqual([]);
  });
});

describe('a mandate that Stripe collects', () => {
  test('gives in a team for as long as that takes gifts, and for the campaign alone after it was closed', async () => {
    expect((await agree({ teamId: TEAM_ID })).status).toBe(422);
    await putTeam(books.table, 'waiting');
    expect((await agree({ teamId: TEAM_ID })).status).toBe(422);
    await putTeam(books.table);
    const { body } = await agree({ teamId: TEAM_ID });
    expect(theMandate()).toMatchObject({ teamId: TEAM_ID });
    await tell(paid('2026-09', String(body['orderNo'])));
    const occurredAt = books.of('donation')[0]?.['occurredAt'];
    await putTeam(books.table, 'closed', plusSeconds(instantOf(String(occurredAt)), 1));
    await tell(paid('2026-10', String(body['orderNo'])));
    expect(books.of('donation').map(({ teamId }) => teamId)).toEqual([TEAM_ID, undefined]);
  });

  test('follows its events: charged, missed, charged again; and each charge is a gift of the campaign', async () => {
    const { body } = await agree();
    const orderNo = String(body['orderNo']);
    await tell(paid('2026-09', orderNo));
    expect(theMandate()).toMatchObject({ mandateId: body['mandateId'], state: 'active', nextOn: '2026-10-15' });
    await tell(failed('2026-10', 1, orderNo));
    expect(theMandate()).toMatchObject({ state: 'missed', nextOn: '2026-10-16', retries: 1 });
    await tell(paid('2026-10', orderNo));
    await tell(paid('2026-10', orderNo));
    expect(theMandate()).toMatchObject({ state: 'active', nextOn: '2026-11-15', paidPeriods: 2 });
    expect(books.of('donation').map(({ campaignId }) => campaignId)).toEqual([CAMPAIGN_ID, CAMPAIGN_ID]);
  });

  test('stands the same in whatever order, however often and however much at once its events come', async () => {
    const { body } = await agree();
    const orderNo = String(body['orderNo']);
    const events = [paid('2026-09', orderNo), failed('2026-10', 1), failed('2026-10', 2), paid('2026-11')];
    const order = fc.shuffledSubarray([...events, ...events], { minLength: 8 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async (told, atOnce) => {
        books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
        await agree();
        if (atOnce) await Promise.all(told.map((one) => tell(one)));
        else for (const one of told) await tell(one);
        for (const one of events) await tell(one);
        expect(books.of('mandate')).toMatchObject([
          { mandateId: body['mandateId'], state: 'active', nextOn: '2026-12-15', paidPeriods: 2, skippedInARow: 0 },
        ]);
      }),
      { numRuns: 60 },
    );
  });

  test('holds every event, where one is followed while another is being followed on older knowledge', async () => {
    const eventOn = (month: string) =>
      regularGiftEventSchema.parse({
        kind: 'charged',
        provider: 'stripe',
        merchantId: 'acct_1',
        mandateReference: 'sub_1',
        chargeReference: `in_${month}`,
        periodStart: at(`${month}-15`),
        periodEnd: at(`${month}-28`),
        occurredAt: at(`${month}-15`),
        amountMinor: 3_000,
        currency: 'CNY',
      });
    const [first, second] = [eventOn('2026-09'), eventOn('2026-10')];
    const { table } = books;
    await recordRegularGiftEvent(table, first, NOW);
    let reads = 0;
    const overtaken: Table = {
      ...table,
      async query(question, options) {
        const page = await table.query(question, options);
        reads += 1;
        if (reads === 2) {
          await recordRegularGiftEvent(table, second, NOW);
          await followMandate(table, second, at('2026-10-16'));
        }
        return page;
      },
    };
    await followMandate(overtaken, first, at('2026-10-16'));
    expect(theMandate()).toMatchObject({ state: 'active', paidPeriods: 2, nextOn: '2026-11-15' });
  });

  test('of which nothing was agreed here stands by its events alone, its day at most the 28th', async () => {
    await tell({ type: 'customer.subscription.updated', object: subscription({ metadata: {} }), on: '2026-09-29' });
    expect(books.of('mandate')).toMatchObject([{ dayOfMonth: 28, state: 'missed' }]);
  });

  test('that was cancelled before an event named its order is cancelled under the order’s id, and the old id still finds it', async () => {
    await tell(failed('2026-09', 1));
    const mandateId = theMandate()?.['mandateId'];
    await cancel(mandateId, at('2026-09-16'));
    await agree();
    const named = books.of('donation-intent').find(({ orderNo }) => orderNo !== 'int_other')?.['orderNo'];
    await tell(failed('2026-09', 2, String(named)));
    expect(books.of('mandate')).toMatchObject([{ orderNo: named, state: 'cancelling' }]);
    expect((await cancel(mandateId, at('2026-09-20'))).body).toMatchObject({
      mandateId: theMandate()?.['mandateId'],
      cancelledAt: at('2026-09-16'),
    });
  });
});

describe('a donor who cancels', () => {
  test('is believed at once, and the first time stands', async () => {
    const { body } = await agree();
    const first = await cancel(body['mandateId'], at('2026-09-10'));
    expect(first).toMatchObject({ status: 200, body: { state: 'cancelled', cancelledAt: at('2026-09-10') } });
    expect(await cancel(body['mandateId'], at('2026-09-11'))).toEqual(first);
  });

  test('and is charged all the same: the money is a gift, and a person is told', async () => {
    const { body } = await agree();
    await cancel(body['mandateId'], at('2026-09-10'));
    const spy = vi.spyOn(log, 'error');
    await tell(paid('2026-09', String(body['orderNo'])));
    expect(spy).toHaveBeenCalledWith('money was taken after the donor had cancelled', expect.anything());
    expect(theMandate()).toMatchObject({ state: 'cancelling', chargedAfterCancellation: true });
    expect(books.of('donation')).toHaveLength(1);
  });

  test('of a mandate that there is not learns only that', async () => {
    for (const id of ['mdt_00000000000000000000', 'x', '../CAMPAIGN#1'])
      expect((await cancel(id)).body['title']).toBe('unknown-mandate');
  });
});

describe('what staff see of regular gifts', () => {
  const staff = async (path: string, parts: Partial<HttpEventParts> = {}, groups: readonly string[] = ['finance']) =>
    call(viewDefinition as never, { method: 'GET', path, actor: { id: 'finance-chen', groups }, ...parts });
  const one = (mandateId: unknown) =>
    staff(`/campaigns/${CAMPAIGN_ID}/mandates/${mandateId}`, {
      routeParameters: { campaignId: CAMPAIGN_ID, mandateId: String(mandateId) },
    });
  const list = (query: Record<string, string>) =>
    staff(`/campaigns/${CAMPAIGN_ID}/mandates`, { query, routeParameters: { campaignId: CAMPAIGN_ID } });

  test('is a mandate, all that its provider has said, and the gift that each charge was booked as', async () => {
    const { body } = await agree();
    await tell(paid('2026-09', String(body['orderNo'])));
    await tell(failed('2026-10', 1));
    const seen = await one(body['mandateId']);
    expect(seen).toMatchObject({
      status: 200,
      body: { campaignId: CAMPAIGN_ID, state: 'missed', retries: 1, paidPeriods: 1, merchantId: expect.any(String) },
    });
    expect(seen.body['events']).toMatchObject([
      { kind: 'charged', amountMinor: 3_000, giftId: books.of('donation')[0]?.['giftId'] },
      { kind: 'charge-failed', attempt: 1 },
    ]);
  });

  test('is by the day on which a charge is expected, and what is being cancelled, page by page', async () => {
    for (let n = 0; n < 60; n += 1) {
      const { body } = await agree({}, `${KEY}-${n}`);
      const object = subscription({ id: `sub_ofADonor${n}`, metadata: { orderNo: body['orderNo'] } });
      await tell({ type: 'customer.subscription.updated', object, on: '2026-09-15' });
    }
    const first = await list({ expectedOn: '2026-09-15' });
    const second = await list({ expectedOn: '2026-09-15', after: String(first.body['next']) });
    expect(second.body['next']).toBeNull();
    const ids = [first, second]
      .flatMap(({ body }) => body['mandates'] as { mandateId: string }[])
      .map((m) => m.mandateId);
    expect(new Set(ids).size).toBe(60);
    expect((await list({ state: 'cancelling' })).body).toEqual({ mandates: [], next: null });
    await cancel(ids[7], at('2026-09-16'));
    expect((await list({ state: 'cancelling' })).body['mandates']).toMatchObject([{ mandateId: ids[7] }]);
    expect(((await list({ expectedOn: '2026-09-15' })).body['mandates'] as object[]).length).toBe(50);
  });

  test('is for staff, and a question that is none is refused', async () => {
    const stranger = { id: 'stranger', groups: ['finance'] };
    const { body } = await agree();
    for (const mandateId of [undefined, String(body['mandateId'])]) {
      const path = `/campaigns/${CAMPAIGN_ID}/mandates${mandateId === undefined ? '' : `/${mandateId}`}`;
      const routeParameters = { campaignId: CAMPAIGN_ID, ...(mandateId === undefined ? {} : { mandateId }) };
      const query = { state: 'cancelling' };
      expect((await staff(path, { routeParameters, actor: stranger, query })).status).toBe(403);
      expect((await staff(path, { routeParameters, query }, ['viewer'])).status).toBe(403);
    }
    for (const query of [
      {},
      { state: 'active' },
      { expectedOn: '2026-02-30' },
      { expectedOn: '2026-09-15', state: 'cancelling' },
    ])
      expect((await list(query as never)).status).toBe(400);
    expect((await list({ state: 'cancelling', after: 'x' })).status).toBe(400);
    for (const id of ['mdt_00000000000000000000', 'x']) expect((await one(id)).status).toBe(404);
  });
});

describe('the check of mandates', () => {
  test('finds what was due and did not come, until it lapses, and what came it leaves alone', async () => {
    const { body } = await agree();
    await tell(paid('2026-09', String(body['orderNo'])));
    const states: unknown[] = [];
    for (const today of ['2026-10-15', '2026-10-16', '2026-10-17', '2026-10-18', '2026-11-20', '2026-12-20']) {
      const outcome = (await check(at(today))) as { overdue: number };
      states.push([today, outcome.overdue, theMandate()?.['state'], theMandate()?.['nextOn']]);
    }
    expect(states).toEqual([
      ['2026-10-15', 0, 'active', '2026-10-15'],
      ['2026-10-16', 1, 'missed', '2026-10-16'],
      ['2026-10-17', 1, 'missed', '2026-10-17'],
      ['2026-10-18', 1, 'missed', '2026-11-15'],
      ['2026-11-20', 1, 'missed', '2026-12-15'],
      ['2026-12-20', 1, 'lapsed', undefined],
    ]);
    await tell(paid('2027-01', String(body['orderNo'])));
    expect(theMandate()).toMatchObject({ state: 'active', nextOn: '2027-02-15' });
  });

  test('does not look at what no provider collects', async () => {
    await agree();
    expect(await check(at('2026-10-20'))).toEqual({ kind: 'checked', overdue: 0 });
    expect(theMandate()).toMatchObject({ state: 'awaiting-provider' });
  });
});
