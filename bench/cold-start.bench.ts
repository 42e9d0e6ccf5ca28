import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type FunctionName, MANIFEST } from '../functions/manifest.ts';
import { bundle } from '../infra/bundles.ts';
import { REPOSITORY } from '../local/places.ts';
import { type Benchmark, type FigureTable, number, spread } from './findings.ts';
import { FEWEST_ROUNDS, type Spread, spreadOf } from './rounds.ts';

const WEBHOOK: FunctionName = 'receive-wechat-pay';
/** Processes started for each function: starting one is a matter of tenths of a second. */
const LOADS = 3 * FEWEST_ROUNDS;
/** Packages listed; the rest are together one line. */
const LISTED_PACKAGES = 12;
const run = promisify(execFile);

/** How large every function is, how long the webhook's code takes to load in a fresh process, and what is in it. */
export const coldStart: Benchmark = {
  title: 'Cold start: size of the bundles, and loading the webhook',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
    try {
      const folders = bundle(MANIFEST, join(folder, 'functions'));
      const empty = join(folder, 'empty.mjs');
      writeFileSync(empty, 'export const handler = async () => ({ statusCode: 200 });\n');
      const webhook = join(folders[WEBHOOK], 'index.mjs');
      const loads = await loadTimes({
        empty,
        webhook,
        stripe: join(folders['receive-stripe'], 'index.mjs'),
        standardWebhook: join(folders['receive-standard-webhook'], 'index.mjs'),
        allocation: join(folders['allocate-donations'], 'index.mjs'),
      });
      return {
        tables: [sizesTable(folders), loadTable(loads), await contentsTable(webhook)],
        notes: [
          'Loading is import() of the bundle in a fresh process, without the start of Node, network, or the first call.',
          'Not measured: Lambda itself, where a function of 512 MB has 512/1769 of a core once it is started.',
        ],
        figures: {
          loadEmptyMs: loads.empty,
          loadWebhookMs: loads.webhook,
          loadStripeMs: loads.stripe,
          loadStandardWebhookMs: loads.standardWebhook,
          loadAllocationMs: loads.allocation,
        },
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function sizesTable(folders: Readonly<Record<FunctionName, string>>): FigureTable {
  const rows = (Object.keys(folders) as FunctionName[]).map((name) => {
    const file = join(folders[name], 'index.mjs');
    return { name, bytes: statSync(file).size, zipped: gzipSync(readFileSync(file)).length };
  });
  rows.sort((a, b) => b.bytes - a.bytes);
  const kilobytes = (bytes: number): string => number(Math.round(bytes / 1024));
  return {
    head: ['bundle', 'KB', 'KB gzip'],
    rows: rows.map(({ name, bytes, zipped }) => [name, kilobytes(bytes), kilobytes(zipped)]),
  };
}

const LOADED = ['empty', 'webhook', 'stripe', 'standardWebhook', 'allocation'] as const;
type Loads = Readonly<Record<(typeof LOADED)[number], Spread>>;

async function loadTimes(files: Readonly<Record<keyof Loads, string>>): Promise<Loads> {
  const times: Record<keyof Loads, number[]> = {
    empty: [],
    webhook: [],
    stripe: [],
    standardWebhook: [],
    allocation: [],
  };
  for (let round = 0; round < LOADS; round += 1)
    for (const name of LOADED) times[name].push(await loadOnce(files[name]));
  return {
    empty: spreadOf(times.empty),
    webhook: spreadOf(times.webhook),
    stripe: spreadOf(times.stripe),
    standardWebhook: spreadOf(times.standardWebhook),
    allocation: spreadOf(times.allocation),
  };
}

/** Milliseconds that a fresh Node takes to load a module. */
async function loadOnce(file: string): Promise<number> {
  const program = `const began = performance.now(); await import(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - began));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: { AWS_REGION: 'us-east-1' },
  });
  return Number(stdout);
}

function loadTable(loads: Loads): FigureTable {
  const overEmpty = (name: keyof Loads): string => number(loads[name].median - loads.empty.median);
  return {
    head: ['loading', 'ms: median (range)', 'ms above the empty one'],
    rows: [
      ['an empty handler', spread(loads.empty), '0'],
      [WEBHOOK, spread(loads.webhook), overEmpty('webhook')],
      ['receive-stripe', spread(loads.stripe), overEmpty('stripe')],
      ['receive-standard-webhook', spread(loads.standardWebhook), overEmpty('standardWebhook')],
      ['allocate-donations', spread(loads.allocation), overEmpty('allocation')],
    ],
  };
}

/** What the webhook's bundle is made of, by package. */
async function contentsTable(bundled: string): Promise<FigureTable> {
  const { metafile } = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [join('functions', MANIFEST[WEBHOOK].entry)],
    outdir: 'out',
    write: false,
    metafile: true,
    // As infra/bundles.ts builds it, but for the banner.
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
  });
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const owner = packageOf(path);
    bytes.set(owner, (bytes.get(owner) ?? 0) + bytesInOutput);
  }
  const total = statSync(bundled).size;
  const sorted = [...bytes].sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(LISTED_PACKAGES).reduce((sum, [, size]) => sum + size, 0);
  const rows = [...sorted.slice(0, LISTED_PACKAGES), ['everything else', rest] as const];
  return {
    head: [`in ${WEBHOOK}`, 'KB', '% of the bundle'],
    rows: rows.map(([name, size]) => [name, number(size / 1024), number((size / total) * 100)]),
  };
}

/** `node_modules/@aws-sdk/core/dist/x.js` -> `@aws-sdk/core`; our own files are `functions`. */
function packageOf(path: string): string {
  const [, inside] = path.split(/.*node_modules\//);
  if (inside === undefined) return 'functions (ours)';
  const [first = '', second = ''] = inside.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
