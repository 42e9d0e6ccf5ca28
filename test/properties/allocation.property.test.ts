import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { LARGEST_AMOUNT_MINOR } from '../../functions/kernel/money.ts';
import { instantOf, localDateOf, plusSeconds, SECONDS_PER_DAY, windowBounds } from '../../functions/kernel/time.ts';
import { type Books, violationsOf } from '../../functions/ledger/invariants.ts';
import { type AllocateUse, allocateDonations } from '../../functions/matching/allocate-donations.lambda.ts';
import { inCountingOrder } from '../../functions/matching/allocation.ts';
import { seededRandom } from '../../functions/matching/giving-day/seeded-random.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type FaultRates, type FaultyTable, faultyTable } from '../faults/faulty-table.ts';
import { booksOf, entry, openCampaignPool, record, WINDOW, ZONE } from '../matching/money-path.ts';

const { opensAt, closesAt } = windowBounds(WINDOW);
const WINDOW_SECONDS = 3 * SECONDS_PER_DAY;
const NOW = instantOf('2026-09-10T12:00:00Z');
/** The stream gives a batch up after far more deliveries than this; needing this many here would be a bug of the allocator's. */
const MOST_DELIVERIES = 100;

type Plan = { poolMinor: number; perGiftCapMinor: number; numerator: number; denominator: number };

// --- what may happen ---

const amounts = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 20_000 }),
  fc.integer({ min: 1, max: LARGEST_AMOUNT_MINOR }),
);
const ratioPart = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 1000 }));
const plans: fc.Arbitrary<Plan> = fc.record({
  // Pools that are empty, that end among the gifts, and that never end.
  poolMinor: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }), fc.constant(LARGEST_AMOUNT_MINOR)),
  perGiftCapMinor: amounts,
  numerator: ratioPart,
  denominator: ratioPart,
});

const secondsInside = fc.oneof(
  fc.integer({ min: 0, max: WINDOW_SECONDS - 1 }),
  fc.constantFrom(0, SECONDS_PER_DAY - 1, SECONDS_PER_DAY, WINDOW_SECONDS - 1),
);
const secondsAnywhere = fc.oneof(
  { weight: 3, arbitrary: secondsInside },
  { weight: 1, arbitrary: fc.constantFrom(-SECONDS_PER_DAY, -1, WINDOW_SECONDS, WINDOW_SECONDS + SECONDS_PER_DAY) },
);

function gifts(seconds: fc.Arbitrary<number>, most: number): fc.Arbitrary<DonationEntry[]> {
  const one = fc.record({
    amountMinor: amounts,
    seconds,
    donor: fc.integer({ min: 0, max: 30 }),
    unit: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
  });
  return fc.array(one, { minLength: 1, maxLength: most, size: 'max' }).map((all) =>
    all.map(({ amountMinor, seconds: at, donor, unit }, n) => {
      const occurredAt = plusSeconds(opensAt, at);
      return entry(n, {
        amountMinor,
        payerAmountMinor: amountMinor,
        occurredAt,
        recordedAt: occurredAt,
        day: localDateOf(occurredAt, ZONE),
        donorId: `dnr_${donor}`,
        unitId: unit === undefined ? undefined : `unit-${unit}`,
      });
    }),
  );
}

// Whole percents: doubles between 0 and 1 are mostly next to 0, and nothing would ever fail.
const rate = (mostPercent: number) => fc.integer({ min: 0, max: mostPercent }).map((percent) => percent / 100);
const faultRates: fc.Arbitrary<FaultRates> = fc.record({
  lostBefore: rate(20),
  lostAfter: rate(30),
  conflict: rate(30),
  throttle: rate(10),
  unreadable: rate(10),
});

/** How the stream brings gifts: in which batches, how often each, to how many allocators, and what fails meanwhile. */
type Deliveries = { batchSize: number; allocators: number; mostTimes: number; seed: number; faults: FaultRates };
const deliveries: fc.Arbitrary<Deliveries> = fc.record({
  batchSize: fc.integer({ min: 1, max: 120 }),
  allocators: fc.integer({ min: 1, max: 4 }),
  mostTimes: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer(),
  faults: faultRates,
});

// --- how it happens ---

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}

const neverAside: AllocateUse['setAside'] = async ({ pk, reason }) => {
  throw new Error(`${pk} was set aside: ${reason}`);
};

/** Brings a batch until it is taken, as the stream does. */
async function deliver(table: Table, batch: readonly DonationEntry[]): Promise<void> {
  const use: AllocateUse = {
    table,
    setAside: neverAside,
    patience: { random: () => 0, pause: async () => undefined },
  };
  const images = batch.map((image, position) => ({ position: String(position), image }));
  for (let delivery = 0; delivery < MOST_DELIVERIES; delivery += 1) {
    try {
      await allocateDonations(images, use, NOW);
      return;
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
    }
  }
  throw new Error(`a batch of ${batch.length} was not taken in ${MOST_DELIVERIES} deliveries`);
}

