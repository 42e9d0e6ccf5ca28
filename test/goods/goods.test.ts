import { beforeEach, describe, expect, test } from 'vitest';
import { definition as manageGoods } from '../../functions/goods/manage-goods.lambda.ts';
import { localDateSchema } from '../../functions/kernel/time.ts';
import { offlineGiftDayKey, offlineGiftKey } from '../../functions/platform/keys.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import {
  type Answer,
  CLERK,
  expenditure,
  NOW,
  person,
  SECOND,
  type SpendingBooks,
  spendingBooks,
} from '../spending/spending-books.ts';

const OFFLINE_ID = 'off_boxesboxesboxesboxes';
let books: SpendingBooks;
beforeEach(async () => {
  books = await spendingBooks();
  await books.table.write({
    put: {
      ...offlineGiftKey(OFFLINE_ID),
      ...offlineGiftDayKey(CAMPAIGN_ID, localDateSchema.parse('2026-09-08'), OFFLINE_ID),
      type: 'offline-gift',
      offlineId: OFFLINE_ID,
      campaignId: CAMPAIGN_ID,
      merchantId: 'dazhou',
      kind: 'in-kind',
      amountMinor: 1_200_001,
      currency: 'CNY',
      receivedOn: '2026-09-08',
      occurredAt: '2026-09-07T16:00:00.000Z',
      anonymous: true,
      thankYouDue: false,
      evidence: '入库单 12',
      goods: [
        {
          item: '急救箱',
          quantity: 100,
          unit: '个',
          assessedMinor: 1_200_001,
          basis: 'invoice',
          basisReference: 'FP-1',
        },
      ],
      state: 'booked',
      enteredBy: 'finance-chen',
      enteredAt: '2026-09-08T02:00:00.000Z',
    },
  });
});

const goods = (parts: {
  method?: string;
  rest: string;
  body?: object;
  key?: string;
  actor?: typeof CLERK;
  requestId?: string;
}) =>
  books.call(
    manageGoods as never,
    {
      ...(parts.method === undefined ? {} : { method: parts.method }),
      path: `/campaigns/${CAMPAIGN_ID}/${parts.rest}`,
      routeParameters: {
        campaignId: CAMPAIGN_ID,
        ...(parts.requestId === undefined ? {} : { requestId: parts.requestId }),
      },
      ...(parts.key === undefined ? {} : { headers: { 'Idempotency-Key': parts.key } }),
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
      actor: parts.actor ?? CLERK,
    },
    NOW,
  );
const fresh = (() => {
  let keys = 0;
  return () => {
    keys += 1;
    return `goods-${keys}`;
  };
})();
const ask = (body: object, key = fresh()) => goods({ method: 'POST', rest: 'goods-requests', body, key });
const decide = (requestId: string, body: object = { decision: 'confirm' }, actor = SECOND) =>
  goods({ method: 'POST', rest: `goods-requests/${requestId}/decisions`, requestId, body, actor });
const stock = async () => (await goods({ rest: 'goods' })).body;
const lotId = async (): Promise<string> => (await stock()).lots[0].lotId;
const problemsOf = ({ body }: Answer) => (body.problems as { field: string }[]).map(({ field }) => field);

const evidence = [{ kind: 'signature-list', number: '签收单 1' }];
const given = {
  kind: 'receive',
  source: { kind: 'gift', offlineId: OFFLINE_ID, good: 0 },
  place: '市红十字会仓库',
  quantity: 100,
  on: '2026-09-20',
  evidence,
};
const issue = async (quantity: number, changes: object = {}) => ({
  kind: 'issue',
  lotId: await lotId(),
  place: '市红十字会仓库',
  recipient: { kind: 'organisation', name: '宣汉县红十字会' },
  quantity,
  on: '2026-10-01',
  evidence,
  ...changes,
});

