import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where a local system keeps what it needs. The Python packages are shared by every run; all else belongs to one
 * run, so that `npm test` and `npm start` can be up at the same time.
 */
export type Places = {
  /** The folder of this run. */
  readonly run: string;
  readonly logs: string;
  /** Temporary files of every child process; emptied at each start, so that what they forget never piles up. */
  readonly temporary: string;
  /** The command that a person ends to end the run. */
  readonly command: string;
  /** Says which processes belong to the run; see run-record.ts. */
  readonly runRecord: string;
  /** What CDK synthesised. */
  readonly assembly: string;
  readonly outputs: string;
  /** Where everything of the running system is, while it runs; for other commands of ours. */
  readonly addresses: string;
  readonly venv: string;
  /** Downloaded Python packages, for a repair without network. */
  readonly wheels: string;
};

/** What a run is for: `npm start`, the checks of `npm test`, or the system that those start for their last step. */
export type RunName = 'start' | 'check' | 'e2e';

/** The places of a run; `name` tells apart runs that may be up at the same time. Creates nothing. */
export function placesOf(name: RunName, repository: string = REPOSITORY): Places {
  const shared = join(repository, '.local');
  const run = name === 'start' ? shared : join(shared, name);
  return {
    run,
    command: name === 'start' ? 'npm start' : 'npm test',
    logs: join(run, 'logs'),
    temporary: join(run, 'tmp'),
    runRecord: join(run, 'run.json'),
    assembly: join(run, 'cdk.out'),
    outputs: join(run, 'outputs.json'),
    // Among the temporary files, because it is true only as long as the system is up.
    addresses: join(run, 'tmp', 'addresses.json'),
    venv: join(shared, 'venv'),
    wheels: join(shared, 'wheels'),
  };
}

/** Makes the folders of a run, and empties those of logs and temporary files. Only after the run is claimed: see run-record.ts. */
export function preparePlaces(places: Places): void {
  removeTemporary(places);
  rmSync(places.logs, { recursive: true, force: true });
  for (const folder of [places.logs, places.temporary]) mkdirSync(folder, { recursive: true });
  // The emulator starts functions through a CommonJS `_worker.js` in here. Our own package.json, further up, would make
  // Node take it for an ES module, and every function would end at once.
  writeFileSync(join(places.temporary, 'package.json'), JSON.stringify({ type: 'commonjs' }));
}

/** Removes what a run's processes wrote for themselves, once they have ended. */
export function removeTemporary(places: Places): void {
  rmSync(places.temporary, { recursive: true, force: true });
}

/** A path as a person in the repository's folder would type it. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown.startsWith('..') ? path : shown;
}
