import { describe, expect, it } from 'vitest';
import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { PermanentError, TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import { type Books, violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { readGiftAccount, settleRefunds } from '../../functions/matching/settlement.store.ts';
import { campaignDonorKey, poolKey, standingKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { booksOf, CAMPAIGN, decided, entry, hurried, openPool, record, recordRefunds, refundOf } from './money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');
const rule = (id: string, poolMinor: number, more: object = {}) => ({
  version: 2,
  kind: 'ratio',
  id,
  sponsor: 'Sponsor',
  poolMinor,
  numerator: 1,
  denominator: 1,
  ...more,
});
const goal = (measure: string, threshold: number) => ({
  version: 2,
  kind: 'challenge',
  id: 'goal',
  sponsor: 'Bank',
  poolMinor: 5_000,
  measure,
  threshold,
});

/** A campaign below its handlers: gifts are counted, refunds arrive, people decide. */
class Campaign {
  readonly table: MemoryTable = memoryTable();
  readonly gifts: DonationEntry[] = [];

  static async open(...rules: object[]): Promise<Campaign> {
    return Campaign.with({ rules });
  }
  static async with(plan: object): Promise<Campaign> {
    const campaign = new Campaign();
    await openPool(campaign.table, plan);
    return campaign;
  }

  async arrive(...gifts: DonationEntry[]): Promise<void> {
    this.gifts.push(...gifts);
    await record(this.table, gifts);
  }
  count = (...gifts: DonationEntry[]) => allocateGifts(this.table, CAMPAIGN, gifts, NOW, hurried);
  async give(...gifts: DonationEntry[]): Promise<void> {
    await this.arrive(...gifts);
    await this.count(...gifts);
  }
  async refund(gift: DonationEntry, amountMinor: number, refundId: string, at: Instant = NOW) {
    await recordRefunds(this.table, [refundOf(gift, refundId, amountMinor, at)]);
    return settleRefunds(this.table, gift.giftId, NOW, hurried);
  }
  decide = (gift: DonationEntry, kind: 'release' | 'void', table: Table = this.table) =>
    decided(table, gift.giftId, kind, NOW);

  /** The books, after every invariant has been found to hold. */
  async books(): Promise<Books> {
    const books = await booksOf(this.table, this.gifts);
    expect(violationsOf(books)).toEqual([]);
    return books;
  }
  async left(): Promise<number[]> {
    return (await this.books()).pool.funds.map(({ remainingMinor }) => remainingMinor);
  }
  async changes() {
    const { adjustments } = await this.books();
    return adjustments.map(({ kind, changes }) => [kind, ...changes.map(({ matchMinor }) => matchMinor)]);
  }
}

const gift = (n: number, amountMinor: number, more: object = {}) => entry(n, { amountMinor, ...more });

describe('a refund', () => {
  it('gives its part of the match back to the pool, from where the next gift draws it', async () => {
    const campaign = await Campaign.open(rule('main', 1_000));
    await campaign.give(gift(1, 1_000), gift(2, 1_000));
    expect(await campaign.left()).toEqual([0]);
    expect(await campaign.refund(gift(1, 1_000), 400, 'r1')).toEqual({ kind: 'settled', refunds: 1 });
    expect(await campaign.left()).toEqual([400]);
    await campaign.give(gift(3, 1_000));
    const { journal, totals } = await campaign.books();
    expect(journal.map(({ matchMinor }) => matchMinor)).toEqual([1_000, 0, 400]);
    expect(totals.campaign).toMatchObject({
      amountMinor: 3_000,
      refundedMinor: 400,
      matchMinor: 1_000,
      matchedGifts: 2,
    });
  });

  it('of the whole gift leaves the donor counted, and the gift as one that went back', async () => {
    const campaign = await Campaign.open(rule('main', 1_000));
    await campaign.give(gift(1, 700));
    await campaign.refund(gift(1, 700), 700, 'r1');
    const { totals } = await campaign.books();
    expect(totals.campaign).toMatchObject({ gifts: 1, donors: 1, refundedGifts: 1, matchedGifts: 0, matchMinor: 0 });
  });

  it('that arrives before its payment is settled as soon as the gift is counted', async () => {
    const campaign = await Campaign.open(rule('main', 1_000));
    const early = gift(1, 700);
    expect(await campaign.refund(early, 200, 'r1')).toEqual({ kind: 'no-gift-yet' });
    await campaign.arrive(early);
    expect(await settleRefunds(campaign.table, early.giftId, NOW, hurried)).toEqual({ kind: 'not-counted-yet' });
    expect((await campaign.count(early)).refunded).toEqual([early.giftId]);
    expect(await settleRefunds(campaign.table, early.giftId, NOW, hurried)).toEqual({ kind: 'settled', refunds: 1 });
    expect(await campaign.left()).toEqual([500]);
  });

  it('that is told of twice, or settled twice, is settled once', async () => {
    const campaign = await Campaign.open(rule('main', 1_000));
    await campaign.give(gift(1, 700));
    await campaign.refund(gift(1, 700), 200, 'r1');
    expect(await campaign.refund(gift(1, 700), 200, 'r1')).toEqual({ kind: 'settled', refunds: 0 });
    expect(await campaign.changes()).toEqual([['refund', -200]]);
  });

  it('among several of one gift is settled in order of time, whatever order they came in', async () => {
    const campaign = await Campaign.open(rule('third', 1_000, { denominator: 3 }));
    const one = gift(1, 1_000);
    await campaign.give(one);
    await recordRefunds(campaign.table, [
      refundOf(one, 'c', 1, plusSeconds(NOW, 3)),
      refundOf(one, 'b', 998, plusSeconds(NOW, 2)),
      refundOf(one, 'a', 1, NOW),
    ]);
    expect(await settleRefunds(campaign.table, one.giftId, NOW, hurried)).toEqual({ kind: 'settled', refunds: 3 });
    // 333 were matched: 332 stay with 999 of the gift, 0 with 1, 0 with nothing.
    expect(await campaign.changes()).toEqual([['refund', -1], ['refund', -332], ['refund']]);
    const { settlements } = await readGiftAccount(campaign.table, one.giftId);
    expect(settlements.map(({ refundId }) => refundId)).toEqual(['a', 'b', 'c']);
  });

  it('larger than what is left of its gift is not settled: a person must look', async () => {
    const campaign = await Campaign.open(rule('main', 1_000));
    await campaign.give(gift(1, 700));
    await campaign.refund(gift(1, 700), 500, 'r1');
    await expect(campaign.refund(gift(1, 700), 201, 'r2')).rejects.toThrow(PermanentError);
    const books = await booksOf(campaign.table, campaign.gifts);
    expect(books.pool.remainingMinor).toBe(800);
    expect(violationsOf(books).map(({ invariant }) => invariant)).toEqual([
      'every refund of a counted gift is settled',
    ]);
  });

  it('gives every sponsor its own money back, to the sub-pool that it came from', async () => {
    const campaign = await Campaign.open(
      rule('company', 10_000, { perGift: { capMinor: 300 } }),
      rule('daily', 2_000, {
        numerator: 1,
        denominator: 2,
        subPools: [
          { id: 'first', poolMinor: 1_000 },
          { id: 'second', poolMinor: 1_000 },
        ],
        windows: [
          { from: '2026-09-07T00:00', until: '2026-09-08T00:00', subPoolId: 'first' },
          { from: '2026-09-08T00:00', until: '2026-09-09T00:00', subPoolId: 'second' },
        ],
      }),
    );
    await campaign.give(gift(1, 1_000));
    await campaign.refund(gift(1, 1_000), 500, 'r1');
    const { pool } = await campaign.books();
    expect(pool.funds).toMatchObject([
      { remainingMinor: 9_850 },
      { remainingMinor: 1_750, subPools: { first: 750, second: 1_000 } },
    ]);
  });

  it('gives a donor room again under the caps of the day, the campaign and the unit', async () => {
    const caps = { perDonor: { capMinor: 1_000, perDayMinor: 800 }, perUnit: { capMinor: 1_000 } };
    const campaign = await Campaign.open(rule('main', 100_000, caps));
    const of = (n: number, amountMinor: number) => gift(n, amountMinor, { donorId: 'dnr_a', unitId: 'wanyuan' });
    await campaign.give(of(1, 800), of(2, 800));
    await campaign.refund(of(1, 800), 300, 'r1');
    await campaign.give(of(3, 800));
    expect((await campaign.books()).journal.map(({ matchMinor }) => matchMinor)).toEqual([800, 0, 300]);
  });

  it('does not give a streak bonus a second time', async () => {
    const campaign = await Campaign.open({
      version: 2,
      kind: 'loyalty',
      id: 'friends',
      sponsor: 'Sponsor',
      poolMinor: 10_000,
      tiers: [{ atLeastYears: 0, numerator: 1, denominator: 1 }],
      streakBonus: { atLeastYears: 1, amountMinor: 99 },
    });
    await campaign.table.write({
      put: { ...standingKey(CAMPAIGN, 'dnr_a'), type: 'standing', donorId: 'dnr_a', years: 5 },
    });
    await campaign.give(gift(1, 100, { donorId: 'dnr_a' }));
    await campaign.refund(gift(1, 100), 100, 'r1');
    await campaign.give(gift(2, 100, { donorId: 'dnr_a' }));
    expect((await campaign.books()).journal.map(({ matchMinor }) => matchMinor)).toEqual([199, 100]);
  });

  it('of a gift that was counted after matching was closed gives nothing back', async () => {
    const campaign = await Campaign.open(rule('main', 1_000));
    await campaign.table.write({
      update: poolKey(CAMPAIGN),
      set: { state: 'finalised', stage: 'publicised', finalisedSequence: 0 },
    });
    await campaign.give(gift(1, 700));
    await campaign.refund(gift(1, 700), 700, 'r1');
    expect(await campaign.left()).toEqual([1_000]);
  });
});

describe('a match that a person decides on', () => {
  const screened = () => Campaign.with({ rules: [rule('main', 10_000)], screen: { giftsPerMinute: 2 } });
  const fast = (n: number) =>
    gift(n, 500, { donorId: 'dnr_a', occurredAt: plusSeconds(instantOf('2026-09-07T10:00:00+08:00'), n) });

  it('keeps its money when it is released, and gives it back when it is taken away', async () => {
    const campaign = await screened();
    await campaign.give(fast(1), fast(2), fast(3));
    expect((await campaign.books()).journal.map(({ held }) => held)).toEqual([undefined, 'velocity', 'velocity']);
    await campaign.decide(fast(2), 'release');
    await campaign.decide(fast(3), 'void');
    expect(await campaign.left()).toEqual([9_000]);
    expect(await campaign.changes()).toEqual([['release'], ['void', -500]]);
    const { adjustments } = await campaign.books();
    expect(adjustments.map(({ by, reason }) => [by, reason])).toEqual([
      ['finance-chen', 'looked at it'],
      ['finance-chen', 'looked at it'],
    ]);
  });

  it('cannot be released where it is not held, nor taken away twice', async () => {
    const campaign = await screened();
    await campaign.give(fast(1), fast(2));
    expect(await campaign.decide(fast(1), 'release')).toMatchObject({ kind: 'refused', code: 'not-held' });
    await campaign.decide(fast(2), 'void');
    expect(await campaign.decide(fast(2), 'void')).toMatchObject({ kind: 'refused', code: 'already-void' });
    expect(await campaign.decide(fast(2), 'release')).toMatchObject({ kind: 'refused', code: 'already-void' });
    await campaign.decide(fast(1), 'void');
    expect(await campaign.left()).toEqual([10_000]);
  });

  it('may be taken away after it was released, and not released after that', async () => {
    const campaign = await screened();
    await campaign.give(fast(1), fast(2));
    await campaign.decide(fast(2), 'release');
    expect(await campaign.decide(fast(2), 'release')).toMatchObject({ code: 'not-held' });
    expect((await campaign.decide(fast(2), 'void')).kind).toBe('changed');
    expect(await campaign.left()).toEqual([9_500]);
  });

  it('cannot be decided on before its gift is counted, nor when the matches are confirmed', async () => {
    const campaign = await screened();
    await campaign.arrive(fast(1));
    expect(await campaign.decide(fast(1), 'void')).toMatchObject({ kind: 'refused', code: 'not-counted' });
    await campaign.count(fast(1));
    await campaign.table.write({ update: poolKey(CAMPAIGN), set: { stage: 'confirmed', state: 'finalised' } });
    expect(await campaign.decide(fast(1), 'void')).toMatchObject({ kind: 'refused', code: 'already-confirmed' });
  });

  it('gives back only what a refund has left of it, and a refund after it nothing more', async () => {
    const campaign = await screened();
    await campaign.give(fast(1));
    await campaign.refund(fast(1), 200, 'r1');
    await campaign.decide(fast(1), 'void');
    await campaign.refund(fast(1), 300, 'r2');
    expect(await campaign.changes()).toEqual([['refund', -200], ['void', -300], ['refund']]);
    expect(await campaign.left()).toEqual([10_000]);
    expect((await campaign.books()).totals.campaign).toMatchObject({ refundedMinor: 500, matchedGifts: 0 });
  });
});

describe('a challenge', () => {
  it('that a refund takes below its threshold is locked again, and met again by a later gift', async () => {
    const campaign = await Campaign.open(goal('amount', 1_000));
    await campaign.give(gift(1, 600), gift(2, 400));
    expect(await campaign.left()).toEqual([0]);
    await campaign.refund(gift(2, 400), 1, 'r1');
    expect(await campaign.left()).toEqual([5_000]);
    await campaign.give(gift(3, 1));
    expect(await campaign.changes()).toEqual([
      ['challenge', 5_000],
      ['refund', -5_000],
      ['challenge', 5_000],
    ]);
    expect((await campaign.books()).totals.campaign.lumpMinor).toBe(5_000);
  });

  it('that counts donors loses one with the last of their gifts', async () => {
    const campaign = await Campaign.open(goal('donors', 2));
    const of = (n: number, donorId: string) => gift(n, 100, { donorId });
    await campaign.give(of(1, 'dnr_a'), of(2, 'dnr_a'), of(3, 'dnr_b'));
    await campaign.refund(of(1, 'dnr_a'), 100, 'r1');
    await campaign.refund(of(3, 'dnr_b'), 99, 'r2');
    expect(await campaign.left()).toEqual([0]);
    await campaign.refund(of(2, 'dnr_a'), 100, 'r3');
    expect(await campaign.left()).toEqual([5_000]);
    await campaign.give(of(4, 'dnr_a'));
    expect(await campaign.left()).toEqual([0]);
  });

  it('that counts gifts counts one in part and none that went back whole', async () => {
    const campaign = await Campaign.open(goal('gifts', 2));
    await campaign.give(gift(1, 100), gift(2, 100));
    await campaign.refund(gift(1, 100), 99, 'r1');
    expect(await campaign.left()).toEqual([0]);
    await campaign.refund(gift(1, 100), 1, 'r2');
    expect(await campaign.left()).toEqual([5_000]);
  });

  it('is not met by a held gift, but by its release, and locked again when it is taken away', async () => {
    const campaign = await Campaign.with({
      rules: [rule('main', 10_000), goal('gifts', 2)],
      screen: { giftsPerMinute: 2 },
    });
    const of = (n: number) =>
      gift(n, 500, { donorId: 'dnr_a', occurredAt: plusSeconds(instantOf('2026-09-07T10:00:00+08:00'), n) });
    await campaign.give(of(1), of(2));
    expect(await campaign.left()).toEqual([9_000, 5_000]);
    await campaign.decide(of(2), 'release');
    expect(await campaign.left()).toEqual([9_000, 0]);
    await campaign.decide(of(2), 'void');
    expect(await campaign.left()).toEqual([9_500, 5_000]);
    expect(await campaign.changes()).toEqual([
      ['release', 5_000],
      ['void', -500, -5_000],
    ]);
  });

  it('is not touched by a refund of a gift that is held or was taken away', async () => {
    const campaign = await Campaign.with({
      rules: [rule('main', 10_000), goal('amount', 500)],
      screen: { giftsPerMinute: 2 },
    });
    const of = (n: number) =>
      gift(n, 500, { donorId: 'dnr_a', occurredAt: plusSeconds(instantOf('2026-09-07T10:00:00+08:00'), n) });
    await campaign.give(of(1), of(2), of(3));
    await campaign.refund(of(2), 500, 'r1');
    await campaign.decide(of(3), 'void');
    await campaign.refund(of(3), 500, 'r2');
    const { pool } = await campaign.books();
    expect(pool.funds[1]?.challenge).toEqual({ amountMinor: 500, donors: 0, gifts: 1, unlocked: true });
    // Released after it went back whole, it does not count either.
    await campaign.decide(of(2), 'release');
    expect((await campaign.books()).pool.funds[1]?.challenge?.gifts).toBe(1);
  });

  it('counts of a released gift only what had not gone back before', async () => {
    const campaign = await Campaign.with({
      rules: [rule('main', 10_000), goal('amount', 900)],
      screen: { giftsPerMinute: 2 },
    });
    const of = (n: number) =>
      gift(n, 500, { donorId: 'dnr_a', occurredAt: plusSeconds(instantOf('2026-09-07T10:00:00+08:00'), n) });
    await campaign.give(of(1), of(2));
    await campaign.refund(of(2), 200, 'r1');
    await campaign.decide(of(2), 'release');
    const { pool } = await campaign.books();
    expect(pool.funds[1]?.challenge).toEqual({ amountMinor: 800, donors: 0, gifts: 2, unlocked: false });
  });

  it('is not met by a gift that is counted after matching was closed', async () => {
    const campaign = await Campaign.open(goal('gifts', 1));
    await campaign.table.write({
      update: poolKey(CAMPAIGN),
      set: { state: 'finalised', stage: 'publicised', finalisedSequence: 0 },
    });
    await campaign.give(gift(1, 700));
    expect(await campaign.left()).toEqual([5_000]);
  });

  it('stays paid when a refund comes after the matches were confirmed', async () => {
    const campaign = await Campaign.open(rule('main', 10_000), goal('amount', 1_000));
    await campaign.give(gift(1, 1_000));
    await campaign.table.write({
      update: poolKey(CAMPAIGN),
      set: { state: 'finalised', stage: 'confirmed', finalisedSequence: 1 },
    });
    await campaign.refund(gift(1, 1_000), 1_000, 'r1');
    expect(await campaign.left()).toEqual([10_000, 0]);
    const { adjustments } = await campaign.books();
    expect(adjustments.at(-1)).toMatchObject({ kind: 'refund', confirmed: true });
  });
});

describe('when the store fails', () => {
  /** The nth transaction loses its answer, before or after it happened. */
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

  it.each(['before', 'after'] as const)(
    '%s a decision was written, it is made once, and who made it is told so',
    async (when) => {
      const campaign = await Campaign.open(rule('main', 10_000));
      await campaign.give(gift(1, 500));
      expect((await campaign.decide(gift(1, 500), 'void', losing(campaign.table, when))).kind).toBe('changed');
      expect(await campaign.changes()).toEqual([['void', -500]]);
    },
  );

  it.each(['before', 'after'] as const)('%s a refund was settled, it is settled once', async (when) => {
    const campaign = await Campaign.open(rule('main', 10_000));
    await campaign.give(gift(1, 500));
    await recordRefunds(campaign.table, [refundOf(gift(1, 500), 'r1', 500, NOW)]);
    await settleRefunds(losing(campaign.table, when), 'gft_1', NOW, hurried);
    expect(await campaign.changes()).toEqual([['refund', -500]]);
  });

  it('lets refunds, decisions and new gifts of one donor work at once without losing a fen', async () => {
    const caps = { perDonor: { capMinor: 3_000, perDayMinor: 2_500 }, perUnit: { capMinor: 4_000 } };
    const campaign = await Campaign.open(rule('main', 6_000, caps), goal('amount', 3_000));
    const gifts = Array.from({ length: 12 }, (_, n) =>
      gift(n, 400 + n, { donorId: `dnr_${n % 2}`, unitId: 'wanyuan' }),
    );
    const [first = gift(0, 1), second = gift(0, 1)] = gifts;
    await campaign.give(...gifts.slice(0, 6));
    await campaign.arrive(...gifts.slice(6));
    await recordRefunds(campaign.table, [refundOf(first, 'r1', 100, NOW), refundOf(second, 'r1', 401, NOW)]);
    const yielding: Table = {
      ...campaign.table,
      async transact(writes) {
        await Promise.resolve();
        return campaign.table.transact(writes);
      },
    };
    await Promise.all([
      allocateGifts(yielding, CAMPAIGN, gifts.slice(6, 9), NOW, hurried),
      settleRefunds(yielding, first.giftId, NOW, hurried),
      settleRefunds(yielding, second.giftId, NOW, hurried),
      decided(yielding, 'gft_3', 'void', NOW),
      allocateGifts(yielding, CAMPAIGN, gifts.slice(9), NOW, hurried),
      settleRefunds(yielding, first.giftId, NOW, hurried),
    ]);
    const { journal, adjustments } = await campaign.books();
    expect(journal).toHaveLength(12);
    expect(adjustments.filter(({ kind }) => kind === 'refund')).toHaveLength(2);
  });

  it('counts a donor’s item once more for a refund, where their caps are kept', async () => {
    const campaign = await Campaign.open(rule('main', 6_000, { perDonor: { perDayMinor: 2_500 } }));
    await campaign.give(gift(1, 500, { donorId: 'dnr_a' }));
    await campaign.refund(gift(1, 500), 500, 'r1');
    expect(await campaign.table.get(campaignDonorKey(CAMPAIGN, 'dnr_a'))).toMatchObject({
      firstGiftId: 'gft_1',
      uses: { main: { days: { '2026-09-07': 0 } } },
    });
  });
});
