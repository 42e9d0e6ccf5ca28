import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../functions/kernel/errors.ts';
import type { Minor } from '../../../functions/kernel/money.ts';
import { recheckPerformanceRound } from '../../../functions/matching/rounds/performance-oracle.ts';
import {
  PERFORMANCE_EXAMPLE,
  type PerformanceTier,
  type ProjectResults,
  performanceProblems,
  performanceRound,
  performanceRuleSchema,
} from '../../../functions/matching/rounds/performance-round.ts';
import { performanceViolations } from '../../../functions/matching/rounds/round-invariants.ts';

const yuan = (amount: number): Minor => (amount * 100) as Minor;

const results = (unitId: string, raisedYuan: number, donors: number, gifts: number): ProjectResults => ({
  unitId,
  raisedMinor: yuan(raisedYuan),
  donors,
  gifts,
});

const tier = (id: string, sumYuan: number, atLeastYuan: number, by: PerformanceTier['by']): PerformanceTier => ({
  id,
  sumMinor: yuan(sumYuan),
  atLeastMinor: yuan(atLeastYuan),
  by,
});

const ruleOf = (...tiers: readonly PerformanceTier[]) => ({
  poolMinor: tiers.reduce((all, { sumMinor }) => all + sumMinor, 0) as Minor,
  tiers: [...tiers],
});

/** Raised 6,000, 3,000 and 1,000 yuan. */
const THREE = [results('a', 6_000, 10, 60), results('b', 3_000, 30, 30), results('c', 1_000, 5, 10)];

describe('a lump sum', () => {
  it('is shared among all by what they raised, and once more among those who reached a mark', () => {
    const round = performanceRound(
      ruleOf(tier('all', 800, 0, 'amount'), tier('from-3000', 100, 3_000, 'amount')),
      THREE,
    );
    expect(
      round.tiers.map(({ id, shares }) => [id, shares.map(({ unitId, shareMinor }) => [unitId, shareMinor])]),
    ).toEqual([
      [
        'all',
        [
          ['a', 48_000],
          ['b', 24_000],
          ['c', 8_000],
        ],
      ],
      [
        'from-3000',
        [
          ['a', 6_667],
          ['b', 3_333],
        ],
      ],
    ]);
    expect(round.projects).toEqual([
      { unitId: 'a', shareMinor: 54_667 },
      { unitId: 'b', shareMinor: 27_333 },
      { unitId: 'c', shareMinor: 8_000 },
    ]);
    expect(round).toMatchObject({ paidMinor: 90_000, unspentMinor: 0 });
  });

  it.each([
    ['amount', [6_000, 3_000, 1_000]],
    ['donors', [2_222, 6_667, 1_111]], // 10, 30 and 5 of 45
    ['gifts', [6_000, 3_000, 1_000]],
    ['equal', [3_334, 3_333, 3_333]], // the fen that is left over goes to the smallest id
  ] as const)('is shared by %s', (by, shares) => {
    const round = performanceRound(ruleOf(tier('all', 100, 0, by)), THREE.toReversed());
    expect(round.projects.map(({ shareMinor }) => shareMinor)).toEqual(shares);
  });

  it('stays unspent where nobody reaches the mark, and does not go to the other tiers', () => {
    const round = performanceRound(ruleOf(tier('all', 100, 0, 'equal'), tier('high', 50, 6_000.01, 'equal')), THREE);
    expect(round.tiers[1]).toMatchObject({ outcome: 'nobody-reached', paidMinor: 0, shares: [] });
    expect(round).toMatchObject({ paidMinor: 10_000, unspentMinor: 5_000 });
  });

  it('is reached with exactly the mark', () => {
    const round = performanceRound(ruleOf(tier('high', 50, 6_000, 'equal')), THREE);
    expect(round.projects.map(({ shareMinor }) => shareMinor)).toEqual([5_000, 0, 0]);
  });

  it('stays unspent where nobody gave anything to share it by', () => {
    const round = performanceRound(ruleOf(tier('all', 100, 0, 'donors')), [results('a', 0, 0, 0)]);
    expect(round.tiers[0]).toMatchObject({
      outcome: 'nothing-to-weigh',
      shares: [{ unitId: 'a', score: 0, shareMinor: 0 }],
    });
    expect(performanceViolations(round)).toEqual([]);
  });

  it('of a round without projects stays unspent', () => {
    expect(performanceRound(ruleOf(tier('all', 100, 0, 'equal')), [])).toMatchObject({
      unspentMinor: 10_000,
      projects: [],
    });
  });

  it('is not shared where a unit is listed twice', () => {
    expect(() => performanceRound(ruleOf(tier('all', 1, 0, 'equal')), [...THREE, ...THREE])).toThrow(PermanentError);
  });
});

describe('the rule as data', () => {
  it('is read from its example', () => {
    const rule = performanceRuleSchema.parse(PERFORMANCE_EXAMPLE);
    expect(performanceProblems(rule, 'CNY')).toEqual([]);
    expect(performanceViolations(performanceRound(rule, THREE))).toEqual([]);
  });

  it('is a contradiction where tiers do not sum to the pool or share a name, and all of it is said at once', () => {
    const [all, high] = PERFORMANCE_EXAMPLE.tiers;
    const rule = performanceRuleSchema.parse({
      ...PERFORMANCE_EXAMPLE,
      tiers: [all, { ...high, id: 'all', sumMinor: 9_999_999 }],
    });
    expect(performanceProblems(rule, 'CNY')).toEqual([
      {
        field: 'tiers',
        problem: 'sum to ¥899,999.99, but the pool is ¥900,000.00',
        fix: 'change tiers or pool by ¥0.01',
      },
      { field: 'tiers[1].id', problem: 'repeats all', fix: 'give every tier its own id' },
    ]);
  });

  it.each([
    ['no tier', { tiers: [] }],
    ['a tier of zero', { tiers: [{ ...PERFORMANCE_EXAMPLE.tiers[0], sumMinor: 0 }] }],
    ['a tier by something else', { tiers: [{ ...PERFORMANCE_EXAMPLE.tiers[0], by: 'rank' }] }],
    ['an unknown field in a tier', { tiers: [{ ...PERFORMANCE_EXAMPLE.tiers[0], atMostMinor: 1 }] }],
    ['another kind', { kind: 'quadratic' }],
  ])('is refused with %s', (_, change) => {
    expect(performanceRuleSchema.safeParse({ ...PERFORMANCE_EXAMPLE, ...change }).success).toBe(false);
  });
});

describe('the oracle', () => {
  const rule = ruleOf(tier('all', 100, 0, 'donors'), tier('high', 10, 3_000, 'equal'));
  const { projects } = performanceRound(rule, THREE);

  it('agrees with what was shared', () => {
    expect(recheckPerformanceRound(rule.tiers, THREE, projects)).toEqual({
      kind: 'agrees',
      units: 3,
      paidMinor: 11_000,
    });
  });

  it('names the two units between which a fen was moved', () => {
    const moved = projects.map((share, n) => ({ ...share, shareMinor: share.shareMinor + ([1, -1, 0][n] ?? 0) }));
    expect(recheckPerformanceRound(rule.tiers, THREE, moved)).toMatchObject({
      kind: 'disagrees',
      differences: [{ unitId: 'a' }, { unitId: 'b' }],
    });
  });
});
