import { describe, expect, it } from 'vitest';
import { LocalMinutes } from '../../functions/statements/statement-cells.ts';
import { mappingProblems, statementMappingSchema } from '../../functions/statements/statement-mapping.ts';
import { rowOf, type StatementRow } from '../../functions/statements/statement-row.ts';

const BASE = {
  mappingId: 'bank',
  name: '对公账户',
  file: 'delimited',
  columns: { paidAt: 'day', amount: 'in', paymentId: 'no', name: 'who', message: 'text' },
  timeFormat: 'YYYY-MM-DD',
  bank: {
    direction: { by: 'column', column: 'out' },
    balance: 'held',
    kinds: [
      { kind: 'interest', words: ['结息'] },
      { kind: 'payout', words: ['腾讯公益'], provider: 'standard-webhook' },
    ],
  },
  account: 'bank-1',
};
const mappingOf = (changes: object = {}) => statementMappingSchema.parse({ ...BASE, ...changes });
const ROW = { day: '2026-09-07', in: '17.70', out: '', held: '1,017.70', no: 'B0001', who: '周', text: '捐款' };
const read = (row: Partial<Record<keyof typeof ROW | 'side', string>>, changes: object = {}): StatementRow => {
  const cells: Record<string, string> = { ...ROW, ...row };
  return rowOf({ line: 3, first: '', cell: (column) => cells[column] ?? '' }, mappingOf(changes), new LocalMinutes());
};
const bankBy = (direction: object) => ({ bank: { ...BASE.bank, direction } });

describe('a row of an account at the bank', () => {
  it('that came is a gift with the balance after it, as the row of any other list', () => {
    expect(read({})).toMatchObject({ kind: 'gift', amountMinor: 1_770, balanceMinor: 101_770, paymentId: 'B0001' });
  });

  it('that left is kept above zero and booked by nobody, whichever way the file says that it left', () => {
    const left = { kind: 'bank-row', direction: 'out', amountMinor: 500, rowKind: 'outgoing', reference: 'B0001' };
    expect(read({ in: '', out: '5.00' })).toMatchObject(left);
    expect(read({ in: '0.00', out: '5.00' })).toMatchObject(left);
    expect(read({ in: '-5.00' }, bankBy({ by: 'sign' }))).toMatchObject(left);
    const values = bankBy({ by: 'values', column: 'side', incoming: ['贷'], outgoing: ['借'] });
    expect(read({ in: '5.00', side: '借' }, values)).toMatchObject(left);
    expect(read({ in: '5.00', side: '贷' }, values)).toMatchObject({ kind: 'gift', amountMinor: 500 });
  });

  it('is a problem, never left out, where nobody can say which way it went or how much', () => {
    const values = bankBy({ by: 'values', column: 'side', incoming: ['贷'], outgoing: ['借'] });
    expect(read({ side: '冲' }, values)).toMatchObject({ kind: 'problem', column: 'side' });
    expect(read({ out: '5.00' })).toMatchObject({ kind: 'problem', column: 'in' });
    expect(read({ in: '', out: '' })).toMatchObject({ kind: 'problem', column: 'in' });
    expect(read({ in: '-5.00' })).toMatchObject({ kind: 'problem', problem: 'is below zero' });
    expect(read({ in: '0' }, bankBy({ by: 'sign' }))).toMatchObject({ kind: 'problem', problem: 'is zero' });
    expect(read({ held: '' })).toMatchObject({ kind: 'problem', column: 'held' });
    expect(read({ day: '', in: '', out: '' })).toEqual({ kind: 'skipped', line: 3 });
  });

  it.each([
    ['财付通支付科技有限公司', '捐款', 'payout', 'wechat-pay'],
    ['支付宝（中国）网络技术有限公司', '', 'payout', 'alipay'],
    ['STRIPE PAYMENTS UK LTD', '', 'payout', 'stripe'],
    ['支付宝 财付通', '', 'payout', undefined],
    ['腾讯公益慈善基金会', '', 'payout', 'standard-webhook'],
    ['', '三季度结息', 'interest', undefined],
  ])('from “%s” (%s) is no gift', (who, text, rowKind, provider) => {
    const row = read({ who, text });
    expect(row).toMatchObject({ kind: 'bank-row', direction: 'in', rowKind });
    expect('provider' in row ? row.provider : undefined).toBe(provider);
  });

  it('whose remark alone names a payment provider is a gift: donors write what they like', () => {
    expect(read({ text: '支付宝转账 捐款' })).toMatchObject({ kind: 'gift' });
  });

  it('that came and is not among the values of gifts is kept without a name', () => {
    const gifts = { gifts: { column: 'text', values: ['捐款'] } };
    expect(read({ text: '退货款' }, gifts)).toMatchObject({ kind: 'bank-row', rowKind: 'unnamed' });
    expect(read({}, gifts)).toMatchObject({ kind: 'gift' });
  });
});

it('a mapping of a bank has neither another’s numbers, nor a sum of gifts, nor refunds', () => {
  const changes = {
    provider: 'alipay',
    summary: { label: '合计', amount: 'in' },
    refunds: { column: 'text', values: ['退'] },
  };
  const fields = mappingProblems(mappingOf(changes)).map(({ field }) => field);
  expect(fields).toEqual(expect.arrayContaining(['provider', 'summary', 'refunds']));
  expect(mappingProblems(mappingOf())).toEqual([]);
});
