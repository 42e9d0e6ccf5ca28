import { expect, it } from 'vitest';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { ledgerTable } from './ledger-table.ts';
import { PROPOSAL } from './people.ts';
import { finalise, give, openedCampaign } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));

/**
 * A platform matches yuan for yuan from 10:00 to 24:00 on each of three days, 2,000 yuan a day and 999 yuan for one donor a
 * day, as in 2018. Behind it a company gives half of every gift, up to 300 yuan; both together at most five quarters of it.
 */
const MATCHING = {
  rules: [
    {
      version: 2,
      kind: 'ratio',
      id: 'platform',
      sponsor: '平台（演示）',
      poolMinor: 600_000,
      numerator: 1,
      denominator: 1,
      subPools: [
        { id: '7th', poolMinor: 200_000 },
        { id: '8th', poolMinor: 200_000 },
        { id: '9th', poolMinor: 200_000 },
      ],
      windows: [
        { from: '2026-09-07T10:00', until: '2026-09-08T00:00', subPoolId: '7th' },
        { from: '2026-09-08T10:00', until: '2026-09-09T00:00', subPoolId: '8th' },
        { from: '2026-09-09T10:00', until: '2026-09-10T00:00', subPoolId: '9th' },
      ],
      perDonor: { perDayMinor: 99_900 },
    },
    {
      version: 2,
      kind: 'ratio',
      id: 'company',
      sponsor: '科伦药业（演示）',
      poolMinor: 150_000,
      numerator: 1,
      denominator: 2,
      perGift: { capMinor: 30_000 },
    },
  ],
  maxMultiple: { numerator: 5, denominator: 4 },
};

/** When, from whom, how many fen, and what a treasurer works out with a pencil: from the platform, from the company. */
const GIFTS = [
  // A second too early for the platform.
  ['2026-09-07T09:59:59+08:00', 'chen', 10_000, 0, 5_000],
  // 800 of the platform; five quarters leave 200 for the company, which would give 300.
  ['2026-09-07T10:00:00+08:00', 'chen', 80_000, 80_000, 20_000],
  // 199 are left of the donor's 999.
  ['2026-09-07T12:00:00+08:00', 'chen', 80_000, 19_900, 30_000],
  ['2026-09-07T20:15:00+08:00', 'liu', 150_000, 99_900, 30_000],
  // The last 2 yuan of the platform's day.
  ['2026-09-07T20:16:00+08:00', 'he', 50_000, 200, 25_000],
  ['2026-09-08T09:00:00+08:00', 'zhou', 20_000, 0, 10_000],
  // A new day: 999 again, and five quarters of 1,000 leave 251.
  ['2026-09-08T10:00:00+08:00', 'chen', 100_000, 99_900, 25_100],
  // The last 49 yuan of the company.
  ['2026-09-08T11:00:00+08:00', 'liu', 120_000, 99_900, 4_900],
  ['2026-09-08T23:59:59+08:00', 'tang', 10_000, 200, 0],
  ['2026-09-09T00:00:00+08:00', 'tang', 10_000, 0, 0],
  // The third day's money was not touched by the two before.
  ['2026-09-09T10:00:00+08:00', 'tang', 10_000, 10_000, 0],
] as const;

it('three days with a pool each, a cap by donor and day, and two sponsors one behind the other', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, { ...PROPOSAL, matching: MATCHING });
  for (const [paidAt, donor, amountMinor] of GIFTS)
    await give(world, campaignId, { paidAt, openid: `openid-${donor}`, amountMinor, asked: { unitId: 'wanyuan' } });
  await world.drainStream(4, 2);

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  const books = await settledBooks(world.table, campaignId, DAYS);
  expect(violationsOf(books)).toEqual([]);
  expect(books.journal.map(({ draws }) => draws.map(({ matchMinor }) => matchMinor))).toEqual(
    GIFTS.map(([, , , platform, company]) => [platform, company]),
  );

  const { body } = await world.figures(campaignId);
  expect(body.match.funds).toMatchObject([
    { ruleId: 'platform', remainingMinor: 190_000, subPools: { '7th': 0, '8th': 0, '9th': 190_000 } },
    { ruleId: 'company', remainingMinor: 0, subPools: null },
  ]);
  expect(await finalise(world, campaignId)).toEqual({ kind: 'finalised', gifts: 11, matchedMinor: 560_000 });
});
