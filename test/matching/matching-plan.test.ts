import { describe, expect, it } from 'vitest';
import {
  type MatchingPlan,
  matchingPlanSchema,
  planIdOf,
  planPoolMinor,
  planProblems,
} from '../../functions/matching/matching-plan.ts';
import { RULE_EXAMPLES } from '../../functions/matching/rule-examples.ts';
import { problemsOf } from '../../functions/platform/http.ts';
import { WINDOW } from './money-path.ts';

const SETTING = { unitIds: new Set(['wanyuan', 'xuanhan']), currency: 'CNY', window: WINDOW } as const;
const { ratio, random, loyalty, employer, challenge, quadratic, performance } = RULE_EXAMPLES;
/** A plain rule of 1,000 yuan, to which each test adds what it is about. */
const plain = {
  version: 2,
  kind: 'ratio',
  id: 'plain',
  sponsor: 'Sponsor',
  poolMinor: 100_000,
  numerator: 1,
  denominator: 1,
} as const;

/** What a manager would be told of a plan: first of fields that are wrong in themselves, then of contradictions. */
function problemsIn(plan: unknown) {
  const parsed = matchingPlanSchema.safeParse(plan);
  if (!parsed.success) return problemsOf(parsed.error);
  return planProblems(parsed.data, SETTING, 'matching');
}
const problemsWith = (...rules: object[]) => problemsIn({ rules });
const window = (from: string, until: string, subPoolId?: string) => ({
  from: `2026-09-${from}`,
  until: `2026-09-${until}`,
  ...(subPoolId === undefined ? {} : { subPoolId }),
});

describe('the examples', () => {
  it.each(Object.entries(RULE_EXAMPLES))('of a %s rule may be saved as it stands', (kind, example) => {
    expect(example.kind).toBe(kind);
    expect(problemsWith(example)).toEqual([]);
  });

  it('may all be sponsors of one campaign', () => {
    const plan = {
      rules: Object.values(RULE_EXAMPLES),
      maxMultiple: { numerator: 3, denominator: 1 },
      screen: { giftsPerMinute: 5 },
    };
    expect(problemsIn(plan)).toEqual([]);
    expect(planPoolMinor(matchingPlanSchema.parse(plan))).toBe(
      3_000_000 + 30_000_000 + 10_000_000 + 20_000_000 + 5_000_000 + 10_000_000 + 90_000_000,
    );
  });
});

