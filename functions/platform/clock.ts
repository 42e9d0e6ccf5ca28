import type { Instant } from '../kernel/time.ts';
import { instantOf } from '../kernel/time.ts';
import { environment } from './environment.ts';
import { demoClockKey } from './keys.ts';
import type { Table } from './table.ts';

/** Tells the time at the start of an invocation; rules get the answer as an argument. */
export type TellTime = () => Promise<Instant>;

/** The machine's own clock. */
export const systemClock: TellTime = async () => instantOf(Date.now());

/**
 * The clock of a local run: an item says which instant the demo stands at and since when, and time flows on from
 * there. It lets a three-day campaign be played in seconds through the same workflow. infra sets CLOCK=demo only
 * for the target `local`, and a test proves it.
 */
export function demoClock(table: Table, machineClock: () => number = Date.now): TellTime {
  return async () => {
    const item = await table.get(demoClockKey);
    const standsAt = item?.['standsAtMs'];
    const setAt = item?.['setAtMs'];
    if (typeof standsAt !== 'number' || typeof setAt !== 'number') return instantOf(machineClock());
    return instantOf(standsAt + (machineClock() - setAt));
  };
}

/** The clock that this deployment runs on. */
export function openClock(openTable: () => Table): TellTime {
  let clock: TellTime | undefined;
  return () => {
    clock ??= environment('CLOCK') === 'demo' ? demoClock(openTable()) : systemClock;
    return clock();
  };
}
