import { expect, it } from 'vitest';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { ledgerTable } from './ledger-table.ts';
import { PROPOSAL } from './people.ts';
import { decideMatch, finalise, give, heldMatches, openedCampaign } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
/** Yuan for yuan, 100 yuan in all; the fifth gift of one payer inside a minute is held, and every one after it. */
const MATCHING = {
  rules: [{ ...PROPOSAL.matching.rules[0], poolMinor: 10_000 }],
  screen: { giftsPerMinute: 5 },
};

it('five gifts too many inside one minute are held; one is released, the others are taken away', async () => {
  const world = new World();
  const campaignId = await openedCampaign(world, { ...PROPOSAL, matching: MATCHING });
  const paid = async (at: string, donor: string, amountMinor: number) => {
    await give(world, campaignId, {
      paidAt: `2026-09-07T${at}+08:00`,
      openid: `openid-${donor}`,
      amountMinor,
      asked: { unitId: 'xuanhan' },
    });
    await world.drainStream();
  };
  const books = async () => {
    const right = await settledBooks(world.table, campaignId, DAYS);
    expect(violationsOf(right)).toEqual([]);
    return right;
  };
  // Nine gifts of one account in 48 seconds, each told of as it was paid.
  for (let n = 0; n < 9; n += 1) await paid(`10:00:${String(n * 6).padStart(2, '0')}`, 'script', 1_000);
  // The held matches keep their money, so that of the pool only the last 10 yuan are left for the next donor.
  await paid('10:05:00', 'chen', 2_000);
  const held = (await books()).journal.filter((line) => line.held !== undefined);
  expect(held.map(({ giftId }) => giftId)).toEqual((await books()).journal.slice(4, 9).map(({ giftId }) => giftId));

  const [first, ...others] = held;
  const waiting = async () => (await heldMatches(world, campaignId)).map(({ no, held: mark }) => [no, mark]);
  expect(await waiting()).toEqual([5, 6, 7, 8, 9].map((no) => [no, 'velocity']));
  world.at('2026-09-08T09:00:00+08:00');
  await decideMatch(world, campaignId, first?.giftId ?? '', { decision: 'release', reason: '电话核实：代同事捐' });
  for (const { giftId } of others) await decideMatch(world, campaignId, giftId, { decision: 'void', reason: '刷单' });
  expect(await waiting()).toEqual([]);
  await paid('23:00:00', 'liu', 3_000);

  const ledger = await ledgerTable(world.table, campaignId, PROPOSAL.window.zone);
  process.stdout.write(`\n${ledger}\n`);
  expect(ledger).toMatchSnapshot();
  const { journal, totals } = await books();
  expect(journal.map(({ matchMinor }) => matchMinor)).toEqual([...Array(9).fill(1_000), 1_000, 3_000]);
  // Nobody's gift went back: eleven gifts stand, of which four have no match any more.
  expect(totals.campaign).toMatchObject({
    gifts: 11,
    amountMinor: 14_000,
    refundedMinor: 0,
    matchMinor: 9_000,
    matchedGifts: 7,
  });

  expect(await finalise(world, campaignId)).toEqual({ kind: 'finalised', gifts: 11, matchedMinor: 9_000 });
  world.at('2026-09-22T00:00:00+08:00');
  expect(await world.confirm(campaignId)).toEqual({ kind: 'confirmed', matchedMinor: 9_000 });
});