/** Contradictions that a manager cannot have meant: what is saved, which field is named, and the reason. */
const CONTRADICTIONS: readonly (readonly [what: string, rule: object, field: string, problem: string])[] = [
  ['a pool of nothing', { ...plain, poolMinor: 0 }, 'poolMinor', 'is zero, so that the rule would give nothing'],
  [
    'a cap per gift above the pool',
    { ...plain, perGift: { capMinor: 100_001 } },
    'perGift.capMinor',
    'is above the whole pool of ¥1,000.00',
  ],
  [
    'a cap per donor above the pool',
    { ...plain, perDonor: { capMinor: 100_001 } },
    'perDonor.capMinor',
    'is above the whole pool of ¥1,000.00',
  ],
  [
    'a cap per donor and day above the pool',
    { ...plain, perDonor: { perDayMinor: 100_001 } },
    'perDonor.perDayMinor',
    'is above the whole pool of ¥1,000.00',
  ],
  [
    'a cap per unit above the pool',
    { ...plain, perUnit: { capMinor: 100_001 } },
    'perUnit.capMinor',
    'is above the whole pool of ¥1,000.00',
  ],
  [
    'a cap per day above the one for all days',
    { ...plain, perDonor: { capMinor: 500, perDayMinor: 501 } },
    'perDonor.perDayMinor',
    'is above perDonor.capMinor, which is ¥5.00, and so can never be reached',
  ],
  [
    'a cap per gift above the donor’s for the day',
    { ...plain, perGift: { capMinor: 501 }, perDonor: { perDayMinor: 500 } },
    'perGift.capMinor',
    'is above perDonor.perDayMinor, which is ¥5.00, and so can never be reached',
  ],
  [
    'a cap per gift above the donor’s',
    { ...plain, perGift: { capMinor: 501 }, perDonor: { capMinor: 500 } },
    'perGift.capMinor',
    'is above perDonor.capMinor, which is ¥5.00, and so can never be reached',
  ],
  [
    'a cap per gift above the donor’s for the year',
    { ...plain, perGift: { capMinor: 501 }, perDonor: { perYear: { capMinor: 500, programmeId: 'p' } } },
    'perGift.capMinor',
    'is above perDonor.perYear.capMinor, which is ¥5.00, and so can never be reached',
  ],
  [
    'a smallest gift above the cap per gift',
    { ...plain, perGift: { minMinor: 501, capMinor: 500 } },
    'perGift.minMinor',
    'is above perGift.capMinor, which is ¥5.00',
  ],
  [
    'a window that ends before it begins',
    { ...plain, windows: [window('08T10:00', '08T09:59')] },
    'windows[0].until',
    'is not after 2026-09-08T10:00',
  ],
  [
    'a window that ends as it begins',
    { ...plain, windows: [window('08T10:00', '08T10:00')] },
    'windows[0].until',
    'is not after 2026-09-08T10:00',
  ],
  [
    'a window that begins before the campaign',
    { ...plain, windows: [window('06T23:59', '07T10:00')] },
    'windows[0].from',
    'is before the campaign’s first day, 2026-09-07',
  ],
  [
    'a window that ends after the campaign',
    { ...plain, windows: [window('09T10:00', '10T00:01')] },
    'windows[0].until',
    'is after the campaign’s last day, 2026-09-09',
  ],
  [
    'windows that overlap by a minute',
    { ...plain, windows: [window('08T10:00', '08T12:00'), window('07T10:00', '08T10:01')] },
    'windows[0].from',
    'lies inside the window that begins 2026-09-07T10:00 and ends 2026-09-08T10:01',
  ],
  [
    'windows that overlap over one sub-pool',
    {
      ...plain,
      subPools: [{ id: 'a', poolMinor: 100_000 }],
      windows: [window('07T10:00', '07T20:00', 'a'), window('07T19:00', '08T00:00', 'a')],
    },
    'windows[1].from',
    'lies inside the window that begins 2026-09-07T10:00 and ends 2026-09-07T20:00',
  ],
  [
    'a window that names no sub-pool where there are some',
    {
      ...plain,
      subPools: [{ id: 'a', poolMinor: 100_000 }],
      windows: [window('07T10:00', '07T20:00', 'a'), window('08T10:00', '08T20:00')],
    },
    'windows[1].subPoolId',
    'is missing, while the rule keeps its money in sub-pools',
  ],
  [
    'a window that names a sub-pool where there are none',
    { ...plain, windows: [window('07T10:00', '07T20:00', 'a')] },
    'windows[0].subPoolId',
    'names no sub-pool of this rule: a',
  ],
  [
    'sub-pools that are not the whole pool',
    {
      ...plain,
      subPools: [{ id: 'a', poolMinor: 99_999 }],
      windows: [window('07T10:00', '07T20:00', 'a')],
    },
    'subPools',
    'sum to ¥999.99, but poolMinor is ¥1,000.00',
  ],
  [
    'two sub-pools of one name',
    {
      ...plain,
      subPools: [
        { id: 'a', poolMinor: 50_000 },
        { id: 'a', poolMinor: 50_000 },
      ],
      windows: [window('07T10:00', '07T20:00', 'a')],
    },
    'subPools',
    'repeat an id',
  ],
  [
    'a sub-pool from which nothing draws',
    {
      ...plain,
      subPools: [
        { id: 'a', poolMinor: 50_000 },
        { id: 'b', poolMinor: 50_000 },
      ],
      windows: [window('07T10:00', '07T20:00', 'a')],
    },
    'subPools[1].id',
    'is drawn from by no window: b',
  ],
  [
    'bands out of order',
    { ...ratio, bands: [ratio.bands[1], ratio.bands[0]] },
    'bands[1].fromReach',
    'does not come after 99',
  ],
  [
    'a band that begins where another does',
    { ...ratio, bands: [ratio.bands[0], ratio.bands[0]] },
    'bands[1].fromReach',
    'does not come after 39',
  ],
  [
    'a band whose higher figure is the lower one',
    { ...random, bands: [{ fromReach: 39, lowBasisPoints: 1_000, highBasisPoints: 500 }] },
    'bands[0].highBasisPoints',
    'is below lowBasisPoints',
  ],
  [
    'a band with a range where nothing is drawn',
    { ...ratio, bands: [{ fromReach: 39, lowBasisPoints: 500, highBasisPoints: 1_000 }] },
    'bands[0].highBasisPoints',
    'differs from lowBasisPoints, and only a random rule draws between them',
  ],
  [
    'a probability above one',
    { ...random, winNumerator: 3, winDenominator: 2 },
    'winNumerator',
    'makes a probability above one',
  ],
  [
    'a largest share below the smallest',
    { ...random, lowBasisPoints: 800, highBasisPoints: 799 },
    'highBasisPoints',
    'is below lowBasisPoints',
  ],
  [
    'a largest multiple below the smallest',
    { ...random, multiplier: { fromReach: 10, lowest: 4, highest: 3 } },
    'multiplier.highest',
    'is below lowest',
  ],
  [
    'tiers out of order',
    { ...loyalty, tiers: [loyalty.tiers[1], loyalty.tiers[0]] },
    'tiers[1].atLeastYears',
    'does not come after 3',
  ],
  [
    'a streak bonus on a day that is not the campaign’s',
    { ...loyalty, streakBonus: { ...loyalty.streakBonus, day: '2026-09-10' } },
    'streakBonus.day',
    'is no day of the campaign, which runs from 2026-09-07 to 2026-09-09',
  ],
  [
    'an employer’s unit that the campaign does not have',
    { ...employer, unitIds: ['wanyuan', 'kelun'] },
    'unitIds[1]',
    'is not a unit of this campaign: kelun',
  ],
  [
    'a challenge that ends before it begins',
    { ...challenge, from: '2026-09-08T00:00', until: '2026-09-08T00:00' },
    'until',
    'is not after 2026-09-08T00:00',
  ],
  [
    'a challenge that begins before the campaign',
    { ...challenge, from: '2026-09-06T00:00', until: undefined },
    'from',
    'is before the campaign’s first day, 2026-09-07',
  ],
  [
    'a challenge that ends after the campaign',
    { ...challenge, from: undefined, until: '2026-09-10T00:01' },
    'until',
    'is after the campaign’s last day, 2026-09-09',
  ],
  [
    'a round whose cap leaves less than a fen',
    { ...quadratic, poolMinor: 9_999, capShareBasisPoints: 1 },
    'capShareBasisPoints',
    'leaves every project less than one minor unit of ¥99.99, so that nothing can be paid',
  ],
  [
    'tiers of results that are not the whole pool',
    { ...performance, poolMinor: 90_000_001 },
    'tiers',
    'sum to ¥900,000.00, but the pool is ¥900,000.01',
  ],
];

