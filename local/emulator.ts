import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { LOCAL_ACCOUNT_ID, LOCAL_REGION, serverEnvironment } from './local-environment.ts';
import { type Places, REPOSITORY } from './places.ts';
import { LOOPBACK } from './ports.ts';
import type { ChildProcesses } from './processes.ts';
import type { RunRecord } from './run-record.ts';
import { StartupProblem } from './startup-problem.ts';
import { waitForServer } from './wait-for-server.ts';

/** The same release as in requirements.txt. */
export const EMULATOR_IMAGE = 'ministackorg/ministack:1.5.33';
/** Answers once the emulator is ready. */
export const HEALTH_PATH = '/_ministack/health';
// Seen: 0.4 s from Python. Sixty seconds is a cold disk on a busy machine.
const START_SECONDS = 60;
// A first pull of the image is some 100 MB.
const CONTAINER_START_SECONDS = 600;

// One question to an emulator that is there; it answers in milliseconds.
const ANSWER_MS = 5_000;

/** An emulator that answers. */
export type Emulator = {
  readonly endpoint: string;
  /** The name under which functions in the emulator reach servers on this machine's loopback. */
  readonly thisMachine: string;
};

/** What the emulator is told at its start. */
export type EmulatorSettings = {
  readonly port: number;
  /** Step Functions' waits are multiplied by this: 1 waits as AWS does, 0 not at all. */
  readonly waitScale: number;
};

/**
 * The emulator's own variables. Nothing is kept between starts, listeners that nobody here uses (SFTP, MQTT: they
 * bind to every interface) stay off, and only `bindHost` is listened on.
 */
export function emulatorVariables(settings: EmulatorSettings, bindHost: string): Record<string, string> {
  return {
    GATEWAY_PORT: String(settings.port),
    BIND_HOST: bindHost,
    MINISTACK_ACCOUNT_ID: LOCAL_ACCOUNT_ID,
    MINISTACK_REGION: LOCAL_REGION,
    SFN_WAIT_SCALE: String(settings.waitScale),
    PERSIST_STATE: '0',
    S3_PERSIST: '0',
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    LAMBDA_EXECUTOR: 'local',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/**
 * Starts the emulator from the virtual environment.
 * @throws StartupProblem when it ends or does not answer.
 */
export async function startEmulator(
  python: string,
  settings: EmulatorSettings,
  places: Places,
  processes: ChildProcesses,
): Promise<Emulator> {
  const server = processes.startServer({
    name: 'emulator',
    file: python,
    args: ['-m', 'ministack'],
    cwd: places.temporary,
    env: serverEnvironment(process.env, places, {
      ...emulatorVariables(settings, LOOPBACK),
      // Keys that sign tokens, files of buckets: all of it ends with the temporary folder.
      STATE_DIR: join(places.temporary, 'emulator-state'),
      S3_DATA_DIR: join(places.temporary, 'emulator-s3'),
      // Without a socket of this name the emulator leaves Docker, and containers that are not ours, alone.
      DOCKER_HOST: `unix://${join(places.temporary, 'no-docker.sock')}`,
    }),
    logFile: join(places.logs, 'emulator.log'),
  });
  const endpoint = `http://${LOOPBACK}:${settings.port}`;
  await waitForServer(server, `${endpoint}${HEALTH_PATH}`, START_SECONDS);
  return { endpoint, thisMachine: LOOPBACK };
}

/** The container's name: one per run folder, so that a leftover of this folder is found and no other is touched. */
export function containerName(places: Places): string {
  return `yiqi-emulator-${createHash('sha256').update(places.run).digest('hex').slice(0, 12)}`;
}

/**
 * How the container is run. On Linux it shares the machine's network, and listens on loopback as the Python one does.
 * Docker Desktop's containers live in a machine of their own: the port is published on loopback, and functions
 * reach this machine by Docker's name for it.
 */
export function containerArguments(
  settings: EmulatorSettings,
  name: string,
  platform: NodeJS.Platform,
): { readonly args: readonly string[]; readonly thisMachine: string } {
  const sharesNetwork = platform === 'linux';
  const variables = emulatorVariables(settings, sharesNetwork ? LOOPBACK : '0.0.0.0');
  const network = sharesNetwork
    ? ['--network', 'host']
    : ['--publish', `${LOOPBACK}:${settings.port}:${settings.port}`];
  const environment = Object.entries({ ...variables, TZ: 'UTC' }).flatMap(([key, value]) => [
    '--env',
    `${key}=${value}`,
  ]);
  return {
    args: ['run', '--rm', '--name', name, ...network, ...environment, EMULATOR_IMAGE],
    thisMachine: sharesNetwork ? LOOPBACK : 'host.docker.internal',
  };
}

/**
 * Starts the emulator from its container image instead of Python.
 * @throws StartupProblem without a Docker engine, or when the container ends or does not answer.
 */
export async function startEmulatorContainer(
  settings: EmulatorSettings,
  places: Places,
  processes: ChildProcesses,
  record: RunRecord,
): Promise<Emulator> {
  const docker = new DockerCommands(places, processes);
  await docker.checkEngine();
  const name = containerName(places);
  await docker.remove(name);
  record.addContainer(name);
  const { args, thisMachine } = containerArguments(settings, name, process.platform);
  const server = processes.startServer({ ...docker.command(args), name: 'emulator' });
  const endpoint = `http://${LOOPBACK}:${settings.port}`;
  await waitForServer(server, `${endpoint}${HEALTH_PATH}`, CONTAINER_START_SECONDS);
  return { endpoint, thisMachine };
}

/** Removes a container if it exists. */
export async function removeContainer(name: string, places: Places, processes: ChildProcesses): Promise<void> {
  await new DockerCommands(places, processes).remove(name);
}

class DockerCommands {
  readonly #places: Places;
  readonly #processes: ChildProcesses;

  constructor(places: Places, processes: ChildProcesses) {
    this.#places = places;
    this.#processes = processes;
  }

  command(args: readonly string[]) {
    // Docker finds its engine through variables of its own; this is the one server that gets the whole environment.
    const env = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key, value ?? '']));
    return {
      name: 'Docker',
      file: 'docker',
      args,
      cwd: REPOSITORY,
      env,
      logFile: join(this.#places.logs, 'docker.log'),
    };
  }

  async checkEngine(): Promise<void> {
    const { code, spawnError } = await this.#processes.run(
      this.command(['version', '--format', '{{.Server.Version}}']),
    );
    if (code === 0) return;
    throw new StartupProblem(
      spawnError === undefined ? 'The Docker engine does not answer' : 'There is no docker command on the PATH',
      spawnError === undefined
        ? 'start it, or leave --docker out to use Python'
        : 'install Docker, or leave --docker out to use Python',
    );
  }

  /** "No such container" is success here: what must not be there is not. */
  async remove(name: string): Promise<void> {
    await this.#processes.run(this.command(['rm', '--force', name]));
  }
}

