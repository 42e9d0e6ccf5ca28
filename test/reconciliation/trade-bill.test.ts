import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTradeBill, TRADE_BILL_COLUMNS } from '../../functions/reconciliation/trade-bill.ts';

// A bill as the provider writes it, typed by hand: two payments (one with a coupon of 1.00 that the merchant bears) and
// a refund with a part of its fee given back. The product of the second holds a comma.
const HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const PAYMENT =
  '`2026-09-07 19:30:05,`wxd678efh567hg6787,`1900000109,`0,`,`4200002345202609071234567890,`int_1,`o-one,`JSAPI,`SUCCESS,`OTHERS,`CNY,`17.70,`0.00,`0,`0,`0.00,`0.00,`,`,`困难党员帮扶,`,`0.10620,`0.60%,`17.70,`0.00,`';
const PAYMENT_WITH_COUPON =
  '`2026-09-07 23:59:59,`wxd678efh567hg6787,`1900000109,`0,`,`4200002345202609071234567891,`int_2,`o-two,`NATIVE,`SUCCESS,`CMB_DEBIT,`CNY,`9.00,`1.00,`0,`0,`0.00,`0.00,`,`,`书,本,`a,b,`0.05400,`0.60%,`10.00,`0.00,`';
const REFUND =
  '`2026-09-07 20:00:00,`wxd678efh567hg6787,`1900000109,`0,`,`4200002345202609061234567892,`int_0,`o-zero,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50303108562026090701487282563,`R1-int_0,`4.00,`1.00,`ORIGINAL,`SUCCESS,`困难党员帮扶,`,`-0.02000,`0.60%,`0.00,`5.00,`';
