import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { parseItemsOnce } from '../../simulator/parse-once.ts';
import { Progress, runOf, stretchOf, tallyOf } from '../../simulator/progress.ts';
import { giftsOf, type SimulationOptions, simulate, wholeRun } from '../../simulator/simulation.ts';
import { type PartPlayed, playParts } from '../../simulator/workers.ts';
import { CAMPAIGN, openCampaignPool } from '../matching/money-path.ts';

const OPTIONS: SimulationOptions = {
  seed: 7,
  gifts: 330,
  campaignGifts: 50,
  faults: true,
  mailOneIn: 1_000,
  wholeStackOneIn: 100,
};

const played = async (part: number, parts: number) => {
  const { failed, ...tally } = await simulate(OPTIONS, () => undefined, stretchOf(part, parts, OPTIONS));
  expect(failed).toBeUndefined();
  return { from: part, to: part, commit: 'a', tally, cpuSeconds: 1, wallSeconds: 1 };
};

/** A crowded machine takes ten times as long. */
const PATIENT = { timeout: 300_000 };

describe('a run that is played in parts', PATIENT, () => {
  it('has every campaign in exactly one part, and all of its gifts, into however many it is cut', () => {
    for (const parts of [1, 2, 3, 7, 40]) {
      const stretches = Array.from({ length: parts }, (_, n) => stretchOf(n + 1, parts, OPTIONS));
      const places = stretches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, n) => from + n));
      expect(places).toEqual(Array.from({ length: wholeRun(OPTIONS).to }, (_, n) => n));
      expect(stretches.reduce((sum, stretch) => sum + giftsOf(OPTIONS, stretch), 0)).toBe(OPTIONS.gifts);
    }
  });

  it('comes to what the whole run comes to, to the last event, in whatever order the parts are played', async () => {
    const { failed, ...whole } = await simulate(OPTIONS);
    expect(failed).toBeUndefined();
    expect(whole.campaigns).toBe(7);
    const [third, first, second] = [await played(3, 3), await played(1, 3), await played(2, 3)];
    expect(tallyOf([third, first, second])).toEqual(whole);
    expect(tallyOf([first, second])).not.toEqual(whole);
  });

  it('is gone on with where it was stopped, and by nobody with other options', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'simulated-')), 'progress.json');
    const run = runOf(OPTIONS, 7);
    expect(new Progress(file, run).missing).toEqual([1, 2, 3, 4, 5, 6, 7]);
    new Progress(file, run).add(await played(5, 7));
    expect(new Progress(file, run).missing).toEqual([1, 2, 3, 4, 6, 7]);
    new Progress(file, run).add(await played(7, 7));
    new Progress(file, run).add(await played(6, 7));
    new Progress(file, run).add({ ...(await played(4, 7)), commit: 'b' });
    const resumed = new Progress(file, run);
    expect(resumed.missing).toEqual([1, 2, 3]);
    expect(resumed.done.map(({ from, to, commit }) => [from, to, commit])).toEqual([
      [4, 4, 'b'],
      [5, 7, 'a'],
    ]);
    expect(tallyOf(resumed.done)).toEqual((await played(2, 2)).tally);
    expect(JSON.parse(readFileSync(file, 'utf8')).run.seed).toBe(OPTIONS.seed);
    expect(() => new Progress(file, { ...run, seed: 8 })).toThrow('is of another run');
    expect(() => new Progress(file, { ...run, parts: 8 })).toThrow('is of another run');
  });
});

describe('processes that play parts', PATIENT, () => {
  it('come to what one comes to alone, whoever plays which part', async () => {
    const asked = [1, 2, 3].map((part) => ({ part, stretch: stretchOf(part, 3, OPTIONS), options: OPTIONS }));
    const heard: PartPlayed[] = [];
    await playParts(asked, 2, (one) => void heard.push(one));
    const { failed, ...whole } = await simulate(OPTIONS);
    expect(heard.map(({ part }) => part).sort()).toEqual([1, 2, 3]);
    expect(heard.map((part) => part.failed)).toEqual([undefined, undefined, undefined]);
    expect(tallyOf(heard)).toEqual(whole);
  });

  it('say so when one of them cannot go on, and do not count what it was playing', async () => {
    const impossible = { part: 1, stretch: { from: 0, to: 1 }, options: { ...OPTIONS, gifts: Number.NaN } };
    const heard: PartPlayed[] = [];
    await expect(playParts([impossible], 1, (one) => void heard.push(one))).rejects.toThrow(
      'part 1 could not be played: ZodError',
    );
    expect(heard).toEqual([]);
  });
});

describe('an item that is parsed once', PATIENT, () => {
  it('goes the same way event by event as one that is parsed whenever it is read', async () => {
    const each = await simulate(OPTIONS);
    parseItemsOnce();
    expect(await simulate(OPTIONS)).toEqual(each);
  });

  it('cannot be changed by whoever has read it', async () => {
    parseItemsOnce();
    const table = memoryTable();
    await openCampaignPool(table, { poolMinor: 1_000 });
    const pool = await readPool(table, CAMPAIGN);
    expect(await readPool(table, CAMPAIGN)).toBe(pool);
    expect(() => Object.assign(pool.funds[0] ?? {}, { remainingMinor: 0 })).toThrow(TypeError);
    await table.write({ update: poolKey(CAMPAIGN), set: { sequence: 7 } });
    expect((await readPool(table, CAMPAIGN)).sequence).toBe(7);
  });
});
