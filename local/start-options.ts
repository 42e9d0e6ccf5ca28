import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parsePort } from './ports.ts';
import { type EmulatorChoice, LOCAL_WAIT_SCALE } from './start-system.ts';

/** One city campaign's day; above it, a machine that holds every mail in memory runs short. */
const MOST_GIFTS = 1_000_000;
const DEFAULT_GIFTS = 300;
const DEFAULT_SEED = 99;
const LARGEST_SEED = 2 ** 32 - 1;

/** What `npm start` was asked for. */
export type StartOptions = {
  readonly emulator: EmulatorChoice;
  readonly inboxPort: number | undefined;
  readonly sandboxPort: number | undefined;
  readonly waitScale: number;
  /** The demo to play once the system is up; undefined for none. */
  readonly demo: { readonly gifts: number; readonly seed: number } | undefined;
  /** Leave after the demo instead of staying up. */
  readonly exit: boolean;
  /** Show the stack trace of what nobody foresaw. */
  readonly debug: boolean;
};

/** The command line said something that makes no sense, or asked for help; `exitCode` tells which. */
export type StartRefusal = { readonly exitCode: number };

type Typed = {
  gifts: number;
  seed: number;
  demo: boolean;
  exit: boolean;
  docker: boolean;
  debug: boolean;
  remoteEmulator: boolean;
  waitScale: number;
  emulatorPort?: number;
  inboxPort?: number;
  sandboxPort?: number;
  python?: string;
  thisMachine?: string;
};

/**
 * Reads the command line of `npm start`. Help and complaints are written through `write`.
 * @param runningEmulator what AWS_ENDPOINT_URL holds.
 */
export function parseStartOptions(
  args: readonly string[],
  runningEmulator: string | undefined,
  write: (text: string) => void,
): StartOptions | StartRefusal {
  const program = startProgram().configureOutput({ writeOut: write, writeErr: write }).exitOverride();
  try {
    program.parse(args, { from: 'user' });
    const typed = program.opts<Typed>();
    return {
      emulator: emulatorChoice(typed, runningEmulator),
      inboxPort: typed.inboxPort,
      sandboxPort: typed.sandboxPort,
      waitScale: typed.waitScale,
      demo: typed.demo ? { gifts: typed.gifts, seed: typed.seed } : undefined,
      exit: typed.exit,
      debug: typed.debug,
    };
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode };
    throw error;
  }
}

function startProgram(): Command {
  return new Command('npm start --')
    .description('Starts the whole system on this machine and plays one campaign through it.')
    .option('--gifts <n>', 'gifts in the demo', wholeNumber(1, MOST_GIFTS), DEFAULT_GIFTS)
    .option('--seed <n>', 'the demo is the same for the same seed', wholeNumber(0, LARGEST_SEED), DEFAULT_SEED)
    .option('--no-demo', 'only start the system')
    .option('--exit', 'stop when the demo is over, instead of at Ctrl-C', false)
    .option('--emulator-port <port>', 'port of the AWS emulator (default: a free one)', port)
    .option('--inbox-port <port>', 'port of the mail inbox (default: a free one)', port)
    .option('--sandbox-port <port>', 'port of the payment provider sandbox (default: a free one)', port)
    .option('--python <path>', 'Python 3.10 or newer for the emulator (default: found on the PATH)')
    .option('--docker', "run the emulator's container image instead of Python", false)
    .option('--wait-scale <factor>', 'multiplies the waits in workflows; 1 waits as on AWS', factor, LOCAL_WAIT_SCALE)
    .option('--remote-emulator', 'accept an AWS_ENDPOINT_URL that is not on this machine', false)
    .option('--this-machine <host>', 'how the emulator of AWS_ENDPOINT_URL reaches this machine (default: 127.0.0.1)')
    .addOption(new Option('--debug', 'show stack traces').default(false))
    .addHelpText('after', '\nWith AWS_ENDPOINT_URL set, the emulator that runs there is used as it is.')
    .allowExcessArguments(false);
}

function emulatorChoice(typed: Typed, runningEmulator: string | undefined): EmulatorChoice {
  if (runningEmulator !== undefined && runningEmulator !== '') {
    const { remoteEmulator: allowRemote, thisMachine } = typed;
    return { kind: 'running', address: runningEmulator, allowRemote, thisMachine };
  }
  if (typed.docker) return { kind: 'docker', port: typed.emulatorPort };
  return { kind: 'python', python: typed.python, port: typed.emulatorPort };
}

function wholeNumber(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const value = /^\d{1,10}$/.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function port(typed: string): number {
  const value = parsePort(typed);
  if (value === undefined) throw new InvalidArgumentError('It must be a port from 1024 to 65535.');
  return value;
}

function factor(typed: string): number {
  const value = /^\d{1,4}(\.\d{1,6})?$/.test(typed) ? Number(typed) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError('It must be a number such as 1, 0.05 or 0.');
  return value;
}
