import { MANIFEST } from '../functions/manifest.ts';
import { type Counted, countRun } from './counted-runs.ts';
import type { CountedTable } from './counting-client.ts';
import { type FigureTable, spread } from './findings.ts';
import { spreadOf } from './rounds.ts';

/** For each number of consumers the same gifts, so that ten have 180 each: all begin at one moment, which is the worst case. */
const CONTENDED_GIFTS = 1_800;
const CONSUMERS = [1, 4, 10];
const RETURNING = 0.5;

type Column = readonly [head: string, figure: (one: Counted) => number];
const COLUMNS: readonly Column[] = [
  ['gifts/s: median (range)', ({ gifts, seconds }) => gifts / seconds],
  [
    'transactions tried for each committed',
    ({ committed, guarded, conflicted }) => (committed + guarded + conflicted) / committed,
  ],
  ['refused by the guard', ({ guarded }) => guarded],
  ['conflicts', ({ conflicted }) => conflicted],
  ['pauses', ({ pauses }) => pauses],
  ['events redelivered', ({ redelivered }) => redelivered],
];
const UNIT_COLUMNS: readonly Column[] = [
  ['write units a gift', ({ writeUnits, gifts }) => writeUnits / gifts],
  ['of them turns', ({ turnWriteUnits, gifts }) => turnWriteUnits / gifts],
  ['refused transactions, write units a gift', ({ cancelledWriteUnits, gifts }) => cancelledWriteUnits / gifts],
];

/** Several consumers at one pool at once, with events as large as the stream's. */
export async function contention(
  database: string,
  table: CountedTable,
  { rounds, saysUnits = true }: { readonly rounds: number; readonly saysUnits?: boolean },
): Promise<FigureTable> {
  const runs = CONSUMERS.map((): Counted[] => []);
  const eventSize = MANIFEST['allocate-donations'].trigger.batchSize;
  for (let round = 0; round < rounds; round += 1)
    for (const [position, shards] of CONSUMERS.entries())
      runs[position]?.push(await countRun(table, { returning: RETURNING, eventSize, shards, gifts: CONTENDED_GIFTS }));
  const columns = saysUnits ? [...COLUMNS, ...UNIT_COLUMNS] : COLUMNS;
  return {
    head: [`consumers at once, ${database}`, ...columns.map(([head]) => head)],
    rows: CONSUMERS.map((consumers, position) => [
      String(consumers),
      ...columns.map(([, figure]) => spread(spreadOf((runs[position] ?? []).map(figure)))),
    ]),
  };
}
