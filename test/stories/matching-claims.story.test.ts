import { expect, it } from 'vitest';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { definition as changePools } from '../../functions/matching/change-pools.lambda.ts';
import { definition as decideClaim } from '../../functions/matching/decide-match-claim.lambda.ts';
import { definition as listClaims } from '../../functions/matching/list-match-claims.lambda.ts';
import { definition as recordPayment } from '../../functions/matching/record-match-payment.lambda.ts';
import { definition as requestClaim } from '../../functions/matching/request-match-claim.lambda.ts';
import { ledgerTable } from './ledger-table.ts';
import { FINANCE, PROPOSAL } from './people.ts';
import { finalise, give, openedCampaign } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
/** Half of what its people give, 30 yuan in all, for whoever asks within ten days. */
const STAFF = {
  version: 2,
  kind: 'employer',
  id: 'staff',
  sponsor: '科伦药业（演示）',
  poolMinor: 3_000,
  numerator: 1,
  denominator: 2,
  emailDomains: ['kelun.example'],
  codes: ['kelun-2026'],
  requestWithinDays: 10,
};

it('an employer matches what its people claim, raises its pool for the last of them, and pays what is confirmed', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, { ...PROPOSAL, matching: { rules: [STAFF] } });
  const routeParameters = { campaignId };
  const staff = { method: 'POST', actor: FINANCE, routeParameters };
  const gift = async (at: string, openid: string, amountMinor: number, email: string | undefined) => {
    const asked = { unitId: 'xuanhan', ...(email === undefined ? {} : { email }) };
    const { orderNo } = await give(world, campaignId, { paidAt: `2026-09-07T${at}+08:00`, openid, amountMinor, asked });
    await world.drainStream();
    return orderNo;
  };
  const claim = async (orderNo: string, more: object = {}) => {
    const body = JSON.stringify({ orderNo, ruleId: 'staff', ...more });
    return (await world.request('request-match-claim', requestClaim, { method: 'POST', routeParameters, body })).status;
  };
  const approve = async (giftId: string) => {
    const body = JSON.stringify({ ruleId: 'staff', decision: 'approve' });
    const parts = { ...staff, routeParameters: { campaignId, giftId }, body };
    return (await world.request('decide-match-claim', decideClaim, parts)).body;
  };
  const books = async () => {
    const right = await settledBooks(world.table, campaignId, DAYS);
    expect(violationsOf(right)).toEqual([]);
    return right;
  };

  const orders = [
    await gift('10:00:00', 'wei', 4_000, 'wei@kelun.example'),
    await gift('10:10:00', 'min', 3_000, undefined),
    await gift('10:20:00', 'stranger', 5_000, 'someone@elsewhere.example'),
  ];
  world.at('2026-09-08T09:00:00+08:00');
  expect(await claim(orders[0] ?? '')).toBe(201);
  expect(await claim(orders[1] ?? '', { code: 'kelun-2026' })).toBe(201);
  expect(await claim(orders[2] ?? '')).toBe(422);

  const waiting = (await world.request('list-match-claims', listClaims, { actor: FINANCE, routeParameters })).body
    .claims;
  const [wei, min] = waiting.toSorted(
    (a: { amountMinor: number }, b: { amountMinor: number }) => b.amountMinor - a.amountMinor,
  );
  expect(wei).toMatchObject({ email: 'wei@kelun.example', offerMinor: 2_000 });
  expect((await approve(wei.giftId)).matchMinor).toBe(2_000);
  // Half of 30 yuan are 15, and only 10 are left: the sponsor raises its pool first.
  const raise = { planVersion: 1, changes: [{ ruleId: 'staff', poolMinor: 5_000 }], reason: '员工踊跃，追加资金' };
  expect((await world.request('change-pools', changePools, { ...staff, body: JSON.stringify(raise) })).status).toBe(
    200,
  );
  expect((await approve(min.giftId)).matchMinor).toBe(1_500);

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  expect((await books()).totals.campaign).toMatchObject({
    gifts: 3,
    amountMinor: 12_000,
    matchMinor: 3_500,
    matchedGifts: 2,
  });

  expect(await finalise(world, campaignId)).toEqual({ kind: 'finalised', gifts: 3, matchedMinor: 3_500 });
  world.at('2026-09-22T00:00:00+08:00');
  expect(await world.confirm(campaignId)).toEqual({ kind: 'confirmed', matchedMinor: 3_500 });
  const payment = { ruleId: 'staff', amountMinor: 3_500, reference: '工行 20260921-001', paidOn: '2026-09-21' };
  const paid = await world.request('record-match-payment', recordPayment, { ...staff, body: JSON.stringify(payment) });
  expect([paid.status, paid.body.stage]).toEqual([201, 'paid']);
  await books();
});
