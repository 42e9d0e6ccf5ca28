import { writeFileSync } from 'node:fs';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import type { Benchmark, Findings } from './findings.ts';
import { machine, machineLine } from './machine.ts';

// Loaded one by one, when it is its turn: the functions read these once, when they are imported, and a benchmark that
// is left out costs nothing.
process.env['AWS_REGION'] ??= 'us-east-1';
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
const BENCHMARKS = {
  webhook: async () => (await import('./webhook.bench.ts')).webhook,
  stripe: async () => (await import('./stripe.bench.ts')).stripe,
  'standard-webhook': async () => (await import('./standard-webhook.bench.ts')).standardWebhook,
  engine: async () => (await import('./engine.bench.ts')).engine,
  store: async () => (await import('./store.bench.ts')).store,
  'cold-start': async () => (await import('./cold-start.bench.ts')).coldStart,
  statement: async () => (await import('./statement.bench.ts')).statement,
  reconcile: async () => (await import('./reconcile.bench.ts')).reconcile,
  closeout: async () => (await import('./closeout.bench.ts')).closeout,
  report: async () => (await import('./report.bench.ts')).report,
  quadratic: async () => (await import('./quadratic.bench.ts')).quadratic,
} as const satisfies Record<string, () => Promise<Benchmark>>;
type Name = keyof typeof BENCHMARKS;
const NAMES = Object.keys(BENCHMARKS) as Name[];

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const options = new Command('npm run bench --')
  .description('Measures this system beside its alternatives, in one run. Figures are for reading: none makes it fail.')
  .addOption(new Option('--only <name>', 'one benchmark').choices(NAMES))
  .option('--json <file>', 'also write the figures to a file')
  .parse()
  .opts<{ only?: Name; json?: string }>();

const facts = machine();
say(machineLine(facts));
const results: Record<string, Findings | { readonly skipped: string }> = {};
for (const name of options.only === undefined ? NAMES : [options.only]) {
  const { title, run } = await BENCHMARKS[name]();
  say(`\n${title}`);
  const result = await run();
  results[name] = result;
  show(result);
}
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ machine: facts, results }, null, 2)}\n`);

function show(result: Findings | { readonly skipped: string }): void {
  if ('skipped' in result) {
    say(`skipped: ${result.skipped}`);
    return;
  }
  for (const { head, rows } of result.tables) {
    const table = new Table({ head: [...head], style: { head: [], border: [] } });
    for (const row of rows) table.push([...row]);
    say(table.toString());
  }
  for (const note of result.notes) say(note);
}
