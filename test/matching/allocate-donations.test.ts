import { beforeEach, describe, expect, it } from 'vitest';
import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateDonations } from '../../functions/matching/allocate-donations.lambda.ts';
import { matchingPlanSchema } from '../../functions/matching/matching-plan.ts';
import { readPool } from '../../functions/matching/matching-pool.store.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { campaignDonorKey, donationEntryKey, poolKey, refundEntryKey } from '../../functions/platform/keys.ts';
import type { PoisonNote } from '../../functions/platform/poison.gateway.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Item, Table } from '../../functions/platform/table.ts';
import { booksOf, CAMPAIGN, entry, openCampaignPool, record, refundOf, WINDOW } from './money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const OTHER = 'cmp_other';

describe('a batch of the stream', () => {
  let table: MemoryTable;
  let setAside: PoisonNote[];
  let waitedMs: number;
  /** What happens elsewhere while the consumer waits. */
  let meanwhile: () => Promise<void>;

  beforeEach(async () => {
    [table, setAside, waitedMs, meanwhile] = [memoryTable(), [], 0, async () => undefined];
    await openCampaignPool(table, { poolMinor: 100_000 });
    await table.write({ put: openingPoolItem(OTHER, matchingPlanSchema.parse({ rules: [] }), WINDOW, 'CNY') });
  });

  const patience = {
    random: () => 0,
    pause: async (ms: number) => {
      waitedMs += ms;
      await meanwhile();
    },
  };
  const deliver = (items: readonly (Item | undefined)[], through: Table = table) =>
    allocateDonations(
      items.map((image, n) => ({ position: String(n), image })),
      { table: through, patience, setAside: async (note) => void setAside.push(note) },
      NOW,
    );
  const stored = (gift: DonationEntry) => table.get(donationEntryKey(gift.giftId));
  const arrive = async (gifts: readonly DonationEntry[]) => {
    await record(table, gifts);
    await deliver(await Promise.all(gifts.map(stored)));
  };
  const spoil = (stage = 'paid in full') => table.write({ update: poolKey(CAMPAIGN), set: { stage } });
  const mend = () => spoil('provisional');

  it('sets aside the gifts of a campaign whose pool cannot be read, and counts those of every other', async () => {
    await spoil();
    const gifts = [entry(1), entry(2, { campaignId: OTHER }), entry(3)];
    await arrive(gifts);
    expect(setAside.map(({ source, pk }) => [source, pk])).toEqual([
      ['allocate-donations', 'GIFT#gft_1'],
      ['allocate-donations', 'GIFT#gft_3'],
    ]);
    expect((await readPool(table, OTHER)).sequence).toBe(1);
    expect(table.everything().filter(({ type }) => type === 'match')).toHaveLength(1);
  });

  it('says where the pool is wrong, and nothing of what stands there', async () => {
    await spoil('a secret');
    await arrive([entry(1)]);
    expect(setAside[0]?.reason).toBe('what is stored cannot be read: stage (invalid_value)');
  });

  it('looks six times in three seconds before, whether for one gift or for many, and then goes on', async () => {
    await spoil();
    await arrive(Array.from({ length: 30 }, (_, n) => entry(n)));
    expect(setAside).toHaveLength(30);
    expect(waitedMs).toBe(2_500);
  });

  it('counts them all where the pool is mended in these seconds', async () => {
    await spoil();
    meanwhile = async () => void (waitedMs >= 1_500 && (await mend()));
    const gifts = [entry(1), entry(2)];
    await arrive(gifts);
    expect(setAside).toEqual([]);
    expect(violationsOf(await booksOf(table, gifts))).toEqual([]);
  });

  it('loses nothing of what was set aside: replayed after the repair, twice, it is counted once with its refund', async () => {
    await spoil();
    const gifts = [entry(1), entry(2)];
    await arrive(gifts);
    const refund = refundOf(gifts[0], 'refund-1', 400, NOW);
    await recordRefund(table, refund);
    await deliver([await table.get(refundEntryKey(refund.giftId, 'refund-1'))]);
    await mend();
    const noted = await Promise.all(setAside.map(({ pk, sk }) => table.get({ pk, sk })));
    await deliver(noted);
    await deliver(noted);
    const { adjustments, ...books } = await booksOf(table, gifts);
    expect(adjustments.map(({ kind, giftId, refundMinor }) => [kind, giftId, refundMinor])).toEqual([
      ['refund', 'gft_1', 400],
    ]);
    expect(books.journal).toHaveLength(2);
    expect(violationsOf({ ...books, adjustments, refunds: [refund] })).toEqual([]);
  });

  it('sets the gift of a refund aside that cannot be settled while the pool cannot be read', async () => {
    const gift = entry(1);
    await arrive([gift]);
    await spoil();
    const refund = refundOf(gift, 'refund-1', 400, NOW);
    await recordRefund(table, refund);
    const item = await table.get(refundEntryKey(gift.giftId, 'refund-1'));
    await deliver([item]);
    expect(setAside.map(({ pk }) => pk)).toEqual(['GIFT#gft_1']);
    await mend();
    await deliver([await stored(gift)]);
    expect((await readPool(table, CAMPAIGN)).adjustments).toBe(1);
  });

  it('sets aside only the gifts of a donor whose item cannot be read', async () => {
    await table.write({ put: { ...campaignDonorKey(CAMPAIGN, 'dnr_odd'), type: 'campaign-donor', donorId: 7 } });
    const gifts = [entry(1, { donorId: 'dnr_even' }), entry(2, { donorId: 'dnr_odd' }), entry(3)];
    await arrive(gifts);
    expect(setAside.map(({ pk }) => pk)).toEqual(['GIFT#gft_2']);
    expect((await readPool(table, CAMPAIGN)).sequence).toBe(2);
  });

  it('comes again, with nothing set aside, where the pool could not be fetched: that is an outage, and may pass', async () => {
    const away: Table = {
      ...table,
      get: async (key) => {
        if (key.sk === 'POOL') throw new TransientError('no answer');
        return table.get(key);
      },
    };
    await record(table, [entry(1)]);
    await expect(deliver([await stored(entry(1))], away)).rejects.toThrow('no answer');
    expect(setAside).toEqual([]);
  });
});
