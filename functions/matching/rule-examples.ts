import type * as z from 'zod';
import type { matchingRuleSchema, RuleKind } from './matching-rule.ts';
import { PERFORMANCE_EXAMPLE } from './rounds/performance-round.ts';
import { QUADRATIC_EXAMPLE } from './rounds/quadratic-round.ts';

type RuleAsWritten = z.input<typeof matchingRuleSchema>;

/**
 * Yuan for yuan on three days from 10:00, ten thousand yuan a day: a gift draws up to 500 yuan, a donor up to 999 yuan a
 * day, and gifts of one unit a fifth of the pool. Who moved 39 people gets a twentieth more, from 99 a tenth.
 */
export const RATIO_EXAMPLE = {
  version: 2,
  kind: 'ratio',
  id: 'yuan-for-yuan',
  sponsor: 'Example Company',
  poolMinor: 3_000_000,
  numerator: 1,
  denominator: 1,
  subPools: [
    { id: 'day-1', poolMinor: 1_000_000 },
    { id: 'day-2', poolMinor: 1_000_000 },
    { id: 'day-3', poolMinor: 1_000_000 },
  ],
  windows: [
    { from: '2026-09-07T10:00', until: '2026-09-08T00:00', subPoolId: 'day-1' },
    { from: '2026-09-08T10:00', until: '2026-09-09T00:00', subPoolId: 'day-2' },
    { from: '2026-09-09T10:00', until: '2026-09-10T00:00', subPoolId: 'day-3' },
  ],
  perGift: { minMinor: 100, capMinor: 50_000 },
  perDonor: { perDayMinor: 99_900 },
  perUnit: { shareBasisPoints: 2_000 },
  bands: [
    { fromReach: 39, lowBasisPoints: 500, highBasisPoints: 500 },
    { fromReach: 99, lowBasisPoints: 1_000, highBasisPoints: 1_000 },
  ],
} as const satisfies RuleAsWritten;

/**
 * One gift in two draws 1 % to 8 % of itself, and who moved ten people three to ten times that on top. The bonus by
 * reach is drawn between the two figures of a band, and a donor gets 999 yuan a day at most, all together.
 */
export const RANDOM_EXAMPLE = {
  version: 2,
  kind: 'random',
  id: 'lucky-match',
  sponsor: 'Example Platform',
  poolMinor: 30_000_000,
  winNumerator: 1,
  winDenominator: 2,
  lowBasisPoints: 100,
  highBasisPoints: 800,
  multiplier: { fromReach: 10, lowest: 3, highest: 10 },
  bands: [
    { fromReach: 39, lowBasisPoints: 500, highBasisPoints: 1_000 },
    { fromReach: 99, lowBasisPoints: 1_000, highBasisPoints: 3_000 },
  ],
  perGift: { minMinor: 100 },
  perDonor: { perDayMinor: 99_900 },
} as const satisfies RuleAsWritten;

/**
 * Half of a first gift, the whole of a gift of who has given for three years; who has given for eight years gets 99.99 yuan
 * more, once, on 9 September. One programme of the sponsor gives a donor 5,000 yuan a year, in all its campaigns together.
 */
export const LOYALTY_EXAMPLE = {
  version: 2,
  kind: 'loyalty',
  id: 'old-friends',
  sponsor: 'Example Foundation',
  poolMinor: 10_000_000,
  tiers: [
    { atLeastYears: 0, numerator: 1, denominator: 2 },
    { atLeastYears: 3, numerator: 1, denominator: 1 },
  ],
  streakBonus: { atLeastYears: 8, amountMinor: 9_999, day: '2026-09-09' },
  perDonor: { perYear: { capMinor: 500_000, programmeId: 'old-friends', startsOn: '04-01' } },
} as const satisfies RuleAsWritten;

/** An enterprise doubles what its people give and ask a match for within sixty days, up to 2,000 yuan for each of them. */
export const EMPLOYER_EXAMPLE = {
  version: 2,
  kind: 'employer',
  id: 'our-people',
  sponsor: 'Example Works',
  poolMinor: 20_000_000,
  numerator: 1,
  denominator: 1,
  codes: ['works-2026'],
  emailDomains: ['works.example'],
  requestWithinDays: 60,
  perDonor: { capMinor: 200_000 },
} as const satisfies RuleAsWritten;

/** Fifty thousand yuan, once, as soon as a thousand donors have given on the first evening. */
export const CHALLENGE_EXAMPLE = {
  version: 2,
  kind: 'challenge',
  id: 'a-thousand-donors',
  sponsor: 'Example Bank',
  poolMinor: 5_000_000,
  measure: 'donors',
  threshold: 1_000,
  from: '2026-09-07T18:00',
  until: '2026-09-08T00:00',
} as const satisfies RuleAsWritten;

/** One example of every kind of rule, as a proposal would hold it, for a campaign of 7 to 9 September 2026. */
export const RULE_EXAMPLES = {
  ratio: RATIO_EXAMPLE,
  random: RANDOM_EXAMPLE,
  loyalty: LOYALTY_EXAMPLE,
  employer: EMPLOYER_EXAMPLE,
  challenge: CHALLENGE_EXAMPLE,
  quadratic: QUADRATIC_EXAMPLE,
  performance: PERFORMANCE_EXAMPLE,
} as const satisfies { [Kind in RuleKind]: Extract<RuleAsWritten, { kind: Kind }> };
