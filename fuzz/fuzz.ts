import { parseArgs } from 'node:util';

// Before the first import of ours: the logger and the metrics read these when they are loaded, and a run has 100,000 refusals.
process.env['POWERTOOLS_LOG_LEVEL'] ??= 'SILENT';
process.env['POWERTOOLS_METRICS_DISABLED'] ??= 'true';
process.env['AWS_REGION'] ??= 'us-east-1';

const { DOORS } = await import('./doors.ts');
const { fuzz } = await import('./run.ts');
const { fuzzOffline } = await import('./offline.ts');
const { fuzzStatements } = await import('./statement.ts');

/** Files and entries by hand are no messages of a provider: they hold other things. */
const OTHERS: Readonly<Record<string, typeof fuzzStatements>> = { statement: fuzzStatements, offline: fuzzOffline };

const DEFAULT_INPUTS = 100_000;
const { values } = parseArgs({
  options: { door: { type: 'string', multiple: true }, inputs: { type: 'string' }, seed: { type: 'string' } },
});
const inputs = Number(values.inputs ?? DEFAULT_INPUTS);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const names = values.door ?? [...Object.keys(DOORS), ...Object.keys(OTHERS)];
if (!Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('--inputs and --seed are whole numbers\n');
  process.exit(2);
}
for (const name of names) {
  const open = Object.hasOwn(DOORS, name) ? DOORS[name] : undefined;
  const other = Object.hasOwn(OTHERS, name) ? OTHERS[name] : undefined;
  const run = open === undefined ? other : (options: { inputs: number; seed: number }) => fuzz(open(), options);
  if (run === undefined) {
    process.stderr.write(
      `there is no door ${name}; doors are ${[...Object.keys(DOORS), ...Object.keys(OTHERS)].join(', ')}\n`,
    );
    process.exit(2);
  }
  const startedAt = performance.now();
  const { statuses, stored } = await run({ inputs, seed });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  const answered = Object.entries(statuses)
    .map(([status, times]) => `${status}: ${times}`)
    .join(', ');
  process.stdout.write(
    `${name}: ${inputs} inputs (seed ${seed}) in ${seconds} s, ${stored} stored; answers ${answered}\n`,
  );
}
