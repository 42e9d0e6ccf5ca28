import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LARGEST_AMOUNT_MINOR, type Minor } from '../../functions/kernel/money.ts';
import { seededRandom } from '../../functions/matching/giving-day/seeded-random.ts';
import { recheckPerformanceRound } from '../../functions/matching/rounds/performance-oracle.ts';
import {
  type PerformanceTier,
  type ProjectResults,
  performanceRound,
} from '../../functions/matching/rounds/performance-round.ts';
import { recheckQuadraticRound } from '../../functions/matching/rounds/quadratic-oracle.ts';
import {
  type GiftLine,
  type QuadraticTerms,
  quadraticRound,
  totalsByDonor,
} from '../../functions/matching/rounds/quadratic-round.ts';
import { performanceViolations, quadraticViolations } from '../../functions/matching/rounds/round-invariants.ts';

const MANY_RUNS = 5_000;
const RUNS = 1_000;

const positive = (max: number) => fc.integer({ min: 1, max }).map((amount) => amount as Minor);
// Few fen, where rounding is most of the money; the round sums that people give, whose roots cancel; and anything.
const amounts = fc.oneof(
  positive(20),
  fc.constantFrom(1_000, 2_000, 5_000, 10_000).map((amount) => amount as Minor),
  positive(LARGEST_AMOUNT_MINOR),
);
const gifts: fc.Arbitrary<GiftLine[]> = fc.array(
  fc.record({
    unitId: fc.integer({ min: 0, max: 7 }).map((n) => `unit-${n}`),
    donorId: fc.integer({ min: 0, max: 9 }).map((n) => `dnr_${n}`),
    amountMinor: fc.oneof({ weight: 9, arbitrary: amounts }, { weight: 1, arbitrary: fc.constant(0 as Minor) }),
  }),
  { maxLength: 40, size: 'max' },
);
/** Pools that are nearly nothing, that a round of small gifts may or may not exhaust, and that nothing exhausts. */
const pools = fc.oneof(positive(20), positive(5_000), positive(200_000), fc.constant(LARGEST_AMOUNT_MINOR as Minor));
const caps = fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.constantFrom(1_000, 1_250, 2_000, 2_500, 5_000));
const termsOf = (capChoice: fc.Arbitrary<number | undefined>): fc.Arbitrary<QuadraticTerms> =>
  fc.record({
    poolMinor: pools,
    variant: fc.constantFrom('linear', 's-squared'),
    scaleUp: fc.boolean(),
    capShareBasisPoints: capChoice,
  });
const anyTerms = termsOf(fc.option(caps, { nil: undefined }));

function rootByBisection(square: bigint): bigint {
  let low = 0n;
  let high = square + 1n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle * middle <= square) low = middle;
    else high = middle;
  }
  return low;
}

const roundOf = (terms: QuadraticTerms, lines: readonly GiftLine[]) => quadraticRound(terms, totalsByDonor(lines));

