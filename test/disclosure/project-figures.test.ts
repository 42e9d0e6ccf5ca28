import fc from 'fast-check';
import { expect, it } from 'vitest';
import { projectFigures, raisedOf, teamShares } from '../../functions/disclosure/project-figures.ts';
import type { CampaignSums, Sums } from '../../functions/ledger/totals.ts';

const whole = fc.nat({ max: 1_000_000_000 });
const someSums: fc.Arbitrary<CampaignSums> = fc.record({
  gifts: whole,
  amountMinor: whole,
  refundedMinor: whole,
  matchMinor: whole,
  goodsMinor: whole,
  goodsBackMinor: whole,
  lumpMinor: whole,
  donors: whole,
  matchedGifts: whole,
  refundedGifts: whole,
  heldGifts: whole,
});
const SUMS = ['gifts', 'giftsMinor', 'refundedMinor', 'goodsMinor', 'goodsBackMinor', 'matchMinor'] as const;
const FIELDS = [...SUMS, 'lumpMinor', 'totalMinor'] as const;

it('a project is the sum of itself and its sub-plans in every figure, whatever they raised', () => {
  fc.assert(
    fc.property(someSums, fc.array(someSums, { maxLength: 150 }), (own, plans) => {
      const figures = projectFigures(
        own,
        plans.map((sums, n) => ({ campaignId: `cmp_${n}`, title: 'A', organisationName: 'B', status: 'open', sums })),
      );
      for (const field of FIELDS) {
        const parts = [figures.byItself, ...figures.subPlans.map(({ raised }) => raised)];
        expect(parts.reduce((sum, part) => sum + part[field], 0)).toBe(figures.together[field]);
      }
      const { totalMinor, giftsMinor, refundedMinor, matchMinor, lumpMinor } = figures.together;
      expect(totalMinor).toBe(giftsMinor - refundedMinor + matchMinor + lumpMinor);
      const ranked = figures.subPlans.map(({ raised }) => raised.totalMinor);
      expect(ranked).toEqual(ranked.toSorted((a, b) => b - a));
    }),
  );
});

it('what was given in teams and what beside them are the campaign’s gifts', () => {
  fc.assert(
    fc.property(someSums, fc.array(someSums, { maxLength: 300 }), (campaign, teams) => {
      const byTeam = new Map(teams.map((sums, n): [string, Sums] => [`tem_${n}`, sums]));
      const { inTeams, besideTeams } = teamShares(campaign, byTeam);
      const raised = raisedOf(campaign);
      for (const field of SUMS) expect(inTeams[field] + besideTeams[field]).toBe(raised[field]);
    }),
  );
});

it('goods are in no sum with money: the same money raised with and without them is the same total', () => {
  fc.assert(
    fc.property(someSums, whole, whole, (sums, goodsMinor, goodsBackMinor) => {
      const without = raisedOf({ ...sums, goodsMinor: 0, goodsBackMinor: 0 });
      const withGoods = raisedOf({
        ...sums,
        amountMinor: sums.amountMinor + goodsMinor,
        refundedMinor: sums.refundedMinor + goodsBackMinor,
        goodsMinor,
        goodsBackMinor,
      });
      expect(withGoods).toEqual({ ...without, goodsMinor, goodsBackMinor });
    }),
  );
});
