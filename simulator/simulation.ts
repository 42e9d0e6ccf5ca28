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

export type Simulation = {
  readonly campaigns: number;
  readonly counted: number;
  readonly steps: number;
  readonly checks: number;
  readonly adjustments: number;
  readonly mails: number;
  readonly matchedMinor: number;
  readonly poolMinor: number;
  readonly batchesRedelivered: number;
  readonly faults: ReadonlyMap<Fault, number>;
  readonly traceHash: string;
  /** The first campaign in which something was found, with what replays it alone. */
  readonly failed: { readonly day: GivingDay; readonly options: GivingDayOptions } | undefined;
};

/** A hunt looks at so many campaigns for those in which its break can show. No run of the real thing comes near it. */
const MOST_SEEDS = 1_000_000;

/**
 * Plays one campaign after another until the gifts are given, or something is found. `played` hears after each campaign
 * in which nothing was found how many gifts have been given so far.
 */
export async function simulate(
  options: SimulationOptions,
  played: (gifts: number) => void = () => undefined,
): Promise<Simulation> {
  const faults = new Map<Fault, number>();
  const sum = {
    campaigns: 0,
    counted: 0,
    steps: 0,
    checks: 0,
    adjustments: 0,
    mails: 0,
    matchedMinor: 0,
    poolMinor: 0,
    batchesRedelivered: 0,
  };
  let traceHash = '';
  let failed: Simulation['failed'];
  let seeds = 0;
  for (let left = options.gifts; left > 0 && failed === undefined; ) {
    const day: GivingDayOptions = {
      seed: seeds === 0 ? options.seed : derivedSeed(options.seed, seeds),
      gifts: Math.min(left, options.campaignGifts),
      faults: options.faults,
      mailOneIn: options.mailOneIn,
      wholeStackOneIn: options.wholeStackOneIn,
      mutation: options.mutation,
    };
    seeds += 1;
    if (!canShow(day) && seeds < MOST_SEEDS) continue;
    const result = await playGivingDay(day);
    left -= options.campaignGifts;
    sum.campaigns += 1;
    for (const name of [
      'counted',
      'steps',
      'checks',
      'adjustments',
      'mails',
      'matchedMinor',
      'poolMinor',
      'batchesRedelivered',
    ] as const)
      sum[name] += result[name];
    for (const [fault, times] of result.faults) faults.set(fault, (faults.get(fault) ?? 0) + times);
    traceHash = chained(traceHash, result.traceHash);
    if (result.findings.length > 0) failed = { day: result, options: day };
    else played(Math.min(options.gifts, options.gifts - left));
  }
  return { ...sum, faults, traceHash, failed };
}

const chained = (before: string, hash: string): string =>
  before === ''
    ? hash
    : (BigInt.asUintN(64, BigInt(`0x${before}`) * 0x100000001b3n) ^ BigInt(`0x${hash}`)).toString(16).padStart(16, '0');

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
