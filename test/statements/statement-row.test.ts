import { describe, expect, it } from 'vitest';
import { cleaned, LocalMinutes } from '../../functions/statements/statement-cells.ts';
import {
  MAPPING_EXAMPLES,
  mappingProblems,
  statementMappingSchema,
} from '../../functions/statements/statement-mapping.ts';
import { rowOf, type StatementRow } from '../../functions/statements/statement-row.ts';

const BASE = {
  mappingId: 'test',
  name: 'Test',
  file: 'delimited',
  columns: { paidAt: 'time', amount: 'amount', paymentId: 'id', name: 'name', anonymous: 'anon', unit: 'unit' },
  timeFormat: 'YYYY-MM-DD HH:mm:ss',
  publicValues: ['no'],
  units: { 万源: 'wanyuan' },
  account: 'acc-1',
};
const read = (row: Record<string, string>, changes: object = {}): StatementRow =>
  rowOf(
    { line: 7, first: Object.values(row)[0] ?? '', cell: (column) => row[column] ?? '' },
    statementMappingSchema.parse({ ...BASE, ...changes }),
    new LocalMinutes(),
  );
const GIFT = { time: '2026-09-07 10:00:00', amount: '17.70', id: '4200001234', name: '何', anon: 'no', unit: '万源' };

describe('a row of a statement', () => {
  it('is a gift with its exact amount, its instant in the file’s zone, its unit and what the donor agreed to', () => {
    expect(read(GIFT)).toEqual({
      kind: 'gift',
      line: 7,
      paidAt: '2026-09-07T02:00:00.000Z',
      amountMinor: 1_770,
      paymentId: '4200001234',
      name: '何',
      anonymous: false,
      unitId: 'wanyuan',
    });
  });

  it.each(['yes', '', '匿名', 'NO'])(
    'stays anonymous where the file says %j, which the mapping does not name',
    (anon) => {
      expect(read({ ...GIFT, anon })).toMatchObject({ anonymous: true });
    },
  );

  it.each([
    ['0.1', 10],
    ['0.30', 30],
    ['0.3', 30],
    ['1,234,567.89', 123_456_789],
    ['¥17.70', 1_770],
    ['￥ 5'.replace(' ', ''), 500],
    ['`17.70', 1_770],
    ["'17.70", 1_770],
    ['="17.70"', 1_770],
    ['17.700', 1_770],
    ['+17.70', 1_770],
  ])('reads %s as %i fen', (amount, amountMinor) => {
    expect(read({ ...GIFT, amount })).toMatchObject({ kind: 'gift', amountMinor });
  });

  it.each([
    ['17.705', 'has more decimals than CNY has: 17.705'],
    ['0.30000000000000004', 'has more decimals'],
    ['1.77E+3', 'is not an amount'],
    ['12,34.00', 'is not an amount'],
    ['１７.70', 'is not an amount'],
    ['seventeen', 'is not an amount: seventeen'],
    ['', 'is not an amount: (empty)'],
    ['NaN', 'is not an amount'],
    ['0', 'is not above zero'],
    ['-5.00', 'is not above zero'],
    ['99999999999999999999', 'is not an amount'],
  ])('refuses %j as an amount, naming the row and the cell', (amount, problem) => {
    expect(read({ ...GIFT, amount })).toMatchObject({
      kind: 'problem',
      line: 7,
      column: 'amount',
      problem: expect.stringContaining(problem),
    });
  });

  it.each([
    ['YYYY/MM/DD HH:mm', '2026/09/07 10:05', '2026-09-07T02:05:00.000Z'],
    ['YYYYMMDDHHmmss', '20260907100501', '2026-09-07T02:05:01.000Z'.replace('02:05:01', '02:05:01')],
    ['YYYYMMDD', '20260907', '2026-09-07T04:00:00.000Z'],
    ['YYYY-MM-DD', '2026-09-07', '2026-09-07T04:00:00.000Z'],
  ] as const)('reads a time written as %s', (timeFormat, time, paidAt) => {
    expect(read({ ...GIFT, time: time === '20260907100501' ? '20260907100501' : time }, { timeFormat })).toMatchObject({
      kind: 'gift',
      paidAt,
    });
  });

  it.each([
    '2026-09-07',
    '2026-13-07 10:00:00',
    '2026-09-31 10:00:00',
    '2026-09-07 24:00:00',
    '2026-09-07 10:00:61',
    '07.09.2026',
  ])('refuses the time %j', (time) => {
    expect(read({ ...GIFT, time })).toMatchObject({ kind: 'problem', column: 'time' });
  });

  it('refuses a payment’s number that a spreadsheet has cut, because two payments would look like one', () => {
    expect(read({ ...GIFT, id: '4.2E+27' })).toMatchObject({
      kind: 'problem',
      column: 'id',
      fix: expect.stringContaining('anew'),
    });
  });

  it('takes money that was paid out for no gift, and a refund for a refund of its payment', () => {
    const changes = {
      columns: { ...BASE.columns, refundedPaymentId: 'of' },
      gifts: { column: 'type', values: ['贷'] },
      refunds: { column: 'type', values: ['退'] },
    };
    expect(read({ ...GIFT, type: '借' }, changes)).toEqual({ kind: 'skipped', line: 7 });
    expect(read({ ...GIFT, type: '退', amount: '-5.00', id: 'RF-1234', of: '4200001234' }, changes)).toMatchObject({
      kind: 'refund',
      amountMinor: 500,
      refundId: 'RF-1234',
      refundedPaymentId: '4200001234',
    });
    expect(read({ ...GIFT, type: '退', of: '' }, changes)).toMatchObject({ kind: 'problem', column: 'of' });
  });

  it('is the file’s own sum where it begins with the label', () => {
    const summary = { label: '合计', amount: 'amount', count: 'id' };
    expect(read({ time: '合计：', amount: '1,000.00', id: '12' }, { summary })).toEqual({
      kind: 'summary',
      line: 7,
      amountMinor: 100_000,
      count: 12,
    });
  });

  it('drops what spreadsheets put around a number, and nothing else', () => {
    expect(['\uFEFF`001', "'001", '="001"', '\t001\t', ' 001 ', '001'].map(cleaned)).toEqual(Array(6).fill('001'));
    expect(cleaned('="a"&"b"')).toBe('a"&"b');
  });
});

describe('a mapping', () => {
  it.each(Object.keys(MAPPING_EXAMPLES) as (keyof typeof MAPPING_EXAMPLES)[])(
    'of the examples (%s) is valid',
    (name) => {
      expect(mappingProblems(statementMappingSchema.parse(MAPPING_EXAMPLES[name]))).toEqual([]);
    },
  );

  it('that contradicts itself is refused with every field', () => {
    const mapping = statementMappingSchema.parse({
      ...BASE,
      columns: { paidAt: 'time', amount: 'amount' },
      provider: 'wechat-pay',
      gifts: { column: 'type', values: ['a', 'b'] },
      refunds: { column: 'type', values: ['b'] },
    });
    expect(mappingProblems(mapping).map(({ field }) => field)).toEqual([
      'columns.paymentId',
      'columns.refundedPaymentId',
      'refunds.values',
    ]);
  });
});
