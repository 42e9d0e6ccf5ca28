import type { SeededRandom } from './seeded-random.ts';

/**
 * What people give, in fen, and how many of ten thousand give it. Average 17.7 yuan with the tail below: that of the
 * campaign this was written for, 530,000 yuan in 30,000 gifts. Lucky numbers and small change as on any giving day.
 */
const USUAL: readonly (readonly [amountMinor: number, perTenThousand: number])[] = [
  [100, 1_225],
  [200, 950],
  [366, 60],
  [500, 1_700],
  [520, 190],
  [666, 450],
  [888, 400],
  [990, 600],
  [1_000, 1_900],
  [1_234, 60],
  [1_777, 40],
  [2_000, 1_100],
  [3_000, 200],
  [5_000, 490],
  [6_600, 100],
  [9_900, 100],
  [10_000, 340],
  [20_000, 65],
];
/** What the amounts come to on average. */
export const AVERAGE_GIFT_MINOR = 1_770;
const PER_TEN_THOUSAND = 10_000;
/** The rest give much: three gifts in a thousand, a tenth of the money. Pareto, from 300 yuan and at most 20,000 yuan. */
const TAIL_FROM_MINOR = 30_000;
const TAIL_EXPONENT = 2;
const LARGEST_MINOR = 2_000_000;
/** People who give much give round sums. */
const TAIL_STEP_MINOR = 1_000;

/**
 * `count` amounts in fen, in random order. Taken at even steps through the distribution, so that 300 gifts average what
 * 30,000 do although one large gift could otherwise double the average of few.
 */
export function giftAmounts(count: number, random: SeededRandom): number[] {
  // Up to a tenth of a step to either side: seeds differ a little in their totals.
  const amounts = Array.from({ length: count }, (_, step) => amountAt((step + 0.4 + random.fraction() * 0.2) / count));
  return random.shuffled(amounts);
}

/** The amount that this share of people stays at or below. */
function amountAt(share: number): number {
  let left = share * PER_TEN_THOUSAND;
  for (const [amountMinor, perTenThousand] of USUAL) {
    if (left < perTenThousand) return amountMinor;
    left -= perTenThousand;
  }
  const tail = PER_TEN_THOUSAND - USUAL.reduce((sum, [, perTenThousand]) => sum + perTenThousand, 0);
  const inTail = Math.min(left / tail, 0.999_999);
  const amountMinor = TAIL_FROM_MINOR * (1 - inTail) ** (-1 / TAIL_EXPONENT);
  return Math.min(Math.round(amountMinor / TAIL_STEP_MINOR) * TAIL_STEP_MINOR, LARGEST_MINOR);
}
