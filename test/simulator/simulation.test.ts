import { describe, expect, it } from 'vitest';
import { playGivingDay } from '../../simulator/giving-day.ts';
import { hunt } from '../../simulator/hunt.ts';
import { BACKED_GUARDS, MUTATIONS } from '../../simulator/mutations.ts';
import { replayCommand } from '../../simulator/report.ts';
import { type SimulationOptions, shrunk, simulate } from '../../simulator/simulation.ts';

const OPTIONS: SimulationOptions = {
  seed: 20_260_907,
  gifts: 1_500,
  campaignGifts: 150,
  faults: true,
  mailOneIn: 20,
  wholeStackOneIn: 10,
};

/** A crowded machine takes ten times as long. */
const PATIENT = { timeout: 300_000 };

describe('a simulated run of giving days', PATIENT, () => {
  it('keeps every invariant whatever fails', async () => {
    const result = await simulate(OPTIONS);
    expect(result.failed?.day.findings).toBeUndefined();
    expect(result.campaigns).toBe(10);
    expect(result.counted).toBeGreaterThan(1_300);
    expect(result.mails).toBeGreaterThan(20);
    expect(result.checks).toBeGreaterThan(100);
    expect(result.adjustments).toBeGreaterThan(50);
  });

  it('meets nearly every kind of fault', async () => {
    const { faults } = await simulate(OPTIONS);
    const never = ['lost after', 'happens late', 'conflict', 'crash after', 'forged', 'batch delivered twice at once'];
    expect(never.filter((fault) => !(fault in faults))).toEqual([]);
  });

  it('counts every gift that was paid when nothing fails', async () => {
    const result = await simulate({ ...OPTIONS, gifts: 600, faults: false });
    expect(result.failed).toBeUndefined();
    // Some campaigns have a neighbour, which gets gifts besides.
    expect(result.counted).toBeGreaterThanOrEqual(600);
    expect(result.adjustments).toBeGreaterThan(20);
    expect(result.faults).toEqual({});
    expect(result.batchesRedelivered).toBe(0);
  });

  it('goes the same way event by event with the same seed, and another way with another', async () => {
    const options = { ...OPTIONS, gifts: 300 };
    const { traceHash } = await simulate(options);
    expect((await simulate(options)).traceHash).toBe(traceHash);
    expect((await simulate({ ...options, seed: OPTIONS.seed + 1 })).traceHash).not.toBe(traceHash);
  });
});

describe('a break on purpose', () => {
  const QUICK: SimulationOptions = { ...OPTIONS, seed: 1, gifts: 30_000, mailOneIn: 10, wholeStackOneIn: 50 };

  it.each(MUTATIONS)('is found: $name', PATIENT, async (mutation) => {
    const { found, first } = await hunt(mutation, QUICK, 1);
    expect(found, `${mutation.breaks}, and nothing was found`).toBe(1);
    expect(first?.invariant).toBeTruthy();
  });

  it.each(BACKED_GUARDS)('does no harm while another guard stands: $name', PATIENT, async (mutation) => {
    expect((await hunt(mutation, { ...QUICK, gifts: 240, campaignGifts: 80 }, 1)).found).toBe(0);
  });

  it('is replayed by one command, with the same findings at the same step and fewer gifts', async () => {
    const mutation = MUTATIONS.find(({ name }) => name === 'count-twice');
    const { failed } = await simulate({ ...QUICK, mutation });
    if (failed === undefined) throw new Error('nothing was found');
    expect((await playGivingDay(failed.options)).findings).toEqual(failed.day.findings);
    const smallest = await shrunk(failed);
    expect(smallest.options.gifts).toBeLessThan(failed.options.gifts);
    expect(replayCommand(smallest.options)).toContain(
      `--seed ${smallest.options.seed} --gifts ${smallest.options.gifts} --campaign ${smallest.options.gifts}`,
    );
  });
});
