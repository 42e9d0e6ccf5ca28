import { afterEach, describe, expect, it, vi } from 'vitest';
import { demoClock, openClock } from '../../functions/platform/clock.ts';
import { demoClockKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';

const REAL = Date.parse('2026-11-23T10:00:00Z');
const DEMO = Date.parse('2026-09-07T00:00:00+08:00');
const NEVER = (): never => {
  throw new Error('this clock needs no table');
};
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

async function tableWithClock(standsAtMs: unknown = DEMO, setAtMs: unknown = REAL): Promise<MemoryTable> {
  const table = memoryTable();
  await table.write({ put: { ...demoClockKey, type: 'clock', standsAtMs, setAtMs } as never });
  return table;
}

describe('the clock of a demo', () => {
  it('stands where it was set and flows on from there', async () => {
    let machine = REAL;
    const tell = demoClock(await tableWithClock(), () => machine);
    expect(await tell()).toBe('2026-09-06T16:00:00.000Z');
    machine += 90_500;
    expect(await tell()).toBe('2026-09-06T16:01:30.500Z');
  });

  it('follows at once when it is set again', async () => {
    const table = await tableWithClock();
    const tell = demoClock(table, () => REAL);
    await tell();
    await table.write({ update: demoClockKey, set: { standsAtMs: DEMO + 86_400_000 } });
    expect(await tell()).toBe('2026-09-07T16:00:00.000Z');
  });

  it('is the machine’s own while nobody has set it, or what is stored is no clock', async () => {
    for (const table of [memoryTable(), await tableWithClock('2026'), await tableWithClock(DEMO, null)])
      expect(await demoClock(table, () => REAL)()).toBe('2026-11-23T10:00:00.000Z');
  });
});

describe('the clock of a deployment', () => {
  it('is the machine’s, and looks at no table, where it is the system’s', async () => {
    vi.stubEnv('CLOCK', 'system');
    vi.useFakeTimers({ toFake: ['Date'], now: REAL });
    expect(await openClock(NEVER)()).toBe('2026-11-23T10:00:00.000Z');
  });

  it('is the demo’s where the deployment says so', async () => {
    vi.stubEnv('CLOCK', 'demo');
    vi.useFakeTimers({ toFake: ['Date'], now: REAL });
    const table = await tableWithClock();
    expect(await openClock(() => table)()).toBe('2026-09-06T16:00:00.000Z');
  });

  it.each(['', 'fast', undefined])('is not guessed from %j', (clock) => {
    vi.stubEnv('CLOCK', clock);
    expect(() => openClock(NEVER)()).toThrow('environment variable CLOCK is missing or malformed');
  });
});
