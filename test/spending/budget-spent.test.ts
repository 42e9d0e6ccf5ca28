import { beforeEach, describe, expect, test } from 'vitest';
import { findAmendment, proposeAmendment, settleAmendment } from '../../functions/campaigns/amendment.store.ts';
import { readCampaign } from '../../functions/campaigns/campaign.store.ts';
import { TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import type { Table } from '../../functions/platform/table.ts';
import { lumpLine } from '../../local/demo/sample-plan.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { BUDGET, CLERK, callsOf, expenditure, type SpendingBooks, setStatus, spendingBooks } from './spending-books.ts';

const DURING = instantOf('2026-09-08T10:00:00+08:00');
const payment = { ...expenditure, paidOn: '2026-09-08' };
let books: SpendingBooks;
beforeEach(async () => {
  books = await spendingBooks();
  await setStatus(books.table, 'open');
});

const [, aid, print, office] = BUDGET;
const withBoxes = (amountMinor: number, item = '急救箱') => [
  print,
  lumpLine(item, 'programme', amountMinor),
  office,
  { ...aid, quantity: 1, unitPriceMinor: 10_000_000 - amountMinor, amountMinor: 10_000_000 - amountMinor },
];
const propose = async (budgetLines: readonly unknown[], table: Table = books.table) =>
  proposeAmendment(
    table,
    await readCampaign(table, CAMPAIGN_ID),
    { kind: 'change-of-plan', changes: { budgetLines }, reason: '调整预算' },
    { by: 'manager-wu', key: 'k1', now: DURING },
  );
const apply = async (table: Table = books.table) => {
  const amendment = await findAmendment(table, CAMPAIGN_ID, 1);
  if (amendment === undefined) throw new Error('nothing was proposed');
  return settleAmendment(table, await readCampaign(table, CAMPAIGN_ID), amendment, { kind: 'approved' }, DURING);
};
const spend = (amountMinor: number) => books.ask({ ...payment, amountMinor }, `k-${amountMinor}`, CLERK, DURING);

describe('an amendment of the budget', () => {
  test('keeps numbers and sums, whatever the order in which it sends the lines', async () => {
    await spend(120_000);
    expect(await propose(withBoxes(5_000_000))).toMatchObject({ kind: 'proposed' });
    expect(await apply()).toEqual({ kind: 'applied' });
    expect((await books.read()).body.lines).toMatchObject([
      { lineNo: 1, item: '急救箱', plannedMinor: 5_000_000, spentMinor: 120_000 },
      { lineNo: 2, plannedMinor: 5_000_000 },
      { lineNo: 3, item: '宣传印刷' },
      { lineNo: 4, item: '管理费' },
    ]);
  });

  test.each([
    ['leaves a line less than was spent on it', withBoxes(119_999)],
    ['renames a line that was spent on', withBoxes(5_000_000, '应急包')],
  ])('that %s is refused', async (_, lines) => {
    await spend(120_000);
    const refused = await propose(lines);
    expect(refused).toMatchObject({ kind: 'refused', code: 'impossible-amendment' });
    expect(JSON.stringify(refused)).toContain('¥1,200.00');
  });

  test('that was approved lapses where more was spent meanwhile than it leaves', async () => {
    await propose(withBoxes(100_000));
    await spend(120_000);
    expect(await apply()).toEqual({ kind: 'lapsed' });
  });

  test('keeps numbers also where nothing was spent yet, so that what waits is booked on the line that was meant', async () => {
    const waits = await books.ask({ ...payment, amountMinor: 2_000_000 }, 'waits', CLERK, DURING);
    await propose(withBoxes(5_000_000));
    await apply();
    await books.decide(waits.body.requestId, undefined, undefined, DURING);
    expect((await books.read()).body.lines).toMatchObject([
      { lineNo: 1, item: '急救箱', spentMinor: 2_000_000 },
      {},
      {},
      {},
    ]);
  });

  test('and a payment never pass each other: whoever comes second looks again', async () => {
    await propose(withBoxes(100_000));
    // The payment comes between the amendment's look at the book and its own write.
    const between: Table = {
      ...books.table,
      transact: async (writes) => {
        if ((await books.read()).body.spentMinor === 0) expect((await spend(120_000)).status).toBe(201);
        return books.table.transact(writes);
      },
    };
    await expect(apply(between)).rejects.toThrow(TransientError);
    expect(await apply()).toEqual({ kind: 'lapsed' });
  });

  test('that comes between a payment’s look at the plan and its write lets the payment look again', async () => {
    await propose(withBoxes(100_000));
    let applied = false;
    const racing = racingCalls(async () => {
      if (applied) return;
      applied = true;
      await apply();
    });
    const refused = await racing(120_000);
    expect(refused.body.problems).toMatchObject([
      { field: 'amountMinor', problem: expect.stringContaining('¥1,000.00') },
    ]);
  });
});

/** Payments in which something happens right before what they book is written. */
function racingCalls(before: () => Promise<void>) {
  const { ask } = callsOf({
    ...books.table,
    transact: async (writes) => {
      if (writes.some((write) => 'put' in write && write.put.type === 'spending-entry')) await before();
      return books.table.transact(writes);
    },
  });
  return (amountMinor: number) => ask({ ...payment, amountMinor }, 'racing', CLERK, DURING);
}
