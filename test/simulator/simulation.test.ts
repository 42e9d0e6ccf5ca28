import { describe, expect, it } from 'vitest';
import { hunt } from '../../simulator/hunt.ts';
import { MUTATIONS } from '../../simulator/mutations.ts';
import { type SimulationOptions, simulate } from '../../simulator/simulation.ts';

const SHORT: SimulationOptions = {
  seed: 1,
  gifts: 300,
  campaignGifts: 300,
  faults: true,
  mailOneIn: 50,
  wholeStackOneIn: 10,
};

/** Breaks that any short run must find; `--mutation all` hunts the whole list with more gifts. */
const BLUNT = [
  'count-twice',
  'forget-donor',
  'drop-unit-totals',
  'drop-campaign-totals',
  'drop-journal',
  'ignore-window',
  'commit-in-pieces',
  'acknowledge-before-write',
  'write-entry-again',
];

describe('the simulator of the money path', () => {
  it.each([1, 2, 3])('finds nothing wrong in a day of faults (seed %i)', async (seed) => {
    const { failed, faults, counted } = await simulate({ ...SHORT, seed });
    expect(failed?.day.findings ?? []).toEqual([]);
    expect(counted).toBeGreaterThan(200);
    expect(faults.size).toBeGreaterThan(5);
  });

  it('plays the same day for the same seed, and another one for another', async () => {
    const traces = await Promise.all([7, 7, 8].map(async (seed) => (await simulate({ ...SHORT, seed })).traceHash));
    expect(traces[0]).toBe(traces[1]);
    expect(traces[0]).not.toBe(traces[2]);
  });

  it.each(BLUNT)('finds the break "%s"', async (name) => {
    const mutation = MUTATIONS.find((known) => known.name === name);
    if (mutation === undefined) throw new Error(`there is no break ${name}`);
    expect((await hunt(mutation, SHORT, 3)).found).toBeGreaterThan(0);
  });
});
