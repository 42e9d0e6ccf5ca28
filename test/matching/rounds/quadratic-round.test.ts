import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../functions/kernel/errors.ts';
import { formatMoney, type Minor } from '../../../functions/kernel/money.ts';
import { recheckQuadraticRound } from '../../../functions/matching/rounds/quadratic-oracle.ts';
import {
  type GiftLine,
  QUADRATIC_EXAMPLE,
  type QuadraticRound,
  type QuadraticTerms,
  quadraticProblems,
  quadraticRound,
  quadraticRuleSchema,
  totalsByDonor,
} from '../../../functions/matching/rounds/quadratic-round.ts';
import { quadraticViolations } from '../../../functions/matching/rounds/round-invariants.ts';

const YUAN = 100;
const yuan = (amount: number): Minor => (amount * YUAN) as Minor;

function terms(poolYuan: number, others: Partial<QuadraticTerms> = {}): QuadraticTerms {
  return { poolMinor: yuan(poolYuan), variant: 'linear', scaleUp: false, ...others };
}

const project = (unitId: string, ...donorTotalsYuan: readonly number[]) => ({
  unitId,
  donorTotalsMinor: donorTotalsYuan.map(yuan),
});

const alike = (unitId: string, donors: number, yuanEach: number) =>
  project(unitId, ...Array.from({ length: donors }, () => yuanEach));

/** Three projects that raised 1,000 yuan each: from 5 donors, from 2 and from 20. Roots of equal totals multiply to whole yuan. */
const THREE_PROJECTS = [alike('a-five', 5, 200), alike('b-two', 2, 500), alike('c-twenty', 20, 50)];

/** The round as a treasurer reads it. */
function tableOf(round: QuadraticRound): string[] {
  return [
    ...round.projects.map(({ unitId, donors, contributedMinor, raw, beforeCapMinor, shareMinor, outcome }) =>
      [
        unitId,
        donors,
        formatMoney(contributedMinor, 'CNY'),
        raw,
        formatMoney(beforeCapMinor, 'CNY'),
        formatMoney(shareMinor, 'CNY'),
        outcome,
      ].join(' | '),
    ),
    `paid ${formatMoney(round.paidMinor, 'CNY')}, unspent ${formatMoney(round.unspentMinor, 'CNY')}`,
  ];
}

describe('three projects that raised the same', () => {
  it('share a pool that does not suffice by pairs of donors: 4,000 and 1,000 and 19,000 yuan of 24,000', () => {
    const round = quadraticRound(terms(10_000), THREE_PROJECTS);
    expect(round).toMatchObject({ rawTotal: '2400000', scaling: 'down', unplacedMinor: 0 });
    // Each third of a fen is alike, so the two fen that are left over go to the first two ids.
    expect(tableOf(round)).toEqual([
      'a-five | 5 | ¥1,000.00 | 400000 | ¥1,666.67 | ¥1,666.67 | as-computed',
      'b-two | 2 | ¥1,000.00 | 100000 | ¥416.67 | ¥416.67 | as-computed',
      'c-twenty | 20 | ¥1,000.00 | 1900000 | ¥7,916.66 | ¥7,916.66 | as-computed',
      'paid ¥10,000.00, unspent ¥0.00',
    ]);
  });

  it('get what the formula gives, and no more, from a pool that suffices', () => {
    const round = quadraticRound(terms(30_000), THREE_PROJECTS);
    expect(round.scaling).toBe('none');
    expect(tableOf(round)).toEqual([
      'a-five | 5 | ¥1,000.00 | 400000 | ¥4,000.00 | ¥4,000.00 | as-computed',
      'b-two | 2 | ¥1,000.00 | 100000 | ¥1,000.00 | ¥1,000.00 | as-computed',
      'c-twenty | 20 | ¥1,000.00 | 1900000 | ¥19,000.00 | ¥19,000.00 | as-computed',
      'paid ¥24,000.00, unspent ¥6,000.00',
    ]);
  });

  it('get all of it where the rule scales up', () => {
    const round = quadraticRound(terms(30_000, { scaleUp: true }), THREE_PROJECTS);
    expect(round.scaling).toBe('up');
    expect(round.projects.map(({ shareMinor }) => shareMinor)).toEqual([500_000, 125_000, 2_375_000]);
    expect(round.unspentMinor).toBe(0);
  });

  it('get the same whether a pool of exactly what the formula gives is paid raw or in proportion', () => {
    const rounds = [true, false].map((scaleUp) => quadraticRound(terms(24_000, { scaleUp }), THREE_PROJECTS));
    expect(rounds.map(({ scaling }) => scaling)).toEqual(['up', 'none']);
    for (const { projects } of rounds) {
      expect(projects.map(({ shareMinor }) => shareMinor)).toEqual([400_000, 100_000, 1_900_000]);
    }
  });

  it('share by the whole square in the other variant: 5,000 and 2,000 and 20,000 of 27,000', () => {
    const round = quadraticRound(terms(10_000, { variant: 's-squared' }), THREE_PROJECTS);
    expect(round.rawTotal).toBe('2700000');
    expect(round.projects.map(({ shareMinor }) => shareMinor)).toEqual([185_185, 74_074, 740_741]);
  });
});