/** Figures that are wrong by themselves, whatever the other fields say. */
const WRONG_FIELDS: readonly (readonly [what: string, rule: object, field: string])[] = [
  ['a ratio of 0', { ...plain, numerator: 0 }, 'numerator'],
  ['a ratio over 0', { ...plain, denominator: 0 }, 'denominator'],
  ['a half of a fen', { ...plain, poolMinor: 0.5 }, 'poolMinor'],
  ['less than nothing in a pool', { ...plain, poolMinor: -1 }, 'poolMinor'],
  ['a cap of nothing', { ...plain, perGift: { capMinor: 0 } }, 'perGift.capMinor'],
  ['a smallest gift of nothing', { ...plain, perGift: { minMinor: 0 } }, 'perGift.minMinor'],
  ['a share of nothing for a unit', { ...plain, perUnit: { shareBasisPoints: 0 } }, 'perUnit.shareBasisPoints'],
  [
    'more than the whole pool for a unit',
    { ...plain, perUnit: { shareBasisPoints: 10_001 } },
    'perUnit.shareBasisPoints',
  ],
  ['a cap per unit that says nothing', { ...plain, perUnit: {} }, 'perUnit'],
  ['an empty list of windows', { ...plain, windows: [] }, 'windows'],
  ['a day that does not exist', { ...plain, windows: [window('31T00:00', '09T01:00')] }, 'windows[0].from'],
  ['a probability of nothing', { ...random, winNumerator: 0 }, 'winNumerator'],
  ['a tenth and more of luck', { ...random, highBasisPoints: 100_001 }, 'highBasisPoints'],
  ['no tiers at all', { ...loyalty, tiers: [] }, 'tiers'],
  ['a tier of 0', { ...loyalty, tiers: [{ atLeastYears: 0, numerator: 0, denominator: 1 }] }, 'tiers[0].numerator'],
  ['a challenge of nothing', { ...challenge, threshold: 0 }, 'threshold'],
  ['a request that nobody has time for', { ...employer, requestWithinDays: 0 }, 'requestWithinDays'],
  ['an id that is not one', { ...plain, id: 'Main Rule' }, 'id'],
  ['an id that gifts without a unit are booked under', { ...plain, id: '-' }, 'id'],
  ['an id that every object has already', { ...plain, id: 'constructor' }, 'id'],
  ['a sponsor without a name', { ...plain, sponsor: ' ' }, 'sponsor'],
  ['an older version of rules', { ...plain, version: 1 }, 'version'],
  ['a kind that nobody knows', { ...plain, kind: 'lottery' }, 'kind'],
  ['a field that nobody knows', { ...plain, perDonor: { perWeekMinor: 1 } }, 'perDonor'],
];

