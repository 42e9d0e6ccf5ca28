import type { DynamoDBRecord } from 'aws-lambda';
import { MANIFEST } from '../functions/manifest.ts';
import { memoryTable } from '../functions/platform/table.memory.ts';
import type { Table } from '../functions/platform/table.ts';
import { allocationHandler, type Delivery, deliver, recordOf } from './allocation-runs.ts';
import { contention } from './contention.ts';
import { type Counted, countRun, openCampaign } from './counted-runs.ts';
import { type CountedTable, openCountedTable } from './counting-client.ts';
import { openDatabase } from './database.ts';
import { openEmulator } from './emulator.ts';
import { type Benchmark, type FigureTable, type Findings, number, standingsTable, verdict } from './findings.ts';
import { giftMaker } from './gifts.ts';
import type { PlanName } from './plans.ts';
import { type Contestant, compete, FEWEST_ROUNDS } from './rounds.ts';
import { unitsOfOneGift } from './units-of-one-gift.ts';
import { WORKFLOW_PER_GIFT, workflowTransitions } from './workflow-per-gift.ts';

/** What the stream hands over at most. */
const STREAM_BATCH = MANIFEST['allocate-donations'].trigger.batchSize;
/** Where it is not said otherwise, half of the gifts come from donors who gave to the campaign before. */
const RETURNING = 0.5;
const BATCHED_GIFTS = 900;
const SINGLE_GIFTS = 50;
/** Gifts of one counted run: a multiple of most of the event sizes that are tried. */
const COUNTED_GIFTS = 1_800;
/** The emulator is for running the whole and not for load: fewer gifts and rounds say what there is to say. */
const EMULATOR = { batched: 450, single: 20, rounds: 3 };

const TARGET_SPEED = 4;
const TARGET_POOL_WRITES = 1 / 40;
const TARGET_WRITE_UNITS = 3.5;

/** The deployed allocation handler on two databases and in memory, beside one transaction for every gift. */
export const store: Benchmark = {
  title: 'Store: the allocation handler on DynamoDB Local, on the emulator and in memory',
  async run() {
    const database = await openDatabase();
    if ('absent' in database) return { skipped: `${database.absent}, which DynamoDB Local needs` };
    try {
      const counted = await openCountedTable(database.endpoint);
      const inMemory = await speeds(memoryTable(), { batched: BATCHED_GIFTS, single: BATCHED_GIFTS });
      const mixes = await countMixes(counted);
      // After the counted runs: a database in Java that has just started compiles more than it answers.
      const speed = await speeds(counted.table, { batched: BATCHED_GIFTS, single: SINGLE_GIFTS });
      const contended = await contention('DynamoDB Local', counted, { rounds: FEWEST_ROUNDS });
      const perGift = await unitsOfOneGift(counted);
      const emulated = await onEmulator();
      const { notes, figures } = summary(speed[1]?.ratio.median ?? 0, mixes);
      return {
        tables: [
          standingsTable('DynamoDB Local, one consumer: gifts', speed),
          standingsTable('In memory, one consumer: gifts', inMemory),
          mixesTable(mixes),
          contended,
          perGift,
          ...emulated.tables,
        ],
        notes: [...notes, ...emulated.notes],
        figures,
      };
    } finally {
      database.stop();
    }
  },
};

/** The same on the emulator, which does not say what units a request took; or why not. */
async function onEmulator(): Promise<Pick<Findings, 'tables' | 'notes'>> {
  const emulator = await openEmulator();
  if ('absent' in emulator) return { tables: [], notes: [`Not run on the emulator: ${emulator.absent}`] };
  try {
    const counted = await openCountedTable(emulator.endpoint, { saysUnits: false });
    const { rounds, ...gifts } = EMULATOR;
    const speed = await speeds(counted.table, gifts, rounds);
    const contended = await contention('the emulator', counted, { rounds, saysUnits: false });
    return { tables: [standingsTable('The emulator, one consumer: gifts', speed), contended], notes: [] };
  } finally {
    emulator.stop();
  }
}

async function speeds(
  table: Table,
  gifts: { readonly batched: number; readonly single: number },
  rounds = FEWEST_ROUNDS,
) {
  const contestants = [
    await consumer(`batches of the stream (${STREAM_BATCH})`, table, STREAM_BATCH, gifts.batched),
    await consumer('one transaction per gift', table, 1, gifts.single),
  ];
  return compete(contestants, rounds);
}