describe('a cap', () => {
  const capped = (capShareBasisPoints: number, others: Partial<QuadraticTerms> = {}) =>
    quadraticRound(terms(10_000, { capShareBasisPoints, ...others }), THREE_PROJECTS);

  it('of half the pool hands what it cuts off to the others, 4 to 1 as they stand', () => {
    expect(tableOf(capped(5_000))).toEqual([
      'a-five | 5 | ¥1,000.00 | 400000 | ¥1,666.67 | ¥4,000.00 | with-overflow',
      'b-two | 2 | ¥1,000.00 | 100000 | ¥416.67 | ¥1,000.00 | with-overflow',
      'c-twenty | 20 | ¥1,000.00 | 1900000 | ¥7,916.66 | ¥5,000.00 | capped',
      'paid ¥10,000.00, unspent ¥0.00',
    ]);
  });

  it('of 35 % then caps the next one too, and the last takes the rest', () => {
    const round = capped(3_500);
    expect(round.projects.map(({ shareMinor, outcome }) => [shareMinor, outcome])).toEqual([
      [350_000, 'capped'],
      [300_000, 'with-overflow'],
      [350_000, 'capped'],
    ]);
  });

  it('of 30 % caps all three, and a tenth of the pool stays unspent because nobody may take it', () => {
    const round = capped(3_000);
    expect(round.projects.every((share) => share.capped && share.shareMinor === 300_000)).toBe(true);
    expect(round).toMatchObject({ paidMinor: 900_000, unspentMinor: 100_000, unplacedMinor: 100_000 });
  });

  it('that a project reaches exactly does not hold it back', () => {
    const two = [alike('a', 5, 200), alike('b', 5, 200)];
    const round = quadraticRound(terms(1_000, { capShareBasisPoints: 5_000 }), two);
    expect(round.projects.map(({ shareMinor, capped: isCapped }) => [shareMinor, isCapped])).toEqual([
      [50_000, false],
      [50_000, false],
    ]);
  });

  it('also holds where the pool suffices; what it cuts off goes to the others by what they would get', () => {
    // 19,000 yuan are cut to 12,000; 7,000 go to the others 4 to 1. The pool's other 6,000 are drawn by nobody.
    const round = quadraticRound(terms(30_000, { capShareBasisPoints: 4_000 }), THREE_PROJECTS);
    expect(round.projects.map(({ shareMinor }) => shareMinor)).toEqual([960_000, 240_000, 1_200_000]);
    expect(round).toMatchObject({ unspentMinor: 600_000, unplacedMinor: 0 });
  });
});

describe('the root', () => {
  it('is taken of what a donor gave in all, so that splitting a gift gains nothing', () => {
    const gift = (donorId: string, amountYuan: number): GiftLine => ({
      unitId: 'a',
      donorId,
      amountMinor: yuan(amountYuan),
    });
    const gifts = [gift('dnr_1', 30), gift('dnr_2', 100), gift('dnr_1', 70), gift('dnr_1', 0)];
    expect(totalsByDonor(gifts)).toEqual([project('a', 100, 100)]);
    expect(quadraticRound(terms(1_000), totalsByDonor(gifts)).projects[0]).toMatchObject({
      donors: 2,
      contributedMinor: 20_000,
      rootSum: '200',
      raw: '20000',
    });
  });

  it('of what is no square is not allowed to cost a fen: 20 and 20 yuan draw 40, 2 and 8 fen draw 8', () => {
    const few = { unitId: 'few', donorTotalsMinor: [2 as Minor, 8 as Minor] };
    const { projects } = quadraticRound(terms(1_000), [alike('equal', 2, 20), few]);
    expect(projects.map(({ raw, shareMinor }) => [raw, shareMinor])).toEqual([
      ['4000', 4_000],
      ['8', 8],
    ]);
  });

  it('is stated with thirty decimals and raw amounts with fifteen, and a part of a fen is not paid', () => {
    const round = quadraticRound(terms(1), [{ unitId: 'a', donorTotalsMinor: [1 as Minor, 2 as Minor] }]);
    expect(round.projects[0]).toMatchObject({
      rootSum: '2.414213562373095048801688724209', // 1 + root of 2
      raw: '2.82842712474619', // twice the root of 2, which is 2.828427124746190 0976...
      shareMinor: 2,
    });
  });

  it('of the largest totals is exact too', () => {
    const largest = (60_000_000 ** 2) as Minor; // 36 trillion yuan: a square, and two of them stay below 2^53
    const { projects } = quadraticRound(terms(1), [{ unitId: 'a', donorTotalsMinor: [largest, largest] }]);
    expect(projects[0]).toMatchObject({ rootSum: '120000000', raw: '7200000000000000', shareMinor: 100 });
  });
});

