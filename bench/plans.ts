import { type MatchingPlan, matchingPlanSchema } from '../functions/matching/matching-plan.ts';

const MAIN = { version: 2, kind: 'ratio', id: 'main', sponsor: 'Sponsor', numerator: 1, denominator: 1 } as const;
/** 100 yuan a gift: what Tencent's and most city campaigns have; one in fifty of the benchmarks' gifts meets it. */
const GIFT_CAP_MINOR = 10_000;
/** What one donor may draw on one day in these benchmarks: a few gifts reach it. */
const DAY_CAP_MINOR = 12_000;
/** A morning and the rest of the day, on each of the campaign's three days; nothing is matched at night. */
const WINDOWS = ['2026-09-07', '2026-09-08', '2026-09-09'].flatMap((day) => [
  { from: `${day}T09:00`, until: `${day}T12:00` },
  { from: `${day}T12:00`, until: `${day}T23:59` },
]);

/** One to one, a cap by gift and the pool: nothing of the donor is looked at. */
const plain = (poolMinor: number) => ({ rules: [{ ...MAIN, poolMinor, perGift: { capMinor: GIFT_CAP_MINOR } }] });

/** Caps by gift, by donor and day, six windows and the pool: the plan of the engine's target. */
const capped = (poolMinor: number) => ({
  rules: [
    {
      ...MAIN,
      poolMinor,
      windows: WINDOWS,
      perGift: { capMinor: GIFT_CAP_MINOR },
      perDonor: { perDayMinor: DAY_CAP_MINOR },
    },
  ],
});

/** One rule of every kind that follows single gifts and a challenge, every cap there is, sub-pools, a multiple, a screen. */
const everything = (poolMinor: number) => {
  const share = Math.floor(poolMinor / 4);
  const half = Math.floor(share / 2);
  return {
    maxMultiple: { numerator: 3, denominator: 1 },
    screen: { giftsPerMinute: 5 },
    rules: [
      {
        ...MAIN,
        poolMinor: 2 * half,
        subPools: [
          { id: 'morning', poolMinor: half },
          { id: 'later', poolMinor: half },
        ],
        windows: WINDOWS.map((window, n) => ({ ...window, subPoolId: n % 2 === 0 ? 'morning' : 'later' })),
        bands: [
          { fromReach: 10, lowBasisPoints: 500, highBasisPoints: 500 },
          { fromReach: 50, lowBasisPoints: 1_000, highBasisPoints: 1_000 },
        ],
        perGift: { minMinor: 150, capMinor: GIFT_CAP_MINOR },
        perDonor: {
          capMinor: 4 * DAY_CAP_MINOR,
          perDayMinor: DAY_CAP_MINOR,
          perYear: { capMinor: 6 * DAY_CAP_MINOR, programmeId: 'city' },
        },
        perUnit: { shareBasisPoints: 4_000 },
      },
      {
        version: 2,
        kind: 'random',
        id: 'lots',
        sponsor: 'Sponsor of lots',
        poolMinor: share,
        winNumerator: 1,
        winDenominator: 4,
        lowBasisPoints: 100,
        highBasisPoints: 5_000,
        multiplier: { fromReach: 50, lowest: 3, highest: 10 },
        perGift: { capMinor: GIFT_CAP_MINOR },
      },
      {
        version: 2,
        kind: 'loyalty',
        id: 'loyal',
        sponsor: 'Sponsor of the loyal',
        poolMinor: share,
        tiers: [
          { atLeastYears: 1, numerator: 1, denominator: 5 },
          { atLeastYears: 5, numerator: 1, denominator: 2 },
        ],
        streakBonus: { atLeastYears: 8, amountMinor: 999 },
      },
      {
        version: 2,
        kind: 'employer',
        id: 'employer',
        sponsor: 'Enterprise',
        poolMinor: share,
        numerator: 1,
        denominator: 1,
        requestWithinDays: 30,
      },
      {
        version: 2,
        kind: 'challenge',
        id: 'challenge',
        sponsor: 'Sponsor of the thousand',
        poolMinor: share,
        measure: 'donors',
        threshold: 1_000,
      },
    ],
  };
};

/** The plans that are measured, from the simplest to one with everything. */
export const PLANS = { plain, capped, everything } as const;
export type PlanName = keyof typeof PLANS;

export const planOf = (name: PlanName, poolMinor: number): MatchingPlan =>
  matchingPlanSchema.parse(PLANS[name](poolMinor));

/** The seeds of the random rule; nothing secret. */
export const SEEDS = { lots: '5e'.repeat(32) } as const;

/** About half of what so many gifts would draw, so that the pool runs out on the way as pools do. */
export const poolFor = (gifts: number): number => gifts * 900;
