/** A figure over all rounds: the middle one, the smallest and the largest. */
export type Spread = { readonly median: number; readonly low: number; readonly high: number };

/** One way of doing the work. `run` does it once over and answers how many units that were; `prepare` comes before, untimed. */
export type Contestant = {
  readonly name: string;
  readonly prepare?: () => void;
  readonly run: () => number | Promise<number>;
};

export type Standing = {
  readonly name: string;
  /** Units a second. */
  readonly perSecond: Spread;
  /** The first contestant's rate over this one's, round by round: 2 means that the first is twice as fast. */
  readonly ratio: Spread;
};

/** Milliseconds since some moment. */
type Stopwatch = () => number;
const wallClock: Stopwatch = () => performance.now();
/**
 * Processor time of this process, garbage collection's threads included: what others do on the machine is not in it. Only for
 * contestants that do all their work in this process.
 */
export const processorTime: Stopwatch = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Fewer rounds than this say nothing of the spread. */
export const FEWEST_ROUNDS = 5;

/**
 * Runs the contestants in turn, round after round, and compares the first with each other one within the same round:
 * what else the machine does in that second slows them all. Each round begins with another contestant, so that none
 * always runs after the same neighbour. One round before the first is not counted: code is compiled in it.
 */
export async function compete(
  contestants: readonly Contestant[],
  rounds = FEWEST_ROUNDS,
  stopwatch = wallClock,
): Promise<Standing[]> {
  for (const contestant of contestants) await rateOf(contestant, stopwatch);
  const rates = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const position = (round + turn) % contestants.length;
      const contestant = contestants[position];
      if (contestant !== undefined) rates[position]?.push(await rateOf(contestant, stopwatch));
    }
  }
  const first = rates[0] ?? [];
  return contestants.map(({ name }, position) => {
    const own = rates[position] ?? [];
    return { name, perSecond: spreadOf(own), ratio: spreadOf(own.map((rate, round) => (first[round] ?? 0) / rate)) };
  });
}

async function rateOf(contestant: Contestant, stopwatch: Stopwatch): Promise<number> {
  contestant.prepare?.();
  const began = stopwatch();
  const units = await contestant.run();
  return (units * 1_000) / (stopwatch() - began);
}

/** Median, least and greatest. Throws RangeError for an empty list: nothing was measured. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) throw new RangeError('nothing was measured');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? low) + (sorted[Math.ceil(middle)] ?? high)) / 2;
  return { median, low, high };
}
