import { describe, expect, it } from 'vitest';
import { minor } from '../../../functions/kernel/money.ts';
import { bandBasisPoints, bonusMinor } from '../../../functions/matching/rules/reach.ts';

/** The bands published in 2018: 0 to 38 flowers nothing, 39 to 98 5-10 %, from 99 10-30 %. */
const BANDS_OF_2018 = [
  { fromReach: 39, lowBasisPoints: 500, highBasisPoints: 1_000 },
  { fromReach: 99, lowBasisPoints: 1_000, highBasisPoints: 3_000 },
];
const LAST_WORD = 2 ** 32 - 1;

describe('the bonus of a donor who moved people', () => {
  it.each([
    [0, 0],
    [38, 0],
    [39, 500],
    [98, 500],
    [99, 1_000],
    [1_000_000, 1_000],
  ])('with a reach of %i begins at %i basis points', (reach, basisPoints) => {
    expect(bandBasisPoints(BANDS_OF_2018, reach, 0)).toBe(basisPoints);
  });

  it('is drawn up to the band’s higher figure, both included', () => {
    expect(bandBasisPoints(BANDS_OF_2018, 39, LAST_WORD)).toBe(1_000);
    expect(bandBasisPoints(BANDS_OF_2018, 99, LAST_WORD)).toBe(3_000);
    // 500 + floor(3172979198 x 501 / 4294967296): the third word of gft_4 in luck.test.ts.
    expect(bandBasisPoints(BANDS_OF_2018, 98, 0xbd1fd1fe)).toBe(870);
  });

  it('is the band’s lower figure where nothing is drawn', () => {
    expect(bandBasisPoints(BANDS_OF_2018, 39, undefined)).toBe(500);
  });

  it('is nothing without bands', () => {
    expect(bandBasisPoints(undefined, 1_000, 0)).toBe(0);
  });

  it('is cut to a whole fen', () => {
    // 8.70 % of 14.22 yuan are 123.714 fen.
    expect(bonusMinor(minor(1_422), 870)).toBe(123);
    expect(bonusMinor(minor(1), 9_999)).toBe(0);
  });
});
