import { describe, expect, it } from 'vitest';
import { recordDispute } from '../../functions/donations/dispute-entry.store.ts';
import { disputeEntryOf } from '../../functions/donations/dispute-entry.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { issueReceipts, RECEIPTS_PER_STEP } from '../../functions/receipts/issue.store.ts';
import type { ReceiptOrder } from '../../functions/receipts/receipt-order.ts';
import { findSeries } from '../../functions/receipts/receipt-series.store.ts';
import { reverseRefunded } from '../../functions/receipts/reverse.store.ts';
import { reverseMistake } from '../../functions/receipts/reverse-mistake.store.ts';
import { voidReceipt } from '../../functions/receipts/void.store.ts';
import { entry, hurried, record, recordRefunds, refundOf } from '../matching/money-path.ts';
import { about, giveAll, issuer, ORGANISATION, problems, register } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
const use = (table: Table) => ({ table, patience: hurried });
const orders = (...numbers: readonly number[]): ReceiptOrder[] =>
  numbers.map((n) => ({ giftId: `gft_${n}`, do: 'issue', about: about(`捐赠人${n}`) }));

async function issue(table: Table, wanted: readonly ReceiptOrder[], now = NOW) {
  const outcomes = await issueReceipts(use(table), issuer(now), wanted);
  if ('kind' in outcomes) throw new Error(outcomes.message);
  return outcomes;
}

async function gifts(count: number): Promise<MemoryTable> {
  const table = memoryTable();
  await giveAll(
    table,
    Array.from({ length: count }, (_, n) => entry(n)),
    NOW,
  );
  return table;
}

describe('issuing receipts', () => {
  it('gives settled gifts the numbers of their series in order, however many', async () => {
    const table = await gifts(100);
    const outcomes = await issue(table, orders(...Array.from({ length: 100 }, (_, n) => n)));
    expect([...outcomes.values()].every(({ kind }) => kind === 'issued')).toBe(true);
    const { receipts } = await register(table);
    expect(receipts.map(({ number, code }) => `${code}-${number}`).slice(0, 2)).toEqual(['51010126-1', '51010126-2']);
    expect(receipts).toHaveLength(100);
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 100, amountMinor: 100_000 });
    expect(await problems(table)).toEqual([]);
    expect(RECEIPTS_PER_STEP).toBe(32);
  });

  it('does not issue the same gift twice', async () => {
    const table = await gifts(2);
    await issue(table, orders(0));
    const again = await issue(table, orders(0, 1));
    expect([...again.values()].map(({ kind }) => kind)).toEqual(['already-issued', 'issued']);
    expect((await register(table)).receipts.map(({ giftId }) => giftId)).toEqual(['gft_0', 'gft_1']);
  });

  it('issues nothing for money that is not counted, not assigned, contested, all given back, or not in yuan', async () => {
    const table = await gifts(3);
    await record(table, [entry(10)]);
    await record(table, [entry(11, { campaignId: 'unassigned' })]);
    await record(table, [entry(12, { currency: 'USD' })]);
    await recordRefunds(table, [refundOf(entry(0), 'r1', 1_000, NOW)]);
    const { provider, merchantId, paymentId, orderNo, currency } = entry(1);
    const dispute = { provider, merchantId, paymentId, orderNo, currency, disputeId: 'd1', amountMinor: minor(1_000) };
    const opened = { ...dispute, state: 'opened', occurredAt: NOW } as const;
    await recordDispute(table, { ...disputeEntryOf(opened, { payment: entry(1) }, NOW), giftId: 'gft_1' }, undefined);
    const outcomes = await issue(table, orders(0, 1, 10, 11, 12, 99));
    expect(
      Object.fromEntries([...outcomes].map(([giftId, one]) => [giftId, 'why' in one ? one.why : one.kind])),
    ).toEqual({
      gft_0: 'nothing-left',
      gft_1: 'disputed',
      gft_10: 'not-counted',
      gft_11: 'unassigned',
      gft_12: 'other-currency',
      gft_99: 'unknown-gift',
    });
    expect((await register(table)).receipts).toEqual([]);
    expect(await findSeries(table, ORGANISATION, 2026)).toBeUndefined();
  });

  it('is of what is left after a refund that came before', async () => {
    const table = await gifts(1);
    await recordRefunds(table, [refundOf(entry(0), 'r1', 400, NOW)]);
    await issue(table, orders(0));
    expect((await register(table)).receipts[0]).toMatchObject({ amountMinor: 600, lines: [{ amountMinor: 600 }] });
  });

  it('is never of money whose refund was recorded between the reading and the writing', async () => {
    const table = await gifts(1);
    let isFirst = true;
    const interrupted: Table = {
      get: (key, options) => table.get(key, options),
      getMany: (keys) => table.getMany(keys),
      query: (question, options) => table.query(question, options),
      write: (write) => table.write(write),
      async transact(writes) {
        if (isFirst) await recordRefunds(table, [refundOf(entry(0), 'r1', 400, NOW)]);
        isFirst = false;
        return table.transact(writes);
      },
    };
    await issue(interrupted, orders(0));
    expect((await register(table)).receipts.map(({ number, amountMinor }) => [number, amountMinor])).toEqual([
      [1, 600],
    ]);
  });

  it('begins a series of its own with each year of the organisation’s zone', async () => {
    const table = await gifts(2);
    await issue(table, orders(0), instantOf('2026-12-31T23:59:59+08:00'));
    await issue(table, orders(1), instantOf('2027-01-01T00:00:00+08:00'));
    expect((await register(table, 2026)).receipts.map(({ code, number }) => [code, number])).toEqual([['51010126', 1]]);
    expect((await register(table, 2027)).receipts.map(({ code, number }) => [code, number])).toEqual([['51010127', 1]]);
  });

  it('keeps the code of a series as it was at its first receipt', async () => {
    const table = await gifts(2);
    await issue(table, orders(0));
    await issueReceipts(use(table), issuer(NOW, 'finance-chen', { codePrefix: '990101' }), orders(1));
    expect((await register(table)).receipts.map(({ code }) => code)).toEqual(['51010126', '51010126']);
  });

  it('writes the goods of a gift in kind with quantity, unit and assessed value', async () => {
    const table = memoryTable();
    await giveAll(table, [entry(0, { inKind: true, provider: 'offline' })], NOW);
    const goods = [
      { item: '急救箱', quantity: 100, unit: '个', assessedMinor: minor(600), basis: 'invoice', basisReference: 'F-1' },
      { item: '毛毯', quantity: 20, unit: '床', assessedMinor: minor(400), basis: 'market', basisReference: 'M-1' },
    ] as const;
    await issue(table, [{ giftId: 'gft_0', do: 'issue', about: about('科伦药业', { goods: [...goods] }) }]);
    expect((await register(table)).receipts[0]?.lines).toEqual([
      { projectCode: '103050102', projectName: '物资捐赠：急救箱', unit: '个', quantity: 100, amountMinor: 600 },
      { projectCode: '103050102', projectName: '物资捐赠：毛毯', unit: '床', quantity: 20, amountMinor: 400 },
    ]);
  });
});