describe('a rule is refused when it is saved', () => {
  it.each(CONTRADICTIONS)('with %s', (_what, rule, field, problem) => {
    const problems = problemsWith(rule);
    expect(problems).toEqual([{ field: `matching.rules[0].${field}`, problem, fix: expect.stringMatching(/\w/) }]);
  });

  it.each(WRONG_FIELDS)('with %s', (_what, rule, field) => {
    expect(problemsWith(rule).map((problem) => problem.field)).toEqual([`rules[0].${field}`]);
  });

  it('with everything that is wrong named at once', () => {
    const problems = problemsWith({
      ...plain,
      perGift: { minMinor: 300_000, capMinor: 200_000 },
      perDonor: { capMinor: 150_000, perDayMinor: 160_000 },
    });
    expect(problems.map(({ field }) => field).sort()).toEqual(
      [
        'perDonor.capMinor',
        'perDonor.perDayMinor',
        'perDonor.perDayMinor',
        'perGift.capMinor',
        'perGift.capMinor',
        'perGift.capMinor',
        'perGift.minMinor',
      ].map((field) => `matching.rules[0].${field}`),
    );
  });

  it('naming every window that another one covers', () => {
    const problems = problemsWith({
      ...plain,
      windows: [window('07T00:00', '08T00:00'), window('07T01:00', '07T02:00'), window('07T03:00', '07T04:00')],
    });
    expect(problems.map(({ field }) => field)).toEqual([
      'matching.rules[0].windows[1].from',
      'matching.rules[0].windows[2].from',
    ]);
  });
});

describe('a rule may be saved', () => {
  it.each([
    [
      'with every cap as large as the next wider one',
      {
        ...plain,
        perGift: { minMinor: 100_000, capMinor: 100_000 },
        perDonor: {
          capMinor: 100_000,
          perDayMinor: 100_000,
          perYear: { capMinor: 100_000, programmeId: 'p' },
        },
        perUnit: { capMinor: 100_000 },
      },
    ],
    [
      'with a cap by year above its pool, because other campaigns share it',
      {
        ...plain,
        perDonor: { perYear: { capMinor: 900_000, programmeId: 'p' } },
      },
    ],
    [
      'with windows that touch, listed in any order',
      {
        ...plain,
        windows: [window('08T00:00', '10T00:00'), window('07T00:00', '08T00:00')],
      },
    ],
    [
      'with two windows over one sub-pool, one after the other',
      {
        ...plain,
        subPools: [{ id: 'a', poolMinor: 100_000 }],
        windows: [window('07T10:00', '07T12:00', 'a'), window('07T12:00', '07T14:00', 'a')],
      },
    ],
    ['with a probability of one', { ...random, winNumerator: 1, winDenominator: 1 }],
    [
      'with a streak bonus on the last day',
      { ...loyalty, streakBonus: { atLeastYears: 8, amountMinor: 1, day: '2026-09-09' } },
    ],
  ])('%s', (_how, rule) => {
    expect(problemsWith(rule)).toEqual([]);
  });
});

