import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { formatMoney, type Minor } from '../functions/kernel/money.ts';
import { type Hunted, hunt } from './hunt.ts';
import { AUDITED_INVARIANTS } from './invariant-names.ts';
import { BACKED_GUARDS, MUTATIONS } from './mutations.ts';
import { type Simulation, type SimulationOptions, shrunk, simulate } from './simulation.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const LARGEST_SEED = 2 ** 32 - 1;
function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > LARGEST_SEED)
    throw new InvalidArgumentError('It must be a whole number of 0 to 4294967295.');
  return number;
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
    .option('--seeds <number>', 'with --mutation all: how many seeds each is tried with', wholeNumber, 3);
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
  return simulateAndReport({ ...options, mutation });
}

async function simulateAndReport(options: SimulationOptions): Promise<number> {
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1_000;
  const result = await simulate(options, (gifts) => reportProgress(gifts, options, seconds()));
  report(options, result, seconds());
  if (result.failed === undefined) return 0;
  await reportFailure(result.failed);
  return 1;
}

const grouped = (number: number): string => number.toLocaleString('en');
const money = (amount: number): string => formatMoney(amount as Minor, 'CNY');

/** A long run says how far it is, so that whoever waits for it knows that it lives. To stderr: the report stays alone. */
const GIFTS_PER_PROGRESS = 10_000;

function reportProgress(gifts: number, { gifts: all, campaignGifts }: SimulationOptions, seconds: number): void {
  if (gifts % GIFTS_PER_PROGRESS >= campaignGifts || gifts < GIFTS_PER_PROGRESS) return;
  process.stderr.write(
    `${grouped(gifts)} of ${grouped(all)} gifts, ${grouped(Math.round(gifts / seconds))} gifts/s, all right so far\n`,
  );
}

function report(options: SimulationOptions, result: Simulation, seconds: number): void {
  const faults = [...result.faults].sort(([, one], [, other]) => other - one);
  say(`seed                ${options.seed}`);
  say(
    `gifts               ${grouped(options.gifts)} in ${grouped(result.campaigns)} campaigns, ${grouped(result.counted)} counted`,
  );
  say(`steps               ${grouped(result.steps)}`);
  say(`faults              ${options.faults ? grouped(faults.reduce((total, [, times]) => total + times, 0)) : 'off'}`);
  for (const [fault, times] of faults) say(`                    ${fault}: ${grouped(times)}`);
  say(`redelivered         ${grouped(result.batchesRedelivered)} batches`);
  say(`adjustments         ${grouped(result.adjustments)}: refunds, decisions, challenges, changed pools, rounds`);
  say(`mails               ${grouped(result.mails)}`);
  say(`pools               ${money(result.matchedMinor)} of ${money(result.poolMinor)} given`);
  say(`invariants          ${AUDITED_INVARIANTS.length}, looked at ${grouped(result.checks)} times`);
  say(`time                ${seconds.toFixed(1)} s, ${grouped(Math.round(options.gifts / seconds))} gifts/s`);
  say(`trace               ${result.traceHash}`);
  say(`verdict             ${result.failed === undefined ? 'every invariant held' : 'BROKEN'}`);
}

/** What of a failure people are shown: the first findings tell the story. */
const LISTED_FINDINGS = 5;

async function reportFailure(failed: NonNullable<Simulation['failed']>): Promise<void> {
  const { day, options } = await shrunk(failed);
  for (const { invariant, detail, step } of day.findings.slice(0, LISTED_FINDINGS))
    say(`\nstep ${step}: ${invariant}\n  ${detail}`);
  say('\nThe last events:');
  for (const event of day.lastEvents) say(`  ${event}`);
  say(`\nReplay: ${replayCommand(options)}`);
}

/** What plays one campaign again, and it alone. */
export function replayCommand(options: Omit<SimulationOptions, 'campaignGifts'>): string {
  const { seed, gifts, faults, mailOneIn, wholeStackOneIn, mutation } = options;
  return [
    `node simulator/simulate.ts --seed ${seed} --gifts ${gifts} --campaign ${gifts} --faults ${faults ? 'on' : 'off'}`,
    `--mail-one-in ${mailOneIn} --whole-stack-one-in ${wholeStackOneIn}`,
    ...(mutation === undefined ? [] : [`--mutation ${mutation.name}`]),
  ].join(' ');
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
