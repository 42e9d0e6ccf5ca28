import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, localDateOf, plusSeconds, windowBounds } from '../../functions/kernel/time.ts';
import { DonorRecords } from '../../functions/matching/donor-records.ts';
import { book } from '../../functions/matching/matching-books.ts';
import { type Decision, decisionOf, type Engine, engineOf } from '../../functions/matching/matching-engine.ts';
import { matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import { openingFunds } from '../../functions/matching/matching-pool.ts';
import type { GiftToMatch, MatchingState, Standing } from '../../functions/matching/matching-state.ts';
import { RANDOM_EXAMPLE } from '../../functions/matching/rule-examples.ts';
import { WINDOW, ZONE } from './money-path.ts';

const FRAME = { zone: ZONE, ...windowBounds(WINDOW) };
const rule = (id: string, poolMinor: number, more: object = {}) => ({
  version: 2,
  kind: 'ratio',
  id,
  sponsor: `Sponsor of ${id}`,
  poolMinor,
  numerator: 1,
  denominator: 1,
  ...more,
});

type Given = {
  readonly fen: number;
  readonly donor?: string;
  readonly unit?: string;
  readonly at?: string;
  readonly standing?: Standing;
  readonly giftId?: string;
  readonly inKind?: true;
};

/** A campaign at whose counter one gift comes after the other. */
class Counter {
  readonly engine: Engine;
  readonly state: MatchingState;
  #gifts = 0;

  constructor(plan: object, seeds: Record<string, string> = {}) {
    const parsed = matchingPlanSchema.parse(plan);
    this.engine = engineOf(parsed, FRAME, seeds);
    this.state = { open: true, funds: openingFunds(parsed), donors: new DonorRecords() };
  }

  decide({ fen, donor = 'chen', unit, at = '2026-09-07T10:00:00+08:00', standing, giftId, inKind }: Given): Decision {
    this.#gifts += 1;
    const occurredAt = instantOf(at);
    const gift: GiftToMatch = {
      giftId: giftId ?? `gft_${this.#gifts}`,
      donorId: donor,
      unitId: unit,
      amountMinor: minor(fen),
      occurredAt,
      day: localDateOf(occurredAt, ZONE),
      standing,
      inKind,
    };
    const decision = decisionOf(this.engine, this.state, gift);
    this.lastTurns = book(this.engine, this.state, gift, decision);
    return decision;
  }

  lastTurns: ReturnType<typeof book> = [];

  /** What each gift draws in all, in fen. */
  matches(...gifts: Given[]): number[] {
    return gifts.map((gift) => this.decide(gift).matchMinor);
  }

  left(ruleId: string): number | undefined {
    return this.state.funds.find((fund) => fund.ruleId === ruleId)?.remainingMinor;
  }
}
const counterOf = (...rules: object[]) => new Counter({ rules });

describe('a gift in goods', () => {
  it('draws nothing from any rule, and says why for each', () => {
    const counter = counterOf(rule('first', 1_000), rule('second', 1_000));
    expect(counter.decide({ fen: 500, inKind: true })).toEqual({
      matchMinor: 0,
      outcome: 'in-kind',
      draws: [
        { ruleId: 'first', outcome: 'in-kind', matchMinor: 0 },
        { ruleId: 'second', outcome: 'in-kind', matchMinor: 0 },
      ],
    });
    expect([counter.left('first'), counter.left('second')]).toEqual([1_000, 1_000]);
  });

  it('leaves the caps of its donor untouched for the money that they give next', () => {
    const counter = counterOf(rule('main', 1_000, { perDonor: { capMinor: 100 } }));
    expect(counter.matches({ fen: 500, inKind: true }, { fen: 100 })).toEqual([0, 100]);
  });

  it('brings no challenge nearer', () => {
    const challenge = { version: 2, kind: 'challenge', id: 'mark', sponsor: 'S', poolMinor: 700, measure: 'gifts' };
    const counter = counterOf({ ...challenge, threshold: 2 });
    const gifts: Given[] = [{ fen: 10, inKind: true }, { fen: 10 }, { fen: 10 }];
    const turned = gifts.map((gift) => {
      counter.decide(gift);
      return counter.lastTurns.length;
    });
    expect(turned).toEqual([0, 0, 1]);
  });
});

describe('one rule', () => {
  it('gives a ratio of the gift, cut to a whole fen', () => {
    const third = counterOf(rule('third', 100_000, { numerator: 1, denominator: 3 }));
    expect(third.matches({ fen: 100 }, { fen: 101 }, { fen: 102 }, { fen: 2 })).toEqual([33, 33, 34, 0]);
    expect(third.decide({ fen: 2 }).outcome).toBe('too-small');
  });

  it('gives nothing below its smallest gift, and all from exactly it', () => {
    const counter = counterOf(rule('main', 100_000, { perGift: { minMinor: 100 } }));
    expect(counter.decide({ fen: 99 })).toEqual({
      matchMinor: 0,
      outcome: 'below-minimum',
      draws: [{ ruleId: 'main', outcome: 'below-minimum', matchMinor: 0 }],
    });
    expect(counter.decide({ fen: 100 }).matchMinor).toBe(100);
  });

  it('gives the last gift what is left, and later ones nothing', () => {
    const counter = counterOf(rule('main', 10_000));
    expect(counter.decide({ fen: 7_000 })).toMatchObject({ matchMinor: 7_000, outcome: 'matched' });
    expect(counter.decide({ fen: 7_000 }).draws[0]).toEqual({
      ruleId: 'main',
      outcome: 'partly',
      matchMinor: 3_000,
      offerMinor: 7_000,
      leftBeforeMinor: 3_000,
    });
    expect(counter.decide({ fen: 7_000 })).toMatchObject({ matchMinor: 0, outcome: 'exhausted' });
    expect(counter.left('main')).toBe(0);
  });

  it('that is matched to the last fen of the pool is matched, and not partly', () => {
    const counter = counterOf(rule('main', 10_000));
    expect(counter.decide({ fen: 10_000 }).outcome).toBe('matched');
  });

  it('draws nothing before it begins, after it ends, and when matching is closed', () => {
    const counter = counterOf(rule('main', 10_000));
    const outcomes = ['2026-09-06T23:59:59+08:00', '2026-09-10T00:00:00+08:00'].map(
      (at) => counter.decide({ fen: 100, at }).outcome,
    );
    expect(outcomes).toEqual(['outside-window', 'outside-window']);
    counter.state.open = false;
    expect(counter.decide({ fen: 100 })).toEqual({ matchMinor: 0, outcome: 'pool-finalised', draws: [] });
    expect(counter.left('main')).toBe(10_000);
  });

  it('does not follow gifts where there is none that does', () => {
    expect(counterOf().decide({ fen: 100 })).toEqual({ matchMinor: 0, outcome: 'no-rule', draws: [] });
  });
});

describe('caps', () => {
  it('hold a donor to 999 yuan a day, the bonus by reach included, as in 2018', () => {
    const counter = counterOf(
      rule('day-cap', 10_000_000, {
        perDonor: { perDayMinor: 99_900 },
        bands: [{ fromReach: 39, lowBasisPoints: 500, highBasisPoints: 500 }],
      }),
    );
    const standing = { reach: 60 };
    // 900 yuan and 5 % of them are 945; the second gift of the day gets the 54 that are left, and the third nothing.
    expect(counter.decide({ fen: 90_000, standing }).draws).toEqual([
      {
        ruleId: 'day-cap',
        outcome: 'matched',
        matchMinor: 94_500,
        baseMinor: 90_000,
        bandBasisPoints: 500,
        leftBeforeMinor: 10_000_000,
      },
    ]);
    expect(counter.decide({ fen: 10_000, standing }).draws).toEqual([
      {
        ruleId: 'day-cap',
        outcome: 'capped',
        matchMinor: 5_400,
        offerMinor: 10_500,
        baseMinor: 10_000,
        bandBasisPoints: 500,
        capsHit: ['per-donor-day'],
        leftBeforeMinor: 9_905_500,
      },
    ]);
    expect(counter.decide({ fen: 10_000, standing })).toMatchObject({ matchMinor: 0, outcome: 'capped' });
    // Midnight in Dazhou, when it is four in the afternoon in London: a new day.
    expect(counter.matches({ fen: 10_000, standing, at: '2026-09-08T00:00:00+08:00' })).toEqual([10_500]);
    expect(counter.matches({ fen: 10_000, standing, donor: 'liu' })).toEqual([10_500]);
  });

  it('count a donor’s day by the time of payment and not by the order of counting', () => {
    const counter = counterOf(rule('main', 100_000, { perDonor: { perDayMinor: 1_000 } }));
    const first = { fen: 800, at: '2026-09-07T12:00:00+08:00' };
    const second = { fen: 800, at: '2026-09-08T12:00:00+08:00' };
    expect(counter.matches(first, second, first, second)).toEqual([800, 800, 200, 200]);
  });

  it('hold a donor over all days, and a unit over all donors', () => {
    const counter = counterOf(rule('main', 100_000, { perDonor: { capMinor: 1_000 }, perUnit: { capMinor: 1_500 } }));
    expect(
      counter.matches(
        { fen: 700, unit: 'wanyuan' },
        { fen: 700, unit: 'wanyuan', at: '2026-09-08T12:00:00+08:00' },
        { fen: 700, unit: 'wanyuan', donor: 'liu' },
        { fen: 700, unit: 'xuanhan', donor: 'liu' },
        { fen: 700, unit: 'wanyuan', donor: 'he' },
      ),
    ).toEqual([700, 300, 500, 500, 0]);
  });

  it('hold the gifts of no unit together as those of one', () => {
    const counter = counterOf(rule('main', 100_000, { perUnit: { capMinor: 1_000 } }));
    expect(counter.matches({ fen: 800 }, { fen: 800, donor: 'liu' }, { fen: 800, unit: 'wanyuan' })).toEqual([
      800, 200, 800,
    ]);
  });

  it('name every one that was as tight as the result', () => {
    const counter = counterOf(
      rule('main', 100_000, { perGift: { capMinor: 500 }, perDonor: { capMinor: 900, perDayMinor: 500 } }),
    );
    expect(counter.decide({ fen: 600 }).draws[0]?.capsHit).toEqual(['per-gift', 'per-donor-day']);
    const nextDay = { fen: 600, at: '2026-09-08T12:00:00+08:00' };
    expect(counter.decide(nextDay).draws[0]).toMatchObject({ matchMinor: 400, capsHit: ['per-donor'] });
  });

  it('are not named where they were met exactly, or where the pool was tighter', () => {
    const exact = counterOf(rule('main', 100_000, { perGift: { capMinor: 500 } }));
    expect(exact.decide({ fen: 500 }).draws[0]).toEqual({
      ruleId: 'main',
      outcome: 'matched',
      matchMinor: 500,
      leftBeforeMinor: 100_000,
    });
    const nearlyEmpty = counterOf(rule('main', 600, { perGift: { capMinor: 500 } }));
    expect(nearlyEmpty.decide({ fen: 700 }).outcome).toBe('capped');
    // 100 are left: less than the cap leaves, so it is the pool that ends the match.
    expect(nearlyEmpty.decide({ fen: 700 }).draws[0]).toEqual({
      ruleId: 'main',
      outcome: 'partly',
      matchMinor: 100,
      offerMinor: 700,
      leftBeforeMinor: 100,
    });
  });

  it('name the cap and not the pool where both leave the same', () => {
    const counter = counterOf(rule('main', 500, { perGift: { capMinor: 500 } }));
    expect(counter.decide({ fen: 700 })).toMatchObject({ outcome: 'capped', draws: [{ capsHit: ['per-gift'] }] });
  });

  it('by year keep what the donor had drawn before, in all campaigns, with the match', () => {
    const counter = counterOf(
      rule('main', 100_000, { perDonor: { perYear: { capMinor: 1_000, programmeId: 'p', startsOn: '09-08' } } }),
    );
    counter.state.donors.add('chen', 'main', 'year 2025', 700);
    expect(counter.decide({ fen: 500 }).draws[0]).toMatchObject({
      matchMinor: 300,
      capsHit: ['per-donor-year'],
      year: '2025',
      yearBeforeMinor: 700,
    });
    // The programme's next year begins on the campaign's second day.
    expect(counter.decide({ fen: 500, at: '2026-09-08T00:00:00+08:00' }).draws[0]).toMatchObject({
      matchMinor: 500,
      year: '2026',
      yearBeforeMinor: 0,
    });
  });
});

describe('sub-pools', () => {
  const daily = () =>
    counterOf(
      rule('daily', 3_000, {
        subPools: [
          { id: 'first', poolMinor: 1_000 },
          { id: 'second', poolMinor: 2_000 },
        ],
        windows: [
          { from: '2026-09-07T10:00', until: '2026-09-08T00:00', subPoolId: 'first' },
          { from: '2026-09-08T10:00', until: '2026-09-09T00:00', subPoolId: 'second' },
        ],
      }),
    );

  it('end by themselves while the rule has money left', () => {
    const counter = daily();
    expect(counter.decide({ fen: 800 }).draws[0]).toMatchObject({ subPoolId: 'first', leftBeforeMinor: 1_000 });
    expect(counter.decide({ fen: 800 })).toMatchObject({ matchMinor: 200, outcome: 'partly' });
    expect(counter.decide({ fen: 800 })).toMatchObject({ matchMinor: 0, outcome: 'exhausted' });
    expect(counter.left('daily')).toBe(2_000);
    expect(counter.matches({ fen: 2_500, at: '2026-09-08T10:00:00+08:00' })).toEqual([2_000]);
    expect(counter.state.funds[0]).toMatchObject({ remainingMinor: 0, subPools: { first: 0, second: 0 } });
  });

  it('do not pass on to the next day what the first one left', () => {
    const counter = daily();
    expect(counter.matches({ fen: 300 }, { fen: 5_000, at: '2026-09-08T10:00:00+08:00' })).toEqual([300, 2_000]);
    expect(counter.left('daily')).toBe(700);
  });
});

describe('several sponsors', () => {
  const two = (maxMultiple?: object) =>
    new Counter({
      rules: [
        rule('company', 100_000, { perGift: { capMinor: 5_000 } }),
        rule('foundation', 100_000, { numerator: 1, denominator: 2 }),
      ],
      ...(maxMultiple === undefined ? {} : { maxMultiple }),
    });

  it('each match the original gift, one after the other', () => {
    // 80 yuan: the company gives 50, the foundation half of the 80.
    const decision = two().decide({ fen: 8_000 });
    expect(decision.draws.map(({ ruleId, matchMinor }) => [ruleId, matchMinor])).toEqual([
      ['company', 5_000],
      ['foundation', 4_000],
    ]);
    expect(decision).toMatchObject({ matchMinor: 9_000, outcome: 'capped' });
  });

  it('give together at most the multiple of the gift, the first in the plan before the second', () => {
    // 40 yuan: at most 40 in all. The company gives all of them, and nothing is left for the foundation.
    const once = two({ numerator: 1, denominator: 1 });
    expect(once.decide({ fen: 4_000 }).draws).toEqual([
      { ruleId: 'company', outcome: 'matched', matchMinor: 4_000, leftBeforeMinor: 100_000 },
      {
        ruleId: 'foundation',
        outcome: 'capped',
        matchMinor: 0,
        offerMinor: 2_000,
        capsHit: ['multiple'],
        leftBeforeMinor: 100_000,
      },
    ]);
    // 80 yuan: the company's cap of 50 leaves 30 of the 80 for the foundation, which would give 40.
    expect(once.decide({ fen: 8_000 }).draws[1]).toMatchObject({ matchMinor: 3_000, capsHit: ['multiple'] });
    expect(once.left('foundation')).toBe(97_000);
  });

  it('give a multiple that is cut to a whole fen', () => {
    expect(two({ numerator: 4, denominator: 3 }).matches({ fen: 100 })).toEqual([133]);
  });

  it('go on when one of them has no money left, and the outcome is that of the first who gave', () => {
    const counter = new Counter({ rules: [rule('small', 1_000), rule('large', 100_000)] });
    expect(counter.matches({ fen: 1_000 }, { fen: 1_000 })).toEqual([2_000, 1_000]);
    expect(counter.decide({ fen: 1_000 }).outcome).toBe('matched');
    expect(counter.decide({ fen: 1_000 }).draws.map(({ outcome }) => outcome)).toEqual(['exhausted', 'matched']);
  });
});

describe('a random match', () => {
  const SEED = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
  const lucky = (more: object = {}) =>
    new Counter({ rules: [{ ...RANDOM_EXAMPLE, perDonor: undefined, ...more }] }, { 'lucky-match': SEED });

  it('gives the base, and by reach the band’s bonus and the multiplier, both on the base alone', () => {
    // gft_4 wins, with 711 basis points, a bonus of 870 basis points and six times: computed in rules/luck.test.ts.
    const gift = { fen: 20_000, giftId: 'gft_4' };
    expect(lucky().decide(gift).draws[0]).toEqual({
      ruleId: 'lucky-match',
      outcome: 'matched',
      matchMinor: 1_422,
      luck: { won: true, shareBasisPoints: 711 },
      leftBeforeMinor: 30_000_000,
    });
    // 14.22 and six times 14.22, and 8.70 % of 14.22, which are 1.23714: 99.54 + 1.23.
    expect(lucky().decide({ ...gift, standing: { reach: 50 } }).draws[0]).toEqual({
      ruleId: 'lucky-match',
      outcome: 'matched',
      matchMinor: 9_954 + 123,
      baseMinor: 1_422,
      bandBasisPoints: 870,
      luck: { won: true, shareBasisPoints: 711, multiple: 6 },
      leftBeforeMinor: 30_000_000,
    });
  });

  it('of 2020: a gift of 200, a base of 8, five times: 40 on top, and the project gets 248', () => {
    const counter = lucky({
      winNumerator: 1,
      winDenominator: 1,
      lowBasisPoints: 400,
      highBasisPoints: 400,
      multiplier: { fromReach: 10, lowest: 5, highest: 5 },
      bands: undefined,
    });
    const { matchMinor, draws } = counter.decide({ fen: 20_000, standing: { reach: 10 } });
    expect(draws[0]).toMatchObject({ baseMinor: 800, luck: { multiple: 5 } });
    expect(matchMinor).toBe(800 + 4_000);
    expect(20_000 + matchMinor).toBe(24_800);
  });

  it('gives a gift that does not win nothing, and says so', () => {
    expect(lucky().decide({ fen: 20_000, giftId: 'gft_1', standing: { reach: 1_000 } })).toEqual({
      matchMinor: 0,
      outcome: 'not-drawn',
      draws: [{ ruleId: 'lucky-match', outcome: 'not-drawn', matchMinor: 0, luck: { won: false } }],
    });
  });

  it('gives nothing where the share is less than a fen, although it won', () => {
    expect(lucky({ perGift: undefined }).decide({ fen: 14, giftId: 'gft_4', standing: { reach: 50 } })).toMatchObject({
      matchMinor: 0,
      outcome: 'too-small',
      draws: [{ luck: { won: true, shareBasisPoints: 711 } }],
    });
  });

  it('is held to the donor’s day with its bonuses', () => {
    const counter = lucky({ perDonor: { perDayMinor: 9_000 } });
    expect(counter.decide({ fen: 20_000, giftId: 'gft_4', standing: { reach: 50 } }).draws[0]).toMatchObject({
      matchMinor: 9_000,
      offerMinor: 10_077,
      capsHit: ['per-donor-day'],
    });
  });

  it('without a seed cannot be run at all: no gift may be counted as if it had not won', () => {
    expect(() => new Counter({ rules: [RANDOM_EXAMPLE] })).toThrow(/draws lots and has no seed/);
  });
});

describe('loyalty', () => {
  const loyal = (more: object = {}) =>
    counterOf({
      version: 2,
      kind: 'loyalty',
      id: 'friends',
      sponsor: 'Sponsor',
      poolMinor: 1_000_000,
      tiers: [
        { atLeastYears: 1, numerator: 1, denominator: 2 },
        { atLeastYears: 5, numerator: 1, denominator: 1 },
      ],
      streakBonus: { atLeastYears: 8, amountMinor: 9_999, day: '2026-09-09' },
      ...more,
    });

  it('gives by the years before, and nothing to who gives for the first time', () => {
    const counter = loyal();
    const standings = [0, 1, 4, 5, 8].map((years) => counter.decide({ fen: 1_001, standing: { years } }));
    expect(standings.map(({ matchMinor, outcome }) => [matchMinor, outcome])).toEqual([
      [0, 'not-eligible'],
      [500, 'matched'],
      [500, 'matched'],
      [1_001, 'matched'],
      [1_001, 'matched'],
    ]);
  });

  it('gives 99.99 yuan more on 9 September to who gave in all eight years, once', () => {
    const counter = loyal();
    const onTheNinth = { fen: 1_000, standing: { years: 8 }, at: '2026-09-09T10:00:00+08:00' };
    expect(counter.decide(onTheNinth).draws[0]).toMatchObject({
      matchMinor: 10_999,
      baseMinor: 1_000,
      streakBonus: true,
    });
    expect(counter.matches(onTheNinth, { ...onTheNinth, standing: { years: 7 }, donor: 'liu' })).toEqual([
      1_000, 1_000,
    ]);
    expect(counter.matches({ ...onTheNinth, donor: 'he' })).toEqual([10_999]);
  });

  it('keeps a bonus for later that a cap or the pool’s end cut to nothing', () => {
    const counter = loyal({ perDonor: { perDayMinor: 500 }, streakBonus: { atLeastYears: 8, amountMinor: 300 } });
    const gift = { fen: 500, standing: { years: 8 } };
    // The bonus lies inside the day's cap, and counts as given although it brought nothing more.
    expect(counter.decide(gift).draws[0]).toMatchObject({ matchMinor: 500, streakBonus: true });
    const empty = loyal({ poolMinor: 1_000 });
    empty.state.funds[0] = { ruleId: 'friends', poolMinor: 1_000, remainingMinor: 0 };
    const onTheNinth = { fen: 500, standing: { years: 8 }, at: '2026-09-09T10:00:00+08:00' };
    expect(empty.decide(onTheNinth).draws[0]).not.toHaveProperty('streakBonus');
    empty.state.funds[0].remainingMinor = 20_000;
    expect(empty.decide(onTheNinth).draws[0]).toMatchObject({ matchMinor: 10_499, streakBonus: true });
  });
});

describe('an employer’s match', () => {
  it('waits for the donor’s claim, and draws nothing when the gift is counted', () => {
    const counter = counterOf({
      version: 2,
      kind: 'employer',
      id: 'works',
      sponsor: 'Works',
      poolMinor: 100_000,
      numerator: 1,
      denominator: 1,
      codes: ['works-2026'],
      requestWithinDays: 30,
    });
    expect(counter.decide({ fen: 1_000 })).toMatchObject({ matchMinor: 0, outcome: 'awaits-claim' });
    expect(counter.left('works')).toBe(100_000);
  });
});

describe('a challenge', () => {
  const challenge = (measure: string, threshold: number, more: object = {}) =>
    counterOf({
      version: 2,
      kind: 'challenge',
      id: 'goal',
      sponsor: 'Bank',
      poolMinor: 5_000,
      measure,
      threshold,
      ...more,
    });

  it('pays its sum once, with the gift that meets it, and to no gift', () => {
    const counter = challenge('amount', 1_000);
    expect(counter.decide({ fen: 999 })).toEqual({ matchMinor: 0, outcome: 'no-rule', draws: [] });
    expect(counter.lastTurns).toEqual([]);
    counter.decide({ fen: 1 });
    expect(counter.lastTurns).toEqual([{ ruleId: 'goal', kind: 'unlocked', lumpMinor: 5_000 }]);
    expect(counter.left('goal')).toBe(0);
    counter.decide({ fen: 10_000 });
    expect(counter.lastTurns).toEqual([]);
  });

  it('counts a donor once, however often they give', () => {
    const counter = challenge('donors', 2);
    counter.matches({ fen: 100 }, { fen: 100 }, { fen: 100 });
    expect(counter.state.funds[0]?.challenge).toEqual({ amountMinor: 300, donors: 1, gifts: 3, unlocked: false });
    counter.decide({ fen: 1, donor: 'liu' });
    expect(counter.lastTurns).toHaveLength(1);
  });

  it('counts only what is paid inside its time, the end not included', () => {
    const counter = challenge('gifts', 1, { from: '2026-09-07T18:00', until: '2026-09-07T20:00' });
    for (const at of ['2026-09-07T17:59:59+08:00', '2026-09-07T20:00:00+08:00']) {
      counter.decide({ fen: 100, at });
      expect(counter.lastTurns).toEqual([]);
    }
    counter.decide({ fen: 100, at: '2026-09-07T18:00:00+08:00' });
    expect(counter.lastTurns).toHaveLength(1);
  });

  it('runs for the whole campaign where no time is given', () => {
    const counter = challenge('gifts', 1);
    counter.decide({ fen: 100, at: '2026-09-10T00:00:00+08:00' });
    expect(counter.lastTurns).toEqual([]);
    counter.decide({ fen: 100, at: '2026-09-09T23:59:59+08:00' });
    expect(counter.lastTurns).toHaveLength(1);
  });
});

describe('the velocity screen', () => {
  const start = instantOf('2026-09-07T10:00:00+08:00');
  const screened = (giftsPerMinute = 5) => new Counter({ rules: [rule('main', 100_000)], screen: { giftsPerMinute } });
  const heldOf = (counter: Counter, seconds: readonly number[], donor = 'chen') =>
    seconds.map((second) => counter.decide({ fen: 100, donor, at: plusSeconds(start, second) }).held !== undefined);

  it('holds the fifth gift of a donor inside one minute, and every one after it', () => {
    expect(heldOf(screened(), [0, 10, 20, 30, 40, 50])).toEqual([false, false, false, false, true, true]);
  });

  it('lets five gifts pass that take a whole minute', () => {
    expect(heldOf(screened(), [0, 15, 30, 45, 60])).toEqual([false, false, false, false, false]);
    expect(heldOf(screened(), [0, 15, 30, 45, 59.999])).toEqual([false, false, false, false, true]);
  });

  it('looks at one donor at a time', () => {
    const counter = screened(2);
    expect(heldOf(counter, [0], 'chen')).toEqual([false]);
    expect(heldOf(counter, [1], 'liu')).toEqual([false]);
    expect(heldOf(counter, [2], 'chen')).toEqual([true]);
  });

  it('goes by times of payment, also when notifications come out of order', () => {
    expect(heldOf(screened(3), [120, 0, 130, 140])).toEqual([false, false, false, true]);
    expect(heldOf(screened(), [50, 40, 30, 20, 10, 0])).toEqual([false, false, false, false, true, true]);
    // It remembers a donor's latest payments: of a minute that lies before them it knows less.
    expect(heldOf(screened(3), [30, 200, 31, 32])).toEqual([false, false, false, false]);
  });

  it('draws the money of a held match, so that it is there when a person releases it', () => {
    const counter = screened(2);
    expect(heldOf(counter, [0, 1])).toEqual([false, true]);
    expect(counter.left('main')).toBe(99_800);
  });

  it('holds nothing where there is nothing to hold', () => {
    const counter = new Counter({
      rules: [rule('main', 100_000, { perGift: { minMinor: 1_000 } })],
      screen: { giftsPerMinute: 2 },
    });
    expect(heldOf(counter, [0, 1])).toEqual([false, false]);
  });

  it('does not count a held gift for a challenge before a person has looked at it', () => {
    const counter = new Counter({
      rules: [
        rule('main', 100_000),
        {
          version: 2,
          kind: 'challenge',
          id: 'goal',
          sponsor: 'Bank',
          poolMinor: 5_000,
          measure: 'gifts',
          threshold: 2,
        },
      ],
      screen: { giftsPerMinute: 2 },
    });
    expect(heldOf(counter, [0, 1])).toEqual([false, true]);
    expect(counter.state.funds[1]?.challenge).toMatchObject({ gifts: 1, unlocked: false });
  });
});
