import type { DonationEntry } from '../functions/donations/donation-entry.ts';
import { planBatch } from '../functions/matching/allocation.ts';
import { replay } from '../functions/matching/matching-oracle.ts';
import type { MatchingPool } from '../functions/matching/matching-pool.ts';
import { draw } from '../functions/matching/matching-rule.ts';
import { type Benchmark, type FigureTable, number, spread, standingsTable, verdict } from './findings.ts';
import { giftMaker, NOW, poolOf } from './gifts.ts';
import { type Contestant, compete, spreadOf } from './rounds.ts';

const CAMPAIGN = 'cmp_engine';
/** Gifts kept in memory and gone through again and again: what is measured is the engine, not the making of gifts. */
const KEPT_GIFTS = 20_000;
const COMPETITION_GIFTS = 200_000;
/** What the stream hands over at most. */
const BATCH = 100;
const GROWTH = [10_000, 100_000, 1_000_000, 10_000_000];
const GROWTH_ROUNDS = 5;
/** The largest size takes seconds a round, so it has fewer; the table says how many. */
const LARGEST_ROUNDS = 2;
const TARGET_PER_SECOND = 1_000_000;
const TARGET_MEGABYTES = 512;
const BYTES_PER_MEGABYTE = 2 ** 20;

/** The rule engine on one core: gift by gift, as whole batches, and beside the naive allocator that checks it. */
export const engine: Benchmark = {
  title: 'Engine: allocating gifts in memory, one core',
  async run() {
    const entries = giftMaker(CAMPAIGN)(KEPT_GIFTS, 0.5).map(({ entry }) => entry);
    const standings = await compete([
      { name: 'rule engine, gift by gift', run: () => drawAll(entries, COMPETITION_GIFTS).gifts },
      plannedBatches('batches of 100, donors known', entries, new Set(entries.map(({ donorId }) => donorId))),
      plannedBatches('batches of 100, donors new', entries, new Set()),
      oracle(entries),
    ]);
    const { table, perSecond } = growth(entries);
    const megabytes = (process.resourceUsage().maxRSS * 1024) / BYTES_PER_MEGABYTE;
    return {
      tables: [standingsTable('gifts', standings), table],
      notes: [
        verdict('gifts/s of the rule engine', standings[0]?.perSecond.median ?? 0, TARGET_PER_SECOND, 'at least'),
        verdict('megabytes at the peak of this process', megabytes, TARGET_MEGABYTES, 'at most'),
        'The rule has a per-gift cap, a window and the pool as its cap; caps per donor and per day are not built yet.',
        'A batch is more than the rule: match entries, the journal page, totals, keys and a fingerprint of the batch.',
      ],
      figures: { perSecondByGifts: perSecond, megabytes },
    };
  },
};

/** Half of what this many gifts would draw, so that the pool runs out on the way as pools do. */
const poolFor = (gifts: number): MatchingPool => poolOf(CAMPAIGN, gifts * 900);

function drawAll(entries: readonly DonationEntry[], gifts: number): { gifts: number; matchedMinor: number } {
  let pool = poolFor(gifts);
  let matchedMinor = 0;
  for (let n = 0; n < gifts; n += 1) {
    const entry = entries[n % entries.length];
    if (entry === undefined) break;
    const drawn = draw(pool.rule, pool, entry);
    matchedMinor += drawn.matchMinor;
    pool = drawn.pool;
  }
  return { gifts, matchedMinor };
}

function plannedBatches(name: string, entries: readonly DonationEntry[], known: ReadonlySet<string>): Contestant {
  return {
    name,
    run() {
      let pool = poolFor(COMPETITION_GIFTS);
      let planned = 0;
      while (planned < COMPETITION_GIFTS) {
        const from = planned % entries.length;
        const plan = planBatch(pool, entries.slice(from, from + BATCH), known, NOW);
        planned += plan.counted.length;
        const write = plan.actions[0]?.write;
        if (write === undefined || !('update' in write)) throw new Error('the first action of a batch is the pool');
        pool = { ...pool, ...(write.set as Partial<MatchingPool>) };
      }
      return planned;
    },
  };
}

/** The naive allocator over what the engine recorded: it must agree, or the comparison is worth nothing. */
function oracle(entries: readonly DonationEntry[]): Contestant {
  const start = poolFor(COMPETITION_GIFTS);
  let pool = start;
  const recorded = Array.from({ length: COMPETITION_GIFTS }, (_, n) => {
    const entry = entries[n % entries.length];
    if (entry === undefined) throw new RangeError('no gifts');
    const drawn = draw(pool.rule, pool, entry);
    pool = drawn.pool;
    const { giftId, amountMinor, occurredAt } = entry;
    return { giftId, amountMinor, occurredAt, matchMinor: drawn.matchMinor };
  });
  return {
    name: 'naive oracle (BigInt, gift by gift)',
    run() {
      const verdictOfOracle = replay(start.rule, start, recorded);
      if (verdictOfOracle.kind !== 'agrees') throw new Error('the oracle and the engine disagree');
      return verdictOfOracle.gifts;
    },
  };
}

function growth(entries: readonly DonationEntry[]): { table: FigureTable; perSecond: number } {
  const rates = GROWTH.map((): number[] => []);
  for (let round = 0; round < GROWTH_ROUNDS; round += 1) {
    for (const [position, gifts] of GROWTH.entries()) {
      if (position === GROWTH.length - 1 && round >= LARGEST_ROUNDS) continue;
      const began = performance.now();
      drawAll(entries, gifts);
      rates[position]?.push((gifts * 1_000) / (performance.now() - began));
    }
  }
  const spreads = rates.map(spreadOf);
  const smallest = spreads[0]?.median ?? 0;
  const rows = GROWTH.map((gifts, position) => {
    const rate = spreads[position] ?? { median: 0, low: 0, high: 0 };
    return [number(gifts), spread(rate), number(smallest / rate.median), String(rates[position]?.length ?? 0)];
  });
  return {
    table: { head: ['gifts', 'rule engine, gifts/s: median (range)', 'time a gift : at 10,000', 'rounds'], rows },
    perSecond: spreads.at(-1)?.median ?? 0,
  };
}
