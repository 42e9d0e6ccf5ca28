import { hash } from 'node:crypto';
import { derivedSeed } from './derived-seed.ts';
import type { Fault } from './faults.ts';
import { canShow, type GivingDay, type GivingDayOptions, playGivingDay } from './giving-day.ts';
import type { Mutation } from './mutation.ts';

export type SimulationOptions = {
  readonly seed: number;
  readonly gifts: number;
  /** At most so many gifts in one campaign; the next one has other rules, other machinery and other weather. */
  readonly campaignGifts: number;
  readonly faults: boolean;
  readonly mailOneIn: number;
  readonly wholeStackOneIn: number;
  readonly mutation?: Mutation | undefined;
};

/** What was played, all campaigns together. */
export type Tally = { readonly [Figure in (typeof FIGURES)[number]]: number } & {
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  /**
   * The traces of all campaigns as one, in hex: the sum, modulo 2^64, of a hash of each with its place in the run. So two
   * parts that add up to a run have traces that do.
   */
  readonly traceHash: string;
};

export type Simulation = Tally & {
  /** The first campaign in which something was found, with what replays it alone. */
  readonly failed: { readonly day: GivingDay; readonly options: GivingDayOptions } | undefined;
};

export const FIGURES = [
  'campaigns',
  'counted',
  'steps',
  'checks',
  'adjustments',
  'mails',
  'matchedMinor',
  'poolMinor',
  'batchesRedelivered',
] as const;

/** Campaigns of a run by their place in it, from 0: `from` is one of them and `to` is not. */
export type Stretch = { readonly from: number; readonly to: number };

export const wholeRun = ({ gifts, campaignGifts }: Pick<SimulationOptions, 'gifts' | 'campaignGifts'>): Stretch => ({
  from: 0,
  to: Math.ceil(gifts / campaignGifts),
});

/** The gifts of a stretch: every campaign is full but the last one of a run, which takes the rest. */
export const giftsOf = (
  { gifts, campaignGifts }: Pick<SimulationOptions, 'gifts' | 'campaignGifts'>,
  { from, to }: Stretch,
): number => Math.min(gifts, to * campaignGifts) - Math.min(gifts, from * campaignGifts);

/** A hunt looks at so many campaigns for those in which its break can show. No run of the real thing comes near it. */
const MOST_SEEDS = 1_000_000;

/**
 * Plays one campaign after another until the stretch is played, or something is found. Each campaign follows from the
 * seed and its place alone, so that a run may be played in stretches, in any order, on any number of machines. `played`
 * hears after each campaign in which nothing was found how many gifts of the stretch have been given so far.
 */
export async function simulate(
  options: SimulationOptions,
  played: (gifts: number) => void = () => undefined,
  stretch: Stretch = wholeRun(options),
): Promise<Simulation> {
  let tally = NOTHING;
  let failed: Simulation['failed'];
  // A hunt passes over campaigns in which its break cannot show: the seed's number runs ahead of the campaign's.
  let seedNumber = stretch.from;
  for (let place = stretch.from; place < stretch.to && failed === undefined; ) {
    const day: GivingDayOptions = {
      seed: seedNumber === 0 ? options.seed : derivedSeed(options.seed, seedNumber),
      gifts: giftsOf(options, { from: place, to: place + 1 }),
      faults: options.faults,
      mailOneIn: options.mailOneIn,
      wholeStackOneIn: options.wholeStackOneIn,
      mutation: options.mutation,
    };
    seedNumber += 1;
    if (!canShow(day) && seedNumber < MOST_SEEDS) continue;
    const result = await playGivingDay(day);
    tally = sumOf(tally, { ...result, campaigns: 1, traceHash: placed(result.traceHash, place) });
    place += 1;
    if (result.findings.length > 0) failed = { day: result, options: day };
    else played(giftsOf(options, { from: stretch.from, to: place }));
  }
  return { ...tally, failed };
}

export const NOTHING: Tally = {
  campaigns: 0,
  counted: 0,
  steps: 0,
  checks: 0,
  adjustments: 0,
  mails: 0,
  matchedMinor: 0,
  poolMinor: 0,
  batchesRedelivered: 0,
  faults: {},
  traceHash: '',
};

/** What two stretches came to together. */
export function sumOf(one: Tally, other: Tally): Tally {
  const faults: Partial<Record<Fault, number>> = { ...one.faults };
  for (const [fault, times] of Object.entries(other.faults) as [Fault, number][])
    faults[fault] = (faults[fault] ?? 0) + times;
  const sums = Object.fromEntries(FIGURES.map((figure) => [figure, one[figure] + other[figure]]));
  const trace = BigInt.asUintN(64, BigInt(`0x${one.traceHash || 0}`) + BigInt(`0x${other.traceHash || 0}`));
  return { ...NOTHING, ...sums, faults, traceHash: trace.toString(16).padStart(16, '0') };
}

const placed = (traceHash: string, place: number): string =>
  hash('sha256', `${place}/${traceHash}`, 'hex').slice(0, traceHash.length);

const FEWEST_GIFTS = 10;

/**
 * The same failure with fewer gifts, where halving finds one: whoever looks for the cause reads its trace. A campaign with
 * fewer gifts is another campaign, so the smaller one is kept only when it fails by itself.
 */
export async function shrunk(failed: NonNullable<Simulation['failed']>): Promise<NonNullable<Simulation['failed']>> {
  let smallest = failed;
  for (let gifts = Math.floor(failed.options.gifts / 2); gifts >= FEWEST_GIFTS; gifts = Math.floor(gifts / 2)) {
    const options = { ...failed.options, gifts };
    const day = await playGivingDay(options);
    if (day.findings.length > 0) smallest = { day, options };
  }
  return smallest;
}
