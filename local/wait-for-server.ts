import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { shownPath } from './places.ts';
import type { Server } from './processes.ts';
import { StartupProblem } from './startup-problem.ts';

const POLL_MS = 50;
const ONE_ANSWER_MS = 2_000;

/**
 * Waits until a server that was started answers at `url`.
 * @throws StartupProblem when it ends instead, or does not answer in time; the server is not stopped.
 */
export async function waitForServer(server: Server, url: string, timeoutSeconds: number): Promise<void> {
  const giveUpAt = Date.now() + timeoutSeconds * 1_000;
  const { name, logFile } = server.command;
  while (Date.now() < giveUpAt) {
    if (server.ending() !== undefined) {
      throw new StartupProblem(
        `The ${name} ended while it was starting${lastWords(logFile)}`,
        'start again, and look into its log if that does not help',
        shownPath(logFile),
      );
    }
    if (await answers(url)) return;
    await pause(POLL_MS);
  }
  throw new StartupProblem(
    `The ${name} did not answer within ${timeoutSeconds} s`,
    'start again when this machine is less busy, and look into its log if that does not help',
    shownPath(logFile),
  );
}

/** Whether something answers at `url` now; a refusal (4XX) is an answer too. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ONE_ANSWER_MS) });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    // Refused, reset or too slow: all of them mean "not yet", and the caller counts the time.
    return false;
  }
}

/** The last line in a log, which for a Python or Java program that died is the reason. */
export function lastLineOf(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return lines.at(-1)?.trim() ?? '';
}

function lastWords(logFile: string): string {
  const line = lastLineOf(readFileSync(logFile, 'utf8'));
  return line === '' ? '' : ` ("${line}")`;
}
