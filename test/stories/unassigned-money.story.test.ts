import { beforeEach, describe, expect, it } from 'vitest';
import { donationEntrySchema } from '../../functions/donations/donation-entry.ts';
import {
  assignmentProblems,
  giftArrivalSchema,
  giftAssignmentSchema,
} from '../../functions/donations/gift-assignment.ts';
import { definition as manageUnassigned } from '../../functions/donations/manage-unassigned-money.lambda.ts';
import { SECOND_PERSON_FROM_MINOR } from '../../functions/donations/offline-gift.ts';
import type { RefundAnswer, RefundOrder } from '../../functions/donations/refund-request.ts';
import { definition as remindDuties } from '../../functions/duties/remind-duties.lambda.ts';
import { instantOf, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import type { Actor } from '../../functions/platform/http.ts';
import {
  arrivalKey,
  assignmentKey,
  donationEntryKey,
  organisationKey,
  rootIndexKey,
} from '../../functions/platform/keys.ts';
import { definition as checkBills } from '../../functions/reconciliation/check-bills.lambda.ts';
import { readReconciliationStanding } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { Book } from '../../local/sandbox/book.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { ROOT } from '../access/people.ts';
import { ledgerTable } from './ledger-table.ts';
import { APPROVER, FINANCE, MANAGER } from './people.ts';
import { entryOf, finalise, giveBack, notify, openedCampaign, order, paymentFor } from './play.ts';
import { billsOf } from './sandbox-bills.ts';
import { settledBooks } from './settled-books.ts';
import { type Answer, World } from './world.ts';

const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'].map((day) => localDateSchema.parse(day));
const GIFT = { paidAt: '2026-09-07T10:00:00+08:00', openid: 'openid-chen', amountMinor: 10_000 };
const SECOND: Actor = { id: 'finance-li', groups: ['finance'] };

let world: World;
let campaignId: string;

beforeEach(async () => {
  world = new World();
  campaignId = await openedCampaign(world);
});

const call = (rest: object, actor: Actor, organisationId = ROOT): Promise<Answer> =>
  world.request('manage-unassigned-money', manageUnassigned, {
    path: `/organisations/${organisationId}/unassigned-money`,
    routeParameters: { organisationId },
    actor,
    ...rest,
  });
const list = async (actor: Actor = FINANCE, organisationId = ROOT) =>
  (await call({}, actor, organisationId)).body.waiting;
const of = (giftId: string, step: string, organisationId = ROOT) => ({
  path: `/organisations/${organisationId}/unassigned-money/${giftId}${step}`,
  routeParameters: { organisationId, giftId },
});
const shown = async (giftId: string) => (await call(of(giftId, ''), FINANCE)).body;
const propose = (giftId: string, body: object, actor: Actor = FINANCE, key = 'key-1', organisationId = ROOT) =>
  call(
    {
      ...of(giftId, '/proposals', organisationId),
      method: 'POST',
      headers: { 'Idempotency-Key': key },
      body: JSON.stringify(body),
    },
    actor,
    organisationId,
  );
const decide = (giftId: string, body: object, actor: Actor = SECOND) =>
  call({ ...of(giftId, '/decisions'), method: 'POST', body: JSON.stringify(body) }, actor);
const assign = (to: object = {}) => ({ kind: 'assign', campaignId, reason: '捐赠人来电说明，截图见 7 号夹', ...to });
const back = { kind: 'return', reason: '无法联系捐赠人，用途不明' };

/** Somebody pays under a number that is no order of ours. */
async function payUnknown(amountMinor: number, orderNo = 'int_nobodyknows', openid = 'openid-x'): Promise<Payment> {
  const payment = paymentFor(orderNo, { ...GIFT, openid, amountMinor });
  expect(await notify(world, payment)).toBe(200);
  await world.drainStream();
  return payment;
}

/** What must hold of every gift that was assigned, whatever happened to it before. */
async function problemsOf(giftId: string): Promise<string[]> {
  const entry = donationEntrySchema.parse(await world.table.get(donationEntryKey(giftId)));
  const arrival = giftArrivalSchema.optional().parse(await world.table.get(arrivalKey(giftId)));
  const assignment = giftAssignmentSchema.optional().parse(await world.table.get(assignmentKey(giftId)));
  return assignmentProblems(entry, arrival?.entry, assignment);
}

describe('a donor who paid another amount than their order says', () => {
  it('has it counted, matched and thanked for under the same gift, once somebody has said that it was meant so', async () => {
    const asked = { name: '陈小明', anonymous: false, email: 'chen@example.org', unitId: 'xuanhan' };
    const payment = {
      ...paymentFor(await order(world, campaignId, { ...GIFT, asked }), GIFT),
      amountMinor: 9_000,
      payerAmountMinor: 9_000,
    };
    expect(await notify(world, payment)).toBe(200);
    await world.drainStream();
    const { giftId } = entryOf(world, payment);
    world.at('2026-09-09T10:00:00+08:00');
    expect(await list()).toMatchObject([
      {
        giftId,
        state: 'waiting',
        why: 'amount-differs',
        intendedCampaignId: campaignId,
        amountMinor: 9_000,
        ordered: { amountMinor: 10_000 },
        ageDays: 2,
      },
    ]);
    expect(JSON.stringify(await list())).not.toContain('陈');

    expect(await propose(giftId, assign())).toMatchObject({
      status: 201,
      body: { state: 'assigned', proposal: { by: FINANCE.id } },
    });
    expect(await propose(giftId, assign())).toMatchObject({ status: 200, body: { state: 'assigned' } });
    // The stream brings it twice, and the provider tells of the payment once more.
    await world.drainStream(100, 2);
    expect(await notify(world, payment, 90_000)).toBe(200);
    await world.drainStream();

    const books = await settledBooks(world.table, campaignId, DAYS);
    expect(violationsOf(books)).toEqual([]);
    expect(books.journal).toMatchObject([
      { giftId, amountMinor: 9_000, matchMinor: 5_000, unitId: 'xuanhan', anonymous: false },
    ]);
    expect(await problemsOf(giftId)).toEqual([]);
    expect(await list()).toEqual([]);
    expect((await world.publicGifts(campaignId)).body.gifts).toMatchObject([{ name: '陈小明', giftMinor: 9_000 }]);
    await world.drainNotices();
    expect(world.mails.filter(({ to }) => to === 'chen@example.org')).toHaveLength(1);
    expect(world.poison).toEqual([]);
  });
});

describe('money whose order nobody knows', () => {
  it('is a campaign’s by the word of two people where it is large, each step in the ledger and in the trail', async () => {
    const payment = await payUnknown(SECOND_PERSON_FROM_MINOR);
    const { giftId } = entryOf(world, payment);
    const first = await propose(giftId, assign(), MANAGER);
    expect(first).toMatchObject({ status: 201, body: { state: 'proposed', needsSecondPerson: true } });
    await world.drainStream();
    expect((await settledBooks(world.table, campaignId, DAYS)).journal).toEqual([]);
    const { proposalId } = first.body.proposal;
    expect(
      await decide(giftId, { proposalId, decision: 'confirm' }, { ...MANAGER, groups: ['approver'] }),
    ).toMatchObject({ status: 403, body: { title: 'own-entry' } });
    expect(await propose(giftId, back, FINANCE, 'key-2')).toMatchObject({
      status: 409,
      body: { title: 'already-proposed' },
    });
    expect(await decide(giftId, { proposalId, decision: 'reject' })).toMatchObject({ status: 422 });
    expect(await decide(giftId, { proposalId, decision: 'reject', reason: '截图看不清' })).toMatchObject({
      status: 200,
      body: { state: 'waiting', rejected: { by: SECOND.id } },
    });
    expect(await decide(giftId, { proposalId, decision: 'confirm' })).toMatchObject({
      status: 409,
      body: { title: 'already-decided' },
    });

    const second = await propose(giftId, assign({ unitId: 'xuanhan' }), MANAGER, 'key-2');
    const confirm = { proposalId: second.body.proposal.proposalId, decision: 'confirm' };
    expect(await decide(giftId, confirm, APPROVER)).toMatchObject({
      status: 200,
      body: { state: 'assigned', decidedBy: APPROVER.id },
    });
    expect(await decide(giftId, confirm, APPROVER)).toMatchObject({ status: 200, body: { state: 'assigned' } });
    await world.drainStream();
    const books = await settledBooks(world.table, campaignId, DAYS);
    expect(violationsOf(books)).toEqual([]);
    expect(await problemsOf(giftId)).toEqual([]);
    expect(books.journal).toMatchObject([{ giftId, unitId: 'xuanhan', anonymous: true, thankYouDue: false }]);
    expect(await ledgerTable(world.table, campaignId, 'Asia/Shanghai')).toMatchSnapshot();
    const deeds = world.table
      .everything()
      .filter(({ type, action }) => type === 'audit-line' && String(action).includes('unassigned-money'));
    // Two proposals, a refusal, the assignment, and that the provider's day is compared again.
    expect(deeds.map(({ by }) => by)).toEqual([MANAGER.id, SECOND.id, MANAGER.id, APPROVER.id, APPROVER.id]);
  });

  it('is matched by when it was paid: not where that was outside the window, and not once matching is finalised', async () => {
    const early = paymentFor('int_early', { ...GIFT, paidAt: '2026-09-06T23:59:59+08:00' });
    expect(await notify(world, early)).toBe(200);
    const inTime = await payUnknown(5_000, 'int_intime');
    const tooLate = await payUnknown(6_000, 'int_toolate');
    world.at('2026-09-08T09:00:00+08:00');
    for (const payment of [early, inTime])
      expect((await propose(entryOf(world, payment).giftId, assign())).status).toBe(201);
    await world.drainStream();
    expect(await finalise(world, campaignId)).toMatchObject({ kind: 'finalised', gifts: 2 });
    await world.move(campaignId, 'finalised');
    expect((await propose(entryOf(world, tooLate).giftId, assign())).status).toBe(201);
    await world.drainStream();
    const books = await settledBooks(world.table, campaignId, DAYS);
    expect(
      books.journal.map(({ amountMinor, matchMinor, outcome }) => [amountMinor, matchMinor, outcome]).toSorted(),
    ).toEqual([
      [10_000, 0, 'outside-window'],
      [5_000, 5_000, 'matched'],
      [6_000, 0, 'pool-finalised'],
    ]);
    expect(entryOf(world, tooLate).late).toBe('arrived-after-finalisation');
    expect(violationsOf(books)).toEqual([]);
  });

  it('goes to no campaign of others, to none that has no books, and to no unit or team that there is not', async () => {
    const { giftId } = entryOf(world, await payUnknown(5_000));
    await world.createOrganisation(
      { organisationId: 'dazhou-other', name: '其他' },
      { id: 'admin-zhao', groups: ['admin'] },
    );
    const fieldOf = ({ body }: Answer) => body.problems.map(({ field }: { field: string }) => field);
    expect(fieldOf(await propose(giftId, assign({ campaignId: 'cmp_00000000000000000000' })))).toEqual(['campaignId']);
    expect(fieldOf(await propose(giftId, assign({ unitId: 'elsewhere' })))).toEqual(['unitId']);
    expect(fieldOf(await propose(giftId, assign({ teamId: 'tem_00000000000000000000' })))).toEqual(['teamId']);
    expect(fieldOf(await propose(giftId, { kind: 'assign', campaignId, reason: '' }))).toEqual(['reason']);
    // What nobody meant for anyone is the business of the top of the tree alone.
    expect(await list(FINANCE, 'dazhou')).toEqual([]);
    expect((await propose(giftId, assign(), FINANCE, 'key-1', 'dazhou')).status).toBe(404);
    expect(await shown(giftId)).toMatchObject({ state: 'waiting', proposal: null });
  });
});

describe('money that is returned', () => {
  const asked: RefundOrder[] = [];
  let answer: () => Promise<RefundAnswer>;
  beforeEach(() => {
    asked.length = 0;
    answer = async () => ({ kind: 'accepted', providerRefundId: '50300' });
    world.more = {
      findRefunding: async () => async (refundOrder: RefundOrder) => {
        asked.push(refundOrder);
        return answer();
      },
    };
  });

  it('is asked for once under one number, and off the list when the provider tells that it has gone', async () => {
    const payment = await payUnknown(5_000);
    const { giftId } = entryOf(world, payment);
    answer = async () => Promise.reject(new Error('the provider is down'));
    expect(await propose(giftId, back)).toMatchObject({
      status: 201,
      body: { state: 'returning', asked: 'later', refund: { state: 'requested' } },
    });
    answer = async () => ({ kind: 'accepted', providerRefundId: '50300' });
    expect(await propose(giftId, back)).toMatchObject({
      status: 200,
      body: { state: 'returning', asked: 'accepted', refund: { state: 'accepted' } },
    });
    expect(await propose(giftId, back)).toMatchObject({ status: 200, body: { asked: 'accepted' } });
    expect(new Set(asked.map(({ refundNo }) => refundNo)).size).toBe(1);
    expect(asked).toHaveLength(2);
    expect(await propose(giftId, assign(), FINANCE, 'key-2')).toMatchObject({
      status: 409,
      body: { title: 'already-returning' },
    });

    await giveBack(world, payment, { amountMinor: 5_000, refundId: '50300', at: '2026-09-08T10:00:00+08:00' });
    await world.drainStream();
    expect(await list()).toEqual([]);
    expect(await shown(giftId)).toMatchObject({ state: 'returned', refundedMinor: 5_000 });
    expect((await settledBooks(world.table, campaignId, DAYS)).journal).toEqual([]);
  });

  it('is somebody’s to decide on again where the provider refuses, and then by two people', async () => {
    const { giftId } = entryOf(world, await payUnknown(5_000));
    answer = async () => ({ kind: 'refused', reason: 'ORDER_TOO_OLD' });
    expect(await propose(giftId, back)).toMatchObject({
      status: 201,
      body: { state: 'returning', asked: 'refused', refund: { state: 'refused', reason: 'ORDER_TOO_OLD' } },
    });
    const { body } = await propose(giftId, assign(), FINANCE, 'key-2');
    expect(body).toMatchObject({ state: 'proposed', needsSecondPerson: true, decidedBy: null });
    const confirm = { proposalId: body.proposal.proposalId, decision: 'confirm' };
    expect(await decide(giftId, confirm)).toMatchObject({ status: 200, body: { state: 'assigned' } });
    await world.drainStream();
    expect((await settledBooks(world.table, campaignId, DAYS)).journal).toMatchObject([{ giftId }]);
  });

  it('in part before it is assigned, is off the campaign’s books in that part; in whole, there is nothing to assign', async () => {
    const part = await payUnknown(5_000, 'int_part');
    await giveBack(world, part, { amountMinor: 2_000, refundId: '1', at: '2026-09-08T10:00:00+08:00' });
    const whole = await payUnknown(7_000, 'int_whole');
    await giveBack(world, whole, { amountMinor: 7_000, refundId: '2', at: '2026-09-08T10:01:00+08:00' });
    await world.drainStream();
    expect((await list()).map((one: { refundedMinor: number }) => one.refundedMinor)).toEqual([2_000]);
    expect(await propose(entryOf(world, part).giftId, assign())).toMatchObject({
      status: 201,
      body: { state: 'assigned' },
    });
    expect(await propose(entryOf(world, whole).giftId, assign())).toMatchObject({
      status: 409,
      body: { title: 'already-returned' },
    });
    await world.drainStream();
    const books = await settledBooks(world.table, campaignId, DAYS);
    expect(violationsOf(books)).toEqual([]);
    expect(books.totals.campaign).toMatchObject({ amountMinor: 5_000, refundedMinor: 2_000, matchMinor: 3_000 });
    expect(books.refunds).toMatchObject([{ amountMinor: 2_000 }]);
    // What goes back after it was assigned is a refund like any other.
    await giveBack(world, part, { amountMinor: 3_000, refundId: '3', at: '2026-09-08T11:00:00+08:00' });
    await world.drainStream();
    expect((await settledBooks(world.table, campaignId, DAYS)).totals.campaign).toMatchObject({
      refundedMinor: 5_000,
      matchMinor: 0,
    });
  });
});

describe('money that stays nobody’s', () => {
  const mornings = () => world.job('remind-duties', remindDuties);
  const told = () => world.mails.filter(({ subject }) => subject.includes('待认领')).map(({ to }) => to);

  it('is told of to finance after three days and to the admins after two weeks, once each, until it is somebody’s', async () => {
    await world.table.write({ update: organisationKey(ROOT), set: rootIndexKey(ROOT) });
    const { giftId } = entryOf(world, await payUnknown(5_000));
    world.at('2026-09-09T09:00:00+08:00');
    await mornings();
    expect(told()).toEqual([]);
    for (const hour of ['05', '09', '10']) {
      world.at(`2026-09-10T${hour}:30:00+08:00`);
      await mornings();
    }
    expect(told()).toEqual(['finance-chen@example.org', 'finance-li@example.org']);
    world.at('2026-09-21T10:30:00+08:00');
    await mornings();
    expect(told().slice(2).toSorted()).toEqual([
      'admin-zhao@example.org',
      'finance-chen@example.org',
      'finance-li@example.org',
    ]);
    expect(world.mails.at(-1)?.text).toContain('50.00');
    await propose(giftId, assign());
    world.at('2026-10-21T10:30:00+08:00');
    await mornings();
    expect(told()).toHaveLength(5);
  });
});

describe('a day’s reconciliation', () => {
  let bookOfProvider: Book;
  beforeEach(() => {
    bookOfProvider = new Book();
  });
  const nightly = (moment: string) => {
    world.at(moment);
    return world.job('check-bills', checkBills, {
      ...billsOf(world, bookOfProvider),
      fetchFunds: async () => ({ kind: 'no-statement' }),
      readAccounts: async () => undefined,
      baseUrl: 'https://provider.example',
    });
  };

  const day = () => world.table.everything().find(({ type }) => type === 'reconciled-day');
  const items = async () =>
    (await readReconciliationStanding(world.table, campaignId)).items
      .map(({ class: kind, state }) => `${kind} ${state}`)
      .sort();
  const payLess = async () => {
    const orderNo = await order(world, campaignId, GIFT);
    const paid = bookOfProvider.pay({ ...GIFT, orderNo, amountMinor: 9_000, paidAt: instantOf(GIFT.paidAt) });
    expect(await notify(world, paid)).toBe(200);
    await world.drainStream();
    return paid;
  };

  it('has the campaign that was meant wait for it, and is compared again when it was assigned to one', async () => {
    const paid = await payLess();
    await nightly('2026-09-08T10:05:00+08:00');
    expect(day()).toMatchObject({ campaigns: [{ campaignId }], foreignLines: 0 });
    expect(await items()).toEqual(['paid-not-booked open']);
    await propose(entryOf(world, paid).giftId, assign());
    await world.drainStream();
    await nightly('2026-09-08T11:05:00+08:00');
    expect(day()).toMatchObject({ campaigns: [{ campaignId }], grossMinor: 9_000, foreignLines: 0 });
    // Books and bill agree; that another amount was ordered is a person's to resolve, with the reason that assigned it.
    expect(await items()).toEqual(['order-amount-differs open', 'paid-not-booked resolved']);
  });

  it('waits no more for what went back to the donor, and never for what was meant for nobody', async () => {
    const strange = bookOfProvider.pay({
      ...GIFT,
      orderNo: 'int_00000000000000000000',
      amountMinor: 700,
      paidAt: instantOf(GIFT.paidAt),
    });
    expect(await notify(world, strange)).toBe(200);
    const paid = await payLess();
    await nightly('2026-09-08T10:05:00+08:00');
    expect(await items()).toEqual(['paid-not-booked open']);
    expect(day()).toMatchObject({ foreignLines: 1, foreignMinor: 700 });
    await giveBack(world, paid, { amountMinor: 9_000, refundId: '1', at: '2026-09-08T10:20:00+08:00' });
    await nightly('2026-09-09T10:05:00+08:00');
    expect(await items()).toEqual(['paid-not-booked resolved']);
  });
});
