import { beforeEach, describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import {
  findReconciliationItem,
  readReconciliationStanding,
  recordFindings,
  signOver,
  writeChange,
} from '../../functions/reconciliation/reconciliation-item.store.ts';
import type { Comparison, Finding } from '../../functions/reconciliation/reconciliation-item.ts';

const NOW = instantOf('2026-09-11T11:00:00+08:00');
const COMPARISON: Comparison = { campaignId: 'cmp_1', organisationId: 'dazhou', foundBy: 'the bills', now: NOW };
const DAY = '2026-09-07' as LocalDate;
const finding = (number: number): Finding => ({
  class: 'missing-there',
  provider: 'wechat-pay',
  merchantId: '1900000109',
  day: DAY,
  transactionId: `pay-${number}`,
  orderNo: `int_${number}`,
  ourAmountMinor: minor(100 * number),
});
const ofDay = ({ day }: { readonly day: LocalDate }): boolean => day === DAY;

let table: MemoryTable;
beforeEach(() => {
  table = memoryTable();
});
const record = (findings: readonly Finding[], on: Table = table) => recordFindings(on, COMPARISON, findings, ofDay);
const standing = () => readReconciliationStanding(table, 'cmp_1');

/** The table, with something that happens just before the first write. */
function disturbed(happens: () => Promise<unknown>): Table {
  let isFirst = true;
  const first = async (): Promise<void> => {
    if (!isFirst) return;
    isFirst = false;
    await happens();
  };
  return {
    ...table,
    write: async (write) => {
      await first();
      return table.write(write);
    },
    transact: async (writes) => {
      await first();
      return table.transact(writes);
    },
  };
}

describe('what comparisons find', () => {
  it('is kept once, also by two that end in the same moment', async () => {
    const findings = [finding(1), finding(2)];
    await record(
      findings,
      disturbed(() => record(findings)),
    );
    expect(await standing()).toMatchObject({ open: 2, uncovered: 2, openMinor: 300 });
    const before = table.changes.length;
    expect(await record(findings)).toEqual({ opened: 0, agreed: 0, open: 2 });
    expect(table.changes).toHaveLength(before);
  });

  it('is kept whole where there is more of it than a transaction takes', async () => {
    const findings = Array.from({ length: 130 }, (_, index) => finding(index + 1));
    expect(await record(findings)).toEqual({ opened: 130, agreed: 0, open: 130 });
    expect(await record(findings.slice(0, 10))).toEqual({ opened: 0, agreed: 120, open: 10 });
  });

  it('leaves what it would not have found as it is', async () => {
    await record([finding(1)]);
    expect(await recordFindings(table, COMPARISON, [], () => false)).toEqual({ opened: 0, agreed: 0, open: 1 });
  });
});

describe('a signature', () => {
  async function signed(on: Table = table, by = 'approver') {
    const { version, items, openMinor } = await standing();
    const itemIds = items.filter(({ state }) => state === 'open').map(({ itemId }) => itemId);
    const request = { version, reason: 'the board agreed', itemIds, sumMinor: openMinor };
    return signOver(on, 'cmp_1', request, { by, now: NOW });
  }

  it('does not cover an item that is found in the same moment', async () => {
    await record([finding(1)]);
    expect(await signed(disturbed(() => record([finding(1), finding(2)])))).toMatchObject({
      code: 'changed-meanwhile',
    });
    expect(await standing()).toMatchObject({ open: 2, uncovered: 2 });
  });

  it('covers items as they were: found anew with another amount, one is not covered', async () => {
    await record([finding(1), finding(2)]);
    expect(await signed()).toMatchObject({ kind: 'signed', standing: { open: 2, uncovered: 0 } });
    await record([finding(1), { ...finding(2), ourAmountMinor: minor(999) }]);
    expect(await standing()).toMatchObject({ open: 2, uncovered: 1 });
  });

  it('is not given by whoever is to look into one of the items', async () => {
    await record([finding(1)]);
    const [item] = (await standing()).items;
    if (item === undefined) throw new Error('there is no item');
    await writeChange(table, item, { ...item, assignee: 'chen', version: item.version + 1 });
    expect(await signed(table, 'chen')).toMatchObject({ kind: 'refused', code: 'own-item' });
    expect(await signed(table, 'wang')).toMatchObject({ kind: 'signed' });
  });
});

it('of two people who change one item, the second is told to read it again, and nothing is half written', async () => {
  await record([finding(1)]);
  const [item] = (await standing()).items;
  if (item === undefined) throw new Error('there is no item');
  const next = { ...item, version: item.version + 1 };
  const said = { by: 'chen', now: NOW, text: 'looked', about: 'comment' } as const;
  expect(await writeChange(table, item, next, said)).toMatchObject({ kind: 'changed' });
  expect(await writeChange(table, item, next, { ...said, by: 'wang' })).toMatchObject({ code: 'changed-meanwhile' });
  expect(await findReconciliationItem(table, 'cmp_1', item.itemId)).toMatchObject({ comments: 1, version: 2 });
  expect(table.everything().filter(({ type }) => type === 'reconciliation-comment')).toMatchObject([{ by: 'chen' }]);
});
