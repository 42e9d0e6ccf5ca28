import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GivingDayOptions } from './giving-day.ts';
import type { SimulationOptions, Stretch, Tally } from './simulation.ts';

/** What a worker is told to play. */
export type Asked = { readonly part: number; readonly stretch: Stretch; readonly options: SimulationOptions };
/** What it answers. */
export type PartPlayed = {
  readonly part: number;
  readonly tally: Tally;
  /** What replays the campaign in which something was found. */
  readonly failed: GivingDayOptions | undefined;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
};

/** What it answers where the simulator itself does not know on. */
type GaveUp = { readonly part: number; readonly gaveUp: string };

const WORKER = fileURLToPath(new URL('part-worker.ts', import.meta.url));

/**
 * Has parts played by so many processes of their own, and hears of each when it is played; stops at the first in which
 * something was found. Rejects where a worker gives up or dies.
 */
export async function playParts(
  asked: readonly Asked[],
  workers: number,
  heard: (played: PartPlayed) => void,
): Promise<void> {
  const waiting = [...asked];
  let stopped = false;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = fork(WORKER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const next = (): void => {
        const part = stopped ? undefined : waiting.shift();
        if (part === undefined) worker.disconnect();
        else worker.send(part);
      };
      worker.on('message', (played: PartPlayed | GaveUp) => {
        if ('gaveUp' in played) {
          stopped = true;
          worker.disconnect();
          reject(new Error(`part ${played.part} could not be played: ${played.gaveUp}`));
          return;
        }
        stopped ||= played.failed !== undefined;
        heard(played);
        next();
      });
      worker.on('error', reject);
      worker.on('exit', (code, signal) => {
        stopped = true;
        if (code === 0) resolve();
        else reject(new Error(`a worker ended with ${signal ?? code}`));
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(workers, asked.length) }, work));
}
