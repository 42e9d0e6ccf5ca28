import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findCampaign } from '../../functions/campaigns/campaign.store.ts';
import { readDisclosureFigures } from '../../functions/disclosure/disclosure-figures.store.ts';
import { GIFTS_PER_FILE, giftsCsv, sumOfGifts } from '../../functions/disclosure/gifts-csv.ts';
import { readFiledGifts, readPublicGifts } from '../../functions/disclosure/public-gifts.store.ts';
import { plusSeconds } from '../../functions/kernel/time.ts';
import { readTotals } from '../../functions/ledger/totals.ts';
import { verifyProof } from '../../functions/proofs/verify-proof.ts';
import { proofOf, signNight, withSigner } from '../proofs/signed-campaign.ts';
import { type Gift, give, giveBack, openedCampaign, type paymentFor } from '../stories/play.ts';
import { World } from '../stories/world.ts';

type Payment = ReturnType<typeof paymentFor>;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('give' as const),
      donor: fc.nat(5),
      amountMinor: fc.integer({ min: 1, max: 20_000 }),
      named: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      gift: fc.nat(30),
      share: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('night' as const) }) },
);

/** Any story of gifts, refunds and nights. */
async function played(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const world = new World();
  const { der } = withSigner(world);
  const campaignId = await openedCampaign(world);
  const payments: { payment: Payment; leftMinor: number }[] = [];
  let day = 7;
  let refunds = 0;
  for (const [n, one] of steps.entries()) {
    const at = `2026-09-0${day}T${String(8 + Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}:00+08:00`;
    if (one.kind === 'give') {
      const asked = { unitId: 'wanyuan', ...(one.named ? { name: `Donor ${one.donor}`, anonymous: false } : {}) };
      const gift: Gift = { paidAt: at, openid: `openid-${one.donor}`, amountMinor: one.amountMinor, asked };
      payments.push({ payment: await give(world, campaignId, gift), leftMinor: one.amountMinor });
    } else if (one.kind === 'refund') {
      const of = payments[one.gift % Math.max(1, payments.length)];
      const amountMinor = of === undefined ? 0 : Math.ceil(of.leftMinor / one.share);
      if (of === undefined || amountMinor === 0) continue;
      of.leftMinor -= amountMinor;
      refunds += 1;
      await giveBack(world, of.payment, { amountMinor, refundId: `r-${refunds}`, at });
    } else if (day < 9) {
      day += 1;
      world.at(`2026-09-0${day}T00:31:00+08:00`);
      await signNight(world);
    }
    await world.drainStream();
  }
  world.at('2026-09-12T08:00:00+08:00');
  expect(await signNight(world)).toMatchObject({ failed: 0 });
  return { world, der, campaignId };
}

it('the list of gifts adds up to the totals, to what is published, and to its file, and every gift proves to be in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { world, der, campaignId } = await played(steps);
      const campaign = await findCampaign(world.table, campaignId);
      if (campaign === undefined) throw new Error('there is no campaign');
      const { campaign: totals } = await readTotals(world.table, campaignId);
      const figures = await readDisclosureFigures(world.table, campaign, world.now);
      const listed = await readPublicGifts(world.table, campaignId, { limit: 100 });
      const filed = await readFiledGifts(world.table, campaignId, { from: 1, until: GIFTS_PER_FILE });
      const sums = sumOfGifts(filed);

      expect(filed).toEqual(listed.toReversed());
      expect([listed.length, sums.moneyMinor, sums.backMinor, sums.matchMinor]).toEqual([
        totals.gifts,
        totals.amountMinor,
        totals.refundedMinor,
        totals.matchMinor,
      ]);
      expect(figures).toMatchObject({
        raised: { gifts: listed.length, moneyMinor: sums.moneyMinor, moneyBackMinor: sums.backMinor },
        match: { matchMinor: sums.matchMinor },
      });
      const about = { language: 'en', currency: 'CNY', zone: 'Asia/Shanghai', unitNames: new Map() } as const;
      const cells = giftsCsv(filed, about)
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(','));
      const total = (column: number): number =>
        cells.slice(0, -1).reduce((sum, line) => sum + Math.round(Number(line[column]) * 100), 0);
      for (const column of [4, 5, 6, 7]) expect(total(column)).toBe(Math.round(Number(cells.at(-1)?.[column]) * 100));
      for (const { no, giftMinor } of listed)
        expect(verifyProof((await proofOf(world, campaignId, no)).body, [der])).toMatchObject({
          kind: 'verified',
          gift: { no, moneyMinor: giftMinor },
        });
    }),
    { numRuns: 25 },
  );
}, 120_000);

it('parts of the list hold every gift once, whatever their size', async () => {
  const world = new World();
  withSigner(world);
  const campaignId = await openedCampaign(world);
  for (let n = 0; n < 23; n += 1) {
    const paidAt = plusSeconds(world.now, 60);
    await give(world, campaignId, { paidAt, openid: `openid-${n}`, amountMinor: 100 + n });
    if (n % 4 === 0) await world.drainStream();
  }
  await world.drainStream();
  for (const size of [1, 2, 7, 23, 40]) {
    const numbers: number[] = [];
    for (let from = 1; from <= 23; from += size) {
      const part = await readFiledGifts(world.table, campaignId, { from, until: Math.min(23, from + size - 1) });
      numbers.push(...part.map(({ no }) => no));
    }
    expect(numbers).toEqual(Array.from({ length: 23 }, (_, n) => n + 1));
  }
});
