import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { daysBetween, localDateSchema } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { readSeeds } from '../../functions/matching/matching-pool.store.ts';
import { ledgerTable } from './ledger-table.ts';
import { ADMIN, APPROVER, MANAGER, PROPOSAL } from './people.ts';
import { finalise, give } from './play.ts';
import { settledBooks } from './settled-books.ts';
import { World } from './world.ts';

const DAYS = daysBetween(localDateSchema.parse('2026-09-07'), localDateSchema.parse('2026-09-11'));
/** Two gifts in three of at least one yuan draw 1 % to 8 % of themselves. */
const MATCHING = {
  rules: [
    {
      version: 2,
      kind: 'random',
      id: 'lucky',
      sponsor: '平台（演示）',
      poolMinor: 100_000,
      winNumerator: 2,
      winDenominator: 3,
      lowBasisPoints: 100,
      highBasisPoints: 800,
      perGift: { minMinor: 100 },
    },
  ],
};

/** What anybody can work out from the revealed seed, the rule's id and a gift's id: docs/matching.md, "Check a draw by hand". */
function byHand(seed: string, giftId: string, amountMinor: number): { won: boolean; matchMinor: number } {
  const digest = createHmac('sha256', Buffer.from(seed, 'hex')).update(`lucky:${giftId}`).digest('hex');
  const first = BigInt(`0x${digest.slice(0, 8)}`);
  const second = BigInt(`0x${digest.slice(8, 16)}`);
  if (first * 3n >= 2n * 2n ** 32n) return { won: false, matchMinor: 0 };
  const share = 100n + (second * 701n) / 2n ** 32n;
  return { won: true, matchMinor: Number((BigInt(amountMinor) * share) / 10_000n) };
}

it('a random match that is bound before the first gift, and that anybody can recompute after the last', async () => {
  const world = new World();
  await world.createOrganisation({ organisationId: 'dazhou', name: '达州市红十字会' }, ADMIN);
  const { campaignId } = (await world.submit({ ...PROPOSAL, matching: MATCHING }, MANAGER)).body;
  await world.checkProposal(campaignId);
  await world.requestApproval(campaignId, 1, 'token-1');
  await world.decide(campaignId, { decision: 'approve', round: 1 }, APPROVER);
  await world.move(campaignId, 'approved');
  await world.file(campaignId);

  // The hash is public from the approval on, before anybody can give.
  const [commitment] = (await world.figures(campaignId)).body.match.commitments;
  expect(commitment).toEqual({ ruleId: 'lucky', seedHash: expect.stringMatching(/^[0-9a-f]{64}$/), seed: null });

  world.at('2026-09-07T00:00:00+08:00');
  await world.move(campaignId, 'open');
  for (let n = 0; n < 12; n += 1)
    await give(world, campaignId, {
      paidAt: `2026-09-07T10:${String(n).padStart(2, '0')}:00+08:00`,
      openid: `openid-${n}`,
      amountMinor: n === 11 ? 99 : 1_000 * (n + 1),
    });
  await world.drainStream(5);
  // While gifts draw, the seed is nowhere that anybody outside can read.
  const whileOpen = await world.figures(campaignId);
  expect(whileOpen.body.match.commitments).toEqual([commitment]);
  const secret = (await readSeeds(world.table, campaignId))['lucky'] ?? '';
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  for (const answer of [whileOpen, await world.publicPage(campaignId), await world.campaign(campaignId, MANAGER)])
    expect(JSON.stringify(answer)).not.toContain(secret);

  await finalise(world, campaignId);
  process.stdout.write(`\n${await ledgerTable(world.table, campaignId, PROPOSAL.window.zone)}\n`);
  const [revealed] = (await world.figures(campaignId)).body.match.commitments;
  expect(revealed).toEqual({ ...commitment, seed: secret });
  expect(createHash('sha256').update(Buffer.from(revealed.seed, 'hex')).digest('hex')).toBe(commitment.seedHash);

  const books = await settledBooks(world.table, campaignId, DAYS);
  expect(violationsOf(books)).toEqual([]);
  expect(books.journal).toHaveLength(12);
  for (const { giftId, amountMinor, matchMinor, outcome } of books.journal) {
    const expected = byHand(revealed.seed, giftId, amountMinor);
    const why = amountMinor < 100 ? 'below-minimum' : expected.won ? 'matched' : 'not-drawn';
    expect([outcome, matchMinor]).toEqual([why, amountMinor < 100 ? 0 : expected.matchMinor]);
  }
});
