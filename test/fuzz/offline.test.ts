import { expect, it } from 'vitest';
import { fuzzOffline } from '../../fuzz/offline.ts';

/** `npm run fuzz -- --door offline` enters 100,000. */
const INPUTS = 2_000;

it('odd gifts by hand are refused without a trace, or kept and booked as they were shown, once', async () => {
  const { statuses, stored } = await fuzzOffline({ inputs: INPUTS, seed: 20260907 });
  // Some of each, else the fuzzer would knock on one closed door only.
  expect(Object.keys(statuses).sort()).toEqual(['201', '400', '403', '413', '422']);
  expect(stored).toBeGreaterThan(INPUTS / 10);
}, 120_000);