describe('goods that were given', () => {
  test('come in at what the gift was assessed at, into a place', async () => {
    expect(await ask(given)).toMatchObject({ status: 201, body: { state: 'booked', number: 1 } });
    expect(await stock()).toMatchObject({
      goods: [{ item: '急救箱', unit: '个', received: 100, issued: 0, onHand: 100, receivedMinor: 1_200_001 }],
      lots: [{ onHand: 100, onHandMinor: 1_200_001, places: [{ place: '市红十字会仓库', quantity: 100 }] }],
      page: [{ kind: 'received', basis: 'invoice', basisReference: 'FP-1' }],
    });
  });

  test('in parts are worth the gift together, to the fen, and are never more than was given', async () => {
    for (const quantity of [33, 33, 34]) await ask({ ...given, quantity });
    expect((await stock()).lots.map(({ valueMinor }: { valueMinor: number }) => valueMinor).toSorted()).toEqual([
      396_000, 396_000, 408_001,
    ]);
    expect(problemsOf(await ask({ ...given, quantity: 1 }))).toEqual(['quantity']);
  });

  test.each([
    ['a gift that nobody entered', { source: { ...given.source, offlineId: 'off_nothing' } }, 'source'],
    ['a good that the gift does not have', { source: { ...given.source, good: 1 } }, 'source'],
    ['a day before the gift', { on: '2026-09-07' }, 'on'],
    ['a day ahead', { on: '2026-10-09' }, 'on'],
    ['nothing that shows it', { evidence: [] }, 'evidence'],
    ['half a piece', { quantity: 0.5 }, 'quantity'],
  ])('of %s are refused, and the refusal names the field', async (_, change, field) => {
    const answer = await ask({ ...given, ...change });
    expect(answer.status).toBe(422);
    expect(problemsOf(answer).join()).toContain(field);
    expect((await stock()).goods).toEqual([]);
  });

  test('that come twice under one key come once', async () => {
    const first = await ask({ ...given, quantity: 10 }, 'once');
    expect(await ask({ ...given, quantity: 10 }, 'once')).toMatchObject({ status: 200, body: first.body });
    expect((await ask({ ...given, quantity: 11 }, 'once')).body.title).toBe('idempotency-key-reused');
  });
});

describe('goods that were bought', () => {
  const bought = {
    ...given,
    source: {
      kind: 'bought',
      expenditure: 1,
      item: '大米',
      unit: '袋',
      valueMinor: 120_000,
      basisReference: 'FP-0001',
    },
  };

  test('are worth no more than was paid for them, and keep what was paid from being taken back', async () => {
    await books.ask(expenditure);
    expect(problemsOf(await ask({ ...bought, source: { ...bought.source, valueMinor: 120_001 } }))).toEqual([
      'source.valueMinor',
    ]);
    await ask(bought);
    const back = { kind: 'reversal', of: 1, amountMinor: 1, reversedOn: '2026-10-08', reason: '退货' };
    expect(problemsOf(await books.ask(back, 'back'))).toEqual(['amountMinor']);
  });

  test('and went back to the seller are written off, and then the money is taken back', async () => {
    await books.ask(expenditure);
    await ask(bought);
    const off = {
      kind: 'write-off',
      lotId: await lotId(),
      place: given.place,
      quantity: 50,
      reason: '退回卖方',
      on: '2026-10-08',
      evidence,
    };
    await decide((await ask(off)).body.requestId);
    const back = { kind: 'reversal', of: 1, amountMinor: 60_000, reversedOn: '2026-10-08', reason: '卖方退款' };
    const asked = await books.ask(back, 'back');
    expect((await books.decide(asked.body.requestId)).body.state).toBe('booked');
    expect(problemsOf(await books.ask({ ...back, amountMinor: 1 }, 'more'))).toEqual(['amountMinor']);
  });

  test('by an entry that is no expenditure are refused', async () => {
    expect(problemsOf(await ask(bought))).toEqual(['source.expenditure']);
  });
});

