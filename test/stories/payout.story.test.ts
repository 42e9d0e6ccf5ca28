import { beforeEach, describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { definition as checkBills } from '../../functions/reconciliation/check-bills.lambda.ts';
import { readReconciliationStanding } from '../../functions/reconciliation/reconciliation-item.store.ts';
import { definition as showDays } from '../../functions/reconciliation/show-reconciliation-days.lambda.ts';
import { Book } from '../../local/sandbox/book.ts';
import { ROOT } from '../access/people.ts';
import { AUDITOR, FINANCE, MANAGER } from './people.ts';
import { notify, openedCampaign, order } from './play.ts';
import { billsOf } from './sandbox-bills.ts';
import { World } from './world.ts';

const GIFT = { paidAt: '2026-09-07T10:00:00+08:00', openid: 'openid-chen', amountMinor: 10_000 };
const DAY = '2026-09-08';
/** No owner of the account is configured, so it is the top's. */
const organisationId = ROOT;

let world: World;
let book: Book;
let campaignId: string;

const nightly = (moment: string) => {
  world.at(moment);
  return world.job('check-bills', checkBills, {
    ...billsOf(world, book),
    readAccounts: async () => undefined,
    baseUrl: 'https://provider.example',
  });
};
const ask = (rest: object) =>
  world.request('show-reconciliation-days', showDays, {
    path: `/organisations/${organisationId}/reconciliation-days`,
    routeParameters: { organisationId },
    actor: AUDITOR,
    ...rest,
  });
const shown = async () => (await ask({ query: { from: '2026-09-07', to: '2026-09-09' } })).body;
const confirm = (body: object, actor = FINANCE) =>
  ask({
    method: 'POST',
    path: `/organisations/${organisationId}/reconciliation-days/${DAY}/arrivals`,
    routeParameters: { organisationId, day: DAY },
    body: JSON.stringify(body),
    actor,
  });
const standing = () => readReconciliationStanding(world.table, campaignId);

beforeEach(async () => {
  world = new World();
  book = new Book();
  campaignId = await openedCampaign(world);
  const paid = book.pay({ ...GIFT, orderNo: await order(world, campaignId, GIFT), paidAt: instantOf(GIFT.paidAt) });
  expect(await notify(world, paid)).toBe(200);
  await world.drainStream();
  book.withdraw(9_000, instantOf(`${DAY}T18:00:00+08:00`));
  await nightly('2026-09-08T10:05:00+08:00');
  await nightly('2026-09-09T10:05:00+08:00');
});

describe('money that leaves WeChat Pay for the bank', () => {
  it('is in transit until finance has seen it at the bank, and is in the sums of its account', async () => {
    const [payout] = (await shown()).payouts;
    expect(payout).toMatchObject({ day: DAY, amountMinor: 9_000, state: 'in-transit', campaignId, version: 1 });
    const { payoutId, version } = payout;
    const seen = { payoutId, version, arrivedOn: '2026-09-09', amountMinor: 9_000, bankReference: 'ICBC-20260909-77' };
    expect(await confirm(seen, MANAGER)).toMatchObject({ status: 403 });
    const once = await confirm(seen);
    expect(once).toMatchObject({ status: 201, body: { state: 'arrived', arrival: { by: FINANCE.id }, version: 2 } });
    // The request came twice: nothing is recorded twice.
    expect(await confirm(seen)).toMatchObject({ status: 200, body: once.body });
    const { sums, days, payouts } = await shown();
    const ledger = sums[0];
    expect(ledger).toMatchObject({ grossMinor: 10_000, settledMinor: 9_000, arrivedMinor: 9_000, inTransitMinor: 0 });
    expect(ledger.heldMinor).toBe(ledger.netMinor - 9_000);
    expect(days.map((day: { day: string }) => day.day)).toContain(DAY);
    expect(payouts).toHaveLength(1);
    // A later reading of the same bill leaves what is known of it alone.
    await nightly('2026-09-20T10:05:00+08:00');
    expect(await standing()).toMatchObject({ open: 0 });
  });

  it('is an item of the campaign whose money it was when it does not come within a week, and settled when it has', async () => {
    await nightly('2026-09-15T10:05:00+08:00');
    expect(await standing()).toMatchObject({ open: 0 });
    await nightly('2026-09-16T10:05:00+08:00');
    expect((await standing()).items).toMatchObject([
      { class: 'settlement-differs', state: 'open', theirAmountMinor: 9_000 },
    ]);
    const [{ payoutId }] = (await shown()).payouts;
    const seen = { payoutId, version: 1, arrivedOn: '2026-09-16', amountMinor: 9_000, bankReference: 'ICBC-1' };
    expect(await confirm(seen)).toMatchObject({ status: 201 });
    await nightly('2026-09-16T12:05:00+08:00');
    expect(await standing()).toMatchObject({ open: 0, resolved: 1, items: [{ resolution: { kind: 'agreed' } }] });
  });

  it('is an item with both amounts where the bank shows another one, until the entry is put right', async () => {
    const [{ payoutId }] = (await shown()).payouts;
    const seen = { payoutId, version: 1, arrivedOn: '2026-09-09', amountMinor: 900, bankReference: 'ICBC-1' };
    expect(await confirm(seen)).toMatchObject({ status: 201, body: { state: 'differs' } });
    await nightly('2026-09-10T10:05:00+08:00');
    expect((await standing()).items).toMatchObject([{ ourAmountMinor: 900, theirAmountMinor: 9_000, state: 'open' }]);
    expect(await confirm({ ...seen, amountMinor: 9_000 })).toMatchObject({ status: 409 });
    expect(await confirm({ ...seen, version: 2, amountMinor: 9_000 })).toMatchObject({ status: 201 });
    await nightly('2026-09-10T12:05:00+08:00');
    expect(await standing()).toMatchObject({ open: 0, resolved: 1 });
  });

  it('takes each row of the bank once, and no row of a day on which it had not left or that has not come', async () => {
    book.withdraw(500, instantOf(`${DAY}T19:00:00+08:00`));
    await ask({
      method: 'POST',
      path: `/organisations/${organisationId}/reconciliation-days/${DAY}/runs`,
      routeParameters: { organisationId, day: DAY },
      actor: FINANCE,
    });
    await nightly('2026-09-09T12:05:00+08:00');
    const payouts: { payoutId: string; amountMinor: number }[] = (await shown()).payouts;
    expect(payouts.map(({ amountMinor }) => amountMinor).sort()).toEqual([500, 9_000]);
    const [first, second] = payouts;
    const row = { version: 1, arrivedOn: '2026-09-09', bankReference: 'ICBC-1' };
    expect(await confirm({ ...row, ...first })).toMatchObject({ status: 422 });
    const seen = (one: typeof first, rest: object = {}) =>
      confirm({ ...row, payoutId: one?.payoutId, amountMinor: one?.amountMinor, ...rest });
    expect(await seen(first)).toMatchObject({ status: 201 });
    expect(await seen(second)).toMatchObject({ status: 409, body: { type: expect.stringContaining('row-taken') } });
    for (const arrivedOn of ['2026-09-07', '2026-09-10'])
      expect(await seen(second, { arrivedOn, bankReference: 'ICBC-2' })).toMatchObject({ status: 422 });
    // Given to the wrong payout and put right: the row is free again.
    expect(await seen(first, { version: 2, bankReference: 'ICBC-3' })).toMatchObject({ status: 201 });
    expect(await seen(second)).toMatchObject({ status: 201 });
  });
});