describe('a project', () => {
  it('with one donor gets nothing in a linear round, however large the gift, and its part by the square', () => {
    const projects = [project('alone', 1_000_000), alike('together', 2, 50)];
    expect(quadraticRound(terms(100), projects).projects).toMatchObject([
      { unitId: 'alone', raw: '0', shareMinor: 0, outcome: 'single-donor' },
      { unitId: 'together', raw: '10000', shareMinor: 10_000, outcome: 'as-computed' },
    ]);
    expect(quadraticRound(terms(100, { variant: 's-squared' }), projects).projects[0]).toMatchObject({
      outcome: 'as-computed',
      shareMinor: 9_998, // 1,000,000 of 1,000,200
    });
  });

  it('without donors, or whose gifts were all refunded, is listed and gets nothing', () => {
    const round = quadraticRound(terms(100, { scaleUp: true }), [project('nobody'), project('refunded', 0, 0)]);
    expect(round.projects).toMatchObject([
      { unitId: 'nobody', donors: 0, outcome: 'no-donors', shareMinor: 0 },
      { unitId: 'refunded', donors: 0, outcome: 'no-donors', shareMinor: 0 },
    ]);
    expect(round).toMatchObject({ paidMinor: 0, unspentMinor: 10_000, unplacedMinor: 0 });
  });

  it('to which less than a fen falls gets nothing, and that is said', () => {
    const round = quadraticRound(terms(1), [alike('large', 200, 1_000), alike('small', 2, 0.01)]);
    expect(round.projects).toMatchObject([{ shareMinor: 100 }, { shareMinor: 0, outcome: 'too-small' }]);
  });

  it('that is listed twice, or with a donor below zero, is refused', () => {
    expect(() => quadraticRound(terms(1), [project('a', 1), project('a', 2)])).toThrow(PermanentError);
    expect(() => quadraticRound(terms(1), [project('a', 5, -1)])).toThrow(PermanentError);
  });
});

describe('the rule as data', () => {
  it('is read from its example', () => {
    const rule = quadraticRuleSchema.parse(QUADRATIC_EXAMPLE);
    expect(quadraticProblems(rule, 'CNY')).toEqual([]);
    expect(quadraticViolations(quadraticRound(rule, THREE_PROJECTS))).toEqual([]);
  });

  it.each([
    ['an unknown field', { minimumMinor: 1 }],
    ['another variant', { variant: 'cubic' }],
    ['a cap of zero', { capShareBasisPoints: 0 }],
    ['a cap above the pool', { capShareBasisPoints: 10_001 }],
    ['a pool of zero', { poolMinor: 0 }],
    ['an id of capitals', { id: 'Round-1' }],
    ['a blank sponsor', { sponsor: '  ' }],
    ['another version', { version: 1 }],
  ])('is refused with %s', (_, change) => {
    expect(quadraticRuleSchema.safeParse({ ...QUADRATIC_EXAMPLE, ...change }).success).toBe(false);
  });

  it('is a contradiction where the cap leaves less than a fen to anybody', () => {
    const rule = quadraticRuleSchema.parse({ ...QUADRATIC_EXAMPLE, poolMinor: 4_999, capShareBasisPoints: 2 });
    expect(quadraticProblems(rule, 'CNY')).toMatchObject([
      {
        field: 'capShareBasisPoints',
        problem: 'leaves every project less than one minor unit of ¥49.99, so that nothing can be paid',
      },
    ]);
    expect(quadraticProblems({ ...rule, poolMinor: 5_000 as Minor }, 'CNY')).toEqual([]);
    expect(quadraticProblems({ ...rule, capShareBasisPoints: 0 }, 'CNY')).toHaveLength(1);
  });
});

describe('the oracle', () => {
  const gifts = ['a', 'b', 'b', 'c', 'c', 'c'].map(
    (unitId, n): GiftLine => ({ unitId, donorId: `dnr_${n}`, amountMinor: yuan(10 + n) }),
  );
  const pool = terms(20);
  const { projects } = quadraticRound(pool, totalsByDonor(gifts));

  it('agrees with what was shared', () => {
    expect(recheckQuadraticRound(pool, gifts, projects)).toEqual({ kind: 'agrees', units: 3, paidMinor: 2_000 });
  });

  it('names the unit that got a fen more, the one that was left out, and the one that gave nothing', () => {
    const [a, b, c] = projects.map(({ unitId, shareMinor }) => ({ unitId, shareMinor }));
    if (a === undefined || b === undefined || c === undefined) throw new RangeError('three projects');
    const recorded = [a, { ...b, shareMinor: b.shareMinor + 1 }, { unitId: 'd', shareMinor: 5 }];
    expect(recheckQuadraticRound(pool, gifts, recorded)).toEqual({
      kind: 'disagrees',
      units: 3,
      differences: [
        { unitId: 'b', recordedMinor: b.shareMinor + 1, expectedMinor: b.shareMinor },
        { unitId: 'd', recordedMinor: 5, expectedMinor: 0 },
        { unitId: 'c', recordedMinor: 0, expectedMinor: c.shareMinor },
      ],
    });
  });
});
