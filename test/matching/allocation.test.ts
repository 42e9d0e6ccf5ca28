import { describe, expect, it } from 'vitest';
import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { fittingGifts, inCountingOrder, planBatch } from '../../functions/matching/allocation.ts';
import { DonorsAtHand } from '../../functions/matching/donors-at-hand.ts';
import { engineOf } from '../../functions/matching/matching-engine.ts';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { frameOf, type MatchingPool } from '../../functions/matching/matching-pool.ts';
import type { Patience } from '../../functions/matching/patience.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { booksOf, CAMPAIGN, entry, openCampaignPool, openPool } from './money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const hurried: Patience = { random: () => 0, pause: async () => undefined };

async function tableWithPool(poolMinor = 100_000): Promise<MemoryTable> {
  const table = memoryTable();
  await openCampaignPool(table, { poolMinor });
  return table;
}

describe('counting a batch of gifts', () => {
  it('counts, matches and totals each gift once, and numbers them in order of payment', async () => {
    const table = await tableWithPool();
    const gifts = [entry(3, { amountMinor: 300 }), entry(1, { amountMinor: 100 }), entry(2, { amountMinor: 20_000 })];
    const report = await allocateGifts(table, CAMPAIGN, gifts, NOW, hurried);
    expect(report).toEqual({ counted: 3, repeated: 0, transactions: 1, retries: 0, refunded: [] });
    const books = await booksOf(table, gifts);
    expect(books.journal.map(({ amountMinor, matchMinor, outcome }) => [amountMinor, matchMinor, outcome])).toEqual([
      [100, 100, 'matched'],
      [20_000, 10_000, 'capped'],
      [300, 300, 'matched'],
    ]);
    expect(violationsOf(books)).toEqual([]);
  });

  it('drops what an earlier delivery counted, and counts the rest', async () => {
    const table = await tableWithPool();
    const gifts = [1, 2, 3, 4].map((n) => entry(n));
    await allocateGifts(table, CAMPAIGN, gifts.slice(0, 2), NOW, hurried);
    const report = await allocateGifts(table, CAMPAIGN, gifts, NOW, hurried);
    expect(report).toMatchObject({ counted: 2, repeated: 2 });
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('counts a gift once that stands twice in one delivery', async () => {
    const table = await tableWithPool();
    await allocateGifts(table, CAMPAIGN, [entry(1), entry(1)], NOW, hurried);
    expect((await readPool(table, CAMPAIGN)).sequence).toBe(1);
  });

  it('counts a donor once, however often they give, in one delivery and in two', async () => {
    const table = await tableWithPool();
    const gifts = [
      entry(1, { donorId: 'dnr_a' }),
      entry(2, { donorId: 'dnr_a' }),
      entry(3, { donorId: 'dnr_b' }),
      entry(4, { donorId: 'dnr_a' }),
    ];
    await allocateGifts(table, CAMPAIGN, gifts.slice(0, 3), NOW, hurried);
    await allocateGifts(table, CAMPAIGN, gifts, NOW, hurried);
    expect((await booksOf(table, gifts)).totals.campaign.donors).toBe(2);
  });

  it('splits what does not fit into one transaction, and writes the pool once for each', async () => {
    const table = await tableWithPool();
    const gifts = Array.from({ length: 250 }, (_, n) => entry(n, { donorId: `dnr_${n % 60}` }));
    const before = table.changes.length;
    const report = await allocateGifts(table, CAMPAIGN, gifts, NOW, hurried);
    const poolWrites = table.changes.slice(before).filter(({ after }) => after?.type === 'pool').length;
    expect(report.counted).toBe(250);
    expect(poolWrites).toBe(report.transactions);
    expect(report.transactions).toBeLessThanOrEqual(5);
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('gives the last gift what is left and later ones nothing', async () => {
    const table = await tableWithPool(15_000);
    const gifts = [
      entry(1, { amountMinor: 9_000 }),
      entry(2, { amountMinor: 9_000 }),
      entry(3, { amountMinor: 9_000 }),
    ];
    await allocateGifts(table, CAMPAIGN, gifts, NOW, hurried);
    const books = await booksOf(table, gifts);
    expect(books.journal.map(({ matchMinor, outcome }) => [matchMinor, outcome])).toEqual([
      [9_000, 'matched'],
      [6_000, 'partly'],
      [0, 'exhausted'],
    ]);
    expect(books.pool.remainingMinor).toBe(0);
    expect(violationsOf(books)).toEqual([]);
  });

  it('refuses gifts of a campaign that was never opened', async () => {
    await expect(allocateGifts(memoryTable(), CAMPAIGN, [entry(1)], NOW, hurried)).rejects.toBeInstanceOf(
      PermanentError,
    );
  });
});

describe('when the store fails', () => {
  it('does not count twice after an answer that was lost behind the commit', async () => {
    const table = await tableWithPool();
    const gifts = [entry(1), entry(2)];
    const report = await allocateGifts(losing(table, 'after'), CAMPAIGN, gifts, NOW, hurried);
    expect(report).toMatchObject({ counted: 2, repeated: 0, transactions: 1 });
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('tries again after an answer that was lost before the commit', async () => {
    const table = await tableWithPool();
    const gifts = [entry(1), entry(2)];
    const report = await allocateGifts(losing(table, 'before'), CAMPAIGN, gifts, NOW, hurried);
    expect(report).toMatchObject({ counted: 2, transactions: 2, retries: 1 });
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('lets ten allocators work at once without drawing a fen twice', async () => {
    const table = await tableWithPool(20_000);
    const gifts = Array.from({ length: 100 }, (_, n) => entry(n, { amountMinor: 500 + n, donorId: `dnr_${n % 7}` }));
    const slices = Array.from({ length: 10 }, (_, n) => gifts.filter((_gift, position) => position % 5 === n % 5));
    await Promise.all(slices.map((slice) => allocateGifts(slow(table), CAMPAIGN, slice, NOW, hurried)));
    const books = await booksOf(table, gifts);
    expect(books.journal).toHaveLength(100);
    expect(violationsOf(books)).toEqual([]);
  });

  it('gives the batch back to the stream when conflicts outlast its patience, having counted nothing', async () => {
    const table = await tableWithPool();
    const stubborn: Table = {
      ...table,
      transact: async (writes) => ({ kind: 'cancelled', reasons: writes.map(() => 'conflict') }),
    };
    await expect(allocateGifts(stubborn, CAMPAIGN, [entry(1)], NOW, hurried)).rejects.toBeInstanceOf(TransientError);
    expect((await readPool(table, CAMPAIGN)).sequence).toBe(0);
  });

  it('waits longer from attempt to attempt, two seconds at most', async () => {
    const table = await tableWithPool();
    const pauses: number[] = [];
    const stubborn: Table = {
      ...table,
      transact: async () => {
        throw new ThrottledError('slow down');
      },
    };
    const patient: Patience = { random: () => 1, pause: async (ms) => void pauses.push(ms) };
    await expect(allocateGifts(stubborn, CAMPAIGN, [entry(1)], NOW, patient)).rejects.toBeInstanceOf(TransientError);
    expect(pauses.slice(0, 4)).toEqual([80, 160, 320, 640]);
    expect(Math.max(...pauses)).toBe(2000);
  });
});

/** Plans as many of these gifts as fit, of donors nobody knows yet. */
function planned(pool: MatchingPool, gifts: readonly DonationEntry[]) {
  const engine = engineOf(pool.plan, frameOf(pool));
  const entries = gifts.slice(0, fittingGifts(gifts, engine));
  return planBatch({ pool, engine, entries, donors: new DonorsAtHand(engine, []), now: NOW });
}

describe('planning a transaction', () => {
  it('guards the pool by the sequence, the state and the money that it was planned on', async () => {
    const pool = await readPool(await tableWithPool(), CAMPAIGN);
    const plan = planned(pool, [entry(1, { amountMinor: 700 }), entry(2, { amountMinor: 20_000 })]);
    expect(plan.actions.find(({ about }) => about === 'pool')?.write).toMatchObject({
      set: { remainingMinor: 89_300, sequence: 2 },
      when: { equals: { sequence: 0, adjustments: 0, state: 'open' }, atLeast: { remainingMinor: 10_700 } },
    });
    // What was not there yet must still not be there: the marks that gifts are counted and the journal's page.
    const firsts = plan.actions.filter(({ about }) => about !== 'pool' && about !== 'totals');
    expect(firsts).toHaveLength(3);
    for (const { write } of firsts) expect(write).toMatchObject({ when: { absent: true } });
  });

  it('never plans more than a hundred actions, whatever the gifts have in common', async () => {
    const pool = await readPool(await tableWithPool(), CAMPAIGN);
    for (const donors of [1, 10, 300]) {
      const gifts = inCountingOrder(
        Array.from({ length: 300 }, (_, n) => entry(n, { donorId: `dnr_${n % donors}`, unitId: `unit-${n % 40}` })),
      );
      const plan = planned(pool, gifts);
      expect(plan.actions.length).toBeLessThanOrEqual(100);
      expect(plan.actions.length).toBeGreaterThan(98);
      expect(plan.counted.length).toBeGreaterThan(50);
    }
  });
});

describe('planning a transaction of a plan that looks at donors', () => {
  const rule = (id: string) => ({
    version: 2,
    kind: 'ratio',
    id,
    sponsor: 'Sponsor',
    poolMinor: 10_000_000,
    numerator: 1,
    denominator: 1,
    perDonor: { perYear: { capMinor: 900, programmeId: `programme-of-${id}`, startsOn: '09-08' } },
  });
  const goal = (id: string) => ({
    version: 2,
    kind: 'challenge',
    id,
    sponsor: 'Bank',
    poolMinor: 1_000,
    measure: 'donors',
    threshold: 2,
  });

  it('leaves room for every donor, year and challenge that a gift may touch', async () => {
    const table = memoryTable();
    await openPool(table, { rules: [rule('a'), rule('b'), rule('c'), goal('d'), goal('e')] });
    const pool = await readPool(table, CAMPAIGN);
    for (const donors of [1, 7, 300]) {
      const gifts = Array.from({ length: 300 }, (_, n) => {
        const day = n % 2 === 0 ? '2026-09-07' : '2026-09-08';
        return entry(n, { donorId: `dnr_${n % donors}`, day, occurredAt: `${day}T12:00:00+08:00` });
      });
      const { actions, counted } = planned(pool, gifts);
      expect(actions.length).toBeLessThanOrEqual(100);
      expect(counted.length).toBeGreaterThan(10);
      expect(actions.filter(({ about }) => about === 'adjustment')).toHaveLength(donors === 1 ? 0 : 2);
    }
  });

  it('counts one gift that touches more than any other', async () => {
    const table = memoryTable();
    await openPool(table, { rules: Array.from({ length: 10 }, (_, n) => rule(`rule-${n}`)) });
    expect(planned(await readPool(table, CAMPAIGN), [entry(1)]).counted).toHaveLength(1);
  });
});

/** A store whose first transaction loses its answer, before or after it happened. */
function losing(table: Table, when: 'before' | 'after'): Table {
  let lost = false;
  return {
    ...table,
    async transact(writes) {
      if (lost) return table.transact(writes);
      lost = true;
      if (when === 'after') await table.transact(writes);
      throw new TransientError('the answer was lost');
    },
  };
}

/** A store in which others get their turn between reading and writing. */
function slow(table: Table): Table {
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
  return {
    ...table,
    async get(key, options) {
      const item = await table.get(key, options);
      await turn();
      return item;
    },
    async transact(writes) {
      await turn();
      return table.transact(writes);
    },
  };
}
