import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EngineRun } from './engine-run.ts';
import { type Benchmark, type FigureTable, type Findings, number, spread, verdict } from './findings.ts';
import type { PlanName } from './plans.ts';
import { FEWEST_ROUNDS, spreadOf } from './rounds.ts';

const RUN = fileURLToPath(new URL('engine-run.ts', import.meta.url));
const MILLION = 1_000_000;
const GROWTH = [10_000, 100_000, MILLION, 10_000_000];
/** Ten million gifts take long and four million donors much memory, so that size has fewer rounds; the table says how many. */
const LARGEST_ROUNDS = 1;
/** Ways that take half a minute and hold all gifts: their figure is an order of magnitude and need be no finer. */
const SLOW_ROUNDS = 2;
const TARGET_PER_SECOND = 1_000_000;
const TARGET_MEGABYTES = 512;
/** The old generation's bound, so that garbage is collected as it is in a function of 512 MB. */
const HEAP_MEGABYTES = 330;
const LARGEST_HEAP_MEGABYTES = 4_000;

/** One way of going through gifts: the engine or, beside it, less than an engine or more. */
type Way = { readonly name: string; readonly work: EngineRun['work']; readonly plan: PlanName };
const TARGETED: Way = {
  name: 'engine: caps by gift and by donor and day, windows, pool',
  work: 'engine',
  plan: 'capped',
};
const WAYS: readonly Way[] = [
  TARGETED,
  { name: 'engine: one to one, a cap by gift, pool', work: 'engine', plan: 'plain' },
  { name: 'engine: five rules, every cap, sub-pools, lots, screen', work: 'engine', plan: 'everything' },
  { name: 'floor: a sum by donor and day in a map, and the pool', work: 'floor', plan: 'capped' },
  { name: 'naive oracle, the first plan', work: 'oracle', plan: 'capped' },
  { name: 'naive oracle, the plan with everything', work: 'oracle', plan: 'everything' },
  { name: 'all invariants of the books, the first plan', work: 'books', plan: 'capped' },
];

/** The rule engine on one core, beside the oracle that checks it; each run in a process of its own. */
export const engine: Benchmark = {
  title: 'Engine: a million gifts in memory, one core',
  async run() {
    const runs = WAYS.map((): EngineRun[] => []);
    for (let round = 0; round < FEWEST_ROUNDS; round += 1)
      for (const [position, way] of WAYS.entries())
        if (round < SLOW_ROUNDS || !isSlow(way)) runs[position]?.push(await runOf(way, MILLION));
    const growth = await growthTable();
    const first = runs[0] ?? [];
    const rate = spreadOf(first.map(perSecond));
    const megabytes = Math.max(...first.map((one) => one.megabytes));
    return {
      tables: [waysTable(runs), growth],
      notes: [
        verdict('gifts a second of processor time, in the median', rate.median, TARGET_PER_SECOND, 'at least'),
        verdict('the same in the least disturbed round', rate.high, TARGET_PER_SECOND, 'at least'),
        verdict('megabytes at the peak, in the worst round', megabytes, TARGET_MEGABYTES, 'at most'),
        'Rates are by processor time, garbage collection in its own threads included: what else the machine does counts less.',
        'Memory is the whole process: Node, the code, 100,000 gifts at a time, and the donors. The oracle and the books hold all gifts.',
      ],
      figures: { perCpuSecond: rate, megabytes },
    } satisfies Findings;
  },
};

const isSlow = ({ work, plan }: Way): boolean => plan === 'everything' || work === 'oracle' || work === 'books';

const perSecond = ({ gifts, cpuSeconds }: EngineRun): number => gifts / cpuSeconds;

async function runOf({ work, plan }: Way, gifts: number): Promise<EngineRun> {
  const holdsAll = work === 'oracle' || work === 'books' || gifts > MILLION;
  const heap = holdsAll ? LARGEST_HEAP_MEGABYTES : HEAP_MEGABYTES;
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${heap}`,
    '--expose-gc',
    RUN,
    work,
    plan,
    String(gifts),
  ]);
  return JSON.parse(stdout) as EngineRun;
}

function waysTable(runs: readonly (readonly EngineRun[])[]): FigureTable {
  const first = runs[0] ?? [];
  return {
    head: ['a million gifts', 'gifts a CPU second: median (range)', 'first : this, per round', 'peak MB', 'rounds'],
    rows: WAYS.map(({ name }, position) => {
      const own = runs[position] ?? [];
      const ratios = own.map((one, round) => {
        const beside = first[round];
        return beside === undefined ? 0 : perSecond(beside) / perSecond(one);
      });
      return [
        name,
        spread(spreadOf(own.map(perSecond))),
        position === 0 ? '1' : spread(spreadOf(ratios)),
        number(Math.round(Math.max(...own.map(({ megabytes }) => megabytes)))),
        String(own.length),
      ];
    }),
  };
}

async function growthTable(): Promise<FigureTable> {
  const rates = GROWTH.map((): number[] => []);
  for (let round = 0; round < FEWEST_ROUNDS; round += 1)
    for (const [position, gifts] of GROWTH.entries())
      if (gifts <= MILLION || round < LARGEST_ROUNDS) rates[position]?.push(perSecond(await runOf(TARGETED, gifts)));
  const smallest = spreadOf(rates[0] ?? []).median;
  return {
    head: ['gifts, first plan', 'gifts a CPU second: median (range)', 'time a gift : at 10,000', 'rounds'],
    rows: GROWTH.map((gifts, position) => {
      const rate = spreadOf(rates[position] ?? []);
      return [number(gifts), spread(rate), number(smallest / rate.median), String(rates[position]?.length ?? 0)];
    }),
  };
}
