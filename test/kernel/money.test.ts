import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../functions/kernel/errors.ts';
import {
  allocate,
  floorRatio,
  formatDecimal,
  formatMoney,
  type Minor,
  minor,
  parseDecimal,
  sum,
} from '../../functions/kernel/money.ts';

const amount = fc.integer({ min: 0, max: 1_000_000_000_000 }).map((n) => n as Minor);

describe('money', () => {
  it('is 30 fen for 0.1 + 0.2', () => {
    expect(sum([parseDecimal('0.1', 'CNY') as Minor, parseDecimal('0.2', 'CNY') as Minor])).toBe(30);
  });

  it('reads decimal text digit by digit, and refuses what the currency cannot hold', () => {
    expect(parseDecimal('17.7', 'CNY')).toBe(1770);
    expect(parseDecimal('17.70', 'CNY')).toBe(1770);
    expect(parseDecimal('0.00000', 'CNY')).toBe(0);
    expect(parseDecimal('-1.5', 'CNY')).toBe(-150);
    expect(parseDecimal('100', 'JPY')).toBe(100);
    expect(parseDecimal('1.234', 'KWD')).toBe(1234);
    for (const text of ['1.005', '1e3', '', '.5', '1.', '1,000', 'NaN', '0x10', '١', '9'.repeat(16)]) {
      expect(parseDecimal(text, 'CNY'), text).toBeUndefined();
    }
  });

  it('writes exactly what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom('CNY', 'JPY', 'KWD'), (n, currency) => {
        expect(parseDecimal(formatDecimal(n as Minor, currency), currency)).toBe(n);
      }),
    );
  });

  it('shows people groups of thousands', () => {
    expect(formatMoney(53_123_456 as Minor, 'CNY')).toBe('¥531,234.56');
    expect(formatMoney(-5 as Minor, 'CNY')).toBe('-¥0.05');
    expect(formatMoney(1_234 as Minor, 'JPY')).toBe('JP¥1,234');
  });

  it('is refused where it is not a whole number of minor units', () => {
    for (const n of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => minor(n)).toThrow(PermanentError);
  });
});

describe('splitting an amount', () => {
  it('always sums back, and gives nobody a whole unit more or less than their exact share', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 50 }), (total, weights) => {
        const weightSum = weights.reduce((a, b) => a + b, 0);
        fc.pre(weightSum > 0);
        const shares = allocate(total, weights);
        expect(sum(shares)).toBe(total);
        for (const [position, share] of shares.entries()) {
          const exact = (BigInt(total) * BigInt(weights[position] ?? 0)) / BigInt(weightSum);
          expect(share === Number(exact) || share === Number(exact) + 1).toBe(true);
        }
      }),
    );
  });

  it('gives the left-over fen to the largest remainders, ties to the first', () => {
    expect(allocate(100 as Minor, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(10 as Minor, [3, 3, 1])).toEqual([4, 4, 2]);
    expect(allocate(5 as Minor, [0, 1])).toEqual([0, 5]);
  });

  it('takes weights of any size, and gives the same for weights that stand in the same ratio', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 50 }), (total, weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const enormous = weights.map((weight) => BigInt(weight) * 10n ** 40n);
        expect(allocate(total, enormous)).toEqual(allocate(total, weights));
      }),
    );
  });

  it('refuses to split over nothing', () => {
    expect(() => allocate(5 as Minor, [0, 0])).toThrow(PermanentError);
  });
});

describe('a ratio of an amount', () => {
  it('is the floor, also where the product is beyond safe integers', () => {
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (n, numerator, denominator) => {
          fc.pre(n <= 1e9 || numerator <= denominator);
          expect(floorRatio(n, numerator, denominator)).toBe(
            Number((BigInt(n) * BigInt(numerator)) / BigInt(denominator)),
          );
        },
      ),
    );
  });
});
