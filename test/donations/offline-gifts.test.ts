import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { definition as confirmDefinition } from '../../functions/donations/confirm-offline-gift.lambda.ts';
import { definition as enterDefinition } from '../../functions/donations/enter-offline-gift.lambda.ts';
import { SECOND_PERSON_FROM_MINOR } from '../../functions/donations/offline-gift.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type AnyHttpDefinition, anyHttpFunction } from '../platform/any-http-function.ts';
import { type HttpEventParts, httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { openBooks } from './intake-books.ts';
import { CAMPAIGN_ID, putCampaign } from './open-campaign.ts';
import { putTeam, TEAM_ID } from './put-team.ts';

const NOW = instantOf('2026-09-08T10:00:00+08:00');
const CLERK = { id: 'finance-chen', groups: ['finance'] };
const SECOND = { id: 'finance-li', groups: ['finance'] };
const PATH = `/campaigns/${CAMPAIGN_ID}/offline-gifts`;
const cash = { kind: 'cash', amountMinor: 8_800, receivedOn: '2026-09-07', evidence: '收据本 3 第 17 页' };
const large = { ...cash, amountMinor: SECOND_PERSON_FROM_MINOR };
const kelun = {
  kind: 'directed',
  amountMinor: 300_000_000,
  receivedOn: '2026-09-07',
  evidence: '银行流水 20260907-003',
  agreementNo: 'DZ-2026-001',
  purpose: '医院药房建设',
  donor: { organisation: '科伦药业', name: '何', phone: '0818-1234567' },
  anonymous: false,
};
const goods = {
  kind: 'in-kind',
  receivedOn: '2026-09-07',
  evidence: '入库单 12',
  goods: [
    { item: '急救箱', quantity: 100, unit: '个', assessedMinor: 1_200_000, basis: 'invoice', basisReference: 'FP-1' },
    { item: '大米', quantity: 5, unit: '500 g', assessedMinor: 3_000, basis: 'market', basisReference: '9 月 7 日' },
  ],
};

let books: Awaited<ReturnType<typeof openBooks>>;
beforeEach(async () => {
  books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
});

type Answer = { status: number; body: Record<string, unknown> };
async function call(
  definition: AnyHttpDefinition<never>,
  parts: HttpEventParts,
  at: Instant = NOW,
  table: Table = books.table,
): Promise<Answer> {
  const use = { table: restrictedTable(table, definition.name as never), readDonorKey: async () => 'donor key' };
  const handler = anyHttpFunction(definition, { use: use as never, tellTime: async () => at });
  const result = await handler(httpEvent({ name: definition.name as never, ...parts }), lambdaContext);
  return { status: result.statusCode ?? 0, body: JSON.parse(String(result.body ?? '{}')) as Answer['body'] };
}
const enter = (gift: object, key: string | null = 'key-1', actor = CLERK, table: Table = books.table) =>
  call(
    enterDefinition as never,
    {
      method: 'POST',
      path: PATH,
      routeParameters: { campaignId: CAMPAIGN_ID },
      headers: key === null ? {} : { 'Idempotency-Key': key },
      body: JSON.stringify(gift),
      actor,
    },
    NOW,
    table,
  );
const confirm = (offlineId: unknown, decision: object, actor = SECOND, table: Table = books.table) =>
  call(
    confirmDefinition as never,
    {
      method: 'POST',
      path: `${PATH}/${offlineId}/confirmations`,
      routeParameters: { campaignId: CAMPAIGN_ID, offlineId: String(offlineId) },
      body: JSON.stringify(decision),
      actor,
    },
    NOW,
    table,
  );
const list = async (query: Record<string, string> = {}, actor = CLERK) =>
  call(enterDefinition as never, { path: PATH, routeParameters: { campaignId: CAMPAIGN_ID }, query, actor });
const problemsOf = ({ body }: Answer) => (body['problems'] as { field: string }[]).map(({ field }) => field);

describe('a small gift in cash', () => {
  test('is in the books at once, on the day it was received, and matched like any other', async () => {
    const { status, body } = await enter({ ...cash, unitId: 'xuanhan' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'booked', amountMinor: 8_800, enteredBy: 'finance-chen' });
    expect(books.of('donation')).toMatchObject([
      { giftId: body['giftId'], provider: 'offline', day: '2026-09-07', unitId: 'xuanhan', anonymous: true },
    ]);
    await books.deliver();
    expect(books.of('match')).toMatchObject([{ amountMinor: 8_800, matchMinor: 8_800, outcome: 'matched' }]);
    expect(violationsOf(await books.books())).toEqual([]);
    expect((await list()).body['waiting']).toEqual([]);
  });

  test('is a team’s where it was collected in one, which took gifts on that day', async () => {
    const inTeam = { ...cash, teamId: TEAM_ID };
    expect(problemsOf(await enter(inTeam))).toEqual(['teamId']);
    await putTeam(books.table, 'declined');
    expect(problemsOf(await enter(inTeam))).toEqual(['teamId']);
    await putTeam(books.table, 'closed', instantOf('2026-09-06T12:00:00+08:00'));
    expect(problemsOf(await enter(inTeam))).toEqual(['teamId']);
    await putTeam(books.table, 'closed', instantOf('2026-09-07T12:00:00+08:00'));
    expect(await enter(inTeam)).toMatchObject({ status: 201, body: { state: 'booked', teamId: TEAM_ID } });
    expect((await enter(cash)).body['title']).toBe('idempotency-key-reused');
    await books.deliver();
    const { teams } = await books.books();
    expect(teams.get(TEAM_ID)).toMatchObject({ gifts: 1, amountMinor: 8_800 });
    expect(violationsOf(await books.books())).toEqual([]);
  });

  test('that is entered twice under one key is one gift, and another under that key is refused', async () => {
    const first = await enter(cash);
    const again = await enter(cash, 'key-1', SECOND);
    expect(again).toEqual({ status: 200, body: first.body });
    expect((await enter({ ...cash, amountMinor: 8_801 })).body['title']).toBe('idempotency-key-reused');
    expect(books.of('donation')).toHaveLength(1);
  });

  test('of the same sum on the same day, under a key of its own, is a second gift', async () => {
    await enter(cash, 'key-1');
    await enter(cash, 'key-2');
    expect(books.of('donation')).toHaveLength(2);
    expect(new Set(books.of('donation').map(({ donorId }) => donorId)).size).toBe(2);
  });

  test('leaves a name only in the contact, which alone is erased', async () => {
    await enter({ ...cash, donor: { name: '周', email: 'mail@example.org' }, anonymous: false });
    expect(books.of('donor-contact')).toMatchObject([{ name: '周', email: 'mail@example.org' }]);
    const others = books.table.everything().filter(({ type }) => type === 'donation' || type === 'offline-gift');
    expect(JSON.stringify(others)).not.toMatch(/周|mail@/);
    expect(books.of('donation')).toMatchObject([{ anonymous: false, thankYouDue: true }]);
  });
});

describe('a gift that needs a second person', () => {
  test('is of the threshold or more, to the fen', async () => {
    expect((await enter({ ...cash, amountMinor: SECOND_PERSON_FROM_MINOR - 1 }, 'below')).body['state']).toBe('booked');
    expect((await enter(large, 'at')).body['state']).toBe('awaiting-confirmation');
  });

  test('waits on the list and outside the books until another person confirms it', async () => {
    const { body } = await enter(kelun);
    expect(books.of('donation')).toEqual([]);
    expect((await list()).body['waiting']).toMatchObject([
      { offlineId: body['offlineId'], agreementNo: 'DZ-2026-001' },
    ]);
    const confirmed = await confirm(body['offlineId'], { decision: 'confirm' });
    expect(confirmed).toMatchObject({ status: 200, body: { state: 'booked', decidedBy: 'finance-li' } });
    expect(books.of('donation')).toMatchObject([{ amountMinor: 300_000_000, anonymous: false }]);
    expect(books.of('donor-contact')).toMatchObject([{ name: '科伦药业', person: '何' }]);
    expect((await list()).body['waiting']).toEqual([]);
  });

  test('is not confirmed by who entered it, nor by somebody without the role', async () => {
    const { body } = await enter(large);
    expect((await confirm(body['offlineId'], { decision: 'confirm' }, CLERK)).body['title']).toBe('own-entry');
    const manager = { id: 'manager-wu', groups: ['manager'] };
    expect((await confirm(body['offlineId'], { decision: 'confirm' }, manager)).status).toBe(403);
    expect(books.of('donation')).toEqual([]);
  });

  test('that is rejected never comes into the books, and leaves no contact behind', async () => {
    const { body } = await enter({ ...large, donor: { name: '何' } });
    expect((await confirm(body['offlineId'], { decision: 'reject' })).status).toBe(422);
    const rejected = await confirm(body['offlineId'], { decision: 'reject', reason: '重复登记' });
    expect(rejected.body).toMatchObject({ state: 'rejected', reason: '重复登记', giftId: null });
    expect((await confirm(body['offlineId'], { decision: 'confirm' })).body['title']).toBe('already-decided');
    expect((await enter({ ...large, donor: { name: '何' } })).body['state']).toBe('rejected');
    expect([books.of('donation'), books.of('donor-contact')]).toEqual([[], []]);
  });

  test('answers the same decision again with what stands, whoever takes it', async () => {
    const { body } = await enter(large);
    const first = await confirm(body['offlineId'], { decision: 'confirm' });
    const third = { id: 'approver-he', groups: ['approver'] };
    expect(await confirm(body['offlineId'], { decision: 'confirm' }, third)).toEqual(first);
    expect(books.of('donation')).toHaveLength(1);
  });

  test('is found only in its own campaign', async () => {
    const { body } = await enter(large);
    const own = await books.table.get(campaignKey(CAMPAIGN_ID));
    await books.table.write({
      put: { ...own, ...campaignKey('cmp_other'), type: 'campaign', campaignId: 'cmp_other' },
    });
    const elsewhere = await call(confirmDefinition as never, {
      method: 'POST',
      path: PATH,
      routeParameters: { campaignId: 'cmp_other', offlineId: String(body['offlineId']) },
      body: JSON.stringify({ decision: 'confirm' }),
      actor: SECOND,
    });
    expect(elsewhere.status).toBe(404);
  });
});

describe('a large gift that is entered in parts', () => {
  const part = { ...cash, amountMinor: 600_000, donor: { organisation: '科伦药业' } };

  test('needs a second person from the part on with which it is large, however the donor is written', async () => {
    expect((await enter(part, 'first')).body['state']).toBe('booked');
    const second = await enter({ ...part, kind: 'transfer', donor: { organisation: ' 科伦 药业' } }, 'second');
    expect(second.body['state']).toBe('awaiting-confirmation');
    expect((await enter({ ...part, amountMinor: 1 }, 'third')).body['state']).toBe('awaiting-confirmation');
    expect(books.of('donation')).toHaveLength(1);
    expect((await confirm(second.body['offlineId'], { decision: 'confirm' })).body['state']).toBe('booked');
  });

  test('is large also where nobody is named, and in the moment in which two clerks enter it', async () => {
    const nameless = { ...part, donor: {} };
    const both = await Promise.all([enter(nameless, 'first'), enter(nameless, 'second', SECOND)]);
    expect(both.map(({ body }) => body['state']).sort()).toEqual(['awaiting-confirmation', 'booked']);
  });

  test('is two gifts where it is of two days or of two donors, and a repeat adds nothing to it', async () => {
    await enter(part, 'first');
    expect((await enter(part, 'first')).body['state']).toBe('booked');
    expect((await enter({ ...part, receivedOn: '2026-09-08' }, 'other-day')).body['state']).toBe('booked');
    expect((await enter({ ...part, donor: { name: '何' } }, 'other-donor')).body['state']).toBe('booked');
    expect((await enter({ ...part, amountMinor: 399_999 }, 'below')).body['state']).toBe('booked');
    expect(JSON.stringify(books.of('offline-day'))).not.toMatch(/科伦|何/);
  });
});

describe('a transfer with the bank’s number', () => {
  const transfer = { ...cash, kind: 'transfer', bankReference: '20260907-000123' };

  test('is entered once, whoever enters it and under whatever key', async () => {
    const { body } = await enter(transfer, 'first');
    expect(body).toMatchObject({ state: 'booked', bankReference: '20260907-000123' });
    const again = await enter(transfer, 'second', SECOND);
    expect(again).toMatchObject({ status: 409, body: { title: 'already-booked' } });
    expect(again.body['detail']).toContain(String(body['giftId']));
    expect(books.of('donation')).toMatchObject([{ provider: 'statement', paymentId: '20260907-000123' }]);
    expect(books.of('offline-gift')).toHaveLength(1);
    await books.deliver();
    expect(violationsOf(await books.books())).toEqual([]);
  });

  test('that waited for its second person while another entry of it was confirmed can only be rejected', async () => {
    const waiting = { ...transfer, amountMinor: SECOND_PERSON_FROM_MINOR };
    const [first, second] = [await enter(waiting, 'first'), await enter(waiting, 'second')];
    await confirm(first.body['offlineId'], { decision: 'confirm' });
    const refused = await confirm(second.body['offlineId'], { decision: 'confirm' });
    expect(refused).toMatchObject({ status: 409, body: { title: 'already-booked' } });
    const rejected = await confirm(second.body['offlineId'], { decision: 'reject', reason: '重复登记' });
    expect(rejected.body['state']).toBe('rejected');
    expect(books.of('donation')).toHaveLength(1);
  });

  test('cannot bear a number that is none of a bank’s', async () => {
    for (const bankReference of ['row-abc-1', 'refund-abc-1', '1', 'a b c d', 'x'.repeat(65)])
      expect(problemsOf(await enter({ ...transfer, bankReference }))).toEqual(['bankReference']);
  });
});

describe('goods', () => {
  test('are worth what they were assessed at, and no sponsor matches them', async () => {
    const { body } = await enter(goods);
    expect(body).toMatchObject({ state: 'awaiting-confirmation', amountMinor: 1_203_000 });
    await confirm(body['offlineId'], { decision: 'confirm' });
    await books.deliver();
    expect(books.of('donation')).toMatchObject([{ inKind: true, amountMinor: 1_203_000 }]);
    expect(books.of('match')).toMatchObject([{ inKind: true, matchMinor: 0, outcome: 'in-kind' }]);
    const read = await books.books();
    expect(violationsOf(read)).toEqual([]);
    expect(read.pool.remainingMinor).toBe(read.pool.poolMinor);
  });

  test('wait for a second person whatever they are worth', async () => {
    const cheap = { ...goods, goods: [{ ...goods.goods[1], assessedMinor: 1 }] };
    expect((await enter(cheap)).body['state']).toBe('awaiting-confirmation');
  });
});

describe('what is refused, with the field', () => {
  const refused: [string, object, string][] = [
    ['a gift of nothing', { ...cash, amountMinor: 0 }, 'amountMinor'],
    ['half a fen', { ...cash, amountMinor: 0.5 }, 'amountMinor'],
    ['a day that is to come', { ...cash, receivedOn: '2026-09-09' }, 'receivedOn'],
    ['a day of another year', { ...cash, receivedOn: '2025-09-06' }, 'receivedOn'],
    ['a unit of another campaign', { ...cash, unitId: 'nowhere' }, 'unitId'],
    ['a name to publish that is not given', { ...cash, anonymous: false }, 'donor'],
    ['no evidence', { ...cash, evidence: undefined }, 'evidence'],
    ['a directed gift of nobody', { ...kelun, donor: { name: '何' } }, 'donor.organisation'],
    ['a directed gift without agreement', { ...kelun, agreementNo: undefined }, 'agreementNo'],
    ['no goods', { ...goods, goods: [] }, 'goods'],
    [
      'goods whose value rests on nothing',
      { ...goods, goods: [{ ...goods.goods[0], basis: 'guess' }] },
      'goods[0].basis',
    ],
    ['goods and an amount', { ...goods, amountMinor: 1 }, '(body)'],
    [
      'goods beyond the largest amount',
      { ...goods, goods: Array(2).fill({ ...goods.goods[0], assessedMinor: 1e12 }) },
      'goods',
    ],
  ];
  test.each(refused)('%s', async (_what, gift, field) => {
    const answer = await enter(gift);
    expect(answer.status).toBe(422);
    expect(problemsOf(answer)).toEqual([field]);
    expect(books.of('offline-gift')).toEqual([]);
  });

  test('an entry without a key, of somebody without the role, or for a campaign that has not opened', async () => {
    expect((await enter(cash, null)).status).toBe(400);
    expect((await enter(cash, 'key', { id: 'auditor', groups: ['auditor'] })).status).toBe(403);
    await putCampaign(books.table, 'approved');
    expect((await enter(cash)).body['title']).toBe('campaign-not-open');
  });
});

test('the list comes in pages, each gift once, in order of entry', async () => {
  for (let n = 0; n < 120; n += 1) await enter({ ...large, evidence: `第 ${n} 页` }, `key-${n}`);
  const seen: unknown[] = [];
  let query: Record<string, string> | undefined = {};
  while (query !== undefined) {
    const { body } = await list(query);
    const waiting = body['waiting'] as { offlineId: string }[];
    expect(waiting.length).toBeLessThanOrEqual(50);
    seen.push(...waiting.map(({ offlineId }) => offlineId));
    const next = body['next'] as string | null;
    query = next === null ? undefined : { after: new URLSearchParams(next).get('after') ?? '' };
  }
  expect(seen).toHaveLength(120);
  expect(new Set(seen).size).toBe(120);
  expect((await list({ after: 'x' })).status).toBe(400);
});

/** Fails the nth write, before or after it has happened. */
function failing(table: Table, nth: number, after: boolean): Table {
  let writes = 0;
  const perhaps = async <T>(write: () => Promise<T>): Promise<T> => {
    writes += 1;
    if (writes !== nth) return write();
    if (after) await write();
    throw new TransientError('the store went away');
  };
  return {
    ...table,
    write: (write) => perhaps(() => table.write(write)),
    transact: (writes) => perhaps(() => table.transact(writes)),
  };
}

test('whatever is repeated, decided at once or cut off at any write, the gift is in the books once or was rejected', async () => {
  const step = fc.record({
    what: fc.constantFrom('enter', 'confirm', 'reject'),
    failAt: fc.integer({ min: 1, max: 5 }),
    after: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(cash, large), fc.array(step, { maxLength: 8 }), async (gift, steps) => {
      books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
      const { body } = await enter(gift, 'key', CLERK, books.table);
      const offlineId = body['offlineId'];
      await Promise.all(
        steps.map(({ what, failAt, after }) => {
          const table = failing(books.table, failAt, after);
          if (what === 'enter') return enter(gift, 'key', CLERK, table);
          return confirm(offlineId, { decision: what, reason: 'r' }, SECOND, table);
        }),
      );
      // Who is answered 503 asks again; then nothing may be left half done.
      const { body: end } = await enter(gift, 'key', CLERK);
      expect(books.of('donation')).toHaveLength(end['state'] === 'booked' ? 1 : 0);
      expect(((await list()).body['waiting'] as unknown[]).length).toBe(
        end['state'] === 'awaiting-confirmation' ? 1 : 0,
      );
      expect(end['state']).not.toBe('accepted');
    }),
    { numRuns: 200 },
  );
});
