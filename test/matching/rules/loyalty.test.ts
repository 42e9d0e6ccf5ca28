import { describe, expect, it } from 'vitest';
import { tierOf } from '../../../functions/matching/rules/loyalty.ts';

const TIERS = {
  tiers: [
    { atLeastYears: 1, numerator: 1, denominator: 4 },
    { atLeastYears: 3, numerator: 1, denominator: 2 },
    { atLeastYears: 8, numerator: 1, denominator: 1 },
  ],
};

describe('the tier of a donor', () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 3],
    [7, 3],
    [8, 8],
    [40, 8],
  ])('who has given for %i years is the one from %i years', (years, from) => {
    expect(tierOf(TIERS, years)?.atLeastYears).toBe(from);
  });

  it('who has not given before is none, where the lowest tier asks for a year', () => {
    expect(tierOf(TIERS, 0)).toBeUndefined();
  });
});
