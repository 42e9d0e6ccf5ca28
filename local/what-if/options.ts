import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type LocalDate, localDateSchema } from '../../functions/kernel/time.ts';
import { LANGUAGES, type Language } from '../../functions/matching/rule-words.ts';

/** What `npm run what-if` was asked for. */
export type WhatIfOptions = {
  /** Files of one draft, or of two to be set side by side. */
  readonly plans: readonly string[];
  readonly gifts:
    | { readonly kind: 'file'; readonly path: string; readonly moveDays: number | undefined }
    | { readonly kind: 'generated'; readonly count: number; readonly seed: number; readonly averageMinor: number };
  readonly lotSeed: number;
  readonly firstDay: LocalDate;
  /** Instead of the window's own length. */
  readonly days: number | undefined;
  readonly language: Language;
  readonly json: string | undefined;
};

type Typed = {
  plan: string[];
  gifts?: string;
  moveDays?: number;
  generate?: number;
  seed: number;
  averageFen: number;
  lotSeed: number;
  firstDay: LocalDate;
  days?: number;
  lang: Language;
  json?: string;
};

const LARGEST_SEED = 2 ** 32 - 1;
/** Ten times what the API takes: minutes, for which somebody at a terminal may wait. */
const MOST_GENERATED = 10_000_000;
const LONGEST_DAYS = 60;

/** Reads the command line; help and complaints are written through `write`. */
export function parseWhatIfOptions(
  args: readonly string[],
  write: (text: string) => void,
): WhatIfOptions | { readonly exitCode: number } {
  const program = whatIfProgram().configureOutput({ writeOut: write, writeErr: write }).exitOverride();
  try {
    program.parse(args, { from: 'user' });
    const typed = program.opts<Typed>();
    if (typed.plan.length > 2) program.error('error: --plan can be given twice at most');
    return {
      plans: typed.plan,
      gifts: giftsOf(typed, program),
      lotSeed: typed.lotSeed,
      firstDay: typed.firstDay,
      days: typed.days,
      language: typed.lang,
      json: typed.json,
    };
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode };
    throw error;
  }
}

function giftsOf({ gifts, generate, seed, averageFen, moveDays }: Typed, program: Command): WhatIfOptions['gifts'] {
  if (gifts !== undefined && generate === undefined) return { kind: 'file', path: gifts, moveDays };
  if (gifts === undefined && generate !== undefined)
    return { kind: 'generated', count: generate, seed, averageMinor: averageFen };
  return program.error('error: give either --gifts or --generate');
}

function whatIfProgram(): Command {
  return new Command('npm run what-if --')
    .description("Replays last year's gifts, or generated ones, against drafts of a matching plan.")
    .requiredOption(
      '--plan <file>',
      'a draft as YAML or JSON: rules, and window and units; or a whole proposal. Twice: side by side',
      (path: string, before: string[] | undefined) => [...(before ?? []), path],
    )
    .option('--gifts <file>', 'CSV in UTF-8 with the columns paid at, amount, donor, and unit, reach, years')
    .option('--move-days <n>', 'move the gifts by so many days (default: onto the first day of the window)', days)
    .option('--generate <n>', 'make up so many gifts instead', wholeNumber(1, MOST_GENERATED))
    .option('--seed <n>', 'the made-up gifts are the same for the same seed', wholeNumber(0, LARGEST_SEED), 7)
    .option('--average-fen <n>', 'what a made-up gift is on average', wholeNumber(1, 1_000_000_00), 1_770)
    .option('--lot-seed <n>', 'random rules draw the same lots for the same seed', wholeNumber(0, LARGEST_SEED), 1)
    .option('--first-day <day>', 'where the draft names no window', firstDay, localDateSchema.parse('2026-09-07'))
    .option('--days <n>', 'length of the campaign (default: that of the window, else 3)', wholeNumber(1, LONGEST_DAYS))
    .addOption(new Option('--lang <language>', 'language of the tables').choices(LANGUAGES).default('en'))
    .option('--json <file>', 'write all figures, every hour of every rule, to this file as well')
    .allowExcessArguments(false);
}

function wholeNumber(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const value = /^\d{1,10}$/.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function days(typed: string): number {
  if (/^-?\d{1,5}$/.test(typed)) return Number(typed);
  throw new InvalidArgumentError('It must be a whole number of days, such as 364 or -1.');
}

function firstDay(typed: string): LocalDate {
  const day = localDateSchema.safeParse(typed);
  if (day.success) return day.data;
  throw new InvalidArgumentError('It must be a day such as 2026-09-07.');
}
