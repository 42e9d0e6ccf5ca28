import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { localDateOf, localHourOf, plusSeconds, windowBounds } from '../../functions/kernel/time.ts';
import { generatedGifts } from '../../functions/matching/giving-day/generated-gifts.ts';
import type { JournalLine } from '../../functions/matching/match-entry.ts';
import { type MatchingPlan, matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import type { GiftToMatch } from '../../functions/matching/matching-state.ts';
import { type NaiveDraw, NaiveMatcher } from '../../functions/matching/naive-matcher.ts';
import { recheckPerformanceRound } from '../../functions/matching/rounds/performance-oracle.ts';
import { recheckQuadraticRound } from '../../functions/matching/rounds/quadratic-oracle.ts';
import { programmeYearOf } from '../../functions/matching/rules/caps.ts';
import { seedHashOf } from '../../functions/matching/rules/luck.ts';
import { whatIf } from '../../functions/matching/what-if.ts';
import { arbitraryPlan } from './arbitrary-plan.ts';
import { WINDOW, ZONE } from './money-path.ts';

const bounds = windowBounds(WINDOW);
const frame = { zone: ZONE, ...bounds };
const UNITS = ['unit-0', 'unit-1', 'unit-2', 'unit-3'];
const setting = { frame, unitIds: UNITS, lotSeed: 7 };

type Given = {
  amountMinor: number;
  seconds: number;
  donor?: number;
  unitId?: string | undefined;
  reach?: number;
  years?: number;
};
const giftsOf = (given: readonly Given[]): GiftToMatch[] =>
  given.map(({ amountMinor, seconds, donor = 0, unitId, reach, years }, n) => {
    const occurredAt = plusSeconds(bounds.opensAt, seconds);
    return {
      giftId: `gft_${n}`,
      donorId: `dnr_${donor}`,
      unitId,
      amountMinor: minor(amountMinor),
      occurredAt,
      day: localDateOf(occurredAt, ZONE),
      standing: { reach, years },
    };
  });

const HOUR = 3_600;
const shared = { version: 2, sponsor: 'Sponsor', poolMinor: 100_000 };
const rule = { ...shared, kind: 'ratio', numerator: 1, denominator: 1 };
const planOf = (...rules: object[]): MatchingPlan => matchingPlanSchema.parse({ rules });

describe('what if', () => {
  it('shows the money used by hour, and when the pool runs out', () => {
    const plan = planOf({ ...rule, id: 'main', poolMinor: 1_500 });
    const { hours, drafts, gifts } = whatIf(
      [plan],
      setting,
      giftsOf([
        { amountMinor: 1_000, seconds: 9 * HOUR },
        { amountMinor: 300, seconds: 9 * HOUR + 60, donor: 1 },
        { amountMinor: 1_000, seconds: 20 * HOUR, donor: 2 },
        { amountMinor: 50, seconds: 21 * HOUR, donor: 2 },
        { amountMinor: 70, seconds: -5, donor: 3 },
      ]),
    );
    expect(hours).toEqual([
      { hour: '2026-09-07T09:00', gifts: 2, amountMinor: 1_300 },
      { hour: '2026-09-07T20:00', gifts: 1, amountMinor: 1_000 },
      { hour: '2026-09-07T21:00', gifts: 1, amountMinor: 50 },
    ]);
    expect(gifts).toEqual({ count: 5, amountMinor: 2_420, donors: 4, outside: { gifts: 1, amountMinor: 70 } });
    expect(drafts[0]).toMatchObject({
      usedMinor: 1_500,
      remainingMinor: 0,
      matchedGifts: 3,
      matchedBasisPoints: 6_000,
    });
    expect(drafts[0]?.rules[0]).toMatchObject({
      usedByHourMinor: [1_300, 200, 0],
      runsOutAt: plusSeconds(bounds.opensAt, 20 * HOUR),
      outcomes: { matched: 2, partly: 1, exhausted: 1, 'outside-window': 1 },
    });
  });

  it('shows who is capped, by which cap and by how much, the most first', () => {
    const plan = planOf({ ...rule, id: 'main', perGift: { capMinor: 500 }, perDonor: { perDayMinor: 600 } });
    const { capped } =
      whatIf(
        [plan],
        setting,
        giftsOf([
          { amountMinor: 800, seconds: 1, donor: 1 },
          { amountMinor: 200, seconds: 2, donor: 1 },
          { amountMinor: 501, seconds: 3, donor: 2 },
          { amountMinor: 400, seconds: 4, donor: 3 },
        ]),
      ).drafts[0] ?? {};
    expect(capped).toEqual({
      gifts: 3,
      donors: 2,
      byCap: [
        { cap: 'per-gift', gifts: 2, donors: 2 },
        { cap: 'per-donor-day', gifts: 1, donors: 1 },
      ],
      top: [
        { donorId: 'dnr_1', gifts: 2, withheldMinor: 400 },
        { donorId: 'dnr_2', gifts: 1, withheldMinor: 1 },
      ],
    });
  });

  it('counts a gift that met two caps at once for both of them', () => {
    const plan = planOf({ ...rule, id: 'main', perGift: { capMinor: 500 }, perDonor: { perDayMinor: 500 } });
    const { capped } = whatIf([plan], setting, giftsOf([{ amountMinor: 800, seconds: 1, donor: 1 }])).drafts[0] ?? {};
    expect(capped?.gifts).toBe(1);
    expect(capped?.byCap.map(({ cap, gifts, donors }) => [cap, gifts, donors])).toEqual([
      ['per-gift', 1, 1],
      ['per-donor-day', 1, 1],
    ]);
  });

  it('leaves gifts that wait for a person, and those outside the campaign, out of rounds', () => {
    const plan = matchingPlanSchema.parse({
      screen: { giftsPerMinute: 2 },
      rules: [
        { ...rule, id: 'main' },
        {
          ...shared,
          id: 'results',
          kind: 'performance',
          tiers: [{ id: 'all', sumMinor: 100_000, atLeastMinor: 0, by: 'gifts' }],
        },
      ],
    });
    const { units } =
      whatIf(
        [plan],
        setting,
        giftsOf([
          { amountMinor: 100, seconds: HOUR, donor: 1, unitId: 'unit-0' },
          { amountMinor: 100, seconds: HOUR + 1, donor: 1, unitId: 'unit-1' },
          { amountMinor: 100, seconds: -1, donor: 2, unitId: 'unit-1' },
        ]),
      ).drafts[0] ?? {};
    expect(units?.map(({ unitId, roundMinor }) => [unitId, roundMinor])).toEqual([
      ['unit-0', 100_000],
      ['unit-1', 0],
    ]);
  });

  it('shows when each part of a pool runs out, and when a challenge is reached', () => {
    const plan = planOf(
      {
        ...rule,
        id: 'parts',
        subPools: [
          { id: 'day-1', poolMinor: 300 },
          { id: 'day-2', poolMinor: 99_700 },
        ],
        windows: [
          { from: '2026-09-07T00:00', until: '2026-09-08T00:00', subPoolId: 'day-1' },
          { from: '2026-09-08T00:00', until: '2026-09-09T00:00', subPoolId: 'day-2' },
        ],
      },
      {
        ...shared,
        id: 'many',
        kind: 'challenge',
        measure: 'donors',
        threshold: 2,
      },
    );
    const [draft] = whatIf(
      [plan],
      setting,
      giftsOf([
        { amountMinor: 500, seconds: HOUR, donor: 1 },
        { amountMinor: 500, seconds: 25 * HOUR, donor: 1 },
        { amountMinor: 500, seconds: 26 * HOUR, donor: 2 },
      ]),
    ).drafts;
    expect(draft?.rules[0]?.subPools).toEqual([
      { id: 'day-1', poolMinor: 300, usedMinor: 300, runsOutAt: plusSeconds(bounds.opensAt, HOUR) },
      { id: 'day-2', poolMinor: 99_700, usedMinor: 1_000, runsOutAt: null },
    ]);
    expect(draft?.rules[1]?.challenge).toMatchObject({
      progress: 2,
      reachedAt: plusSeconds(bounds.opensAt, 26 * HOUR),
    });
    expect(draft).toMatchObject({ matchMinor: 1_300, lumpMinor: 100_000, usedMinor: 101_300 });
  });

  it('sets two drafts side by side over the same gifts, each as it would be alone', () => {
    const plans = [planOf({ ...rule, id: 'one' }), planOf({ ...rule, id: 'two', denominator: 2 })];
    const options = { count: 500, seed: 1, averageMinor: 1_770, window: WINDOW, unitIds: UNITS, withStandings: false };
    const together = whatIf(plans, setting, generatedGifts(options));
    for (const [n, plan] of plans.entries())
      expect(together.drafts[n]).toEqual(whatIf([plan], setting, generatedGifts(options)).drafts[0]);
  });

  it('draws the same lots for the same number and others for another, and never by a seed that could be a real one', () => {
    const lucky = { ...shared, id: 'lucky', kind: 'random' };
    const plan = planOf({ ...lucky, winNumerator: 1, winDenominator: 2, lowBasisPoints: 100, highBasisPoints: 9_000 });
    const given = giftsOf(Array.from({ length: 50 }, (_, n) => ({ amountMinor: 1_000, seconds: n, donor: n })));
    const used = (lotSeed: number) => whatIf([plan], { ...setting, lotSeed }, given).drafts[0]?.matchMinor;
    expect(used(7)).toBe(used(7));
    expect(used(7)).not.toBe(used(8));
  });

  it('is about generated gifts what it is about the same ones counted by hand', () => {
    const plan = planOf({ ...rule, id: 'main', poolMinor: 10_000_000, perGift: { capMinor: 5_000 } });
    const options = { count: 3_000, seed: 5, averageMinor: 3_540, window: WINDOW, unitIds: UNITS, withStandings: true };
    const gifts = [...generatedGifts(options)];
    const result = whatIf([plan], setting, gifts);
    const byHand = gifts.reduce((total, { amountMinor }) => total + Math.min(amountMinor, 5_000), 0);
    expect(result.drafts[0]?.usedMinor).toBe(byHand);
    expect(result.gifts.amountMinor / gifts.length).toBeGreaterThan(3_540 * 0.95);
    expect(result.gifts.amountMinor / gifts.length).toBeLessThan(3_540 * 1.05);
    expect(result.hours.reduce((total, hour) => total + hour.gifts, 0)).toBe(3_000);
    expect(gifts.map(({ occurredAt }) => occurredAt)).toEqual(gifts.map(({ occurredAt }) => occurredAt).sort());
  });
});

/** What the naive matcher makes of the same gifts, added up with nothing but maps and big integers. */
function recounted(plan: MatchingPlan, gifts: readonly GiftToMatch[], seeds: Record<string, string>) {
  const matcher = new NaiveMatcher(plan, frame, seeds);
  const sums = new Map<string, bigint>();
  const add = (name: string, amount: bigint): void => void sums.set(name, (sums.get(name) ?? 0n) + amount);
  const counting: GiftToMatch[] = [];
  for (const gift of gifts) {
    const line = lineOf(plan, gift, sums);
    const { draws, hold } = matcher.gift(line);
    const total = draws.reduce((sum, { amount }) => sum + amount, 0n);
    for (const draw of draws) addDraw(plan, draw, gift, add);
    const inTime = gift.occurredAt >= bounds.opensAt && gift.occurredAt < bounds.closesAt;
    add(`unit ${gift.unitId ?? '-'}`, total);
    if (total > 0n) add('matched', 1n);
    if (hold !== '') add('held', total);
    else
      for (const turned of matcher.challenges(line, BigInt(gift.amountMinor), 1n))
        add(`rule ${turned}`, poolOf(plan, turned));
    if (inTime && hold === '' && gift.unitId !== undefined) counting.push(gift);
  }
  return { sums, counting };
}

function addDraw(
  plan: MatchingPlan,
  { ruleId, amount }: NaiveDraw,
  gift: GiftToMatch,
  add: (name: string, amount: bigint) => void,
) {
  add(`rule ${ruleId}`, amount);
  add(`year ${ruleId} ${gift.donorId} ${yearOf(plan, ruleId, gift)}`, amount);
  const { occurredAt } = gift;
  const hour = String(localHourOf(occurredAt, ZONE)).padStart(2, '0');
  if (amount > 0n) add(`hour ${ruleId} ${localDateOf(occurredAt, ZONE)}T${hour}:00`, amount);
}

const poolOf = (plan: MatchingPlan, ruleId: string): bigint =>
  BigInt(plan.rules.find(({ id }) => id === ruleId)?.poolMinor ?? 0);

function yearOf(plan: MatchingPlan, ruleId: string, gift: GiftToMatch): string {
  const one = plan.rules.find(({ id }) => id === ruleId);
  const perYear = one !== undefined && 'perDonor' in one ? one.perDonor?.perYear : undefined;
  return perYear === undefined ? '-' : programmeYearOf(gift.day, perYear.startsOn);
}

/** A gift as the naive matcher reads it: with what the donor had drawn in the year, which it does not keep itself. */
const lineOf = (plan: MatchingPlan, gift: GiftToMatch, sums: ReadonlyMap<string, bigint>): JournalLine =>
  ({
    ...gift,
    draws: plan.rules.map(({ id }) => ({
      ruleId: id,
      yearBeforeMinor: Number(sums.get(`year ${id} ${gift.donorId} ${yearOf(plan, id, gift)}`) ?? 0n),
    })),
  }) as unknown as JournalLine;

const aGift = fc.record({
  amountMinor: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20_000 })),
  seconds: fc.oneof(
    fc.integer({ min: 0, max: 30 }).map((step) => 43_200 + step * 20),
    fc.integer({ min: -HOUR, max: 3 * 24 * HOUR + HOUR }),
  ),
  donor: fc.integer({ min: 0, max: 5 }),
  unitId: fc.constantFrom(...UNITS, undefined),
  reach: fc.integer({ min: 0, max: 100 }),
  years: fc.integer({ min: 0, max: 6 }),
});
const rounds = fc.constantFrom<object[]>(
  [],
  [
    {
      version: 2,
      sponsor: 'S',
      id: 'pairs',
      kind: 'quadratic',
      poolMinor: 5_000,
      variant: 'linear',
      scaleUp: true,
      capShareBasisPoints: 4_000,
    },
  ],
  [
    {
      version: 2,
      sponsor: 'S',
      id: 'results',
      kind: 'performance',
      poolMinor: 1_000,
      tiers: [
        { id: 'all', sumMinor: 700, atLeastMinor: 0, by: 'donors' },
        { id: 'more', sumMinor: 300, atLeastMinor: 9_000, by: 'equal' },
      ],
    },
  ],
);

