import type { SeededRandom } from './seeded-random.ts';

const SHARE_OF_RETURNING_DONORS = 0.12;
const SHARE_WITHOUT_UNIT = 0.04;
/** Each unit mobilises about a quarter less than the one before it. */
const FALL_FROM_UNIT_TO_UNIT = 0.75;

/** Who gives next, counted from 0: somebody of the `known` who have given before, or `known` itself: somebody new. */
export const nextDonor = (known: number, random: SeededRandom): number =>
  random.happens(SHARE_OF_RETURNING_DONORS) ? random.below(known) : known;

/** How often each of so many units is named: the first ones mobilise most. */
export const unitWeights = (units: number): number[] =>
  Array.from({ length: units }, (_, place) => FALL_FROM_UNIT_TO_UNIT ** place);

/** The unit that a gift names, by position; `undefined` for none. */
export const nextUnit = (weights: readonly number[], random: SeededRandom): number | undefined =>
  weights.length === 0 || random.happens(SHARE_WITHOUT_UNIT) ? undefined : random.position(weights);