/** Runs everything and gives the books as they are when all has been delivered. */
async function booksAfter(
  plan: Plan,
  arrived: readonly DonationEntry[],
  how: Deliveries,
): Promise<{ books: Books; table: FaultyTable }> {
  const { batchSize, allocators, mostTimes, seed, faults } = how;
  const random = seededRandom(seed);
  const memory = memoryTable();
  await openCampaignPool(memory, plan);
  await record(memory, arrived);
  const table = faultyTable(memory, faults, seed);
  const batches = batchesOf(random.shuffled(arrived), batchSize);
  const waiting = random.shuffled(batches.flatMap((batch) => Array(1 + random.below(mostTimes)).fill(batch)));
  const allocator = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await deliver(table, batch);
  };
  await Promise.all(Array.from({ length: allocators }, allocator));
  return { books: await booksOf(memory, arrived), table };
}

function mostOf({ numerator, denominator, perGiftCapMinor }: Plan, amountMinor: number): bigint {
  const byRatio = (BigInt(amountMinor) * BigInt(numerator)) / BigInt(denominator);
  return byRatio < BigInt(perGiftCapMinor) ? byRatio : BigInt(perGiftCapMinor);
}

const matchedOf = ({ journal }: Books): bigint => journal.reduce((total, line) => total + BigInt(line.matchMinor), 0n);

describe('whatever the stream and the store do', () => {
  it('the books are right: every gift counted once, no fen too much, no cap exceeded', async () => {
    const struck = { lostBefore: 0, lostAfter: 0, conflict: 0, throttle: 0, unreadable: 0 };
    await fc.assert(
      fc.asyncProperty(plans, gifts(secondsAnywhere, 130), deliveries, async (plan, arrived, how) => {
        const { books, table } = await booksAfter(plan, arrived, how);
        for (const name of Object.keys(struck) as (keyof typeof struck)[]) struck[name] += table.struck[name];
        expect(violationsOf(books)).toEqual([]);
        expect(books.journal).toHaveLength(arrived.length);
        expect(matchedOf(books)).toBeLessThanOrEqual(BigInt(plan.poolMinor));
        for (const line of books.journal) {
          expect(BigInt(line.matchMinor)).toBeLessThanOrEqual(mostOf(plan, line.amountMinor));
          const inside = line.occurredAt >= opensAt && line.occurredAt < closesAt;
          if (!inside) expect(line.matchMinor).toBe(0);
        }
      }),
      { numRuns: 200 },
    );
    // A store that never failed would have proved nothing.
    for (const [fault, times] of Object.entries(struck)) expect(times, fault).toBeGreaterThan(10);
  });

  it('a pool gives all it has, or all that its rule asks for, and not a fen less', async () => {
    await fc.assert(
      fc.asyncProperty(plans, gifts(secondsInside, 60), deliveries, async (plan, arrived, how) => {
        const { books } = await booksAfter(plan, arrived, how);
        const asked = arrived.reduce((total, gift) => total + mostOf(plan, gift.amountMinor), 0n);
        const pool = BigInt(plan.poolMinor);
        expect(matchedOf(books)).toBe(asked < pool ? asked : pool);
        expect(BigInt(books.pool.remainingMinor)).toBe(asked < pool ? pool - asked : 0n);
      }),
      { numRuns: 120 },
    );
  });
});

describe('the size of a batch', () => {
  it('changes nobody’s match when gifts arrive in the order in which they were paid', async () => {
    const calm: FaultRates = { lostBefore: 0, lostAfter: 0, conflict: 0, throttle: 0, unreadable: 0 };
    const sizes = fc.integer({ min: 1, max: 130 });
    await fc.assert(
      fc.asyncProperty(plans, gifts(secondsAnywhere, 130), sizes, sizes, async (plan, paid, oneSize, otherSize) => {
        const arrived = inCountingOrder(paid);
        const journalWith = async (size: number) => {
          const memory = memoryTable();
          await openCampaignPool(memory, plan);
          const table = faultyTable(memory, calm, 1);
          for (const batch of batchesOf(arrived, size)) await deliver(table, batch);
          return (await booksOf(memory, arrived)).journal;
        };
        const journal = await journalWith(oneSize);
        expect(journal.map((line) => line.giftId)).toEqual(arrived.map((gift) => gift.giftId));
        expect(await journalWith(otherSize)).toEqual(journal);
      }),
      { numRuns: 80 },
    );
  });
});
