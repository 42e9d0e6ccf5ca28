import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { pythonEnvironment } from './local-environment.ts';
import { type Places, REPOSITORY, shownPath } from './places.ts';
import type { ChildProcesses, Finished } from './processes.ts';
import { StartupProblem } from './startup-problem.ts';

/** The pinned emulator and all it needs, with hashes. */
const REQUIREMENTS = join(REPOSITORY, 'local', 'requirements.txt');
/** What the emulator asks of Python. */
const OLDEST_PYTHON = { major: 3, minor: 10 } as const;
/** Loads everything that the emulator loads at its start: 0.2 s, and a damaged package shows. */
const HEALTH_CHECK = 'import ministack.app, cryptography.hazmat.bindings._rust';
const PRINT_VERSION = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';

export type PythonVersion = { readonly major: number; readonly minor: number; readonly text: string };
/** A way to call Python: `python3`, or `py -3` on Windows. */
type PythonCall = readonly [file: string, ...args: string[]];

const marker = z.object({ requirements: z.string(), python: z.string() });

/** What the venv was made from; the same again means that it can be used. */
export type VenvMarker = z.infer<typeof marker>;

/**
 * The Python of the virtual environment, ready to run the emulator. A good environment is used as it is and needs
 * neither network nor the Python it was made with on the PATH; a missing, outdated or broken one is made anew.
 * @param asked the Python to make it with; any on the PATH that is new enough if undefined.
 * @throws StartupProblem for no or too old a Python, no network when packages are missing, or a failed installation.
 */
export async function ensureVenv(
  places: Places,
  processes: ChildProcesses,
  asked: string | undefined,
  onProgress: (doing: string) => void,
): Promise<string> {
  const commands = new PythonCommands(places, processes);
  const requirements = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const wanted = (found: VenvMarker | undefined): boolean => found?.requirements === requirements;
  if (wanted(readMarker(places.venv)) && (await commands.isHealthy(places.venv))) return pythonOf(places.venv);

  onProgress('looking for Python');
  const python = await commands.find(asked);
  // Made among the temporary files and moved when finished: a start that is killed here leaves no half environment.
  const draft = join(places.temporary, 'venv');
  try {
    onProgress('making a virtual environment');
    await commands.create(python.call, draft);
    await commands.install(draft, onProgress);
    writeMarker(draft, { requirements, python: python.version.text });
    rmSync(places.venv, { recursive: true, force: true });
    renameSync(draft, places.venv);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return pythonOf(places.venv);
}

/** Whether the emulator runs on this Python. */
export function isNewEnough(version: PythonVersion): boolean {
  return (
    version.major > OLDEST_PYTHON.major ||
    (version.major === OLDEST_PYTHON.major && version.minor >= OLDEST_PYTHON.minor)
  );
}

/** Reads what PRINT_VERSION printed, or undefined if that is no version: a shim or a shop window instead of Python. */
export function parsePythonVersion(printed: string): PythonVersion | undefined {
  const match = /^(\d+)\.(\d+)\.\d+$/.exec(printed.trim());
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]), text: match[0] };
}

/** Why no Python will do, given those that were found too old. */
export function noPythonProblem(asked: string | undefined, tooOld: readonly PythonVersion[]): StartupProblem {
  const needed = `${OLDEST_PYTHON.major}.${OLDEST_PYTHON.minor}`;
  const oldest = tooOld.map((version) => version.text).join(', ');
  const found = oldest === '' ? 'none was found' : `only ${oldest} was found`;
  if (asked !== undefined) {
    return new StartupProblem(
      oldest === ''
        ? `"${asked}" does not run as Python`
        : `"${asked}" is Python ${oldest}, and the local emulator needs ${needed} or newer`,
      `name a Python ${needed} or newer with --python, or leave --python out`,
    );
  }
  return new StartupProblem(
    `The local emulator needs Python ${needed} or newer, and ${found} on the PATH`,
    'install it from https://www.python.org/downloads/ or with your package manager, name it with --python <path>, or use --docker',
  );
}

/** Why an installation failed, by what pip printed. */
export function installProblem(lines: readonly string[], logFile: string): StartupProblem {
  const printed = lines.join('\n');
  if (/No space left on device/i.test(printed)) {
    return new StartupProblem('The disk is full', 'free about 200 MB and start again', logFile);
  }
  if (/do not match the hashes/i.test(printed)) {
    return new StartupProblem(
      'A downloaded Python package is not the one that was reviewed (its hash differs)',
      'start again, and if it stays so use another package index (PIP_INDEX_URL)',
      logFile,
    );
  }
  if (/connection|resol(ve|ution)|timed out|timeout|proxy|certificate|Could not fetch URL|retr(y|ies)/i.test(printed)) {
    return new StartupProblem(
      'The emulator has to be downloaded on the first start, and the Python package index cannot be reached',
      'connect to the network and start again, or name a mirror in PIP_INDEX_URL',
      logFile,
    );
  }
  return new StartupProblem(
    `The emulator could not be installed (${lastError(lines)})`,
    'read the log, put that right and start again, or use --docker',
    logFile,
  );
}

