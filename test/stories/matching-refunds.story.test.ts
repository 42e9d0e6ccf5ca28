import { expect, it } from 'vitest';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { ledgerTable } from './ledger-table.ts';
import { PROPOSAL } from './people.ts';
import { finalise, give, giveBack, notify, openedCampaign, order, paymentFor } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
/** Yuan for yuan up to 50 yuan a gift, 100 yuan in all. */
const MATCHING = { rules: [{ ...PROPOSAL.matching.rules[0], poolMinor: 10_000 }] };

it('gifts that go back in part, whole and before they came, and the match that later gifts draw instead', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, { ...PROPOSAL, matching: MATCHING });
  const gift = (at: string, donor: string, amountMinor: number) => ({
    paidAt: `2026-09-${at}:00+08:00`,
    openid: `openid-${donor}`,
    amountMinor,
    asked: { unitId: 'wanyuan' },
  });
  const paid = async (at: string, donor: string, amountMinor: number) => {
    const payment = await give(world, campaignId, gift(at, donor, amountMinor));
    await world.drainStream();
    return payment;
  };
  const chen = await paid('07T10:00', 'chen', 6_000);
  const liu = await paid('07T11:00', 'liu', 4_000);
  await paid('07T12:00', 'he', 3_000);
  await paid('07T13:00', 'zhou', 2_000);

  // Half of Liu's gift goes back, told of three times; the next gift draws the 20 yuan that come free.
  for (let time = 0; time < 3; time += 1)
    await giveBack(world, liu, { amountMinor: 2_000, refundId: 'r-liu', at: '2026-09-07T14:00:00+08:00' });
  await world.drainStream(100, 2);
  await paid('07T15:00', 'tang', 3_000);
  // All of Chen's, in two parts.
  await giveBack(world, chen, { amountMinor: 1_000, refundId: 'r-chen-1', at: '2026-09-08T09:00:00+08:00' });
  await giveBack(world, chen, { amountMinor: 5_000, refundId: 'r-chen-2', at: '2026-09-08T09:30:00+08:00' });
  await world.drainStream();
  await paid('08T10:00', 'he', 1_000);
  // Sun's refund is told of before Sun's payment.
  const early = gift('08T12:00', 'sun', 2_500);
  const sun = paymentFor(await order(world, campaignId, early), early);
  await giveBack(world, sun, { amountMinor: 2_500, refundId: 'r-sun', at: '2026-09-08T12:05:00+08:00' });
  await world.drainStream();
  expect(await notify(world, sun, 600)).toBe(200);
  await world.drainStream(100, 2);

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  const books = await settledBooks(world.table, campaignId, DAYS);
  expect(violationsOf(books)).toEqual([]);
  expect(books.journal.map(({ matchMinor }) => matchMinor)).toEqual([5_000, 4_000, 1_000, 0, 2_000, 1_000, 2_500]);
  // Of 60 yuan 50 stay after the first 10 went back, and floor(50 x 50 / 60) = 41.66 of their match.
  expect(books.adjustments.map(({ changes }) => changes.map(({ matchMinor }) => matchMinor))).toEqual([
    [-2_000],
    [-834],
    [-4_166],
    [-2_500],
  ]);
  expect(world.poison).toEqual([]);

  const { body } = await world.figures(campaignId);
  expect(body.raised).toEqual({
    gifts: 7,
    donors: 6,
    refundedGifts: 2,
    lumpMinor: 0,
    giftsMinor: 21_500,
    goodsMinor: 0,
    goodsBackMinor: 0,
    refundedMinor: 10_500,
    matchMinor: 6_000,
    totalMinor: 17_000,
  });
  expect(body.match.remainingMinor).toBe(4_000);
  expect(await finalise(world, campaignId)).toEqual({ kind: 'finalised', gifts: 7, matchedMinor: 6_000 });
});
