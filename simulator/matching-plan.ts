import { type CampaignWindow, type LocalDate, plusDays } from '../functions/kernel/time.ts';
import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import { type MatchingPlan, matchingPlanSchema, planProblems } from '../functions/matching/matching-plan.ts';
import { drawCaps } from './plan-caps.ts';

const RATIOS = [
  [1, 1],
  [1, 1],
  [1, 2],
  [1, 3],
  [3, 2],
  [7, 11],
] as const;
const CAPS_MINOR = [150, 1_000, 10_000, 10_000_000] as const;
/** How much of what all gifts together would draw the pool holds: some end early, some never. */
const POOL_SHARES = [0.001, 0.1, 0.5, 0.9, 2] as const;
const SMALLEST_POOL_MINOR = 1_000;
const MOST_FOLLOWING_RULES = 3;

/** What a plan is cut to: so that caps bind and pools end in some campaigns, and in others do not. */
export type PlanNeeds = {
  /** What all gifts come to, in minor units. */
  readonly givenMinor: number;
  readonly gifts: number;
  /** The pools must still have money when the last gifts come: only then can matching go wrong around their end. */
  readonly lasting: boolean;
  readonly unitIds: readonly string[];
  readonly firstDay: LocalDate;
  readonly window: CampaignWindow;
};

/**
 * The plain kind: one ratio, one cap, one pool. No rule looks at donors, so they are claimed outside the transaction that
 * counts them.
 */
export function drawPlainPlan({ givenMinor, lasting }: PlanNeeds, random: SeededRandom): MatchingPlan {
  const [numerator, denominator] = random.pick(RATIOS);
  const share = lasting ? 1 : random.pick(POOL_SHARES);
  const poolMinor = Math.max(1, Math.floor(givenMinor * (numerator / denominator) * share));
  const capMinor = Math.min(poolMinor, random.pick(CAPS_MINOR));
  const rule = { ...rulesFields(0, poolMinor), kind: 'ratio', numerator, denominator, perGift: { capMinor } };
  return matchingPlanSchema.parse({ rules: [rule] });
}

/**
 * Any plan that may be saved, made of every kind of rule, as test/matching/arbitrary-plan.ts draws them for properties;
 * here cut to the money that comes. Nearly always some rule looks at donors, whose items are then part of the transaction.
 */
export function drawRichPlan(needs: PlanNeeds, random: SeededRandom): MatchingPlan {
  const followers = Array.from({ length: 1 + random.below(MOST_FOLLOWING_RULES) }, (_, n) =>
    followingRule(n, needs, random),
  );
  const rules = [...followers];
  if (random.happens(0.6)) rules.push(challengeRule(rules.length, needs, random));
  if (random.happens(0.35)) rules.push(roundRule(rules.length, needs, random));
  const [numerator, denominator] = random.pick(RATIOS);
  const plan = matchingPlanSchema.parse({
    rules: random.shuffled(rules),
    ...(random.happens(0.4) ? { maxMultiple: { numerator, denominator } } : {}),
    ...(random.happens(0.5) ? { screen: screen(random) } : {}),
  });
  const problems = planProblems(plan, { unitIds: new Set(needs.unitIds), currency: 'CNY', window: needs.window });
  if (problems.length > 0) throw new RangeError(`a drawn plan contradicts itself: ${JSON.stringify(problems)}`);
  return plan;
}

function screen(random: SeededRandom): object {
  const giftsPerMinute = 2 + random.below(3);
  return {
    giftsPerMinute,
    ...(random.happens(0.3) ? { giftsPerDay: giftsPerMinute + random.below(4) } : {}),
    ...(random.happens(0.3) ? { identicalAmountsInARow: 2 + random.below(2) } : {}),
  };
}

/** A plan of another campaign that shares the cap by year of one of these rules; `undefined` where none has one. */
export function neighbourPlan(plan: MatchingPlan, givenMinor: number): MatchingPlan | undefined {
  for (const rule of plan.rules) {
    const perYear = 'perDonor' in rule ? rule.perDonor?.perYear : undefined;
    if (perYear === undefined) continue;
    const own = { ...rulesFields(0, Math.max(SMALLEST_POOL_MINOR, givenMinor)), kind: 'ratio' };
    return matchingPlanSchema.parse({ rules: [{ ...own, numerator: 1, denominator: 1, perDonor: { perYear } }] });
  }
  return undefined;
}

const rulesFields = (n: number, poolMinor: number) => ({
  version: 2,
  id: `rule-${n}`,
  sponsor: `Sponsor ${n}`,
  poolMinor,
});

/** What every employer here gave its people. */
export const EMPLOYERS_CODE = 'kelun-2026';

const KINDS = ['ratio', 'ratio', 'random', 'random', 'loyalty', 'employer', 'employer'] as const;