describe('a gift without a receipt', () => {
  it('is on record without a number, and counted', async () => {
    const table = await gifts(2);
    await issue(table, [{ giftId: 'gft_0', do: 'waive', reason: 'anonymous' }, ...orders(1)]);
    const { receipts, waivers } = await register(table);
    expect(receipts.map(({ number, giftId }) => [number, giftId])).toEqual([[1, 'gft_1']]);
    expect(waivers).toMatchObject([{ giftId: 'gft_0', reason: 'anonymous', amountMinor: 1_000 }]);
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 1, waivers: 1, waivedMinor: 1_000 });
    expect(await problems(table)).toEqual([]);
  });

  it('gets one after all when its donor asks; the record stays and says so', async () => {
    const table = await gifts(1);
    await issue(table, [{ giftId: 'gft_0', do: 'waive', reason: 'anonymous' }]);
    await issue(table, orders(0));
    const { receipts, waivers } = await register(table);
    expect(waivers[0]?.endedBy).toMatchObject({ number: 1, receiptId: receipts[0]?.receiptId });
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 1, waivers: 1, waiversEnded: 1 });
    expect(await problems(table)).toEqual([]);
  });
});

describe('a refund after the receipt', () => {
  it('takes the whole receipt back by one below zero that points to it', async () => {
    const table = await gifts(1);
    await issue(table, orders(0));
    await recordRefunds(table, [refundOf(entry(0), 'r1', 1_000, NOW)]);
    const outcome = await reverseRefunded(use(table), issuer(NOW, 'job'), 'gft_0', ORGANISATION);
    expect(outcome).toMatchObject({ kind: 'reversed', rest: undefined });
    const { receipts } = await register(table);
    expect(receipts.map(({ number, kind, state, amountMinor }) => [number, kind, state, amountMinor])).toEqual([
      [1, 'gift', 'reversed', 1_000],
      [2, 'reversal', 'valid', -1_000],
    ]);
    expect(receipts[1]?.reverses).toMatchObject({ number: 1 });
    expect(receipts[0]?.reversedBy).toMatchObject({ number: 2 });
    expect(await problems(table)).toEqual([]);
    expect(await reverseRefunded(use(table), issuer(NOW, 'job'), 'gft_0', ORGANISATION)).toEqual({ kind: 'in-step' });
  });

  it('of a part takes the whole back and gives a new receipt for the rest, with the numbers one after the other', async () => {
    const table = await gifts(2);
    await issue(table, orders(0, 1));
    await recordRefunds(table, [refundOf(entry(0), 'r1', 300, NOW)]);
    await reverseRefunded(use(table), issuer(NOW, 'job'), 'gft_0', ORGANISATION);
    const { receipts } = await register(table);
    expect(receipts.map(({ number, kind, state, amountMinor }) => [number, kind, state, amountMinor])).toEqual([
      [1, 'gift', 'reversed', 1_000],
      [2, 'gift', 'valid', 1_000],
      [3, 'reversal', 'valid', -1_000],
      [4, 'gift', 'valid', 700],
    ]);
    expect(receipts[3]).toMatchObject({ replaces: { number: 1 }, payer: { name: '捐赠人0' } });
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 4, amountMinor: 1_700, reversals: 1 });
    expect(await problems(table)).toEqual([]);
  });

  it('in another year takes its number there, and leaves the year that is over as it was', async () => {
    const table = await gifts(1);
    await issue(table, orders(0));
    const nextYear = instantOf('2027-02-01T10:00:00+08:00');
    await recordRefunds(table, [refundOf(entry(0), 'r1', 1_000, nextYear)]);
    await reverseRefunded(use(table), issuer(nextYear, 'job'), 'gft_0', ORGANISATION);
    expect((await register(table, 2027)).receipts).toMatchObject([
      { number: 1, kind: 'reversal', reverses: { year: 2026 } },
    ]);
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 1, amountMinor: 1_000 });
    expect([await problems(table, 2026), await problems(table, 2027)]).toEqual([[], []]);
  });

  it('of goods that came back in part leaves the next receipt to a person', async () => {
    const table = memoryTable();
    await giveAll(table, [entry(0, { inKind: true, provider: 'offline' })], NOW);
    await issue(table, orders(0));
    await recordRefunds(table, [refundOf(entry(0), 'r1', 300, NOW)]);
    await reverseRefunded(use(table), issuer(NOW, 'job'), 'gft_0', ORGANISATION);
    expect((await register(table)).receipts.map(({ amountMinor }) => amountMinor)).toEqual([1_000, -1_000]);
    expect((await issue(table, orders(0))).get('gft_0')).toEqual({ kind: 'not-ready', why: 'goods-partly-returned' });
  });
});