describe('what if of any gifts under any plan', () => {
  it('comes to what the naive oracles come to, by rule, hour and unit', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        arbitraryPlan,
        rounds,
        fc.array(aGift, { minLength: 1, maxLength: 50, size: 'max' }),
        (some, more, given) => {
          const plan = matchingPlanSchema.parse({ ...some, rules: [...some.rules, ...more] });
          const gifts = giftsOf(given);
          const result = whatIf([plan], setting, gifts);
          const [draft] = result.drafts;
          if (draft === undefined) throw new Error('no draft');
          const seeds = Object.fromEntries(plan.rules.map(({ id }) => [id, seedOf(id)]));
          const { sums, counting } = recounted(plan, gifts, seeds);
          const sumOf = (name: string): number => Number(sums.get(name) ?? 0n);
          for (const one of draft.rules) {
            if (one.kind === 'quadratic' || one.kind === 'performance') continue;
            expect([one.ruleId, one.usedMinor]).toEqual([one.ruleId, sumOf(`rule ${one.ruleId}`)]);
            if (one.kind === 'challenge') continue;
            expect(one.usedByHourMinor).toEqual(result.hours.map(({ hour }) => sumOf(`hour ${one.ruleId} ${hour}`)));
          }
          for (const unit of draft.units) expect(unit.matchMinor).toBe(sumOf(`unit ${unit.unitId}`));
          expect(draft.matchedGifts).toBe(sumOf('matched'));
          expect(draft.held.matchMinor).toBe(sumOf('held'));
          expect(draft.usedMinor).toBe(draft.rules.reduce((total, one) => total + one.usedMinor, 0));
          expect(roundDifferences(plan, counting, draft.units)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** The made-up seed of a rule, derived a second time. */
const seedOf = (ruleId: string): string => seedHashOf(Buffer.from(`what-if:7:${ruleId}`).toString('hex'));

function roundDifferences(
  plan: MatchingPlan,
  gifts: readonly GiftToMatch[],
  units: readonly { readonly unitId: string; readonly roundMinor: number }[],
): unknown[] {
  const round = plan.rules.find(({ kind }) => kind === 'quadratic' || kind === 'performance');
  const shares = units.map(({ unitId, roundMinor }) => ({ unitId, shareMinor: roundMinor }));
  if (round?.kind === 'quadratic') {
    const named = gifts.map(({ unitId = '', donorId, amountMinor }) => ({ unitId, donorId, amountMinor }));
    const verdict = recheckQuadraticRound(round, named, shares);
    return verdict.kind === 'agrees' ? [] : [verdict];
  }
  if (round?.kind !== 'performance') return shares.filter(({ shareMinor }) => shareMinor !== 0);
  const results = UNITS.map((unitId) => {
    const own = gifts.filter((gift) => gift.unitId === unitId);
    return {
      unitId,
      raisedMinor: minor(own.reduce((total, { amountMinor }) => total + amountMinor, 0)),
      donors: new Set(own.map(({ donorId }) => donorId)).size,
      gifts: own.length,
    };
  });
  const verdict = recheckPerformanceRound(round.tiers, results, shares);
  return verdict.kind === 'agrees' ? [] : [verdict];
}
