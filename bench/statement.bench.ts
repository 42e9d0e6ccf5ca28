import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Benchmark, type Findings, number, spread, verdict } from './findings.ts';
import { spreadOf } from './rounds.ts';
import type { StatementRun, StatementWork } from './statement-run.ts';

const RUN = fileURLToPath(new URL('statement-run.ts', import.meta.url));
const ROWS = 1_000_000;
const ROUNDS = 3;
const TARGET_MEGABYTES = 256;
/** Bounds of both generations: without them Node lets garbage lie for as long as the machine has memory, and nothing is seen. */
const HEAP_BOUNDS = ['--max-old-space-size=100', '--max-semi-space-size=8'];

const WAYS: readonly { readonly name: string; readonly work: StatementWork }[] = [
  { name: 'ours: read, checked, parts written; rows with a number', work: 'numbered' },
  { name: 'ours: rows without a number, known by what they say', work: 'bare' },
  { name: 'floor: csv-parse on a stream, cells and nothing else', work: 'parse-only' },
  { name: 'the usual way: csv-parse/sync over the whole file', work: 'parse-whole' },
];

/** A list of a million gifts through the handler that checks it, beside reading its cells alone. */
export const statement: Benchmark = {
  title: 'Statement: a file of a million rows, read and checked',
  async run() {
    const runs = WAYS.map((): StatementRun[] => []);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [position, { work }] of WAYS.entries()) runs[position]?.push(await runOf(work));
    const first = runs[0] ?? [];
    const megabytes = Math.max(...runs.slice(0, 2).flatMap((own) => own.map((one) => one.megabytes)));
    const rate = spreadOf(first.map(perSecond));
    return {
      tables: [
        {
          head: ['a million rows', 'rows a CPU second: median (range)', 'ours : this, per round', 'peak MB'],
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
              number(Math.round(Math.max(...own.map((one) => one.megabytes)))),
            ];
          }),
        },
      ],
      notes: [
        verdict('megabytes at the peak, in the worst round', megabytes, TARGET_MEGABYTES, 'at most'),
        'Memory is the whole process: Node, the code, the table of the import. Making the rows is part of all figures.',
      ],
      figures: { perCpuSecond: rate, megabytes },
    } satisfies Findings;
  },
};

const perSecond = ({ rows, cpuSeconds }: StatementRun): number => rows / cpuSeconds;

async function runOf(work: StatementWork): Promise<StatementRun> {
  // The whole file as records does not fit into a small heap at all.
  const bounds = work === 'parse-whole' ? [] : HEAP_BOUNDS;
  const { stdout } = await promisify(execFile)(process.execPath, [...bounds, RUN, work, String(ROWS)]);
  return JSON.parse(stdout) as StatementRun;
}
