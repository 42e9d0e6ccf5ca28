import { expect, it } from 'vitest';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { ledgerTable } from './ledger-table.ts';
import { PROPOSAL } from './people.ts';
import { finalise, give, giveBack, openedCampaign } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
/** A bank adds 500 yuan as soon as 300 have come in on the first day; beside it a company matches a tenth. */
const MATCHING = {
  rules: [
    { ...PROPOSAL.matching.rules[0], denominator: 10 },
    {
      version: 2,
      kind: 'challenge',
      id: 'goal',
      sponsor: '达州银行（演示）',
      poolMinor: 50_000,
      measure: 'amount',
      threshold: 30_000,
      until: '2026-09-08T00:00',
    },
  ],
};

it('a challenge that is met, locked again by a refund, and met again', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, { ...PROPOSAL, matching: MATCHING });
  const paid = async (paidAt: string, donor: string, amountMinor: number) => {
    const payment = await give(world, campaignId, {
      paidAt: `2026-09-${paidAt}:00+08:00`,
      openid: `openid-${donor}`,
      amountMinor,
    });
    await world.drainStream();
    return payment;
  };
  const goal = async () => (await world.figures(campaignId)).body.match.funds[1];

  const chen = await paid('07T10:00', 'chen', 20_000);
  expect(await goal()).toMatchObject({ remainingMinor: 50_000, challenge: { amountMinor: 20_000, unlocked: false } });
  await paid('07T11:00', 'liu', 10_000);
  expect(await goal()).toMatchObject({ remainingMinor: 0, challenge: { amountMinor: 30_000, unlocked: true } });
  await giveBack(world, chen, { amountMinor: 5_000, refundId: 'r-chen', at: '2026-09-07T12:00:00+08:00' });
  await world.drainStream();
  expect(await goal()).toMatchObject({ remainingMinor: 50_000, challenge: { amountMinor: 25_000, unlocked: false } });
  // Too late in the day to count: the challenge ends at midnight.
  await paid('08T00:00', 'he', 9_000);
  expect(await goal()).toMatchObject({ challenge: { amountMinor: 25_000, unlocked: false } });
  // Paid in time, and told of late: it counts.
  await paid('07T23:59', 'tang', 5_000);
  expect(await goal()).toMatchObject({ remainingMinor: 0, challenge: { amountMinor: 30_000, unlocked: true } });

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  const books = await settledBooks(world.table, campaignId, DAYS);
  expect(violationsOf(books)).toEqual([]);
  expect(books.totals.campaign).toMatchObject({ lumpMinor: 50_000, matchMinor: 3_900, refundedMinor: 5_000 });
  const { body } = await world.figures(campaignId);
  expect(body.raised).toMatchObject({
    giftsMinor: 44_000,
    matchMinor: 3_900,
    lumpMinor: 50_000,
    totalMinor: 92_900,
  });
  expect(await finalise(world, campaignId)).toEqual({ kind: 'finalised', gifts: 4, matchedMinor: 53_900 });
});
