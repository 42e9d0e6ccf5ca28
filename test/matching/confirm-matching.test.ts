import { beforeEach, describe, expect, it } from 'vitest';
import { campaignSchema } from '../../functions/campaigns/campaign.ts';
import { recordRefund } from '../../functions/donations/refund-entry.store.ts';
import { type Instant, instantOf, plusSeconds, SECONDS_PER_DAY } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateGifts } from '../../functions/matching/allocation.store.ts';
import { definition as confirm } from '../../functions/matching/confirm-matching.lambda.ts';
import { definition as finalise } from '../../functions/matching/finalise-matching.lambda.ts';
import { adjustmentsOf, readPool } from '../../functions/matching/matching-pool.store.ts';
import { changeBooks, settleRefunds } from '../../functions/matching/settlement.store.ts';
import { decisionSettlement } from '../../functions/matching/settlement.ts';
import { campaignKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { PROPOSAL } from '../stories/people.ts';
import { booksOf, CAMPAIGN, entry, openPool, record, refundOf } from './money-path.ts';

const COUNTED_AT = instantOf('2026-09-09T12:00:00Z');
const SETTLED_AT = instantOf('2026-09-11T11:00:00+08:00');
/** The 24:00 of the tenth day after the 11th. */
const NOTICE_ENDS = instantOf('2026-09-22T00:00:00+08:00');
const hurried = { random: () => 0, pause: async () => undefined };

const RATIO = {
  version: 2,
  kind: 'ratio',
  id: 'main',
  sponsor: 'Sponsor',
  poolMinor: 100_000,
  numerator: 1,
  denominator: 1,
} as const;
/** Raised per unit decides: 900 for all, 100 for who raised 50 yuan. */
const PERFORMANCE = {
  version: 2,
  kind: 'performance',
  id: 'boards',
  sponsor: 'Sponsor',
  poolMinor: 1_000,
  tiers: [
    { id: 'all', sumMinor: 900, atLeastMinor: 1, by: 'amount' },
    { id: 'large', sumMinor: 100, atLeastMinor: 5_000, by: 'equal' },
  ],
} as const;

const GIFTS = [
  entry(1, { amountMinor: 3_000, unitId: 'wanyuan', donorId: 'dnr_a' }),
  entry(2, { amountMinor: 6_000, unitId: 'xuanhan', donorId: 'dnr_b' }),
  entry(3, { amountMinor: 500, unitId: undefined, donorId: 'dnr_c' }),
];

describe('the end of a campaign’s matching', () => {
  let table: MemoryTable;

  async function opened(plan: { rules: readonly object[]; screen?: object }): Promise<void> {
    table = memoryTable();
    const campaign = campaignSchema.parse({
      type: 'campaign',
      campaignId: CAMPAIGN,
      status: 'closed',
      proposal: { ...PROPOSAL, matching: plan },
      round: 1,
      version: 5,
      submittedBy: 'manager',
      createdAt: '2026-08-20T00:00:00Z',
      updatedAt: '2026-09-10T00:00:00Z',
    });
    await table.write({ put: { ...campaignKey(CAMPAIGN), ...campaign } });
    await openPool(table, plan);
    await record(table, GIFTS);
    await allocateGifts(table, CAMPAIGN, GIFTS, COUNTED_AT, hurried);
  }

  const queued: object[] = [];
  const queueNotices = async (messages: readonly object[]): Promise<void> => void queued.push(...messages);
  const finalised = () => finalise.handle({ campaignId: CAMPAIGN }, { table, patience: hurried }, SETTLED_AT);
  const confirmed = (at: Instant = NOTICE_ENDS) =>
    confirm.handle({ campaignId: CAMPAIGN }, { table, patience: hurried, queueNotices }, at);
  const decide = (giftId: string, kind: 'release' | 'void') =>
    changeBooks(
      table,
      CAMPAIGN,
      giftId,
      SETTLED_AT,
      (books, account) => {
        const settlement = decisionSettlement({ kind, by: 'finance', reason: 'looked into' }, account, books);
        return 'kind' in settlement ? settlement : { settlement, cause: kind.toUpperCase() };
      },
      hurried,
    );
  const rounds = async () => (await adjustmentsOf(table, CAMPAIGN)).filter(({ kind }) => kind === 'round');

  describe('with a ratio and a sum for the units', () => {
    beforeEach(() => opened({ rules: [RATIO, PERFORMANCE] }));

    it('publicises the matches for ten whole days and splits the sum by what each unit raised', async () => {
      expect(await finalised()).toEqual({ kind: 'finalised', gifts: 3, matchedMinor: 10_500 });
      expect(await readPool(table, CAMPAIGN)).toMatchObject({
        state: 'finalised',
        stage: 'publicised',
        noticeUntil: NOTICE_ENDS,
        finalisedSequence: 3,
      });
      // 900 by 3,000 and 6,000; 100 to the one unit above 50 yuan.
      expect((await rounds()).map(({ ruleId, shares }) => [ruleId, shares])).toEqual([
        [
          'boards',
          [
            { unitId: 'wanyuan', shareMinor: 300 },
            { unitId: 'xuanhan', shareMinor: 700 },
          ],
        ],
      ]);
      expect(violationsOf(await booksOf(table, GIFTS))).toEqual([]);
    });

    it('splits it once, however often finalisation is repeated', async () => {
      await finalised();
      expect(await finalised()).toEqual({ kind: 'finalised', gifts: 3, matchedMinor: 10_500 });
      expect(await rounds()).toHaveLength(1);
    });

    it('confirms nothing before the notice is over, and asks again in six hours at the latest', async () => {
      await finalised();
      expect(await confirmed(SETTLED_AT)).toEqual({ kind: 'wait', waitSeconds: 21_600 });
      expect(await confirmed(plusSeconds(NOTICE_ENDS, -1))).toEqual({ kind: 'wait', waitSeconds: 1 });
      expect((await readPool(table, CAMPAIGN)).stage).toBe('publicised');
    });

    it('confirms at the end of the notice, and finds it done when repeated', async () => {
      await finalised();
      expect(await confirmed()).toEqual({ kind: 'confirmed', matchedMinor: 10_500 });
      const changes = table.changes.length;
      expect(await confirmed()).toEqual({ kind: 'confirmed', matchedMinor: 10_500 });
      expect(table.changes.length).toBe(changes);
    });

    it('splits the sum anew where a refund during the notice has changed what a unit raised', async () => {
      await finalised();
      await recordRefund(table, refundOf(GIFTS[1], 'refund-1', 3_000, SETTLED_AT));
      await settleRefunds(table, 'gft_2', SETTLED_AT, hurried);
      expect(await confirmed()).toEqual({ kind: 'confirmed', matchedMinor: 3_000 + 3_000 + 500 + 900 });
      // Half and half of 900; nobody has 50 yuan any more.
      expect((await rounds()).map(({ shares }) => shares?.map(({ shareMinor }) => shareMinor))).toEqual([
        [300, 700],
        [450, 450],
      ]);
      expect(violationsOf(await booksOf(table, GIFTS))).toEqual([]);
    });

    it('confirms no split that a refund has overtaken after it was looked at', async () => {
      await finalised();
      let looks = 0;
      const overtaken: Table = {
        ...table,
        async get(key, options) {
          // The fourth look at the pool is the one with which all books are read: the rounds have been looked at.
          looks += key.sk === 'POOL' ? 1 : 0;
          if (looks === 4 && key.sk === 'POOL') {
            looks += 1;
            await recordRefund(table, refundOf(GIFTS[1], 'refund-1', 3_000, SETTLED_AT));
            await settleRefunds(table, 'gft_2', SETTLED_AT, hurried);
          }
          return table.get(key, options);
        },
      };
      const use = { table: overtaken, patience: hurried, queueNotices };
      expect(await confirm.handle({ campaignId: CAMPAIGN }, use, NOTICE_ENDS)).toMatchObject({ kind: 'wait' });
      expect(await confirmed()).toMatchObject({ kind: 'confirmed' });
      expect((await rounds()).at(-1)?.shares?.map(({ shareMinor }) => shareMinor)).toEqual([450, 450]);
    });

    it('books a refund after the confirmation as a correction and leaves the shares as they were', async () => {
      await finalised();
      await confirmed();
      await recordRefund(table, refundOf(GIFTS[0], 'refund-1', 3_000, plusSeconds(NOTICE_ENDS, 60)));
      await settleRefunds(table, 'gft_1', plusSeconds(NOTICE_ENDS, 60), hurried);
      const [correction] = (await adjustmentsOf(table, CAMPAIGN)).slice(-1);
      expect(correction).toMatchObject({
        kind: 'refund',
        confirmed: true,
        changes: [{ ruleId: 'main', matchMinor: -3_000 }],
      });
      expect(await confirmed()).toEqual({ kind: 'confirmed', matchedMinor: 7_500 });
      expect(await rounds()).toHaveLength(1);
      expect(violationsOf(await booksOf(table, GIFTS))).toEqual([]);
    });

    it('stops where somebody has touched a share', async () => {
      await finalised();
      const [round] = await rounds();
      if (round === undefined) throw new Error('there is no round');
      const item = table.everything().find(({ type, kind }) => type === 'adjustment' && kind === 'round');
      await table.write({
        update: { pk: item?.pk ?? '', sk: item?.sk ?? '' },
        set: { changes: [{ ruleId: 'boards', matchMinor: 999 }] },
      });
      await expect(confirmed()).rejects.toThrow(/the books are wrong/);
    });
  });

  it('waits for a person to decide on held matches, and stops fourteen days after the notice', async () => {
    // All three gifts of one donor, a minute apart at most: the second of two is held.
    await opened({ rules: [RATIO], screen: { giftsPerMinute: 2 } });
    const more = [1, 2].map((n) =>
      entry(10 + n, {
        donorId: 'dnr_fast',
        amountMinor: 100,
        occurredAt: `2026-09-08T10:00:0${n}+08:00`,
        day: '2026-09-08',
      }),
    );
    await record(table, more);
    await allocateGifts(table, CAMPAIGN, more, COUNTED_AT, hurried);
    await finalised();
    expect(await confirmed()).toEqual({ kind: 'held', gifts: 1, waitSeconds: 21_600 });
    await expect(confirmed(plusSeconds(NOTICE_ENDS, 14 * SECONDS_PER_DAY + 1))).rejects.toThrow(
      /1 held matches have not been decided/,
    );
    expect(await decide('gft_12', 'void')).toMatchObject({ kind: 'changed' });
    expect(await confirmed()).toEqual({ kind: 'confirmed', matchedMinor: 9_600 });
    expect(violationsOf(await booksOf(table, [...GIFTS, ...more]))).toEqual([]);
  });

  it('has no notice where nothing was to be matched', async () => {
    await opened({ rules: [] });
    await finalised();
    expect(await confirmed(SETTLED_AT)).toEqual({ kind: 'confirmed', matchedMinor: 0 });
  });

  it('confirms nothing that was not finalised', async () => {
    await opened({ rules: [RATIO] });
    await expect(confirmed()).rejects.toThrow(/has not been finalised/);
  });
});