describe('the stock', () => {
  beforeEach(async () => {
    await ask({ ...given, expiresOn: '2026-12-31' });
  });

  test('is issued against a signature, and what leaves in parts is worth what came, to the fen', async () => {
    for (const quantity of [33, 33, 34]) expect((await ask(await issue(quantity))).status).toBe(201);
    expect(await stock()).toMatchObject({
      goods: [{ received: 100, issued: 100, onHand: 0, receivedMinor: 1_200_001, issuedMinor: 1_200_001 }],
      lots: [],
    });
  }, 20_000);

  test('is never below zero, in any place', async () => {
    const move = {
      kind: 'move',
      lotId: await lotId(),
      place: given.place,
      toPlace: '宣汉县红十字会',
      quantity: 40,
      on: '2026-10-01',
      evidence,
    };
    expect((await ask(move)).body.state).toBe('booked');
    expect(problemsOf(await ask(await issue(61)))).toEqual(['quantity']);
    expect(problemsOf(await ask(await issue(1, { place: '开江县红十字会' })))).toEqual(['place']);
    expect((await ask(await issue(40, { place: '宣汉县红十字会' }))).status).toBe(201);
    expect((await stock()).lots[0].places).toEqual([{ place: '市红十字会仓库', quantity: 60 }]);
    expect(problemsOf(await ask({ ...move, toPlace: given.place }))).toEqual(['toPlace']);
  });

  test('stands also in a place that has an odd name', async () => {
    const move = { kind: 'move', lotId: await lotId(), place: given.place, quantity: 40, on: '2026-10-01', evidence };
    for (const toPlace of ['__proto__', 'constructor']) await ask({ ...move, toPlace });
    expect((await stock()).lots[0].places).toEqual([
      { place: '市红十字会仓库', quantity: 20 },
      { place: '__proto__', quantity: 40 },
      { place: 'constructor', quantity: 40 },
    ]);
  });

  test('is written off by two people, with a reason', async () => {
    const off = {
      kind: 'write-off',
      lotId: await lotId(),
      place: given.place,
      quantity: 5,
      reason: '运输破损',
      on: '2026-10-01',
      evidence,
    };
    const { body } = await ask(off);
    expect(body.state).toBe('awaiting-confirmation');
    expect((await stock()).waiting).toMatchObject([{ requestId: body.requestId }]);
    expect((await decide(body.requestId, undefined, CLERK)).body.title).toBe('own-entry');
    expect((await decide(body.requestId)).body.state).toBe('booked');
    expect((await decide(body.requestId)).body.state).toBe('booked');
    expect(await stock()).toMatchObject({ goods: [{ writtenOff: 5, onHand: 95 }], waiting: [] });
    expect((await decide(body.requestId, { decision: 'reject', reason: '没有' })).body.title).toBe('already-decided');
  });

  test('takes back what was issued, once, after a second person’s word', async () => {
    await ask(await issue(10));
    const back = { kind: 'return', of: 2, quantity: 4, reason: '多发', on: '2026-10-02', evidence };
    const { body } = await ask(back);
    expect(body.state).toBe('awaiting-confirmation');
    await decide(body.requestId);
    expect((await stock()).goods).toMatchObject([{ issued: 6, onHand: 94 }]);
    expect(problemsOf(await ask({ ...back, quantity: 7 }))).toEqual(['quantity']);
    expect(problemsOf(await ask({ ...back, of: 1 }))).toEqual(['of']);
  });

  test('that has expired is not issued', async () => {
    await ask({ ...given, quantity: 1 })
      .then(problemsOf)
      .catch(() => []);
    const lot = await lotId();
    await books.table.write({
      update: { pk: `GOODS#${CAMPAIGN_ID}`, sk: `LOT#${lot}` },
      set: { expiresOn: '2026-09-30' },
    });
    expect(problemsOf(await ask(await issue(1)))).toEqual(['lotId']);
    expect((await ask(await issue(1, { on: '2026-09-30' }))).status).toBe(201);
  });

  test('goes to a person by the id under which they are helped, and to nobody who is not', async () => {
    const stranger = { kind: 'beneficiary', beneficiaryId: 'bnf_00000000000000000000' };
    expect(problemsOf(await ask(await issue(1, { recipient: stranger })))).toEqual(['recipient.beneficiaryId']);
    const { beneficiaryId } = (await books.beneficiary('POST', '', person())).body;
    expect((await ask(await issue(1, { recipient: { kind: 'beneficiary', beneficiaryId } }))).status).toBe(201);
  });

  test('is a file in which money and goods are not mixed', async () => {
    await ask(await issue(1));
    const { text } = await goods({ rest: 'goods.csv' });
    expect(text.trimEnd().split('\r\n')).toHaveLength(3);
    const { body } = await books.read();
    expect(body).toMatchObject({ spentMinor: 0, goodsReceivedMinor: 1_200_001, goodsIssuedMinor: 12_000 });
  });
});

describe('gifts of goods', () => {
  test('are no money that can be spent', async () => {
    expect((await books.read()).body.funds).toMatchObject({ raisedMinor: 11_000_000 - 1_200_001 });
  });
});
