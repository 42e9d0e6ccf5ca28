import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { Places } from './places.ts';
import type { Inspect, ProcessIdentity } from './process-identity.ts';
import { inspectProcess, stillRuns } from './process-identity.ts';
import { StartupProblem } from './startup-problem.ts';

const identity = z.object({ pid: z.int().positive(), startedAt: z.string().min(1) });
const child = identity.extend({ name: z.string() });
const recordShape = z.object({
  owner: identity,
  children: z.array(child),
  /** Names of containers, which outlive the command that started them. */
  containers: z.array(z.string()),
});

/** A child process that a run started; `name` is for people. */
export type RecordedChild = z.infer<typeof child>;
/** What run.json holds. */
export type RunContents = z.infer<typeof recordShape>;

/** What an earlier run that could not clean up (kill -9, power) left behind and is still there. */
export type Leftovers = { readonly children: readonly RecordedChild[]; readonly containers: readonly string[] };

/** The claim on a run folder: who holds it and which processes belong to it, on disk at every moment. */
export type RunRecord = {
  readonly leftovers: Leftovers;
  /** Strikes the leftovers off, once they are ended. Only before this run starts anything itself. */
  leftoversEnded(): void;
  addChild(added: RecordedChild): void;
  removeChild(pid: number): void;
  addContainer(name: string): void;
  /** The containers that this run has started. */
  containers(): readonly string[];
  /** Gives the run folder back. */
  release(): void;
};

/** Reads run.json; a file that was cut off by a crash tells nothing and counts as absent. */
export function parseRunContents(text: string): RunContents | undefined {
  try {
    return recordShape.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Those processes of an earlier run that still run and are the very ones it started. */
export function leftoversOf(earlier: RunContents, inspect: Inspect): Leftovers {
  return {
    children: earlier.children.filter((recorded) => stillRuns(recorded, inspect)),
    containers: earlier.containers,
  };
}

/**
 * Claims a run folder for this process. What an earlier run left is reported, to be ended before anything starts.
 * @throws StartupProblem when another live process holds it: two starts at once.
 */
export function claimRun(
  { runRecord: path, command }: Pick<Places, 'runRecord' | 'command'>,
  self: number = process.pid,
  inspect: Inspect = inspectProcess,
): RunRecord {
  const owner = inspect(self);
  if (owner === undefined) throw new Error(`Process ${self} cannot be inspected`);
  mkdirSync(dirname(path), { recursive: true });
  const earlier = takeOver(path, command, inspect);
  let contents: RunContents = {
    owner,
    // Kept in the record until they are ended: a crash before that must not lose sight of them.
    children: [...(earlier?.children ?? [])],
    containers: [...(earlier?.containers ?? [])],
  };
  createWhole(path, command, self, contents);
  let released = false;
  const update = (change: Partial<RunContents>): void => {
    // A child's end may be noticed after the folder was given back, and by then it may be another start's.
    if (released) return;
    contents = { ...contents, ...change };
    writeFileSync(`${path}.${self}`, JSON.stringify(contents, null, 2));
    renameSync(`${path}.${self}`, path);
  };
  return {
    leftovers: earlier ?? { children: [], containers: [] },
    leftoversEnded: () => update({ children: [], containers: [] }),
    addChild: (added) => update({ children: [...contents.children, added] }),
    removeChild: (pid) => update({ children: contents.children.filter((known) => known.pid !== pid) }),
    addContainer: (name) => update({ containers: [...new Set([...contents.containers, name])] }),
    containers: () => contents.containers,
    release: () => {
      released = true;
      rmSync(path, { force: true });
    },
  };
}

function takeOver(path: string, command: string, inspect: Inspect): Leftovers | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const earlier = parseRunContents(text);
  if (earlier !== undefined && stillRuns(earlier.owner, inspect)) throw alreadyRuns(command, earlier.owner);
  setAside(path, text);
  return earlier === undefined ? undefined : leftoversOf(earlier, inspect);
}

/** Removes a dead run's record, but never the one that a quicker start has put in its place meanwhile. */
function setAside(path: string, dead: string): void {
  const aside = `${path}.${process.pid}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== dead) linkSync(aside, path);
  rmSync(aside, { force: true });
}

/** Creates the record whole or not at all: a hard link to a finished file fails if another start was quicker. */
function createWhole(path: string, command: string, self: number, contents: RunContents): void {
  const draft = `${path}.${self}`;
  writeFileSync(draft, JSON.stringify(contents, null, 2));
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw alreadyRuns(command, parseRunContents(readIfThere(path) ?? '')?.owner);
  } finally {
    rmSync(draft, { force: true });
  }
}

function alreadyRuns(command: string, owner: ProcessIdentity | undefined): StartupProblem {
  const who = owner === undefined ? '' : ` (process ${owner.pid})`;
  return new StartupProblem(
    `${command} already runs in this folder${who}`,
    'use that one, or end it with Ctrl-C first',
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