describe('a receipt that was a mistake', () => {
  it('becomes void with a reason, keeps its number, and the gift may have another one, which names it', async () => {
    const table = await gifts(1);
    await issue(table, orders(0));
    const [wrong] = (await register(table)).receipts;
    if (wrong === undefined) throw new Error('no receipt');
    expect(
      await voidReceipt(use(table), wrong, { by: 'chen', reason: '姓名有误', seriesYear: 2026 }, NOW),
    ).toMatchObject({
      kind: 'voided',
    });
    expect(
      await voidReceipt(use(table), wrong, { by: 'chen', reason: '姓名有误', seriesYear: 2026 }, NOW),
    ).toMatchObject({
      kind: 'already-void',
    });
    await issue(table, orders(0));
    const { receipts } = await register(table);
    expect(receipts.map(({ number, state, stateReason }) => [number, state, stateReason])).toEqual([
      [1, 'void', '姓名有误'],
      [2, 'valid', undefined],
    ]);
    expect(receipts[1]?.replaces).toMatchObject({ number: 1 });
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 2, voids: 1, amountMinor: 1_000 });
    expect(await problems(table)).toEqual([]);
  });

  it('cannot be void once it was reversed, nor can the reversal', async () => {
    const table = await gifts(1);
    await issue(table, orders(0));
    await recordRefunds(table, [refundOf(entry(0), 'r1', 1_000, NOW)]);
    await reverseRefunded(use(table), issuer(NOW, 'job'), 'gft_0', ORGANISATION);
    for (const receipt of (await register(table)).receipts)
      expect(await voidReceipt(use(table), receipt, { by: 'chen', reason: 'x', seriesYear: 2026 }, NOW)).toMatchObject({
        code: 'not-voidable',
      });
  });
});