describe('a quadratic round', () => {
  it('is to the fen what the naive oracle gives, for any rule and any gifts', () => {
    fc.assert(
      fc.property(anyTerms, gifts, (terms, lines) => {
        const { projects, paidMinor } = roundOf(terms, lines);
        const agrees = { kind: 'agrees', units: projects.length, paidMinor };
        expect(recheckQuadraticRound(terms, lines, projects)).toEqual(agrees);
      }),
      { numRuns: MANY_RUNS },
    );
  });

  it('breaks no invariant: pool, cap, sums', () => {
    fc.assert(
      fc.property(anyTerms, gifts, (terms, lines) => {
        expect(quadraticViolations(roundOf(terms, lines))).toEqual([]);
      }),
      { numRuns: MANY_RUNS },
    );
  });

  it('leaves overflow unplaced only where every project that draws anything has reached the cap', () => {
    fc.assert(
      fc.property(termsOf(caps), gifts, (terms, lines) => {
        const { projects, unplacedMinor } = roundOf(terms, lines);
        const canTake = projects.filter(({ capped, beforeCapMinor }) => !capped && beforeCapMinor > 0);
        if (unplacedMinor > 0) expect(canTake).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('uses the whole pool where it scales up without a cap and anybody draws anything', () => {
    fc.assert(
      fc.property(termsOf(fc.constant(undefined)), gifts, (terms, lines) => {
        const round = roundOf({ ...terms, scaleUp: true }, lines);
        expect(round.unspentMinor).toBe(round.rawTotal === '0' ? terms.poolMinor : 0);
      }),
      { numRuns: RUNS },
    );
  });

  it('does not depend on the order of projects, of donors or of gifts', () => {
    fc.assert(
      fc.property(anyTerms, gifts, fc.integer(), (terms, lines, seed) => {
        const random = seededRandom(seed);
        const projects = totalsByDonor(random.shuffled(lines)).map(({ unitId, donorTotalsMinor }) => ({
          unitId,
          donorTotalsMinor: random.shuffled(donorTotalsMinor),
        }));
        expect(quadraticRound(terms, random.shuffled(projects))).toEqual(roundOf(terms, lines));
      }),
      { numRuns: RUNS },
    );
  });

  it('does not depend on who the donors are', () => {
    fc.assert(
      fc.property(anyTerms, gifts, fc.integer(), (terms, lines, seed) => {
        const names = seededRandom(seed).shuffled(Array.from({ length: 10 }, (_, n) => `dnr_${n}`));
        const renamed = lines.map((line) => ({ ...line, donorId: names[Number(line.donorId.slice(4))] ?? '' }));
        expect(roundOf(terms, renamed)).toEqual(roundOf(terms, lines));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives nobody more for a gift that is split into several', () => {
    fc.assert(
      fc.property(anyTerms, gifts, fc.integer(), (terms, lines, seed) => {
        const random = seededRandom(seed);
        const split = lines.flatMap((line) => {
          const part = random.below(line.amountMinor + 1) as Minor;
          return [
            { ...line, amountMinor: part },
            { ...line, amountMinor: (line.amountMinor - part) as Minor },
          ];
        });
        expect(roundOf(terms, random.shuffled(split))).toEqual(roundOf(terms, lines));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives a project with one donor nothing where it is linear, and something where the square is the weight', () => {
    fc.assert(
      fc.property(anyTerms, gifts, (terms, lines) => {
        const alone = roundOf({ ...terms, variant: 'linear' }, lines).projects.filter(({ donors }) => donors < 2);
        expect(alone.every(({ shareMinor, raw }) => shareMinor === 0 && raw === '0')).toBe(true);
        const squares = roundOf({ ...terms, variant: 's-squared' }, lines).projects;
        expect(squares.every(({ donors, raw }) => donors > 0 === (raw !== '0'))).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('gives a project that one more donor supports no less, but for the one fen of rounding', () => {
    fc.assert(
      fc.property(termsOf(fc.constant(undefined)), gifts, amounts, (terms, lines, amountMinor) => {
        const added = { unitId: 'unit-0', donorId: 'dnr_new', amountMinor };
        const before = roundOf(terms, lines).projects.find(({ unitId }) => unitId === added.unitId);
        const after = roundOf(terms, [...lines, added]).projects.find(({ unitId }) => unitId === added.unitId);
        expect(after?.shareMinor).toBeGreaterThanOrEqual((before?.shareMinor ?? 0) - 1);
      }),
      { numRuns: RUNS },
    );
  });

  it('never gives less from a larger pool, but for the one fen of rounding', () => {
    fc.assert(
      fc.property(termsOf(fc.constant(undefined)), gifts, positive(100_000), (terms, lines, more) => {
        const larger = roundOf({ ...terms, poolMinor: (terms.poolMinor + more) as Minor }, lines).projects;
        for (const [position, { shareMinor }] of roundOf(terms, lines).projects.entries()) {
          expect(larger[position]?.shareMinor).toBeGreaterThanOrEqual(shareMinor - 1);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('states raw amounts to the fifteenth decimal of what roots of sixty decimals give', () => {
    const totals = fc.array(amounts, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(totals, (donorTotalsMinor) => {
        const terms = { poolMinor: 1 as Minor, variant: 'linear', scaleUp: false } as const;
        const [whole = '', fraction = ''] = quadraticRound(terms, [{ unitId: 'a', donorTotalsMinor }]).rawTotal.split(
          '.',
        );
        const stated = BigInt(whole + fraction.padEnd(15, '0')) * 10n ** 105n;
        const roots = donorTotalsMinor.map((total) => rootByBisection(BigInt(total) * 10n ** 120n));
        const truth =
          roots.reduce((all, root) => all + root, 0n) ** 2n - roots.reduce((all, root) => all + root * root, 0n);
        // Half of the last decimal that is stated, and what thirty decimals of a root leave open.
        const bound = 10n ** 105n / 2n + (2n * truth) / 10n ** 30n;
        expect(stated > truth - bound && stated < truth + bound).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it('states raw amounts that are whole numbers in truth as whole numbers', () => {
    fc.assert(
      fc.property(positive(1_000_000_000), fc.integer({ min: 1, max: 300 }), (each, donors) => {
        const projects = [{ unitId: 'a', donorTotalsMinor: Array.from({ length: donors }, () => each) }];
        const truth = BigInt(donors) * BigInt(donors - 1) * BigInt(each);
        const terms = { poolMinor: 1 as Minor, variant: 'linear', scaleUp: false } as const;
        expect(quadraticRound(terms, projects).rawTotal).toBe(String(truth));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a performance round', () => {
  const tiers: fc.Arbitrary<PerformanceTier[]> = fc
    .array(
      fc.record({
        sumMinor: fc.oneof(positive(20), positive(1_000_000_000)),
        atLeastMinor: fc.oneof(fc.constant(0 as Minor), positive(20), positive(LARGEST_AMOUNT_MINOR)),
        by: fc.constantFrom('amount', 'donors', 'gifts', 'equal'),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((all) => all.map((tier, n) => ({ ...tier, id: `tier-${n}` })));
  const results: fc.Arbitrary<ProjectResults[]> = fc
    .array(
      fc.record({
        raisedMinor: fc.oneof(fc.constant(0 as Minor), positive(30), positive(LARGEST_AMOUNT_MINOR)),
        donors: fc.integer({ min: 0, max: 10 }),
        gifts: fc.integer({ min: 0, max: 10_000 }),
      }),
      { maxLength: 12 },
    )
    .map((all) => all.map((project, n) => ({ ...project, unitId: `unit-${n}` })));
  const ruleOf = (all: PerformanceTier[]) => ({
    poolMinor: all.reduce((total, { sumMinor }) => total + sumMinor, 0) as Minor,
    tiers: all,
  });

  it('is to the fen what the naive oracle gives, breaks no invariant and does not depend on order', () => {
    fc.assert(
      fc.property(tiers, results, fc.integer(), (all, projects, seed) => {
        const round = performanceRound(ruleOf(all), projects);
        expect(performanceViolations(round)).toEqual([]);
        expect(recheckPerformanceRound(all, projects, round.projects)).toEqual({
          kind: 'agrees',
          units: projects.length,
          paidMinor: round.paidMinor,
        });
        expect(performanceRound(ruleOf(all), seededRandom(seed).shuffled(projects))).toEqual(round);
      }),
      { numRuns: MANY_RUNS },
    );
  });

  it('gives nobody less who has the higher score, within a tier', () => {
    fc.assert(
      fc.property(tiers, results, (all, projects) => {
        for (const { shares } of performanceRound(ruleOf(all), projects).tiers) {
          const byScore = shares.toSorted((a, b) => a.score - b.score || a.shareMinor - b.shareMinor);
          const amountsInOrder = byScore.map(({ shareMinor }) => shareMinor);
          expect(amountsInOrder).toEqual(amountsInOrder.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: RUNS },
    );
  });
});
