import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, createWriteStream, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Inspect, ProcessIdentity } from './process-identity.ts';
import { inspectProcess, stillRuns } from './process-identity.ts';
import type { RunRecord } from './run-record.ts';

// The emulator ends within 0.2 s of being asked. After 3 s nothing here has anything left worth waiting for.
const PATIENCE_MS = 3_000;
const POLL_MS = 25;
/** Lines kept of what a command printed, to find the reason of a failure in: a whole deploy prints about 2,200. */
const KEPT_LINES = 10_000;

/** What to start. `logFile` receives everything it prints. */
export type Command = {
  /** For people and for the record. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
};

/** How a process ended; `code` is null after a signal. `spawnError` when it could not be started at all. */
export type Ending = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly spawnError?: Error;
};

/** A command that has ended, with the last lines that it printed. */
export type Finished = Ending & { readonly lines: readonly string[] };

/** A server that runs. */
export type Server = {
  readonly command: Command;
  readonly ended: Promise<Ending>;
  /** Set once it has ended. */
  ending(): Ending | undefined;
  stop(): Promise<void>;
};

/**
 * The child processes of a run. Each leads a process group of its own, so that Ctrl-C reaches this process alone and
 * ending a child ends what it started; each is in the record while it lives, so that the next start can end it if
 * this process is killed.
 */
export class ChildProcesses {
  readonly #record: RunRecord;
  readonly #running: ChildProcess[] = [];
  #stopped = false;

  constructor(record: RunRecord) {
    this.#record = record;
  }

  /** Starts a server. Its output goes straight to the log file, which outlives this process. */
  startServer(command: Command): Server {
    mkdirSync(dirname(command.logFile), { recursive: true });
    const log = openSync(command.logFile, 'w');
    const child = this.#spawn(command, ['ignore', log, log]);
    closeSync(log);
    let ending: Ending | undefined;
    const ended = this.#ended(child).then((how) => {
      ending = how;
      return how;
    });
    return { command, ended, ending: () => ending, stop: () => this.#stop(child) };
  }

  /** Runs a command to its end; `onLine` sees each line that it prints. */
  async run(command: Command, onLine: (line: string) => void = () => {}): Promise<Finished> {
    mkdirSync(dirname(command.logFile), { recursive: true });
    const log = createWriteStream(command.logFile, { flags: 'a' });
    log.write(`$ ${[command.file, ...command.args].join(' ')}\n`);
    const child = this.#spawn(command, ['ignore', 'pipe', 'pipe']);
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        onLine(line);
      });
    }
    const ending = await this.#ended(child);
    await new Promise<void>((resolve) => log.end(resolve));
    return { ...ending, lines };
  }

  /** Ends every child, the last started first; from now on none can be started. */
  async stopAll(): Promise<void> {
    this.#stopped = true;
    for (const child of this.#running.toReversed()) await this.#stop(child);
  }

  /** Ends every child at once, without waiting: for the moment this process exits in an unforeseen way. */
  killAll(): void {
    for (const child of this.#running) if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  }

  #spawn(command: Command, stdio: ('ignore' | 'pipe' | number)[]): ChildProcess {
    // Steps that run side by side with the one that failed may not start anything any more.
    if (this.#stopped) throw new Error(`The ${command.name} is not started: everything is being stopped`);
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio,
      detached: true,
      windowsHide: true,
    });
    if (child.pid === undefined) return child;
    this.#running.push(child);
    const identity = inspectProcess(child.pid);
    if (identity !== undefined) this.#record.addChild({ ...identity, name: command.name });
    return child;
  }

  #ended(child: ChildProcess): Promise<Ending> {
    return new Promise((resolve) => {
      child.once('error', (spawnError) => resolve({ code: null, signal: null, spawnError }));
      // 'close' comes after the last line of output, 'exit' may come before it.
      child.once('close', (code, signal) => {
        this.#forget(child);
        resolve({ code, signal });
      });
    });
  }

  #forget(child: ChildProcess): void {
    const index = this.#running.indexOf(child);
    if (index >= 0) this.#running.splice(index, 1);
    if (child.pid !== undefined) this.#record.removeChild(child.pid);
  }

  async #stop(child: ChildProcess): Promise<void> {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      await endGroup(child.pid, () => child.exitCode === null && child.signalCode === null);
    }
    this.#forget(child);
  }
}

/** Ends what an earlier run left, group by group; those processes are not our children, so their end is looked up. */
export async function endLeftover(leftover: ProcessIdentity, inspect: Inspect = inspectProcess): Promise<void> {
  await endGroup(leftover.pid, () => stillRuns(leftover, inspect));
}

async function endGroup(leader: number, runs: () => boolean): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (runs() && Date.now() < giveUpAt) await pause(POLL_MS);
  // Also when the leader is gone: members of its group may not be.
  signalGroup(leader, 'SIGKILL');
  while (runs()) await pause(POLL_MS);
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch (error) {
    // The group has already ended; macOS says EPERM while its members wait to be collected.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
