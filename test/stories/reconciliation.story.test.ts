import { beforeEach, describe, expect, it } from 'vitest';
import { definition as prepareCloseout } from '../../functions/closeout/prepare-closeout.lambda.ts';
import { instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { NotAccepted } from '../../functions/notices/notice.store.ts';
import type { Actor } from '../../functions/platform/http.ts';
import { definition as checkBills } from '../../functions/reconciliation/check-bills.lambda.ts';
import { definition as manageReconciliation } from '../../functions/reconciliation/manage-reconciliation.lambda.ts';
import { definition as reconcileBills } from '../../functions/reconciliation/reconcile-bills.lambda.ts';
import { definition as reconcileDay } from '../../functions/reconciliation/reconcile-day.lambda.ts';
import { readReconciliationStanding } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { definition as reviewReconciliation } from '../../functions/reconciliation/review-reconciliation.lambda.ts';
import { definition as showDays } from '../../functions/reconciliation/show-reconciliation-days.lambda.ts';
import type { fetchFundFlowBill, fetchTradeBill } from '../../functions/reconciliation/trade-bill.gateway.ts';
import { tradeBillOf } from '../../local/sandbox/bill.ts';
import { Book } from '../../local/sandbox/book.ts';
import { fundFlowBillOf } from '../../local/sandbox/fund-flow-bill.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { AUDITOR, FINANCE, MANAGER, PROPOSAL } from './people.ts';
import { approvedCampaign, type Gift, notify, openedCampaign, order } from './play.ts';
import { World } from './world.ts';

const gift = (paidAt: string, openid: string, amountMinor: number): Gift => ({ paidAt, openid, amountMinor });
const TOLD = gift('2026-09-07T10:00:00+08:00', 'openid-chen', 1_770);
const UNTOLD = gift('2026-09-08T12:00:00+08:00', 'openid-liu', 5_000);
const SECOND: Actor = { id: 'approver-wang', groups: ['approver'] };

let world: World;
let book: Book;
let campaignId: string;
let untold: Payment;
/** What the provider took on 9 September, where a story says so. */
let nextDay: Book | undefined;
const bookOf = (day: string): Book => (day === '2026-09-09' ? (nextDay ?? book) : book);

const fetchTrade: typeof fetchTradeBill = async ({ billDate }) => {
  const { payments: paid, refunds } = bookOf(billDate).dayOf(billDate);
  if (paid.length + refunds.length === 0) return { kind: 'no-statement' };
  return { kind: 'bill', content: tradeBillOf(world.keys, paid, refunds) };
};
const fetchFunds: typeof fetchFundFlowBill = async ({ billDate, account }) => {
  const { movements, balanceMinor } = bookOf(billDate).movementsOf(billDate);
  if (account !== 'BASIC' || movements.length === 0) return { kind: 'no-statement' };
  return { kind: 'bill', content: fundFlowBillOf(movements, balanceMinor) };
};
const providers = {
  fetchTrade,
  fetchFunds,
  readAccounts: async () => undefined,
  baseUrl: 'https://provider.example',
};

async function closeoutSteps() {
  const { billDays } = await world.task('prepare-closeout', prepareCloseout, { campaignId });
  for (const day of billDays as LocalDate[])
    await world.task('reconcile-day', reconcileDay, { campaignId, day }, providers);
  return world.task('reconcile-bills', reconcileBills, { campaignId, billDays });
}
const nightly = () => world.job('check-bills', checkBills, providers);
const review = () => world.task('review-reconciliation', reviewReconciliation, { campaignId });

function staff(method: 'GET' | 'POST' | 'PUT', path: string, actor: Actor, body?: object, headers = {}) {
  const itemId = /dsc_[a-z0-9]+/.exec(path)?.[0];
  return world.request('manage-reconciliation', manageReconciliation, {
    method,
    path,
    routeParameters: { campaignId, ...(itemId === undefined ? {} : { itemId }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers,
    actor,
  });
}
const items = (path = ''): string => `/campaigns/${campaignId}/reconciliation-items${path}`;
const standing = async () => (await staff('GET', `/campaigns/${campaignId}/reconciliation`, AUDITOR)).body;

beforeEach(async () => {
  world = new World();
  book = new Book();
  nextDay = undefined;
  campaignId = await openedCampaign(world);
  const told = book.pay({ ...TOLD, orderNo: await order(world, campaignId, TOLD), paidAt: instantOf(TOLD.paidAt) });
  expect(await notify(world, told)).toBe(200);
  untold = book.pay({ ...UNTOLD, orderNo: await order(world, campaignId, UNTOLD), paidAt: instantOf(UNTOLD.paidAt) });
  await world.drainStream();
});

async function closed(): Promise<void> {
  world.at('2026-09-10T00:00:00+08:00');
  await world.move(campaignId, 'closed');
  world.at('2026-09-11T11:00:00+08:00');
  expect(await world.finalise(campaignId)).toMatchObject({ kind: 'finalised' });
  await world.move(campaignId, 'finalised');
}

describe('a payment whose notice never came', () => {
  it('is found on the next day, and again by the closeout, as one and the same item', async () => {
    world.at('2026-09-09T10:05:00+08:00');
    expect(await nightly()).toMatchObject({ kind: 'checked', days: 1, missing: 1 });
    const found = await standing();
    expect(found).toMatchObject({ open: 1, uncovered: 1, openMinor: 5_000 });
    expect(found.openItems).toMatchObject([{ class: 'paid-not-booked', atStakeMinor: 5_000 }]);
    await closed();
    expect(await closeoutSteps()).toMatchObject({ kind: 'differs', discrepancies: 1, open: 1 });
    expect((await standing()).openItems).toEqual(found.openItems);
  });

  it('holds the closeout up, of which finance hears once, and lets it go on when a person has resolved it', async () => {
    await closed();
    await closeoutSteps();
    expect(await review()).toEqual({ kind: 'waiting', open: 1, waitSeconds: 3_600 });
    const mails = world.mails.length;
    expect(mails).toBeGreaterThan(0);
    expect(world.mails.at(-1)?.text).toContain('对账');
    expect(await review()).toMatchObject({ kind: 'waiting' });
    expect(world.mails).toHaveLength(mails);

    const [{ itemId }] = (await standing()).openItems;
    const read = await staff('GET', items(`/${itemId}`), FINANCE);
    const assigned = await staff(
      'PUT',
      items(`/${itemId}/assignee`),
      MANAGER,
      { personId: FINANCE.id },
      { 'If-Match': String(read.headers['etag']) },
    );
    expect(assigned).toMatchObject({ status: 200, body: { assignee: FINANCE.id, version: 2 } });
    const said = { text: '银行流水已核对，微信侧已收款' };
    const comment = () => staff('POST', items(`/${itemId}/comments`), FINANCE, said, { 'Idempotency-Key': 'one' });
    expect(await comment()).toMatchObject({ status: 201, body: { number: 2, by: FINANCE.id } });
    expect(await comment()).toMatchObject({ status: 200, body: { number: 2 } });
    const decision = { decision: 'resolve', version: 3, kind: 'explained', reason: '次年入账，已与财务处确认' };
    expect(await staff('POST', items(`/${itemId}/decisions`), MANAGER, decision)).toMatchObject({ status: 403 });
    expect(await staff('POST', items(`/${itemId}/decisions`), FINANCE, decision)).toMatchObject({
      status: 200,
      body: { state: 'resolved', resolution: { kind: 'explained', by: FINANCE.id }, said: [{}, {}, {}] },
    });
    expect(await review()).toEqual({ kind: 'settled', open: 0 });
    // The next comparison finds the same amounts: what was explained stays explained.
    expect(await closeoutSteps()).toMatchObject({ kind: 'differs', open: 0 });
  });

  it('is settled by itself when the notice comes after all, with the gift as its evidence', async () => {
    await closed();
    await closeoutSteps();
    expect(await notify(world, untold, 3 * 86_400)).toBe(200);
    world.at('2026-09-11T13:00:00+08:00');
    expect(await review()).toEqual({ kind: 'settled', open: 0 });
    const { items: all } = (await staff('GET', items(), AUDITOR)).body;
    expect(all).toMatchObject([{ state: 'resolved', resolution: { kind: 'agreed', by: 'workflow' } }]);
    expect(all[0].resolution.evidence).toMatch(/^gift gft_/);
  });

  it('said to be booked and not booked, is open again at the next comparison', async () => {
    await closed();
    await closeoutSteps();
    const [{ itemId }] = (await standing()).openItems;
    const decision = { decision: 'resolve', version: 1, kind: 'booked', reason: '已补录' };
    expect(await staff('POST', items(`/${itemId}/decisions`), FINANCE, decision)).toMatchObject({ status: 200 });
    expect(await closeoutSteps()).toMatchObject({ open: 1 });
    expect((await staff('GET', items(`/${itemId}`), FINANCE)).body).toMatchObject({ state: 'open', reopened: 1 });
  });

  it('is written off by two people and never by one', async () => {
    await closed();
    await closeoutSteps();
    const [{ itemId }] = (await standing()).openItems;
    const writeOff = (actor: Actor, version: number) =>
      staff('POST', items(`/${itemId}/decisions`), actor, {
        decision: 'resolve',
        version,
        kind: 'written-off',
        reason: '金额无法追回',
      });
    expect(await writeOff(FINANCE, 1)).toMatchObject({ status: 200, body: { state: 'open', version: 2 } });
    expect(await writeOff(FINANCE, 2)).toMatchObject({ status: 403, body: { title: 'own-proposal' } });
    expect(await review()).toMatchObject({ kind: 'waiting' });
    expect(await writeOff(SECOND, 2)).toMatchObject({
      status: 200,
      body: { state: 'resolved', resolution: { kind: 'written-off', by: SECOND.id, proposedBy: FINANCE.id } },
    });
    expect(await review()).toMatchObject({ kind: 'settled' });
  });

  it('is signed over by somebody who names all that is open, and what comes later is not covered', async () => {
    await closed();
    await closeoutSteps();
    const { version, openItems, openMinor } = await standing();
    const itemIds = openItems.map(({ itemId }: { itemId: string }) => itemId);
    const sign = (body: object, actor = SECOND) =>
      staff('POST', `/campaigns/${campaignId}/reconciliation-sign-off`, actor, body);
    const request = { version, reason: '理事会同意先行结项', itemIds, sumMinor: openMinor };
    expect(await sign({ ...request, sumMinor: openMinor + 1 })).toMatchObject({ status: 422 });
    expect(await sign({ ...request, version: version - 1 })).toMatchObject({ status: 409 });
    expect(await sign(request)).toMatchObject({ status: 201, body: { open: 1, uncovered: 0 } });
    expect(await review()).toEqual({ kind: 'settled', open: 1 });
    book.hide(book.dayOf('2026-09-07' as LocalDate).payments[0] as Payment);
    expect(await closeoutSteps()).toMatchObject({ open: 2 });
    expect(await review()).toMatchObject({ kind: 'waiting', open: 1 });
    // A signature on what was read before the second came is refused.
    expect(await sign(request)).toMatchObject({ status: 409, body: { title: 'changed-meanwhile' } });
  });
});

it('a month of days is shown with what each account owes, and a day may be asked for again', async () => {
  world.at('2026-09-09T10:05:00+08:00');
  await nightly();
  const organisationId = (await world.campaign(campaignId, FINANCE)).body.proposal.organisationId;
  const days = async () =>
    (
      await world.request('show-reconciliation-days', showDays, {
        path: `/organisations/${organisationId}/reconciliation-days`,
        routeParameters: { organisationId },
        query: { from: '2026-09-08', to: '2026-09-10' },
        actor: FINANCE,
      })
    ).body;
  expect(await days()).toMatchObject({
    days: [{ day: '2026-09-08', state: 'differs', campaigns: [{ campaignId, billLines: 1, entries: 0, findings: 1 }] }],
    withoutAccount: [
      { day: '2026-09-09', state: 'not-due' },
      { day: '2026-09-10', state: 'not-over' },
    ],
  });
  expect(await notify(world, untold, 86_400)).toBe(200);
  await world.drainStream();
  world.at('2026-09-09T12:05:00+08:00');
  const path = `/organisations/${organisationId}/reconciliation-days/2026-09-08/runs`;
  const asked = await world.request('show-reconciliation-days', showDays, {
    method: 'POST',
    path,
    routeParameters: { organisationId, day: '2026-09-08' },
    actor: FINANCE,
  });
  expect(asked).toMatchObject({ status: 202 });
  await nightly();
  expect((await days()).days).toMatchObject([{ day: '2026-09-08', state: 'balanced' }]);
  expect(await standing()).toMatchObject({ open: 0, resolved: 1 });
});

describe('items that lie', () => {
  const due = (dueOn: string) => ({ decision: 'carry', version: 1, reason: '次月账单再核', dueOn });
  const subjects = () => world.mails.map(({ subject }) => subject).filter((subject) => subject.startsWith('对账差异'));

  it('are told of after a week, two and four, once each however often the job runs', async () => {
    world.at('2026-09-09T10:05:00+08:00');
    await nightly();
    world.at('2026-09-15T10:05:00+08:00');
    await nightly();
    expect(subjects()).toHaveLength(0);
    world.at('2026-09-16T10:05:00+08:00');
    await nightly();
    const first = subjects().length;
    expect(first).toBeGreaterThan(0);
    world.at('2026-09-17T10:05:00+08:00');
    await nightly();
    expect(subjects()).toHaveLength(first);
    world.at('2026-09-23T10:05:00+08:00');
    await nightly();
    expect(subjects()).toHaveLength(2 * first);
  });

  it('are told of to everybody else where one address takes no mail just now, and to that one within the hour', async () => {
    const title = '第二个活动';
    world.at('2026-08-20T09:00:00+08:00');
    const second = await approvedCampaign(world, { ...PROPOSAL, title }, 'second');
    expect(await world.file(second)).toMatchObject({ status: 200 });
    world.at('2026-09-07T00:00:00+08:00');
    await world.move(second, 'open');
    const unheard = { ...UNTOLD, amountMinor: 900 };
    book.pay({ ...unheard, orderNo: await order(world, second, unheard), paidAt: instantOf(unheard.paidAt) });
    world.at('2026-09-09T10:05:00+08:00');
    expect(await nightly()).toMatchObject({ missing: 2 });
    const accepts = world.sendMail;
    let refused = 0;
    // The first address that is written to, of whichever campaign comes first.
    world.sendMail = async (mail) => {
      if (refused > 0) return accepts(mail);
      refused += 1;
      throw new NotAccepted('not just now', { forGood: false });
    };
    world.at('2026-09-16T10:05:00+08:00');
    await nightly();
    const told = subjects().length;
    expect(refused).toBe(1);
    expect(new Set(subjects())).toEqual(new Set([`对账差异尚未处理：${title}`, `对账差异尚未处理：${PROPOSAL.title}`]));
    for (const hour of ['11', '12']) {
      world.at(`2026-09-16T${hour}:05:00+08:00`);
      await nightly();
      expect(subjects()).toHaveLength(told + 1);
    }
  });

  it('are open again when the day to which they were carried has passed, and of that people hear once', async () => {
    world.at('2026-09-09T10:05:00+08:00');
    await nightly();
    const [{ itemId }] = (await standing()).openItems;
    const carried = await staff('POST', items(`/${itemId}/decisions`), FINANCE, due('2026-09-12'));
    expect(carried).toMatchObject({ status: 200, body: { state: 'carried' } });
    world.at('2026-09-12T10:05:00+08:00');
    await nightly();
    expect(await standing()).toMatchObject({ open: 0, carried: 1 });
    const before = await standing();
    world.at('2026-09-13T10:05:00+08:00');
    await nightly();
    expect(await standing()).toMatchObject({ open: 1, carried: 0, uncovered: 1, version: before.version + 1 });
    const told = subjects().length;
    expect(told).toBeGreaterThan(0);
    const { body } = await staff('GET', items(`/${itemId}`), AUDITOR);
    expect(body.said.at(-1)).toMatchObject({ by: 'workflow', about: 'decision' });
    world.at('2026-09-14T10:05:00+08:00');
    await nightly();
    expect(subjects()).toHaveLength(told);
  });
});

describe('an order that is paid before midnight and again after it', () => {
  const EVENING = gift('2026-09-08T23:50:00+08:00', 'openid-wu', 2_000);
  const AGAIN = gift('2026-09-09T00:05:00+08:00', 'openid-wu', 2_000);
  const classes = async (): Promise<string[]> =>
    (await standing()).openItems.map((one: { readonly class: string }) => one.class).sort();

  beforeEach(async () => {
    const orderNo = await order(world, campaignId, EVENING);
    const first = book.pay({ ...EVENING, orderNo, paidAt: instantOf(EVENING.paidAt) });
    expect(await notify(world, first)).toBe(200);
    await world.drainStream();
    // The platform takes an order once; what it did the second time is in a book of its own.
    nextDay = new Book();
    nextDay.pay({ ...AGAIN, orderNo, paidAt: instantOf(AGAIN.paidAt) });
  });

  it('is a duplicate on the day of the second payment, for the nightly look and for the closeout alike', async () => {
    world.at('2026-09-10T10:05:00+08:00');
    await nightly();
    expect(await classes()).toEqual(['duplicate']);
    const [{ itemId }] = (await standing()).openItems;
    expect((await staff('GET', items(`/${itemId}`), AUDITOR)).body).toMatchObject({
      day: '2026-09-09',
      theirAmountMinor: 2_000,
    });
    await closed();
    await closeoutSteps();
    expect(await classes()).toEqual(['duplicate', 'paid-not-booked']);
    world.at('2026-09-12T10:05:00+08:00');
    await nightly();
    expect(await classes()).toEqual(['duplicate', 'paid-not-booked']);
    expect((await standing()).openItems).toContainEqual(expect.objectContaining({ itemId }));
  });

  it('is missing once and paid twice once, where nobody told us of either', async () => {
    const unheard = await order(world, campaignId, { ...EVENING, amountMinor: 700 });
    book.pay({ ...EVENING, amountMinor: 700, orderNo: unheard, paidAt: instantOf(EVENING.paidAt) });
    nextDay?.pay({ ...AGAIN, amountMinor: 700, orderNo: unheard, paidAt: instantOf(AGAIN.paidAt) });
    const ofIt = async () =>
      (await readReconciliationStanding(world.table, campaignId)).items
        .filter(({ orderNo }) => orderNo === unheard)
        .map((item) => [item.day, item.class, item.state]);
    world.at('2026-09-09T10:05:00+08:00');
    await nightly();
    world.at('2026-09-10T10:05:00+08:00');
    await nightly();
    const expected = [
      ['2026-09-08', 'paid-not-booked', 'open'],
      ['2026-09-09', 'duplicate', 'open'],
    ];
    expect((await ofIt()).sort()).toEqual(expected);
    await closed();
    await closeoutSteps();
    expect((await ofIt()).sort()).toEqual(expected);
  });
});
