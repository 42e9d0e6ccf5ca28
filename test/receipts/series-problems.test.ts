import { describe, expect, it } from 'vitest';
import { instantOf } from '../../functions/kernel/time.ts';
import { receiptKey, receiptSeriesKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { definition as checkSeries } from '../../functions/receipts/check-receipt-series.lambda.ts';
import { issueReceipts } from '../../functions/receipts/issue.store.ts';
import { reverseRefunded } from '../../functions/receipts/reverse.store.ts';
import { voidReceipt } from '../../functions/receipts/void.store.ts';
import { entry, hurried, recordRefunds, refundOf } from '../matching/money-path.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { about, giveAll, issuer, ORGANISATION, problems, register } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');

/** Six receipts: number 2 void, number 3 reversed by 6. */
async function series(): Promise<MemoryTable> {
  const table = memoryTable();
  const gifts = [0, 1, 2, 3, 4].map((n) => entry(n));
  await giveAll(table, gifts, NOW);
  const use = { table, patience: hurried };
  await issueReceipts(
    use,
    issuer(NOW),
    gifts.map(({ giftId }) => ({ giftId, do: 'issue', about: about() })),
  );
  const second = (await register(table)).receipts[1];
  if (second === undefined) throw new Error('no second receipt');
  await voidReceipt(use, second, { by: 'chen', reason: 'x', seriesYear: 2026 }, NOW);
  await recordRefunds(table, [refundOf(entry(2), 'r1', 1_000, NOW)]);
  await reverseRefunded(use, issuer(NOW), 'gft_2', ORGANISATION);
  return table;
}
const at = (number: number) => receiptKey(ORGANISATION, 2026, number);
const HEAD = receiptSeriesKey(ORGANISATION, 2026);
const check = (table: MemoryTable) =>
  checkSeries.handle(
    { organisationId: undefined, dueAt: NOW },
    { table: restrictedTable(table, 'check-receipt-series') },
    NOW,
  );

describe('a register of receipts', () => {
  it('that only our code has written to holds', async () => {
    const table = await series();
    expect(await problems(table)).toEqual([]);
    expect(await check(table)).toEqual({ kind: 'checked', series: 1, broken: 0 });
  });

  it.each<[string, (table: MemoryTable) => Promise<unknown>, readonly string[]]>([
    ['that lacks a number', (table) => table.write({ delete: at(4) }), ['no-gap', 'sums-agree']],
    ['that lacks its last number', (table) => table.write({ delete: at(6) }), ['no-gap', 'sums-agree']],
    ['whose head is behind', (table) => table.write({ update: HEAD, set: { issued: 5 } }), ['no-double']],
    [
      'with another amount on a receipt',
      (table) => table.write({ update: at(1), set: { amountMinor: 1_001 } }),
      ['lines-add-up', 'sums-agree'],
    ],
    [
      'with a void receipt made valid',
      (table) => table.write({ update: at(2), set: { state: 'valid' } }),
      ['sums-agree'],
    ],
    [
      'with a reversal of another amount',
      (table) => table.write({ update: at(6), set: { amountMinor: -900 } }),
      ['lines-add-up', 'reversal-is-the-whole', 'sums-agree'],
    ],
    [
      'with an original that does not say it was reversed',
      (table) => table.write({ update: at(3), set: { state: 'valid' } }),
      ['reversal-points-to-its-original'],
    ],
    [
      'with two valid receipts of a gift',
      (table) => table.write({ update: at(5), set: { giftId: 'gft_0' } }),
      ['one-valid-receipt-a-gift'],
    ],
    [
      'with a receipt of another code',
      (table) => table.write({ update: at(4), set: { code: '99999926' } }),
      ['one-code'],
    ],
  ])('%s is noticed', async (_what, tamper, rules) => {
    const table = await series();
    await tamper(table);
    const found = await problems(table);
    expect([...new Set(found.map(({ rule }) => rule))].sort()).toEqual([...rules].sort());
    // Beyond the head nothing is read at night: what is there was issued while it was read.
    if (rules[0] !== 'no-double') expect(await check(table)).toEqual({ kind: 'checked', series: 1, broken: 1 });
  });
});