function followingRule(n: number, needs: PlanNeeds, random: SeededRandom): object {
  const [numerator, denominator] = random.pick(RATIOS);
  const share = needs.lasting ? 1 : random.pick(POOL_SHARES);
  const poolMinor = Math.max(SMALLEST_POOL_MINOR, Math.floor(needs.givenMinor * (numerator / denominator) * share));
  const common = { ...rulesFields(n, poolMinor), ...drawCaps(n, poolMinor, needs, random) };
  // The first one draws at once; an employer's money comes only when a claim is approved.
  const kind = n === 0 ? random.pick(['ratio', 'random', 'loyalty']) : random.pick(KINDS);
  switch (kind) {
    case 'ratio':
      return {
        ...common,
        kind,
        numerator,
        denominator,
        ...(random.happens(0.4) ? { bands: bands(false, random) } : {}),
      };
    case 'random':
      return randomRule(common, random);
    case 'loyalty':
      return loyaltyRule(common, numerator, denominator, needs, random);
    default:
      return { ...common, kind: 'employer', numerator, denominator, codes: [EMPLOYERS_CODE], requestWithinDays: 30 };
  }
}

function randomRule(common: object, random: SeededRandom): object {
  const lowBasisPoints = random.below(5_000);
  return {
    ...common,
    kind: 'random',
    winNumerator: 1 + random.below(4),
    winDenominator: 4,
    lowBasisPoints,
    highBasisPoints: lowBasisPoints + 1 + random.below(20_000),
    ...(random.happens(0.5) ? { bands: bands(true, random) } : {}),
    ...(random.happens(0.5) ? { multiplier: { fromReach: 1 + random.below(80), lowest: 3, highest: 10 } } : {}),
  };
}

function loyaltyRule(
  common: object,
  numerator: number,
  denominator: number,
  { firstDay }: PlanNeeds,
  random: SeededRandom,
): object {
  const streakBonus = {
    atLeastYears: 1 + random.below(4),
    amountMinor: random.pick([20, 9_999]),
    ...(random.happens(0.5) ? { day: plusDays(firstDay, 2) } : {}),
  };
  return {
    ...common,
    kind: 'loyalty',
    tiers: [
      { atLeastYears: random.below(2), numerator, denominator },
      { atLeastYears: 2 + random.below(3), numerator: numerator + 1, denominator },
    ],
    ...(random.happens(0.6) ? { streakBonus } : {}),
  };
}

const BAND_STEP = 40;

/** Bonuses by reach; without a lot of its own a rule gives one figure. */
function bands(drawn: boolean, random: SeededRandom): object[] {
  return Array.from({ length: 1 + random.below(3) }, (_, n) => {
    const lowBasisPoints = random.below(4_000);
    const highBasisPoints = lowBasisPoints + (drawn ? random.below(4_000) : 0);
    return { fromReach: n * BAND_STEP, lowBasisPoints, highBasisPoints };
  });
}

/** Marks that are reached in the middle, at the very end, and never; refunds of a few gifts lock some of them again. */
const MARKS = [0.1, 0.3, 0.6, 0.9, 0.97, 1.2] as const;

function challengeRule(n: number, { givenMinor, gifts, firstDay }: PlanNeeds, random: SeededRandom): object {
  const measure = random.pick(['amount', 'donors', 'gifts']);
  const mark = random.pick(MARKS);
  return {
    ...rulesFields(n, SMALLEST_POOL_MINOR + random.below(100_000)),
    kind: 'challenge',
    measure,
    threshold: Math.max(1, Math.floor((measure === 'amount' ? givenMinor : gifts / 2) * mark)),
    ...(random.happens(0.3) ? { from: `${plusDays(firstDay, 1)}T00:00` } : {}),
  };
}

function roundRule(n: number, { givenMinor }: PlanNeeds, random: SeededRandom): object {
  const poolMinor = Math.max(SMALLEST_POOL_MINOR, Math.floor(givenMinor * 0.2));
  const common = rulesFields(n, poolMinor);
  if (random.happens(0.5))
    return {
      ...common,
      kind: 'quadratic',
      variant: random.pick(['linear', 's-squared']),
      scaleUp: random.happens(0.5),
      ...(random.happens(0.5) ? { capShareBasisPoints: 4_000 } : {}),
    };
  const large = Math.floor(poolMinor / 4);
  return {
    ...common,
    kind: 'performance',
    tiers: [
      { id: 'all', sumMinor: poolMinor - large, atLeastMinor: 0, by: random.pick(['amount', 'donors', 'gifts']) },
      {
        id: 'large',
        sumMinor: large,
        atLeastMinor: Math.floor(givenMinor * 0.2),
        by: random.pick(['amount', 'equal']),
      },
    ],
  };
}