async function consumer(name: string, table: Table, eventSize: number, gifts: number): Promise<Contestant> {
  const delivery: Delivery = { pauses: 0, redelivered: 0 };
  const make = giftMaker(await openCampaign(table));
  const handler = allocationHandler(table, delivery);
  let records: DynamoDBRecord[] = [];
  return {
    name,
    prepare() {
      records = make(gifts, RETURNING).map(({ entry }, position) => recordOf(entry, position));
    },
    run: () => deliver(handler, records, { eventSize, shards: 1 }, delivery),
  };
}

type Mix = {
  readonly name: string;
  readonly plan?: PlanName;
  readonly returning: number;
  readonly eventSize: number;
};
const MIXES: readonly Mix[] = [
  { name: `all donors known, events of ${STREAM_BATCH}`, returning: 1, eventSize: STREAM_BATCH },
  { name: `half known, events of ${STREAM_BATCH}`, returning: 0.5, eventSize: STREAM_BATCH },
  { name: `all donors new, events of ${STREAM_BATCH}`, returning: 0, eventSize: STREAM_BATCH },
  ...[91, 100, 182, 1_800].map((eventSize) => ({
    name: `half known, events of ${eventSize}`,
    returning: 0.5,
    eventSize,
  })),
  {
    name: `cap by donor and day, all known, events of ${STREAM_BATCH}`,
    plan: 'capped',
    returning: 1,
    eventSize: STREAM_BATCH,
  },
  {
    name: `cap by donor and day, half known, events of ${STREAM_BATCH}`,
    plan: 'capped',
    returning: 0.5,
    eventSize: STREAM_BATCH,
  },
  {
    name: `cap by donor and day, all new, events of ${STREAM_BATCH}`,
    plan: 'capped',
    returning: 0,
    eventSize: STREAM_BATCH,
  },
  { name: 'half known, one transaction per gift', returning: 0.5, eventSize: 1 },
  { name: 'cap by donor and day, half known, one transaction per gift', plan: 'capped', returning: 0.5, eventSize: 1 },
];

async function countMixes(table: CountedTable): Promise<(Mix & { readonly counted: Counted })[]> {
  const results: (Mix & { readonly counted: Counted })[] = [];
  for (const mix of MIXES) {
    const gifts = mix.eventSize === 1 ? SINGLE_GIFTS : COUNTED_GIFTS;
    results.push({ ...mix, counted: await countRun(table, { ...mix, shards: 1, gifts }) });
  }
  return results;
}

const perGift = (total: number, { gifts }: Counted): number => total / gifts;

function mixesTable(mixes: readonly (Mix & { readonly counted: Counted })[]): FigureTable {
  return {
    head: ['allocation', 'gifts a transaction', 'pool writes a gift', 'write units a gift', 'read units a gift'],
    rows: mixes.map(({ name, counted }) => [
      name,
      number(counted.gifts / counted.committed),
      `1/${number(counted.gifts / counted.committed)}`,
      number(perGift(counted.writeUnits, counted)),
      number(perGift(counted.readUnits + counted.absentKeys, counted)),
    ]),
  };
}

function summary(
  speedRatio: number,
  mixes: readonly (Mix & { readonly counted: Counted })[],
): Pick<Findings, 'notes' | 'figures'> {
  const batched = mixes.filter(({ eventSize }) => eventSize === STREAM_BATCH);
  return {
    notes: [
      // The first contestant's rate over this one's is the speed-up.
      verdict('times one transaction per gift', speedRatio, TARGET_SPEED, 'at least'),
      ...batched.flatMap(({ name, counted }) => [
        verdict(`pool writes a gift (${name})`, counted.committed / counted.gifts, TARGET_POOL_WRITES, 'at most'),
        verdict(`write units a gift (${name})`, perGift(counted.writeUnits, counted), TARGET_WRITE_UNITS, 'at most'),
      ]),
      "Write units of transactions are counted from the sizes of the items by AWS's rule; what DynamoDB Local reports for them is too little, as if they were one item.",
      'Transactions that were refused are not in the write units but beside them; AWS charges for them. Turns and claims of donors are in them, refused ones too.',
      'Read units include one for every donor who was asked for and is not there: AWS charges it, DynamoDB Local does not report it.',
      'DynamoDB Local never shows a transaction conflict: where AWS would say conflict, here the second batch finds the pool guarded.',
      `Counted, not run: a Standard workflow per gift, ${Object.keys(WORKFLOW_PER_GIFT.States).length} states in the least there can be, takes ${workflowTransitions(WORKFLOW_PER_GIFT)} transitions (bench/workflow-per-gift.ts).`,
    ],
    figures: Object.fromEntries(
      mixes.flatMap(({ name, counted }) => [
        [`writeUnitsPerGift: ${name}`, perGift(counted.writeUnits, counted)],
        [`poolWritesPerGift: ${name}`, counted.committed / counted.gifts],
      ]),
    ),
  };
}