describe('a mistake that is found when the year of its receipt is over', () => {
  const NEXT_YEAR = instantOf('2027-03-01T10:00:00+08:00');

  it('is reversed by a receipt of the new year, and the year that was reported stays as it was', async () => {
    const table = await gifts(1);
    await issue(table, orders(0));
    const before = await findSeries(table, ORGANISATION, 2026);
    const [wrong] = (await register(table)).receipts;
    if (wrong === undefined) throw new Error('no receipt');
    const said = { by: 'chen', reason: '姓名有误', seriesYear: 2027 };
    expect(await voidReceipt(use(table), wrong, said, NEXT_YEAR)).toMatchObject({ kind: 'refused', code: 'year-over' });
    const outcome = await reverseMistake(use(table), issuer(NEXT_YEAR), wrong, '姓名有误');
    expect(outcome).toMatchObject({ kind: 'reversed', reversal: { year: 2027, number: 1, amountMinor: -1_000 } });
    expect(await reverseMistake(use(table), issuer(NEXT_YEAR), wrong, '姓名有误')).toMatchObject({
      kind: 'already-reversed',
      reversal: { number: 1 },
    });
    expect(await findSeries(table, ORGANISATION, 2026)).toEqual(before);

    // The right one follows, and names the wrong one.
    await issue(table, [{ giftId: 'gft_0', do: 'issue', about: about('王芳芳') }], NEXT_YEAR);
    const { receipts } = await register(table, 2027);
    expect(receipts.map(({ number, kind, amountMinor }) => [number, kind, amountMinor])).toEqual([
      [1, 'reversal', -1_000],
      [2, 'gift', 1_000],
    ]);
    expect(receipts[0]?.remark).toContain('姓名有误');
    expect(receipts[1]?.replaces).toMatchObject({ year: 2026, number: 1 });
    expect((await register(table, 2026)).receipts).toMatchObject([
      { state: 'reversed', reversedBy: { year: 2027, number: 1 } },
    ]);
    expect([await problems(table, 2026), await problems(table, 2027)]).toEqual([[], []]);
  });

  it('is not reversed where the receipt is void, nor is a reversal', async () => {
    const table = await gifts(2);
    await issue(table, orders(0, 1));
    const [first, second] = (await register(table)).receipts;
    if (first === undefined || second === undefined) throw new Error('no receipts');
    await voidReceipt(use(table), first, { by: 'chen', reason: '姓名有误', seriesYear: 2026 }, NOW);
    const reversed = await reverseMistake(use(table), issuer(NOW), second, '姓名有误');
    if (reversed.kind === 'refused') throw new Error(reversed.message);
    for (const receipt of [first, reversed.reversal])
      expect(await reverseMistake(use(table), issuer(NOW), receipt, 'x')).toMatchObject({ code: 'not-reversible' });
    expect(await problems(table)).toEqual([]);
  });

  it('of a gift of which a part went back meanwhile leaves the rest to the next receipt', async () => {
    const table = await gifts(1);
    await issue(table, orders(0));
    const [wrong] = (await register(table)).receipts;
    if (wrong === undefined) throw new Error('no receipt');
    await recordRefunds(table, [refundOf(entry(0), 'r1', 400, NEXT_YEAR)]);
    await reverseMistake(use(table), issuer(NEXT_YEAR), wrong, '姓名有误');
    expect(await reverseRefunded(use(table), issuer(NEXT_YEAR), 'gft_0', ORGANISATION)).toEqual({ kind: 'in-step' });
    await issue(table, orders(0), NEXT_YEAR);
    expect((await register(table, 2027)).receipts.map(({ amountMinor }) => amountMinor)).toEqual([-1_000, 600]);
    expect([await problems(table, 2026), await problems(table, 2027)]).toEqual([[], []]);
  });
});

describe('a gift whose receipt was void', () => {
  it('may be put on record as without one a second time, and every record counts', async () => {
    const table = await gifts(1);
    const waive: ReceiptOrder[] = [{ giftId: 'gft_0', do: 'waive', reason: 'waived' }];
    await issue(table, waive);
    await issue(table, orders(0));
    const [receipt] = (await register(table)).receipts;
    if (receipt === undefined) throw new Error('no receipt');
    await voidReceipt(use(table), receipt, { by: 'chen', reason: 'not wanted after all', seriesYear: 2026 }, NOW);
    expect((await issue(table, waive)).get('gft_0')).toEqual({ kind: 'waived' });
    expect((await register(table)).waivers.map(({ generation, endedBy }) => [generation, endedBy?.number])).toEqual([
      [0, 1],
      [1, undefined],
    ]);
    expect(await problems(table)).toEqual([]);
  });

  it('ends a record of the year before with a receipt of this one, and both years stay right', async () => {
    const table = await gifts(1);
    await issue(table, [{ giftId: 'gft_0', do: 'waive', reason: 'anonymous' }], instantOf('2026-12-31T10:00:00+08:00'));
    await issue(table, orders(0), instantOf('2027-01-02T10:00:00+08:00'));
    expect(await findSeries(table, ORGANISATION, 2026)).toMatchObject({ issued: 0, waivers: 1, waiversEnded: 1 });
    expect(await findSeries(table, ORGANISATION, 2027)).toMatchObject({ issued: 1, waivers: 0, waiversEnded: 0 });
    expect([await problems(table, 2026), await problems(table, 2027)]).toEqual([[], []]);
  });
});
