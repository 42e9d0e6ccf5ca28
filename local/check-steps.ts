import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Counts, countsOf } from './check-report.ts';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import { emulatedAwsEnvironment } from './local-environment.ts';
import type { LocalRun } from './local-run.ts';
import { REPOSITORY } from './places.ts';
import { freePort, LOOPBACK } from './ports.ts';
import { ADDRESSES_VARIABLE, writeSystemAddresses } from './running-system.ts';
import { LOCAL_WAIT_SCALE, startSystem } from './start-system.ts';

/** How a step ended. */
export type StepResult = { readonly passed: boolean; readonly counts: Counts | undefined; readonly note: string };

/** One step of the checks. @throws StartupProblem when what it needs does not start. */
export type CheckStep = (run: LocalRun, signal: AbortSignal) => Promise<StepResult>;

type Environment = Record<string, string | undefined>;

/** The steps in the order in which a failure is cheapest. */
export const CHECK_NAMES = ['format', 'types', 'tests', 'e2e'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** Everything that CI runs. */
export const CHECK_STEPS: Readonly<Record<CheckName, CheckStep>> = {
  format: async (_run, signal) => commandResult(await show('biome', ['ci', '.'], process.env, signal)),
  types: async (_run, signal) => commandResult(await show('tsc', ['--noEmit'], process.env, signal)),
  tests: (run, signal) => vitest('tests', [], process.env, '', run, signal),
  e2e: async (run, signal) => {
    const database = await contractDatabase(run);
    const system = await startSystem(
      {
        run: 'e2e',
        emulator: { kind: 'python', python: undefined, port: undefined },
        inboxPort: undefined,
        // The tests drive the sandbox, so they start it.
        sandboxUrl: `http://${LOOPBACK}:${await freePort()}`,
        waitScale: LOCAL_WAIT_SCALE,
        context: {},
      },
      signal,
    );
    try {
      const addresses = join(run.places.run, 'addresses.json');
      writeSystemAddresses(addresses, system);
      const environment = {
        ...emulatedAwsEnvironment(process.env, system.endpoint, run.places),
        ...database.variables,
        [ADDRESSES_VARIABLE]: addresses,
      };
      return await vitest('e2e', ['--config', 'vitest.e2e.config.ts'], environment, database.note, run, signal);
    } finally {
      await system.stop();
    }
  },
};

/** The database that the table's contract tests run on besides the emulator: the one asked for, or DynamoDB Local. */
async function contractDatabase(run: LocalRun): Promise<{ variables: Record<string, string>; note: string }> {
  const asked = process.env['DYNAMODB_ENDPOINT'];
  const database = asked === undefined ? await startDynamoDbLocal(run) : { endpoint: asked };
  if ('absent' in database) return { variables: {}, note: `table contract without DynamoDB Local: ${database.absent}` };
  const which = asked === undefined ? 'DynamoDB Local' : asked;
  return { variables: { DYNAMODB_ENDPOINT: database.endpoint }, note: `table contract also on ${which}` };
}

async function vitest(
  name: CheckName,
  args: readonly string[],
  environment: Environment,
  note: string,
  run: LocalRun,
  signal: AbortSignal,
): Promise<StepResult> {
  const report = join(run.places.run, `${name}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await show('vitest', ['run', ...args, ...reporters], environment, signal);
  return { passed: code === 0, counts: countsOf(readFileSync(report, 'utf8')), note };
}

function commandResult(code: number | null): StepResult {
  return { passed: code === 0, counts: undefined, note: '' };
}

/** Runs one of the project's own tools in view of the person, who may end it with Ctrl-C. @returns its exit code. */
function show(
  tool: string,
  args: readonly string[],
  environment: Environment,
  signal: AbortSignal,
): Promise<number | null> {
  const path = [join(REPOSITORY, 'node_modules', '.bin'), environment['PATH'] ?? ''].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { cwd: REPOSITORY, env: { ...environment, PATH: path }, stdio: 'inherit', signal });
    child.once('error', reject);
    child.once('close', resolve);
  });
}
