import { expect, it } from 'vitest';
import { fuzzStatements } from '../../fuzz/statement.ts';

/** `npm run fuzz -- --door statement` reads 100,000. */
const INPUTS = 1_500;

it('odd files are checked or refused, and book what their preview says, once', async () => {
  const { statuses, stored } = await fuzzStatements({ inputs: INPUTS, seed: 20260907 });
  expect(Object.keys(statuses).sort()).toEqual(['checked', 'checked with problems', 'refused']);
  expect(Math.min(...Object.values(statuses))).toBeGreaterThan(INPUTS / 20);
  expect(stored).toBeGreaterThan(INPUTS / 2);
}, 120_000);
