import { describe, expect, it } from 'vitest';
import { isReached, NO_PROGRESS, progressOf } from '../../../functions/matching/rules/challenge.ts';

const PROGRESS = { ...NO_PROGRESS, amountMinor: 50_000, donors: 7, gifts: 9 };

describe('a challenge', () => {
  it.each([
    ['amount', 50_000],
    ['donors', 7],
    ['gifts', 9],
  ] as const)('that counts %s is met at its threshold and not one before', (measure, threshold) => {
    expect(progressOf({ measure, threshold }, PROGRESS)).toBe(threshold);
    expect(isReached({ measure, threshold }, PROGRESS)).toBe(true);
    expect(isReached({ measure, threshold: threshold + 1 }, PROGRESS)).toBe(false);
  });
});
