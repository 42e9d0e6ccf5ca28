import { describe, expect, it } from 'vitest';
import { localDateSchema } from '../../functions/kernel/time.ts';
import {
  PLATFORM_STATEMENT_COLUMNS,
  parsePlatformStatement,
} from '../../functions/reconciliation/platform-statement.ts';

const billDate = localDateSchema.parse('2026-09-07');
const HEADER = PLATFORM_STATEMENT_COLUMNS.join(',');
const AT = '2026-09-07T20:00:00+08:00';
const PAYMENT = `payment,p-1,,int_1,,1770,CNY,11,${AT}`;
const REFUND = `refund,p-1,r-1,,,700,CNY,-4,${AT}`;
const PAYOUT = `payout,,out-1,,,1000,CNY,,${AT}`;
const OTHER = `other,,,,,-30,CNY,,${AT}`;
const TOTAL = 'total,,4,,,33,CNY,,';
const read = (text: string) =>
  parsePlatformStatement(Buffer.from(text), { billDate, paymentOf: (id) => `joint-giving:${id}` });
const whole = [HEADER, PAYMENT, REFUND, PAYOUT, OTHER, TOTAL];

describe('a platform’s statement', () => {
  it('is read with its fees, under the numbers by which the books call the payments', () => {
    const statement = read(whole.join('\r\n'));
    expect(statement).toMatchObject({
      kind: 'bill',
      lines: [
        { kind: 'payment', paymentId: 'joint-giving:p-1', orderNo: 'int_1', changeMinor: 1770, feeMinor: 11 },
        {
          kind: 'refund',
          paymentId: 'joint-giving:p-1',
          reference: 'r-1',
          paidMinor: 700,
          changeMinor: -700,
          feeMinor: -4,
        },
        { kind: 'payout', paymentId: '', reference: 'out-1', changeMinor: -1000 },
        { kind: 'other', changeMinor: -30 },
      ],
    });
  });

  it('may be of a day without anything, and begin with a mark of a spreadsheet', () => {
    expect(read(`\ufeff${HEADER}\ntotal,,0,,,0,CNY,,\n`)).toEqual({ kind: 'bill', lines: [] });
  });

  it.each([
    ['no header', [PAYMENT, TOTAL], 'line 1 must be type,paymentId'],
    ['no total', [HEADER, PAYMENT], 'does not end with a total'],
    ['a row less than the total says', [HEADER, PAYMENT, REFUND, PAYOUT, TOTAL], 'says 4 rows'],
    [
      'another amount than the total says',
      [HEADER, PAYMENT.replace('1770', '1771'), REFUND, PAYOUT, OTHER, TOTAL],
      'come to 34',
    ],
    ['a currency without a total', [HEADER, PAYMENT.replace('CNY', 'USD'), 'total,,0,,,0,CNY,,'], 'no total in USD'],
    ['a row under the total', [HEADER, 'total,,0,,,0,CNY,,', PAYMENT], 'line 3: type stands under a total'],
    ['a cell too few', [HEADER, 'payment,p-1,,,,1770,CNY,11', TOTAL], 'line 2 has 8 cells'],
    ['an unknown type', [HEADER, PAYMENT.replace('payment', 'gift'), TOTAL], 'line 2: type is none'],
    ['yuan with a point', [HEADER, PAYMENT.replace('1770', '17.70'), TOTAL], 'write 1770 for 17.70'],
    ['a payment below zero', [HEADER, PAYMENT.replace('1770', '-1770'), TOTAL], 'amountMinor is not above zero'],
    ['a payment without a number', [HEADER, PAYMENT.replace('p-1', ''), TOTAL], 'paymentId is empty'],
    ['a refund without a number', [HEADER, REFUND.replace('r-1', ''), TOTAL], 'reference is empty'],
    ['a time without a zone', [HEADER, PAYMENT.replace('+08:00', ''), TOTAL], 'write it as 2026-09-07T10:00:00+08:00'],
    ['a row of another day', [HEADER, PAYMENT.replace('09-07T20', '09-08T01'), TOTAL], 'leave rows of other days out'],
    ['a payment that stands twice', [HEADER, PAYMENT, PAYMENT, TOTAL], 'line 3: paymentId stands there twice'],
    ['a currency of its own', [HEADER, PAYMENT.replace('CNY', 'yuan'), TOTAL], 'currency is not a currency'],
    ['a quote that does not end', [HEADER, `payment,"p-1,,int_1,,1770,CNY,11,${AT}`], 'it is not CSV'],
  ])('is refused whole, with the line and the fix, for %s', (_what, lines, reason) => {
    const statement = read(lines.join('\n'));
    expect(statement.kind).toBe('refused');
    expect(statement.kind === 'refused' ? statement.reason : '').toContain(reason);
  });

  it('is refused where it is not text', () => {
    expect(parsePlatformStatement(Buffer.from([0xff]), { billDate, paymentOf: (id) => id })).toMatchObject({
      kind: 'refused',
    });
  });
});
