import { delimiter, dirname, join } from 'node:path';
import type { Places } from './places.ts';

/** The one region of a local system; us-east-1 is what the emulator assumes when a call names none. */
export const LOCAL_REGION = 'us-east-1';

/** The one account: the emulator takes an access key id of twelve digits as the account's number. */
export const LOCAL_ACCOUNT_ID = '000000000000';

/** Credentials for the emulator. AWS itself refuses them. */
export const LOCAL_CREDENTIALS = { accessKeyId: LOCAL_ACCOUNT_ID, secretAccessKey: 'local' } as const;

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '::1'];

/**
 * The environment of a command that talks to AWS (the CDK CLI, the end-to-end tests) with the emulator at `endpoint`
 * in its place. Nothing of the person's own AWS set-up comes through: no profile, credentials, config file, endpoint
 * or proxy for loopback, so that a wrong turn ends in an error, never in a real account.
 */
export function emulatedAwsEnvironment(
  inherited: Environment,
  endpoint: string,
  places: Places,
): Record<string, string> {
  return {
    ...withoutKeys(inherited, /^(AWS_|CDK_|npm_)/i),
    ...loopbackWithoutProxy(inherited),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    // Files that do not exist: the SDK would read the ones in the home folder otherwise.
    AWS_CONFIG_FILE: join(places.run, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(places.run, 'no-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    // The CLI keeps notices and a telemetry counter in its home; both ask for network.
    CDK_HOME: join(places.run, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    PATH: pathWithThisNode(inherited),
    TMPDIR: places.temporary,
  };
}

/** The environment of the Python commands: the person's pip settings count, what would point outside the venv does not. */
export function pythonEnvironment(inherited: Environment): Record<string, string> {
  return withoutKeys(inherited, /^(PYTHONHOME|PYTHONPATH|PIP_TARGET|PIP_USER|PIP_PREFIX|PIP_REQUIRE_VIRTUALENV)$/i);
}

/**
 * The environment of a server of ours. It is a list of what may come through, because the emulator hands its own
 * environment on to every function: they should see about as little as on Lambda, UTC included.
 */
export function serverEnvironment(
  inherited: Environment,
  places: Places,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...onlyKeys(inherited, ['HOME', 'USER', 'LANG', 'SystemRoot', 'ComSpec', 'PATHEXT']),
    PATH: pathWithThisNode(inherited),
    TMPDIR: places.temporary,
    TZ: 'UTC',
    ...settings,
  };
}

/** PATH with the Node that runs this first: the emulator starts functions with whatever `node` it finds. */
function pathWithThisNode(inherited: Environment): string {
  const rest = inherited['PATH'] ?? '';
  return [dirname(process.execPath), ...(rest === '' ? [] : [rest])].join(delimiter);
}

function loopbackWithoutProxy(inherited: Environment): Record<string, string> {
  const listed = (inherited['NO_PROXY'] ?? inherited['no_proxy'] ?? '').split(',').filter((name) => name !== '');
  const list = [...new Set([...listed, ...LOOPBACK_NAMES])].join(',');
  return { NO_PROXY: list, no_proxy: list };
}

function withoutKeys(environment: Environment, pattern: RegExp): Record<string, string> {
  return defined(Object.entries(environment).filter(([key]) => !pattern.test(key)));
}

function onlyKeys(environment: Environment, keys: readonly string[]): Record<string, string> {
  return defined(keys.map((key) => [key, environment[key]]));
}

function defined(entries: readonly (readonly [string, string | undefined])[]): Record<string, string> {
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
