import { describe, expect, it } from 'vitest';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import type { Patience } from '../../functions/matching/patience.ts';
import { takingTurns } from '../../functions/matching/turn.store.ts';
import { turnKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { CAMPAIGN } from './money-path.ts';

/** Patience that counts how long it waited instead of waiting; `meanwhile` is what others do in each pause. */
function patient(seed: number, meanwhile: (waitedMs: number) => Promise<void> = async () => undefined) {
  let waitedMs = 0;
  const patience: Patience = {
    random: () => seed,
    async pause(ms) {
      waitedMs += ms;
      await meanwhile(waitedMs);
    },
  };
  return { patience, waitedMs: () => waitedMs };
}
const held = async (table: Table) => (await table.get(turnKey(CAMPAIGN)))?.['holder'];
const hold = (table: Table, holder: string) => table.write({ put: { ...turnKey(CAMPAIGN), type: 'turn', holder } });

/** Work that asks for no turn by itself. */
const LITTLE = false;

describe('a turn at a campaign’s pool', () => {
  it('is not asked for by who is not refused: the first try needs none', async () => {
    const table = memoryTable();
    await takingTurns(table, CAMPAIGN, patient(0.5).patience, LITTLE, async () => undefined);
    expect(table.changes).toEqual([]);
  });

  it('is waited for by who sees that others take turns, before they try at all', async () => {
    const table = memoryTable();
    await hold(table, 'turn-other');
    const { patience, waitedMs } = patient(0.5, async () => void (await table.write({ delete: turnKey(CAMPAIGN) })));
    await takingTurns(table, CAMPAIGN, patience, LITTLE, async () => {
      expect(await held(table)).toMatch(/^turn-(?!other)/);
    });
    expect(waitedMs()).toBeGreaterThan(0);
    expect(await held(table)).toBeUndefined();
  });

  it('is asked for at once by who has more than a transaction to do', async () => {
    const table = memoryTable();
    await takingTurns(table, CAMPAIGN, patient(0.5).patience, true, async () => {
      expect(await held(table)).toMatch(/^turn-/);
    });
    expect(await held(table)).toBeUndefined();
  });

  it('is taken once, however often the work asks, and given back after it', async () => {
    const table = memoryTable();
    const result = await takingTurns(table, CAMPAIGN, patient(0.5).patience, LITTLE, async (takeTurn) => {
      await takeTurn();
      const holder = await held(table);
      await takeTurn();
      expect(await held(table)).toBe(holder);
      return holder;
    });
    expect(result).toMatch(/^turn-/);
    expect(await held(table)).toBeUndefined();
    expect(table.changes).toHaveLength(2);
  });

  it('is given back when the work fails', async () => {
    const table = memoryTable();
    const failing = takingTurns(table, CAMPAIGN, patient(0.5).patience, LITTLE, async (takeTurn) => {
      await takeTurn();
      throw new TransientError('no luck');
    });
    await expect(failing).rejects.toThrow('no luck');
    expect(await held(table)).toBeUndefined();
  });

  it('is waited for while another has it, and had soon after it is given back', async () => {
    const table = memoryTable();
    await hold(table, 'turn-other');
    const { patience, waitedMs } = patient(0.5, async (ms) => {
      if (ms >= 300 && (await held(table)) === 'turn-other') await table.write({ delete: turnKey(CAMPAIGN) });
    });
    await takingTurns(table, CAMPAIGN, patience, LITTLE, async (takeTurn) => {
      await takeTurn();
      expect(await held(table)).toMatch(/^turn-(?!other)/);
    });
    expect(waitedMs()).toBeGreaterThanOrEqual(300);
    // Nobody looks away for longer than they have watched already.
    expect(waitedMs()).toBeLessThan(450);
  });

  it('of a holder who died is taken over after four seconds, and given back after the work', async () => {
    const table = memoryTable();
    await hold(table, 'turn-dead');
    const { patience, waitedMs } = patient(0.5);
    await takingTurns(table, CAMPAIGN, patience, LITTLE, async (takeTurn) => {
      await takeTurn();
      expect(await held(table)).not.toBe('turn-dead');
    });
    expect(waitedMs()).toBeGreaterThan(4_000);
    expect(waitedMs()).toBeLessThan(4_600);
    expect(await held(table)).toBeUndefined();
  });

  it('is looked at and not written to while another has it, a few times only however long that is', async () => {
    const table = memoryTable();
    await hold(table, 'turn-hanging');
    const asked: string[] = [];
    const watched: Table = {
      ...table,
      get: (key, options) => {
        asked.push(options?.stale === true ? 'stale read' : 'read');
        return table.get(key, options);
      },
      write: (write) => {
        asked.push('write');
        return table.write(write);
      },
    };
    await takingTurns(watched, CAMPAIGN, patient(0.5).patience, true, async () => undefined);
    const looks = asked.filter((question) => question === 'stale read').length;
    expect(looks).toBeGreaterThan(5);
    expect(looks).toBeLessThanOrEqual(24);
    // It takes it over, and gives it back.
    expect(asked.filter((question) => question !== 'stale read')).toEqual(['write', 'write']);
  });

  it('that looks free and is taken at that moment is waited for like any other', async () => {
    const table = memoryTable();
    let looks = 0;
    const stale: Table = {
      ...table,
      get: async (key, options) => {
        looks += 1;
        // A stale read does not show yet who has just taken it.
        return looks === 1 ? undefined : table.get(key, options);
      },
    };
    await hold(table, 'turn-other');
    const { patience, waitedMs } = patient(0.5, async () => void (await table.write({ delete: turnKey(CAMPAIGN) })));
    await takingTurns(stale, CAMPAIGN, patience, true, async () => {
      expect(await held(table)).toMatch(/^turn-(?!other)/);
    });
    expect(waitedMs()).toBeGreaterThan(0);
  });

  it('is waited for anew whenever the line moves', async () => {
    const table = memoryTable();
    await hold(table, 'turn-0');
    // Somebody else gets it every second, three times; then the last one hangs.
    const { patience, waitedMs } = patient(0.5, async (ms) => {
      const holder = `turn-${Math.min(3, Math.floor(ms / 1_000))}`;
      if ((await held(table)) !== holder) await hold(table, holder);
    });
    await takingTurns(table, CAMPAIGN, patience, LITTLE, (takeTurn) => takeTurn());
    expect(waitedMs()).toBeGreaterThan(7_000);
    expect(waitedMs()).toBeLessThan(7_600);
  });

  it('is not waited for longer than twenty seconds in all, however the line moves', async () => {
    const table = memoryTable();
    await hold(table, 'turn-0');
    const { patience, waitedMs } = patient(0.5, async (ms) => {
      await hold(table, `turn-${Math.floor(ms / 1_000)}`);
    });
    expect(await takingTurns(table, CAMPAIGN, patience, LITTLE, (takeTurn) => takeTurn())).toBe(false);
    expect(waitedMs()).toBeGreaterThan(20_000);
    expect(waitedMs()).toBeLessThan(20_600);
  });

  it('that somebody took over is theirs: who comes late does not give it back for them', async () => {
    const table = memoryTable();
    await takingTurns(table, CAMPAIGN, patient(0.5).patience, LITTLE, async (takeTurn) => {
      await takeTurn();
      await hold(table, 'turn-other');
    });
    expect(await held(table)).toBe('turn-other');
  });

  it('taken over by two at once goes to one of them, and the other works without it', async () => {
    const table = memoryTable();
    await hold(table, 'turn-dead');
    let working = 0;
    const work = (seed: number) =>
      takingTurns(table, CAMPAIGN, patient(seed).patience, LITTLE, async (takeTurn) => {
        await takeTurn();
        working += 1;
      });
    await Promise.all([work(0.5), work(0.51)]);
    expect(working).toBe(2);
    expect(await held(table)).toBeUndefined();
  });

  it('never expires by a clock: what is stored has no time in it', async () => {
    const table = memoryTable();
    await takingTurns(table, CAMPAIGN, patient(0.5).patience, LITTLE, async (takeTurn) => {
      await takeTurn();
      expect(Object.keys((await table.get(turnKey(CAMPAIGN))) ?? {}).sort()).toEqual(['holder', 'pk', 'sk', 'type']);
    });
  });

  it('that cannot be had is no reason to fail', async () => {
    const failing = (error: Error): Table => ({
      ...memoryTable(),
      write: async () => {
        throw error;
      },
    });
    for (const error of [new ThrottledError('slow down'), new TransientError('no answer')])
      await expect(
        takingTurns(failing(error), CAMPAIGN, patient(0.9).patience, LITTLE, async (takeTurn) => {
          await takeTurn();
          return 'done';
        }),
      ).resolves.toBe('done');
    await expect(
      takingTurns(failing(new PermanentError('no such table')), CAMPAIGN, patient(0.9).patience, LITTLE, (takeTurn) =>
        takeTurn(),
      ),
    ).rejects.toThrow('no such table');
  });
});