function lastError(lines: readonly string[]): string {
  return lines.findLast((line) => /error/i.test(line))?.trim() ?? lines.at(-1)?.trim() ?? 'pip printed nothing';
}

class PythonCommands {
  readonly #places: Places;
  readonly #processes: ChildProcesses;

  constructor(places: Places, processes: ChildProcesses) {
    this.#places = places;
    this.#processes = processes;
  }

  async isHealthy(venv: string): Promise<boolean> {
    const { code } = await this.#run([pythonOf(venv)], ['-c', HEALTH_CHECK]);
    return code === 0;
  }

  async find(asked: string | undefined): Promise<{ call: PythonCall; version: PythonVersion }> {
    const calls: readonly PythonCall[] = asked === undefined ? USUAL_CALLS : [[asked]];
    const tooOld: PythonVersion[] = [];
    for (const call of calls) {
      const { code, lines } = await this.#run(call, ['-c', PRINT_VERSION]);
      const version = code === 0 ? parsePythonVersion(lines.join('\n')) : undefined;
      if (version !== undefined && isNewEnough(version)) return { call, version };
      if (version !== undefined) tooOld.push(version);
    }
    throw noPythonProblem(asked, tooOld);
  }

  async create(call: PythonCall, venv: string): Promise<void> {
    const { code, lines } = await this.#run(call, ['-m', 'venv', '--clear', venv]);
    if (code === 0) return;
    const lacksVenv = lines.some((line) => /ensurepip|No module named '?venv/i.test(line));
    throw new StartupProblem(
      lacksVenv
        ? 'This Python comes without the venv module'
        : `Python could not make a virtual environment (${lastError(lines)})`,
      lacksVenv
        ? 'install it (on Debian and Ubuntu: apt install python3-venv) and start again'
        : 'read the log, put that right and start again, or use --docker',
      shownPath(this.#logFile),
    );
  }

  /** From the packages kept from the last time if they are all there; from the network otherwise. */
  async install(venv: string, onProgress: (doing: string) => void): Promise<void> {
    const { wheels } = this.#places;
    onProgress('installing the emulator');
    mkdirSync(wheels, { recursive: true });
    const fromWheels = ['install', '--no-index', '--find-links', wheels];
    if ((await this.#pip(venv, fromWheels)).code === 0) return;

    onProgress('downloading the emulator');
    const fresh = join(this.#places.temporary, 'wheels');
    try {
      const downloaded = await this.#pip(venv, [
        'download',
        '--dest',
        fresh,
        '--only-binary',
        ':all:',
        '--retries',
        '2',
      ]);
      if (downloaded.code !== 0) throw installProblem(downloaded.lines, shownPath(this.#logFile));
      rmSync(wheels, { recursive: true, force: true });
      renameSync(fresh, wheels);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    onProgress('installing the emulator');
    const installed = await this.#pip(venv, fromWheels);
    if (installed.code !== 0) throw installProblem(installed.lines, shownPath(this.#logFile));
  }

  #pip(venv: string, args: readonly string[]): Promise<Finished> {
    const quiet = ['--disable-pip-version-check', '--no-input'];
    return this.#run(
      [pythonOf(venv)],
      ['-m', 'pip', ...args, ...quiet, '--require-hashes', '--requirement', REQUIREMENTS],
    );
  }

  get #logFile(): string {
    return join(this.#places.logs, 'python.log');
  }

  #run([file, ...before]: PythonCall, args: readonly string[]): Promise<Finished> {
    return this.#processes.run({
      name: 'Python',
      file,
      args: [...before, ...args],
      cwd: this.#places.run,
      env: { ...pythonEnvironment(process.env), TMPDIR: this.#places.temporary },
      logFile: this.#logFile,
    });
  }
}

/** The names under which a new enough Python may be found, the usual first. */
const USUAL_CALLS: readonly PythonCall[] = [
  ['python3'],
  ['python'],
  ['py', '-3'],
  ...['3.14', '3.13', '3.12', '3.11', '3.10'].map((version): PythonCall => [`python${version}`]),
];

export function pythonOf(venv: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

function readMarker(venv: string): VenvMarker | undefined {
  try {
    return marker.safeParse(JSON.parse(readFileSync(join(venv, 'yiqi.json'), 'utf8'))).data;
  } catch {
    // Absent or cut off: there is no finished environment, and one is made.
    return undefined;
  }
}

function writeMarker(venv: string, made: VenvMarker): void {
  writeFileSync(join(venv, 'yiqi.json'), JSON.stringify(made));
}
