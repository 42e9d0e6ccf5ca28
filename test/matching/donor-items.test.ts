import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { readTotals } from '../../functions/ledger/totals.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { seededRandom } from '../../functions/matching/giving-day/seeded-random.ts';
import { matchEntrySchema } from '../../functions/matching/match-entry.ts';
import { matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { settleRefunds } from '../../functions/matching/settlement.store.ts';
import { campaignDonorKey, donorYearKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { entry, hurried, record, recordRefunds, refundOf, WINDOW } from './money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const SPRING = 'cmp_spring';
const AUTUMN = 'cmp_autumn';
const YEAR_CAP = 1_000;

const planWith = (more: object, id = 'main') => ({
  rules: [
    { version: 2, kind: 'ratio', id, sponsor: 'Sponsor', poolMinor: 100_000, numerator: 1, denominator: 1, ...more },
  ],
});
const BY_YEAR = {
  perDonor: { perYear: { capMinor: YEAR_CAP, programmeId: 'kelun', startsOn: '09-08' } },
};
const openCampaign = (table: Table, campaignId: string, plan: unknown) =>
  table.write({ put: openingPoolItem(campaignId, matchingPlanSchema.parse(plan), WINDOW, 'CNY') });

/** Two campaigns whose rules, of different names, draw on one programme. */
async function twoCampaigns(): Promise<MemoryTable> {
  const table = memoryTable();
  await openCampaign(table, SPRING, planWith(BY_YEAR, 'spring-rule'));
  await openCampaign(table, AUTUMN, planWith(BY_YEAR, 'autumn-rule'));
  return table;
}
const drawnOf = (table: MemoryTable, donorId: string): number =>
  table
    .everything()
    .filter(({ type }) => type === 'match')
    .map((item) => matchEntrySchema.parse(item))
    .filter((match) => match.donorId === donorId)
    .reduce((total, { matchMinor }) => total + matchMinor, 0);
const yearOf = async (table: Table, donorId: string, year: string): Promise<unknown> =>
  (await table.get(donorYearKey(donorId, 'kelun', year)))?.['matchedMinor'];

/** A store in which others get their turn between any two calls, as chance will have it. */
function yielding(table: Table, seed: number): Table {
  const random = seededRandom(seed);
  const others = async (): Promise<void> => {
    for (let turn = random.below(5); turn > 0; turn -= 1) await Promise.resolve();
  };
  return {
    ...table,
    async get(key, options) {
      await others();
      return table.get(key, options);
    },
    async getMany(keys) {
      const items = await table.getMany(keys);
      await others();
      return items;
    },
    async write(write) {
      await others();
      return table.write(write);
    },
    async transact(writes) {
      await others();
      return table.transact(writes);
    },
  };
}

describe('a cap by year of a sponsor’s programme', () => {
  it('is shared by two campaigns, whatever their rules are called', async () => {
    const table = await twoCampaigns();
    const gift = (n: number, campaignId: string, amountMinor: number) =>
      entry(n, { campaignId, donorId: 'dnr_a', amountMinor });
    await allocateGifts(table, SPRING, [gift(1, SPRING, 700)], NOW, hurried);
    await allocateGifts(table, AUTUMN, [gift(2, AUTUMN, 700)], NOW, hurried);
    const match = matchEntrySchema.parse(
      table.everything().find((item) => item['giftId'] === 'gft_2' && item.type === 'match'),
    );
    expect(match.draws[0]).toMatchObject({
      matchMinor: 300,
      capsHit: ['per-donor-year'],
      year: '2025',
      yearBeforeMinor: 700,
    });
    expect(await yearOf(table, 'dnr_a', '2025')).toBe(YEAR_CAP);
  });

  it('begins anew on the programme’s own day', async () => {
    const table = await twoCampaigns();
    const onThe = (day: string, n: number) =>
      entry(n, { campaignId: SPRING, donorId: 'dnr_a', amountMinor: 900, day, occurredAt: `${day}T12:00:00+08:00` });
    await allocateGifts(table, SPRING, [onThe('2026-09-07', 1), onThe('2026-09-08', 2)], NOW, hurried);
    expect([await yearOf(table, 'dnr_a', '2025'), await yearOf(table, 'dnr_a', '2026')]).toEqual([900, 900]);
  });

  it('gets back what a refund in one campaign frees for a gift in the other', async () => {
    const table = await twoCampaigns();
    const first = entry(1, { campaignId: SPRING, donorId: 'dnr_a', amountMinor: 1_000 });
    const second = entry(2, { campaignId: AUTUMN, donorId: 'dnr_a', amountMinor: 1_000 });
    await record(table, [first, second]);
    await allocateGifts(table, SPRING, [first], NOW, hurried);
    await recordRefunds(table, [refundOf(first, 'r1', 400, NOW)]);
    await settleRefunds(table, 'gft_1', NOW, hurried);
    expect(await yearOf(table, 'dnr_a', '2025')).toBe(600);
    await allocateGifts(table, AUTUMN, [second], NOW, hurried);
    expect(await yearOf(table, 'dnr_a', '2025')).toBe(YEAR_CAP);
  });

  it('is never exceeded when two pools race for it, and used to the last fen', async () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(amounts, amounts, fc.integer(), async (spring, autumn, seed) => {
        const table = await twoCampaigns();
        const giftsOf = (campaignId: string, all: readonly number[], from: number): DonationEntry[] =>
          all.map((amountMinor, n) => entry(from + n, { campaignId, donorId: `dnr_${n % 2}`, amountMinor }));
        const springGifts = giftsOf(SPRING, spring, 0);
        const autumnGifts = giftsOf(AUTUMN, autumn, 100);
        const store = yielding(table, seed);
        const random = seededRandom(seed);
        const patience = { random: () => random.below(100) / 100, pause: async () => undefined };
        await Promise.all([
          ...springGifts.map((gift) => allocateGifts(store, SPRING, [gift], NOW, patience)),
          ...autumnGifts.map((gift) => allocateGifts(store, AUTUMN, [gift], NOW, patience)),
        ]);
        for (const donorId of ['dnr_0', 'dnr_1']) {
          const asked = [...springGifts, ...autumnGifts]
            .filter((gift) => gift.donorId === donorId)
            .reduce((total, { amountMinor }) => total + amountMinor, 0);
          const drawn = drawnOf(table, donorId);
          expect(drawn).toBe(Math.min(asked, YEAR_CAP));
          expect((await yearOf(table, donorId, '2025')) ?? 0).toBe(drawn);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a donor who is counted by their first gift', () => {
  const plain = planWith({});
  const donors = async (table: Table): Promise<number> => (await readTotals(table, SPRING)).campaign.donors;
  const gift = (n: number, donorId: string) => entry(n, { campaignId: SPRING, donorId });
  const opened = async (): Promise<MemoryTable> => {
    const table = memoryTable();
    await openCampaign(table, SPRING, plain);
    return table;
  };

  it('is counted when the allocator died between the claim and the commit', async () => {
    const table = await opened();
    const dying: Table = {
      ...table,
      async transact() {
        throw new TransientError('died before it could commit');
      },
      get: async (key, options) => table.get(key, options),
    };
    await expect(allocateGifts(dying, SPRING, [gift(1, 'dnr_a')], NOW, hurried)).rejects.toThrow(TransientError);
    expect(await table.get(campaignDonorKey(SPRING, 'dnr_a'))).toMatchObject({ firstGiftId: 'gft_1' });
    expect(await donors(table)).toBe(0);
    // Another gift of the donor comes through first: the donor is still that of the first one.
    await allocateGifts(table, SPRING, [gift(2, 'dnr_a')], NOW, hurried);
    expect(await donors(table)).toBe(0);
    await allocateGifts(table, SPRING, [gift(1, 'dnr_a')], NOW, hurried);
    expect(await donors(table)).toBe(1);
  });

  it('is counted once by two batches that meet them at the same moment', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const table = await opened();
      const store = yielding(table, seed);
      await Promise.all([
        allocateGifts(store, SPRING, [gift(1, 'dnr_a'), gift(2, 'dnr_b')], NOW, hurried),
        allocateGifts(store, SPRING, [gift(3, 'dnr_a'), gift(4, 'dnr_c')], NOW, hurried),
      ]);
      expect(await donors(table)).toBe(3);
    }
  });

  it('is counted once when the same batch comes to two allocators', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const table = await opened();
      const batch = [1, 2, 3, 4, 5].map((n) => gift(n, `dnr_${n % 3}`));
      await Promise.all(
        [seed, seed + 1_000].map((one) => allocateGifts(yielding(table, one), SPRING, batch, NOW, hurried)),
      );
      expect(await donors(table)).toBe(3);
    }
  });

  it('has an item outside the transaction, whatever the rules look at', async () => {
    const looked = async (plan: unknown) => {
      const table = memoryTable();
      await openCampaign(table, SPRING, plan);
      const transactions: string[][] = [];
      const watched: Table = {
        ...table,
        async transact(writes) {
          transactions.push(writes.map((write) => ('put' in write ? String(write.put.type) : 'update')));
          return table.transact(writes);
        },
      };
      await allocateGifts(watched, SPRING, [gift(1, 'dnr_a')], NOW, hurried);
      expect(await donors(table)).toBe(1);
      return transactions.flat().includes('campaign-donor');
    };
    expect(await looked(plain)).toBe(false);
    expect(await looked(planWith({ perDonor: { capMinor: 500 } }))).toBe(false);
    expect(await looked({ ...plain, screen: { giftsPerMinute: 5 } })).toBe(false);
  });

  it('is not written again where a gift changed nothing about them', async () => {
    const table = memoryTable();
    await openCampaign(table, SPRING, planWith({ perDonor: { capMinor: 500 } }));
    await allocateGifts(
      table,
      SPRING,
      [entry(1, { campaignId: SPRING, donorId: 'dnr_a', amountMinor: 900 })],
      NOW,
      hurried,
    );
    const before = table.changes.length;
    await allocateGifts(
      table,
      SPRING,
      [entry(2, { campaignId: SPRING, donorId: 'dnr_a', amountMinor: 900 })],
      NOW,
      hurried,
    );
    expect(table.changes.slice(before).filter(({ after }) => after?.type === 'campaign-donor')).toEqual([]);
  });
});

describe('what a donor has drawn under a cap', () => {
  const capped = planWith({ perDonor: { capMinor: 1_000 } });
  const gift = (n: number, donorId = 'dnr_a') => entry(n, { campaignId: SPRING, donorId, amountMinor: 600 });
  const opened = async (): Promise<MemoryTable> => {
    const table = memoryTable();
    await openCampaign(table, SPRING, capped);
    return table;
  };
  const donorItem = async (table: Table) => table.get(campaignDonorKey(SPRING, 'dnr_a'));

  it('is found by the names of the gifts that were announced, and added up when the donor is looked at next', async () => {
    const table = await opened();
    await allocateGifts(table, SPRING, [gift(1)], NOW, hurried);
    expect(await donorItem(table)).toMatchObject({ announced: ['gft_1'], version: 1, uses: {} });
    expect(await allocateGifts(table, SPRING, [gift(2)], NOW, hurried)).toMatchObject({ counted: 1, repeated: 0 });
    expect(await donorItem(table)).toMatchObject({
      announced: ['gft_2'],
      version: 2,
      uses: { main: { totalMinor: 600 } },
    });
    expect(drawnOf(table, 'dnr_a')).toBe(1_000);
  });

  it('is nothing for a gift that was announced and never counted, and right once it comes again', async () => {
    const table = await opened();
    const dying: Table = {
      ...table,
      async transact() {
        throw new TransientError('died before it could commit');
      },
    };
    await expect(allocateGifts(dying, SPRING, [gift(1)], NOW, hurried)).rejects.toThrow(TransientError);
    expect(await donorItem(table)).toMatchObject({ announced: ['gft_1'] });
    await allocateGifts(table, SPRING, [gift(2)], NOW, hurried);
    expect(drawnOf(table, 'dnr_a')).toBe(600);
    expect(await donorItem(table)).toMatchObject({ announced: ['gft_1', 'gft_2'] });
    await allocateGifts(table, SPRING, [gift(1)], NOW, hurried);
    expect(drawnOf(table, 'dnr_a')).toBe(1_000);
  });

  it('holds a gift once, however often the gift comes', async () => {
    const table = await opened();
    await allocateGifts(table, SPRING, [gift(1)], NOW, hurried);
    await allocateGifts(table, SPRING, [gift(2)], NOW, hurried);
    for (let again = 0; again < 3; again += 1)
      expect(await allocateGifts(table, SPRING, [gift(1), gift(2)], NOW, hurried)).toMatchObject({
        counted: 0,
        repeated: 2,
        transactions: 0,
      });
    await record(table, [gift(1), gift(2)]);
    await recordRefunds(table, [refundOf(gift(2), 'r1', 600, NOW)]);
    await settleRefunds(table, 'gft_2', NOW, hurried);
    // Gift 1 drew 600 and gift 2 nothing any more, so 400 are left.
    await allocateGifts(table, SPRING, [gift(3)], NOW, hurried);
    expect(matchOf(table, 'gft_3')).toBe(400);
  });

  it('never passes the cap, whoever else counts gifts and refunds of the donor at that moment', async () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const table = await opened();
      await record(table, [gift(1)]);
      await allocateGifts(table, SPRING, [gift(1)], NOW, hurried);
      await recordRefunds(table, [refundOf(gift(1), 'r1', 600, NOW)]);
      const count = (nth: number, gifts: readonly DonationEntry[]) =>
        allocateGifts(yielding(table, seed * 10 + nth), SPRING, gifts, NOW, hurried);
      await Promise.all([
        count(1, [gift(2), gift(3, 'dnr_b')]),
        count(2, [gift(4), gift(2)]),
        count(3, [gift(5)]),
        settleRefunds(yielding(table, seed * 10 + 4), 'gft_1', NOW, hurried),
      ]);
      const later = [2, 4, 5].reduce((total, n) => total + matchOf(table, `gft_${n}`), 0);
      // Settled before the last of them, the refund leaves all 1,000 to the others; settled after it, 400.
      expect(later, `seed ${seed}`).toBeGreaterThanOrEqual(400);
      expect(later, `seed ${seed}`).toBeLessThanOrEqual(1_000);
      await allocateGifts(table, SPRING, [gift(6)], NOW, hurried);
      expect(later + matchOf(table, 'gft_6'), `seed ${seed}`).toBe(1_000);
    }
  });
});

const matchOf = (table: MemoryTable, giftId: string): number =>
  matchEntrySchema.parse(table.everything().find((item) => item['giftId'] === giftId && item.type === 'match'))
    .matchMinor;