const health = z.object({ services: z.record(z.string(), z.string()), edition: z.string() });
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Takes an emulator that already runs, as AWS_ENDPOINT_URL names it. Everything here works with made-up credentials
 * on the assumption that nothing is real, so it has to prove to be an emulator: on this machine unless the person
 * vouches for the host, never under Amazon's names, and answering as an emulator does.
 * @throws StartupProblem when it does not.
 */
export async function adoptEmulator(address: string, allowRemote: boolean, waitScale: number): Promise<Emulator> {
  const url = checkEmulatorAddress(address, allowRemote);
  const answer = await askHealth(url);
  if (answer === undefined) {
    throw new StartupProblem(
      `AWS_ENDPOINT_URL is ${url.origin}, and no emulator answers there`,
      'start that emulator, or unset AWS_ENDPOINT_URL to have one started here',
    );
  }
  await scaleWaits(url, waitScale);
  return { endpoint: url.origin, thisMachine: LOOPBACK };
}

/** Tells an emulator that runs already how long workflows wait; one started here is told by its environment. */
async function scaleWaits(url: URL, waitScale: number): Promise<void> {
  const setting = 'stepfunctions._SFN_WAIT_SCALE';
  const response = await fetch(new URL('/_ministack/config', url), {
    method: 'POST',
    body: JSON.stringify({ [setting]: waitScale }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const answer = z.object({ applied: z.record(z.string(), z.unknown()) }).safeParse(await response.json());
  if (answer.data?.applied[setting] === waitScale) return;
  throw new StartupProblem(
    `The emulator at ${url.origin} does not take the setting that shortens the waits in workflows`,
    `use the one that this was made with (${EMULATOR_IMAGE}), or unset AWS_ENDPOINT_URL to have it started here`,
  );
}

/** Whether an address may be treated as an emulator's at all. @throws StartupProblem when it may not. */
export function checkEmulatorAddress(address: string, allowRemote: boolean): URL {
  const advice = 'set it to an emulator such as http://127.0.0.1:4566, or unset it to have one started here';
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new StartupProblem(`AWS_ENDPOINT_URL is "${address}", which is no web address`, advice);
  }
  if (/(^|\.)(amazonaws\.com(\.cn)?|aws\.dev|api\.aws|on\.aws)\.?$/.test(url.hostname)) {
    throw new StartupProblem(`AWS_ENDPOINT_URL is ${url.origin}, which is AWS itself`, advice);
  }
  if (!allowRemote && !LOOPBACK_HOSTS.has(url.hostname)) {
    throw new StartupProblem(
      `AWS_ENDPOINT_URL is ${url.origin}, which is not on this machine`,
      'set it to an emulator here, or add --remote-emulator if you know that it is an emulator',
    );
  }
  return url;
}

async function askHealth(url: URL): Promise<z.infer<typeof health> | undefined> {
  try {
    const response = await fetch(new URL(HEALTH_PATH, url), { signal: AbortSignal.timeout(ANSWER_MS) });
    return health.safeParse(await response.json()).data;
  } catch {
    // No answer, or not JSON: whatever it is, it is no emulator.
    return undefined;
  }
}
