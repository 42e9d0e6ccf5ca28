import { beforeEach, describe, expect, it } from 'vitest';
import type { DonationEntry } from '../../functions/donations/donation-entry.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { type Books, violationsOf } from '../../functions/ledger/invariants.ts';
import type { Adjustment } from '../../functions/matching/adjustment.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { type OracleVerdict, replay } from '../../functions/matching/matching-oracle.ts';
import { frameOf } from '../../functions/matching/matching-pool.ts';
import { settleRefunds } from '../../functions/matching/settlement.store.ts';
import { poolKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import {
  booksOf,
  CAMPAIGN,
  decided,
  entry,
  hurried,
  openCampaignPool,
  record,
  recordRefunds,
  refundOf,
} from './money-path.ts';

const NOW = instantOf('2026-09-07T12:00:00Z');

describe('a gift that was counted after matching was closed', () => {
  let table: MemoryTable;
  const inTime = entry(1, { amountMinor: 3_000 });
  const late = entry(2, { amountMinor: 5_000 });

  const count = async (gift: DonationEntry): Promise<void> => {
    await record(table, [gift]);
    await allocateGifts(table, CAMPAIGN, [gift], NOW, hurried);
  };

  beforeEach(async () => {
    table = memoryTable();
    await openCampaignPool(table, { poolMinor: 100_000 });
    await count(inTime);
    const closed = { state: 'finalised', stage: 'publicised', finalisedSequence: 1, finalisedAt: NOW };
    await table.write({ update: poolKey(CAMPAIGN), set: closed });
    await count(late);
  });

  const books = (): Promise<Books> => booksOf(table, [inTime, late]);
  /** What the oracle says of the books with one more entry about the late gift. */
  const judged = async (about: Pick<Adjustment, 'kind' | 'changes'> & Partial<Adjustment>): Promise<OracleVerdict> => {
    const { pool, seeds, journal } = await books();
    const adjustment: Adjustment = {
      type: 'adjustment',
      campaignId: CAMPAIGN,
      number: 1,
      afterSequence: 2,
      at: NOW,
      by: 'finance-chen',
      giftId: late.giftId,
      ...about,
    };
    const { plan, finalisedSequence } = pool;
    return replay({ plan, frame: frameOf(pool), seeds, lines: journal, adjustments: [adjustment], finalisedSequence });
  };
  const taking = (matchMinor: number) => [{ ruleId: 'main', matchMinor }];

  it('has drawn nothing, and the oracle agrees', async () => {
    expect((await books()).journal.map(({ matchMinor }) => matchMinor)).toEqual([3_000, 0]);
    expect(violationsOf(await books())).toEqual([]);
  });

  it('has no match that a person could take away: the decision is refused and changes nothing', async () => {
    expect(await decided(table, late.giftId, 'void', NOW)).toMatchObject({ kind: 'refused', code: 'not-matched' });
    expect(await decided(table, late.giftId, 'release', NOW)).toMatchObject({ kind: 'refused', code: 'not-matched' });
    expect((await books()).adjustments).toEqual([]);
  });

  it('may be void by an entry that takes nothing: the books are not wrong for it, and can be confirmed', async () => {
    expect(await judged({ kind: 'void', changes: [] })).toMatchObject({ kind: 'agrees', matchedMinor: 3_000 });
  });

  it('is found where a void takes money that it never drew', async () => {
    expect((await judged({ kind: 'void', changes: taking(-5_000) })).differences).toEqual([
      { about: 'adjustment 1 (void)', position: 2, recordedMinor: -5_000, expectedMinor: 0 },
    ]);
  });

  it('can be neither released nor claimed for', async () => {
    expect((await judged({ kind: 'release', changes: [] })).kind).toBe('disagrees');
    const draw = { ruleId: 'main', outcome: 'matched', matchMinor: 5_000 } as Adjustment['draw'];
    expect((await judged({ kind: 'claim', changes: taking(5_000), draw })).kind).toBe('disagrees');
  });

  it('goes back to its donor without taking anything out of the pool', async () => {
    const refund = refundOf(late, 'refund-1', 5_000, NOW);
    await recordRefunds(table, [refund]);
    await settleRefunds(table, late.giftId, NOW, hurried);
    const { adjustments, pool } = await books();
    expect(adjustments.map(({ kind, changes }) => [kind, changes])).toEqual([['refund', []]]);
    expect(pool.remainingMinor).toBe(97_000);
    expect(violationsOf(await books())).toEqual([]);
    expect((await judged({ kind: 'refund', refundMinor: minor(5_000), changes: taking(-5_000) })).kind).toBe(
      'disagrees',
    );
  });
});