describe('a plan', () => {
  it('refuses two rules of one id, because a match names the rule that gave it', () => {
    expect(problemsWith(plain, challenge, { ...plain, poolMinor: 1 })).toEqual([
      { field: 'matching.rules[2].id', problem: 'repeats plain', fix: 'give every rule its own id' },
    ]);
  });

  it('refuses two rules on one programme, because one gift would draw twice on one cap', () => {
    const perDonor = { perYear: { capMinor: 500, programmeId: 'p' } };
    expect(problemsWith({ ...plain, perDonor }, { ...plain, id: 'other', perDonor })).toEqual([
      {
        field: 'matching.rules[1].perDonor.perYear.programmeId',
        problem: 'is the programme of another rule of this plan: p',
        fix: 'let one rule of a campaign draw on a programme',
      },
    ]);
  });

  it('has at most ten rules, a multiple above nothing, and a screen of two gifts at least', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => ({ ...plain, id: `rule-${n}` }));
    expect(problemsWith(...many(10))).toEqual([]);
    expect(problemsWith(...many(11)).map(({ field }) => field)).toEqual(['rules']);
    const wrong = { rules: [plain], maxMultiple: { numerator: 0, denominator: 1 }, screen: { giftsPerMinute: 1 } };
    expect(problemsIn(wrong).map(({ field }) => field)).toEqual(['maxMultiple.numerator', 'screen.giftsPerMinute']);
  });

  it('without rules is a campaign without matching', () => {
    expect(problemsWith()).toEqual([]);
  });
});

describe('windows in a night in which the clocks change', () => {
  // In Berlin the hour from 02:00 to 03:00 of 29 March 2026 does not exist.
  const night = {
    unitIds: new Set<string>(),
    currency: 'EUR',
    window: { firstDay: '2026-03-28', lastDay: '2026-03-30', zone: 'Europe/Berlin' },
  };
  const problemsAtNight = (...windows: object[]) =>
    planProblems(matchingPlanSchema.parse({ rules: [{ ...plain, windows }] }), night as never).map(
      ({ field }) => field,
    );
  const at = (from: string, until: string) => ({ from: `2026-03-29T${from}`, until: `2026-03-29T${until}` });

  it('do not overlap on paper and overlap in time, and are refused', () => {
    expect(problemsAtNight(at('02:15', '02:45'), at('03:00', '04:00'))).toEqual(['matching.rules[0].windows[0].from']);
  });

  it('end after they begin on paper and before it in time, and are refused', () => {
    expect(problemsAtNight(at('02:45', '03:15'))).toEqual(['matching.rules[0].windows[0].until']);
  });

  it('may run over the hour that does not exist', () => {
    expect(problemsAtNight(at('01:00', '02:00'), at('03:00', '04:00'))).toEqual([]);
  });
});

describe('the name of a plan', () => {
  const plan = matchingPlanSchema.parse({ rules: [ratio, loyalty] });

  it('is the same whatever order its fields are stored in', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .map(([name, field]) => [name, reversed(field)])
          .reverse(),
      );
    };
    expect(JSON.stringify(reversed(plan))).not.toBe(JSON.stringify(plan));
    expect(planIdOf(reversed(plan) as MatchingPlan)).toBe(planIdOf(plan));
  });

  it('is another as soon as one fen or the order of priority is', () => {
    const [first, second] = plan.rules;
    const other = matchingPlanSchema.parse({ rules: [{ ...ratio, perGift: { capMinor: 50_001 } }, loyalty] });
    expect(planIdOf(other)).not.toBe(planIdOf(plan));
    expect(planIdOf(matchingPlanSchema.parse({ rules: [second, first] }))).not.toBe(planIdOf(plan));
  });
});
