import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Which process a number meant. Process numbers are used again; a number together with the moment the process
 * started is not, so that a leftover is never confused with a stranger that got its number later.
 */
export type ProcessIdentity = {
  readonly pid: number;
  /** Opaque; equal for the same process only. */
  readonly startedAt: string;
};

/** Looks a process up; undefined when none has that number now. */
export type Inspect = (pid: number) => ProcessIdentity | undefined;

/** Looks a process up on this machine: through /proc on Linux, through `ps` elsewhere. */
export const inspectProcess: Inspect = (pid) =>
  process.platform === 'linux' ? inspectThroughProc(pid) : inspectThroughPs(pid);

/** Whether the very process that was recorded still runs. */
export function stillRuns(recorded: ProcessIdentity, inspect: Inspect): boolean {
  return inspect(recorded.pid)?.startedAt === recorded.startedAt;
}

/**
 * The start of a process from /proc/<pid>/stat, in clock ticks since boot; undefined for a process that has ended
 * and only waits to be collected. Its second field, the name, may hold spaces and brackets: proc(5), fields 3 and 22.
 */
export function startTicksOf(stat: string): string | undefined {
  const [state, ...fields] = afterName(stat);
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

/** The number of the process that started one, or took it over when that ended: proc(5), field 4. */
export function parentOf(stat: string): number {
  return Number(afterName(stat)[1]);
}

function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function inspectThroughProc(pid: number): ProcessIdentity | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const ticks = stat === undefined ? undefined : startTicksOf(stat);
  if (ticks === undefined) return undefined;
  // Ticks begin anew at each boot, and so may process numbers.
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return { pid, startedAt: `${boot}:${ticks}` };
}

function inspectThroughPs(pid: number): ProcessIdentity | undefined {
  try {
    const printed = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', ...start] = printed.split(/\s+/);
    return start.length === 0 || state.startsWith('Z') ? undefined : { pid, startedAt: start.join(' ') };
  } catch (error) {
    // ps ends with 1 when there is no such process; anything else (no ps at all) is worth knowing.
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined;
    throw error;
  }
}

/** Reads a file of /proc; undefined when the process is gone. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // ESRCH: the process ended between opening and reading.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}
