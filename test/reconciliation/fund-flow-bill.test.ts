import { describe, expect, it } from 'vitest';
import { FUND_FLOW_COLUMNS, parseFundFlowBill } from '../../functions/reconciliation/fund-flow-bill.ts';

// A bill as the provider writes it, typed by hand after its samples: a payment and its fee, a refund with a part of its fee
// in it, a withdrawal, and something that nobody has heard of. The last remark holds a comma.
const HEADER =
  '记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号';
const ROWS = [
  '`2026-09-07 19:30:05,`4200002345202609071234567890,`F1,`交易,`交易,`收入,`17.70,`117.70,`system,`,`int_1',
  '`2026-09-07 19:30:05,`4200002345202609071234567890,`F2,`交易,`扣除交易手续费,`支出,`0.11,`117.59,`system,`,`int_1',
  '`2026-09-07 20:00:00,`50303108562026090701487282563,`F3,`退款,`退款,`支出,`4.97,`112.62,`1900000109API,`退款总金额5.00元;含手续费0.03元,`R1-int_0',
  '`2026-09-07 23:00:00,`1900009109202609070000000001,`F4,`充值/提现,`提现,`支出,`100.00,`12.62,`system,`,`',
  '`2026-09-07 23:30:00,`7000,`F5,`分账,`分账回退,`收入,`0.38,`13.00,`,`a,b,`X',
];
const SUMMARY_HEADER = '资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额';
const SUMMARY = '`5.0,`2.0,`18.08,`3.0,`105.08';
const textOf = (...lines: string[]): string => `\uFEFF${lines.map((line) => `${line}\r\n`).join('')}`;
const BILL = textOf(HEADER, ...ROWS, SUMMARY_HEADER, SUMMARY);
const parse = (text: string) => parseFundFlowBill(new TextEncoder().encode(text));
function changed(from: string, to: string) {
  expect(BILL).toContain(from);
  return parse(BILL.replace(from, to));
}

describe('a fund-flow bill', () => {
  it('is read to the fen, each movement by what it is, money out below zero', () => {
    const bill = parse(BILL);
    expect(
      bill.kind === 'bill' && bill.lines.map((line) => [line.movement, line.changeMinor, line.balanceMinor]),
    ).toEqual([
      ['payment', 1770, 11_770],
      ['fee', -11, 11_759],
      ['refund', -497, 11_262],
      ['withdrawal', -10_000, 1262],
      ['other', 38, 1300],
    ]);
    expect(bill).toMatchObject({
      lines: [
        { bookedAt: '2026-09-07T11:30:05.000Z', businessNo: '4200002345202609071234567890', voucherNo: 'int_1' },
        {},
        { businessNo: '50303108562026090701487282563', voucherNo: 'R1-int_0' },
        { voucherNo: '' },
        { voucherNo: 'X' },
      ],
    });
  });

  it('is read with brackets of either width and with counts that have decimals or none', () => {
    expect(changed(HEADER, HEADER.replaceAll('(', '（').replaceAll(')', '）'))).toEqual(parse(BILL));
    expect(changed('`5.0,`2.0,`18.08,`3.0,', '`5,`2,`18.08,`3,')).toEqual(parse(BILL));
    expect(FUND_FLOW_COLUMNS.join(',')).toBe(HEADER);
  });

  it('may say that an account is overdrawn, and that something new moved', () => {
    expect(changed('`13.00', '`-13.00').kind).toBe('bill');
    const topUp = changed('`充值/提现,`提现,`支出,`100.00', '`充值/提现,`充值,`支出,`100.00');
    expect(topUp).toMatchObject({ lines: [{}, {}, {}, { movement: 'withdrawal' }, {}] });
    expect(changed('`分账,`分账回退', '`充值/提现,`充值')).toMatchObject({
      lines: [{}, {}, {}, {}, { movement: 'top-up' }],
    });
  });

  it.each([
    ['has a row less', ROWS[4] ?? '', '', 'does not have 11 cells'],
    ['has another count', '`5.0', '`4.0', '资金流水总笔数 is not the 5 rows'],
    ['has another count of money in', '`2.0', '`3.0', '收入笔数 is not the 2 rows'],
    ['has another count of money out', '`3.0', '`2.0', '支出笔数 is not the 3 rows'],
    ['adds up to less money in', '`18.08', '`18.07', '收入金额 is not what the rows add up to'],
    ['adds up to more money out', '`105.08', '`105.09', '支出金额 is not what the rows add up to'],
    ['had an amount changed', '`支出,`0.11', '`支出,`0.12', '支出金额 is not what the rows add up to'],
    ['had a direction changed', '`支出,`0.11', '`收入,`0.11', '收入笔数 is not the 3 rows'],
    ['has a direction that is none', '`收入,`17.70', '`不变,`17.70', 'line 2: 收支类型'],
    ['has a fraction of a fen', '`0.11', '`0.111', 'line 3: 收支金额(元) is not an amount'],
    ['has a time that is none', '2026-09-07 23:30:00', '2026-02-30 23:30:00', 'line 6: 记账时间'],
    ['has another header', '账户结余', '余额', '11 columns'],
    ['lost its summary', SUMMARY_HEADER, '', 'does not end with the summary'],
  ])('is refused whole when it %s', (_what, from, to, reason) => {
    expect(changed(from, to)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it.each(['', HEADER, `${HEADER}\r\n`, '<html></html>'])('is refused when it is %j', (text) => {
    expect(parse(text).kind).toBe('refused');
    expect(parseFundFlowBill(Uint8Array.of(0x1f, 0x8b, 0xff)).kind).toBe('refused');
  });
});
