import { type MatchingPlan, matchingPlanSchema } from '../functions/matching/matching-pool.ts';
import type { SeededRandom } from '../local/demo/seeded-random.ts';

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

/** What a plan is cut to: so that caps bind and pools end in some campaigns, and in others do not. */
export type PlanNeeds = {
  /** What all gifts come to, in minor units. */
  readonly givenMinor: number;
  /** The pool must still have money when the last gifts come: only then can matching go wrong around its end. */
  readonly lasting: boolean;
};

/** Draws how a sponsor's money follows the gifts of one campaign. The one place that knows which kinds of plan there are. */
export function drawMatchingPlan({ givenMinor, lasting }: PlanNeeds, random: SeededRandom): MatchingPlan {
  const [numerator, denominator] = random.pick(RATIOS);
  const share = lasting ? 1 : random.pick(POOL_SHARES);
  const poolMinor = Math.max(1, Math.floor(givenMinor * (numerator / denominator) * share));
  const perGiftCapMinor = Math.min(poolMinor, random.pick(CAPS_MINOR));
  return matchingPlanSchema.parse({
    sponsor: 'Simulated sponsor',
    poolMinor,
    rule: { version: 1, kind: 'ratio', numerator, denominator, perGiftCapMinor },
  });
}