const SUMMARY_HEADER = '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const SUMMARY = '`3,`26.70,`4.00,`1.00,`0.14020,`27.70,`5.00';

const ROWS = [PAYMENT, REFUND, PAYMENT_WITH_COUPON];
const textOf = (...lines: string[]): string => `\uFEFF${lines.map((line) => `${line}\r\n`).join('')}`;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const BILL = textOf(HEADER, ...ROWS, SUMMARY_HEADER, SUMMARY);
/** The bill with one text in place of another, which must be there. */
function changed(from: string, to: string): Uint8Array {
  expect(BILL).toContain(from);
  return bytesOf(BILL.replace(from, to));
}
function reasonOf(bytes: Uint8Array): string {
  const bill = parseTradeBill(bytes);
  expect(bill.kind).toBe('refused');
  return bill.kind === 'refused' ? bill.reason : '';
}

describe('a trade bill', () => {
  it('is read to the fen: payments as what the order was for, refunds as records of their own', () => {
    expect(parseTradeBill(bytesOf(BILL))).toEqual({
      kind: 'bill',
      lines: [
        {
          kind: 'payment',
          state: 'SUCCESS',
          transactionId: '4200002345202609071234567890',
          orderNo: 'int_1',
          merchantId: '1900000109',
          occurredAt: '2026-09-07T11:30:05.000Z',
          amountMinor: 1770,
          settledMinor: 1770,
          feeMilliFen: 10_620,
        },
        {
          kind: 'refund',
          state: 'REFUND',
          transactionId: '4200002345202609061234567892',
          orderNo: 'int_0',
          merchantId: '1900000109',
          occurredAt: '2026-09-07T12:00:00.000Z',
          refundId: '50303108562026090701487282563',
          hasGoneBack: true,
          amountMinor: 500,
          settledMinor: 400,
          feeMilliFen: -2_000,
        },
        {
          kind: 'payment',
          state: 'SUCCESS',
          transactionId: '4200002345202609071234567891',
          orderNo: 'int_2',
          merchantId: '1900000109',
          occurredAt: '2026-09-07T15:59:59.000Z',
          amountMinor: 1000,
          settledMinor: 900,
          feeMilliFen: 5_400,
        },
      ],
      totals: {
        lines: 3,
        orderMinor: 2770,
        settledMinor: 2670,
        refundMinor: 500,
        settledRefundMinor: 400,
        couponRefundMinor: 100,
        feeMilliFen: 14_020,
      },
    });
  });

  it('has the 27 columns that the provider documents', () => {
    expect(TRADE_BILL_COLUMNS).toHaveLength(27);
    expect(TRADE_BILL_COLUMNS.join(',')).toBe(HEADER);
  });

  it('may come without byte order mark, with plain line feeds and with empty lines at its end', () => {
    const plain = `${BILL.slice(1).replaceAll('\r\n', '\n')}\n\n`;
    expect(parseTradeBill(bytesOf(plain))).toEqual(parseTradeBill(bytesOf(BILL)));
  });

  it('may have no rows', () => {
    const empty = textOf(HEADER, SUMMARY_HEADER, '`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00');
    expect(parseTradeBill(bytesOf(empty))).toMatchObject({ kind: 'bill', lines: [], totals: { orderMinor: 0 } });
  });

  it('counts a payment at a counter that was taken back as money out, without a number of its own', () => {
    const revoked = REFUND.replace('`REFUND', '`REVOKED').replace('50303108562026090701487282563', '0');
    const bill = parseTradeBill(
      bytesOf(textOf(HEADER, revoked, SUMMARY_HEADER, '`1,`0.00,`4.00,`1.00,`-0.02000,`0.00,`5.00')),
    );
    expect(bill).toMatchObject({ kind: 'bill', lines: [{ kind: 'refund', state: 'REVOKED', amountMinor: 500 }] });
  });

  describe('is refused whole', () => {
    it.each([
      ['应结订单总金额', '`3,`26.70,', '`3,`26.71,'],
      ['退款总金额', '`26.70,`4.00,', '`26.70,`4.01,'],
      ['充值券退款总金额', '`4.00,`1.00,`0.14020', '`4.00,`0.99,`0.14020'],
      ['手续费总金额', '`0.14020', '`0.14021'],
      ['订单总金额', '`27.70,`5.00', '`27.69,`5.00'],
      ['申请退款总金额', '`27.70,`5.00', '`27.70,`5.10'],
      ['总交易单数', '`3,`26.70', '`4,`26.70'],
    ])('when its rows do not add up to its %s', (column, from, to) => {
      expect(reasonOf(changed(from, to))).toMatch(new RegExp(`^line 6: ${column} is not`));
    });

    it('when a row is missing, twice, or has another amount', () => {
      const without = textOf(HEADER, PAYMENT, PAYMENT_WITH_COUPON, SUMMARY_HEADER, SUMMARY);
      expect(reasonOf(bytesOf(without))).toContain('总交易单数');
      const summary = '`2,`35.40,`0.00,`0.00,`0.21240,`35.40,`0.00';
      expect(reasonOf(bytesOf(textOf(HEADER, PAYMENT, PAYMENT, SUMMARY_HEADER, summary)))).toBe(
        'it lists SUCCESS 4200002345202609071234567890 twice',
      );
      expect(reasonOf(changed('`0.60%,`17.70,', '`0.60%,`17.71,'))).toContain('订单总金额');
    });

    it('when a refund is listed twice', () => {
      const summary = '`2,`0.00,`8.00,`2.00,`-0.04000,`0.00,`10.00';
      expect(reasonOf(bytesOf(textOf(HEADER, REFUND, REFUND, SUMMARY_HEADER, summary)))).toContain('twice');
    });

    it('when it is cut off', () => {
      expect(reasonOf(bytesOf(textOf(HEADER, ...ROWS)))).toContain('cut off');
      expect(reasonOf(bytesOf(textOf(HEADER, ...ROWS, SUMMARY_HEADER)))).toContain('cut off');
      expect(reasonOf(bytesOf(textOf(HEADER)))).toContain('cut off');
    });

    it('when it is of another type or an old form, so that no amount is taken from a wrong column', () => {
      const columns = HEADER.split(',');
      expect(reasonOf(changed(HEADER, columns.slice(0, 24).join(',')))).toContain('27 columns');
      expect(reasonOf(changed('应结订单金额,代金券金额', '总金额,企业红包金额'))).toContain('27 columns');
    });

    it('when it is empty, compressed or in another encoding', () => {
      expect(reasonOf(new Uint8Array())).toContain('27 columns');
      expect(reasonOf(Uint8Array.of(0x1f, 0x8b, 0x08, 0x00, 0xff))).toContain('UTF-8');
      expect(reasonOf(Uint8Array.of(0xbd, 0xbb, 0xd2, 0xd7))).toContain('UTF-8');
    });

    it.each([
      ['an amount with three decimals', '`17.70,`0.00,`0,', '`17.701,`0.00,`0,', '应结订单金额'],
      ['an amount below zero', '`17.70,`0.00,`0,', '`-17.70,`0.00,`0,', '应结订单金额'],
      ['an amount with a grouping comma', '`0.60%,`17.70,', '`0.60%,`1,017.70,', '订单金额'],
      ['a fee in words', '`0.10620', '`none', '手续费'],
      ['an order without a number', '`int_1', '`', '商户订单号'],
      ['another currency', '`CNY,`9.00', '`HKD,`9.00', '货币种类'],
      ['a state that nobody knows', '`SUCCESS,`CMB', '`PAYING,`CMB', '交易状态'],
      ['a day that does not exist', '`2026-09-07 20', '`2026-02-30 20', '交易时间'],
      ['a time written by a spreadsheet', '`2026-09-07 20', '`2026/9/7 20', '交易时间'],
      ['a refund without a number', '`50303108562026090701487282563', '`0', '微信退款单号'],
    ])('for %s', (_, from, to, column) => {
      expect(reasonOf(changed(from, to))).toMatch(new RegExp(`^line [234]: ${column} `));
    });

    it('for payment numbers that a spreadsheet has rounded', () => {
      expect(reasonOf(changed('4200002345202609071234567890', '4.2E+27'))).toBe(
        'line 2: 微信订单号 is not a number of the provider',
      );
    });

    it('for a row with a cell too many or too few, or without backticks', () => {
      expect(reasonOf(changed('`o-one,`JSAPI', '`o-one,`x,`JSAPI'))).toContain('27 cells');
      expect(reasonOf(changed('`o-one,`JSAPI', '`JSAPI'))).toContain('27 cells');
      expect(reasonOf(changed('`2026-09-07 19:30:05', '2026-09-07 19:30:05'))).toContain('line 2 ');
    });

    it('with a reason that names no payer', () => {
      expect(reasonOf(changed('`o-one,`JSAPI,`SUCCESS', '`o-one,`JSAPI,`WHAT'))).not.toContain('o-one');
    });
  });

  it('with any bytes changed is refused or says the same money: nothing is taken from a broken file', () => {
    const bytes = bytesOf(BILL);
    const whole = parseTradeBill(bytes);
    const moneyOf = (bill: ReturnType<typeof parseTradeBill>) =>
      bill.kind === 'bill' ? { totals: bill.totals, amounts: bill.lines.map((line) => line.amountMinor) } : undefined;
    let refusals = 0;
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (position, byte) => {
        const mutated = bytes.slice();
        mutated[position] = byte;
        const bill = parseTradeBill(mutated);
        if (bill.kind === 'refused') refusals += 1;
        else expect(moneyOf(bill)).toEqual(moneyOf(whole));
      }),
      { numRuns: 3000 },
    );
    expect(refusals).toBeGreaterThan(500);
  });
});
