import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Hunted, hunt } from './hunt.ts';
import { playLongRun } from './long-run.ts';
import { BACKED_GUARDS, MUTATIONS } from './mutations.ts';
import { stretchOf } from './progress.ts';
import { grouped, report, reportFailure, say } from './report.ts';
import { giftsOf, type SimulationOptions, type Stretch, simulate, wholeRun } from './simulation.ts';

const LARGEST_SEED = 2 ** 32 - 1;
function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > LARGEST_SEED)
    throw new InvalidArgumentError('It must be a whole number of 0 to 4294967295.');
  return number;
}

type Part = { readonly part: number; readonly parts: number };

/** `3/40`: the third of forty. */
function partOf(text: string): Part {
  const [part = 0, parts = 0, ...rest] = text.split('/').map(wholeNumber);
  if (rest.length > 0 || part < 1 || part > parts) throw new InvalidArgumentError('It must be like 3/40.');
  return { part, parts };
}

type Arguments = {
  seed: number;
  gifts: number;
  campaign: number;
  faults: 'on' | 'off';
  mailOneIn: number;
  wholeStackOneIn: number;
  mutation?: string;
  seeds: number;
  part?: Part;
  parts: number;
  progress?: string;
  workers: number;
};

/** Reads the command line, runs and reports; the result is the exit code: 0 where all is as it must be. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const command = new Command('simulate')
    .description(
      'Plays giving days against the real handlers on virtual time, with faults, and checks the books after every write.',
    )
    .option('--seed <number>', 'everything follows from it', wholeNumber, 1)
    .option('--gifts <number>', 'how many gifts in all', wholeNumber, 20_000)
    .option('--campaign <gifts>', 'how many gifts in one campaign', wholeNumber, 2_000)
    .addOption(new Option('--faults <on|off>', 'whether anything goes wrong').choices(['on', 'off']).default('on'))
    .option('--mail-one-in <number>', 'one gift in so many is thanked by mail', wholeNumber, 100)
    .option('--whole-stack-one-in <number>', 'one invocation in so many goes through its whole stack', wholeNumber, 50)
    .option('--mutation <name>', 'break something on purpose: a name, or "all" for the table of all of them')
    .option('--seeds <number>', 'with --mutation all: how many seeds each is tried with', wholeNumber, 3)
    .option('--part <number/number>', 'play one part of the run only, as 3/40', partOf)
    .option('--progress <file>', 'play what this file does not have yet of the run, part by part, and keep it there')
    .option('--parts <number>', 'with --progress: into how many parts the run is cut', wholeNumber, 40)
    .option('--workers <number>', 'with --progress: how many processes play', wholeNumber, 1);
  const given = command.parse([...argv]).opts<Arguments>();
  const options: SimulationOptions = {
    seed: given.seed,
    gifts: given.gifts,
    campaignGifts: Math.max(1, given.campaign),
    faults: given.faults === 'on',
    mailOneIn: Math.max(1, given.mailOneIn),
    wholeStackOneIn: Math.max(1, given.wholeStackOneIn),
  };
  if (given.mutation === 'all') return huntAll(options, given.seeds);
  const mutation = [...MUTATIONS, ...BACKED_GUARDS].find(({ name }) => name === given.mutation);
  if (given.mutation !== undefined && mutation === undefined) {
    say(
      `There is no mutation ${given.mutation}. There are: ${[...MUTATIONS, ...BACKED_GUARDS].map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const { part, progress: file } = given;
  if (mutation !== undefined && (part ?? file) !== undefined) {
    say('A break on purpose is looked for in the whole run: give --mutation without --part and --progress.');
    return 2;
  }
  if (file !== undefined)
    return playLongRun(options, { file, parts: Math.max(1, given.parts), workers: Math.max(1, given.workers) }).catch(
      (error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
        say(error.message);
        return 2;
      },
    );
  const stretch = part === undefined ? wholeRun(options) : stretchOf(part.part, part.parts, options);
  return simulateAndReport({ ...options, mutation }, stretch);
}

async function simulateAndReport(options: SimulationOptions, stretch: Stretch): Promise<number> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1_000;
  const gifts = giftsOf(options, stretch);
  const { failed, ...tally } = await simulate(options, (played) => reportProgress(played, gifts, seconds()), stretch);
  report(options, gifts, tally, { wallSeconds: seconds() }, failed !== undefined);
  if (failed === undefined) return 0;
  await reportFailure(failed);
  return 1;
}

/** A long run says how far it is, so that whoever waits for it knows that it lives. To stderr: the report stays alone. */
const GIFTS_PER_PROGRESS = 10_000;
let reported = 0;

function reportProgress(played: number, gifts: number, seconds: number): void {
  if (played - reported < GIFTS_PER_PROGRESS) return;
  reported = played;
  process.stderr.write(
    `${grouped(played)} of ${grouped(gifts)} gifts, ${grouped(Math.round(played / seconds))} gifts/s, all right so far\n`,
  );
}

async function huntAll(options: SimulationOptions, seeds: number): Promise<number> {
  const hunted: Hunted[] = [];
  for (const mutation of [...MUTATIONS, ...BACKED_GUARDS]) {
    const found = await hunt(mutation, options, seeds);
    hunted.push(found);
    say(`${found.found === seeds ? 'found' : `found with ${found.found} of ${seeds} seeds`}: ${mutation.name}`);
  }
  const table = new Table({
    head: ['mutation', 'found', 'by', 'gifts', 'step', 'seed'],
    style: { head: [], border: [] },
  });
  for (const { mutation, found, first } of hunted)
    table.push([
      mutation.name,
      `${found}/${seeds}`,
      first?.invariant ?? '-',
      first?.gifts ?? '-',
      first?.step ?? '-',
      first?.seed ?? '-',
    ]);
  say(table.toString());
  const missed = hunted.filter(({ mutation, found }) => MUTATIONS.includes(mutation) && found < seeds);
  const surprising = hunted.filter(({ mutation, found }) => !MUTATIONS.includes(mutation) && found > 0);
  for (const { mutation } of missed) say(`NOT FOUND with every seed: ${mutation.name}: ${mutation.breaks}`);
  for (const { mutation } of surprising) say(`FOUND although another guard should stand behind it: ${mutation.name}`);
  return missed.length + surprising.length === 0 ? 0 : 1;
}
