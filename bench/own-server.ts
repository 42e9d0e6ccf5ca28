import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { answers } from '../local/wait-for-server.ts';

const START_SECONDS = 60;
const POLL_MS = 100;

/** A database to measure on, and how to end it. */
export type Database = { readonly endpoint: string; readonly stop: () => void };

/**
 * Waits until a server that a benchmark has started answers. Apart from the runs of local/, so that a benchmark neither
 * waits for `npm test` nor keeps it from starting. The server ends with this process. Throws when it does not come up.
 */
export async function ownServer(name: string, server: ChildProcess, endpoint: string, path = ''): Promise<Database> {
  const stop = (): void => {
    server.kill('SIGKILL');
  };
  process.once('exit', stop);
  // Without a listener of our own a signal would end this process before its 'exit', and leave the server behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const giveUpAt = Date.now() + START_SECONDS * 1_000;
  while (Date.now() < giveUpAt) {
    if (server.exitCode !== null) throw new Error(`${name} ended with ${server.exitCode} while it was starting`);
    if (await answers(`${endpoint}${path}`)) return { endpoint, stop };
    await pause(POLL_MS);
  }
  stop();
  throw new Error(`${name} did not answer within ${START_SECONDS} s`);
}
