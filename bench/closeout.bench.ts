import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assetsFolder } from '../test/press/press-folder.ts';
import type { CloseoutRun } from './closeout-run.ts';
import { type Benchmark, number, verdict } from './findings.ts';

const RUN = fileURLToPath(new URL('closeout-run.ts', import.meta.url));
const SIZES = [100_000, 1_000_000] as const;
const MILLION = 1_000_000;
/** What is brought to its end at most (functions/matching/final-books.store.ts), and half of it. */
const FINAL_SIZES = [MILLION, 2 * MILLION] as const;
/** What finalise-matching has, and its heap's bound. */
const FINAL_TARGET_MEGABYTES = 4096;
const FINAL_HEAP_MEGABYTES = 2800;
/** What a function of the closeout has. */
const TARGET_MEGABYTES = 1024;
/** The old generation's bound, so that garbage is collected as it is in a function of 1,024 MB. */
const HEAP_MEGABYTES = 700;
/** docs/cost.md has where the prices are from. */
const USD = { readUnits: 0.125 / MILLION, gigabyteSecond: 0.0000133334, transition: 25 / MILLION } as const;

/** The closeout's own steps over a generated campaign, each in a process of its own. */
export const closeout: Benchmark = {
  title: 'Closeout: a million gifts through the partitioned Map',
  async run() {
    const assets = assetsFolder();
    const rows: string[][] = [];
    const figures: Record<string, number> = {};
    let dollars = 0;
    let largest = 0;
    let finalMegabytes = 0;
    try {
      for (const gifts of SIZES) {
        const folder = mkdtempSync(join(tmpdir(), 'closeout-bench-'));
        for (const step of ['summarise', 'write'] as const) {
          const run = await runOf([step, folder, String(gifts), assets]);
          rows.push([
            step === 'summarise' ? 'summarise-partition, all 24 partitions' : 'write-report',
            number(gifts),
            number(run.seconds),
            number(run.slowestSeconds),
            number(run.megabytes),
            number(run.readUnits),
          ]);
          if (gifts !== MILLION) continue;
          largest = Math.max(largest, run.megabytes);
          figures[`${step}Seconds`] = run.seconds;
          figures[`${step}Megabytes`] = run.megabytes;
          dollars += run.readUnits * USD.readUnits + run.seconds * USD.gigabyteSecond + run.steps * 2 * USD.transition;
        }
        rmSync(folder, { recursive: true, force: true });
      }
      for (const gifts of FINAL_SIZES) {
        const folder = mkdtempSync(join(tmpdir(), 'closeout-bench-'));
        const run = await runOf(['finalise', folder, String(gifts)], FINAL_HEAP_MEGABYTES);
        const { seconds, slowestSeconds, megabytes, readUnits } = run;
        const shown = [seconds, slowestSeconds, megabytes, readUnits].map((one) => number(one));
        rows.push(['finalise-matching', number(gifts), ...shown]);
        finalMegabytes = Math.max(finalMegabytes, megabytes);
        rmSync(folder, { recursive: true, force: true });
      }
    } finally {
      rmSync(assets, { recursive: true, force: true });
    }
    return {
      tables: [{ head: ['step', 'gifts', 'seconds in all', 'slowest call, s', 'peak MB', 'read units'], rows }],
      notes: [
        verdict('megabytes at the peak of any step, a million gifts', largest, TARGET_MEGABYTES, 'at most'),
        verdict('megabytes of finalise-matching, two million gifts', finalMegabytes, FINAL_TARGET_MEGABYTES, 'at most'),
        `A million gifts cost ${dollars.toFixed(2)} dollars to close: reads, seconds of 1,024 MB, transitions.`,
        'The table makes each gift as it is asked for and keeps none; making them is in the seconds, the way to DynamoDB is not.',
        'Memory is the whole process: Node, the code, the generator, the typesetter with its fonts.',
      ],
      figures: { ...figures, dollars, largestMegabytes: largest, finalMegabytes },
    };
  },
};

async function runOf(words: readonly string[], heapMegabytes = HEAP_MEGABYTES): Promise<CloseoutRun> {
  const environment = { ...process.env, POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
  const options = [`--max-old-space-size=${heapMegabytes}`, RUN, ...words];
  const { stdout } = await promisify(execFile)(process.execPath, options, { env: environment, maxBuffer: 1_000_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as CloseoutRun;
}
