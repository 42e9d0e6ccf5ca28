import { describe, expect, it } from 'vitest';
import { TransientError } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf, plusSeconds } from '../../functions/kernel/time.ts';
import type { NoticeMessage } from '../../functions/notices/notice-message.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { issueReceipts } from '../../functions/receipts/issue.store.ts';
import { saveReceiptSettings } from '../../functions/receipts/receipt-settings.store.ts';
import { receiptSettingsRequestSchema } from '../../functions/receipts/receipt-settings.ts';
import { reverseRefundsOf } from '../../functions/receipts/refund-sweep.store.ts';
import { reverseRefunded } from '../../functions/receipts/reverse.store.ts';
import { definition as reverseReceipts } from '../../functions/receipts/reverse-receipts.lambda.ts';
import { entry, hurried, recordRefunds, refundOf } from '../matching/money-path.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { about, giveAll, issuer, ORGANISATION, problems, register, SETTINGS_REQUEST } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const giftId = (n: number): string => `gft_${String(n).padStart(20, '0')}`;
const gift = (n: number) => entry(n, { giftId: giftId(n) });

async function receipted(count: number): Promise<MemoryTable> {
  const table = memoryTable();
  const gifts = Array.from({ length: count }, (_, n) => gift(n));
  await giveAll(table, gifts, NOW);
  await saveReceiptSettings(table, ORGANISATION, receiptSettingsRequestSchema.parse(SETTINGS_REQUEST), 0, 'chen', NOW);
  await issueReceipts(
    { table, patience: hurried },
    issuer(NOW),
    gifts.map((one) => ({ giftId: one.giftId, do: 'issue', about: about() })),
  );
  return table;
}
const use = (table: MemoryTable) => ({
  table: restrictedTable(table, 'reverse-receipts'),
  patience: hurried,
  readDonorKey: async () => 'donor key of the test',
  queueNotices: async () => undefined,
});
const run = (table: MemoryTable, now: Instant) =>
  reverseReceipts.handle({ organisationId: undefined, dueAt: now }, use(table), now);

describe('refunds after receipts', () => {
  it('are found by the day on which they were recorded, and taken back once', async () => {
    const table = await receipted(5);
    await recordRefunds(table, [refundOf(gift(1), 'r1', 1_000, NOW), refundOf(gift(3), 'r2', 250, NOW)]);
    expect(await run(table, NOW)).toEqual({ kind: 'reversed', lookedAt: 2, reversed: 2, failed: 0 });
    expect(await run(table, plusSeconds(NOW, 900))).toMatchObject({ reversed: 0 });
    expect((await register(table)).receipts.slice(5).map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
      ['reversal', -1_000],
      ['reversal', -1_000],
      ['gift', 750],
    ]);
    expect(await problems(table)).toEqual([]);
  });

  it('of the day before are found after a run that came in between, and those of days on which nothing ran', async () => {
    const table = await receipted(3);
    await run(table, NOW);
    await recordRefunds(table, [refundOf(gift(0), 'r1', 1_000, instantOf('2026-09-10T23:59:59Z'))]);
    expect(await run(table, instantOf('2026-09-11T00:05:00Z'))).toMatchObject({ reversed: 1 });
    await recordRefunds(table, [refundOf(gift(1), 'r2', 1_000, instantOf('2026-09-13T10:00:00Z'))]);
    expect(await run(table, instantOf('2026-09-20T00:05:00Z'))).toMatchObject({ reversed: 1 });
  });

  it('of a cancelled campaign are taken back in several runs, each going on where the last one stopped', async () => {
    const table = await receipted(250);
    const all = Array.from({ length: 250 }, (_, n) => refundOf(gift(n), `r${n}`, 1_000, NOW));
    await recordRefunds(table, all);
    const day = NOW.slice(0, 10);
    let after: string | undefined;
    const reversed: number[] = [];
    do {
      const figures = await reverseRefundsOf(use(table), { day, after }, 'job', NOW, () => false);
      reversed.push(figures.reversed);
      ({ after } = figures);
    } while (after !== undefined);
    expect(reversed).toEqual([100, 99, 51]);
    expect((await register(table)).receipts).toHaveLength(500);
    expect(await problems(table)).toEqual([]);
  });

  it('of one organisation that cannot be written keep the day open, and the others are done', async () => {
    const table = await receipted(2);
    await recordRefunds(table, [refundOf(gift(0), 'r1', 1_000, NOW), refundOf(gift(1), 'r2', 1_000, NOW)]);
    const broken = use(table);
    const failing = {
      ...broken,
      table: {
        ...broken.table,
        transact: (writes: Parameters<typeof broken.table.transact>[0]) =>
          JSON.stringify(writes).includes(giftId(0))
            ? Promise.reject(new Error('broken'))
            : broken.table.transact(writes),
      },
    };
    await expect(reverseReceipts.handle({ organisationId: undefined, dueAt: NOW }, failing, NOW)).rejects.toThrow(
      '1 receipts of refunded gifts',
    );
    expect((await register(table)).receipts).toHaveLength(3);
    expect(await run(table, plusSeconds(NOW, 900))).toMatchObject({ reversed: 1 });
  });

  it('whose announcement did not get into the queue is announced by the next run, and by none after it', async () => {
    const table = await receipted(2);
    await recordRefunds(table, [refundOf(gift(0), 'r1', 250, NOW), refundOf(gift(1), 'r2', 1_000, NOW)]);
    const told: NoticeMessage[] = [];
    const queueNotices = async (messages: readonly NoticeMessage[]) => void told.push(...messages);
    const down = async () => {
      throw new TransientError('the queue is down');
    };
    const runWith = (queue: typeof queueNotices, now: Instant) =>
      reverseReceipts.handle({ organisationId: undefined, dueAt: now }, { ...use(table), queueNotices: queue }, now);
    await expect(runWith(down, NOW)).rejects.toThrow('1 receipts of refunded gifts');
    expect(await runWith(queueNotices, plusSeconds(NOW, 60))).toMatchObject({ reversed: 0, failed: 0 });
    const rest = (await register(table)).receipts.find(({ amountMinor }) => amountMinor === 750);
    expect(told).toMatchObject([{ kind: 'receipt-issued', giftId: giftId(0), receiptId: rest?.receiptId }]);
    await runWith(queueNotices, plusSeconds(NOW, 900));
    expect(told).toHaveLength(1);
  });

  it('is announced by the run that follows one which died before it could', async () => {
    const table = await receipted(1);
    await run(table, NOW);
    await recordRefunds(table, [refundOf(gift(0), 'r1', 250, plusSeconds(NOW, 10))]);
    // What the run that died had done: the receipts are written, its place and the announcement are not.
    const died = plusSeconds(NOW, 900);
    await reverseRefunded({ table, patience: hurried }, issuer(died, 'reverse-receipts'), giftId(0), ORGANISATION);
    const told: NoticeMessage[] = [];
    const queueNotices = async (messages: readonly NoticeMessage[]) => void told.push(...messages);
    const next = plusSeconds(NOW, 1_800);
    await reverseReceipts.handle({ organisationId: undefined, dueAt: next }, { ...use(table), queueNotices }, next);
    expect(told).toHaveLength(1);
  });
});
