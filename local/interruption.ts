import { constants } from 'node:os';
import process from 'node:process';
import { parentOf, readIfThere } from './process-identity.ts';

/** npm hands a Ctrl-C on that the terminal has sent already: two signals so close together are one wish. */
const ONE_WISH_MS = 1_000;
const PARENT_CHECK_MS = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The wish to stop: Ctrl-C, a signal, or the end of the npm that started this process. */
export type Interruption = {
  readonly signal: AbortSignal;
  /** Resolves when the wish comes. */
  readonly came: Promise<void>;
  /** What the process ends with when work was cut short: 128 and the signal's number, as shells do. */
  exitCode(): number;
};

/**
 * Listens for the wish to stop, for the rest of this process's life. A second one, more than a second later, ends the
 * process at once.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let first: { readonly name: NodeJS.Signals; readonly at: number } | undefined;
  const wish = (name: NodeJS.Signals): void => {
    if (first === undefined) {
      first = { name, at: Date.now() };
      controller.abort(new Error(`Stopped by ${name}`));
    } else if (Date.now() - first.at > ONE_WISH_MS) {
      process.exit(exitCodeOf(name));
    }
  };
  for (const name of SIGNALS) process.on(name, wish);
  watchNpm(() => wish('SIGHUP'));
  return {
    signal: controller.signal,
    came: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true })),
    exitCode: () => exitCodeOf(first?.name ?? 'SIGTERM'),
  };
}

/** 128 and the signal's number: 130 for Ctrl-C, 143 for SIGTERM. */
export function exitCodeOf(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}

/** npm killed outright cannot hand on a signal; this process then gets another parent, and nobody sees it any more. */
function watchNpm(onEnd: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = npmProcess();
  const timer = setInterval(() => {
    if (npmProcess() === npm) return;
    clearInterval(timer);
    onEnd();
  }, PARENT_CHECK_MS);
  timer.unref();
}

/** Who started this: npm itself, or the shell that npm starts scripts with, where that shell stays in between. */
function npmProcess(): number {
  const parent = process.ppid;
  if (process.platform !== 'linux') return parent;
  const isShell = readIfThere(`/proc/${parent}/cmdline`)?.startsWith('sh\0-c\0') === true;
  const stat = isShell ? readIfThere(`/proc/${parent}/stat`) : undefined;
  return stat === undefined ? parent : parentOf(stat);
}
