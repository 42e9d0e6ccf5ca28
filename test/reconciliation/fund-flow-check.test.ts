import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import { parseFundFlowBill } from '../../functions/reconciliation/fund-flow-bill.ts';
import { checkFunds } from '../../functions/reconciliation/fund-flow-check.ts';
import { parseTradeBill } from '../../functions/reconciliation/trade-bill.ts';
import { tradeBillOf } from '../../local/sandbox/bill.ts';
import { Book } from '../../local/sandbox/book.ts';
import { fundFlowBillOf, type Movement } from '../../local/sandbox/fund-flow-bill.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';

const KEYS = { appid: 'wxd678efh567hg6787', mchid: '1900000109' };
const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'] as LocalDate[];
/** The usual fee of a merchant that is no charity: 0.60%. */
const FEE = 60;
const NOON = instantOf('2026-09-07T12:00:00+08:00');

let book: Book;
let number: number;
beforeEach(() => {
  book = new Book();
  number = 0;
});

function pay(amountMinor: number, secondsAfterNoon = 0): Payment {
  number += 1;
  return book.pay({
    orderNo: `int_${number}`,
    amountMinor,
    openid: 'o',
    paidAt: plusSeconds(NOON, secondsAfterNoon),
  });
}

type Change = (movements: readonly Movement[], day: LocalDate) => readonly Movement[];

/** What our check says of the sandbox's bills, read by our own readers. */
function check(change: Change = (movements) => movements, isOurs = (_orderNo: string): boolean => true) {
  const trades = DAYS.flatMap((billDate) => {
    const { payments, refunds } = book.dayOf(billDate);
    const bill = parseTradeBill(tradeBillOf(KEYS, payments, refunds, FEE));
    if (bill.kind === 'refused') throw new Error(bill.reason);
    return { merchantId: KEYS.mchid, billDate, lines: bill.lines };
  });
  const funds = DAYS.flatMap((billDate) => {
    const { movements, balanceMinor } = book.movementsOf(billDate, FEE);
    const bill = parseFundFlowBill(fundFlowBillOf(change(movements, billDate), balanceMinor + 1_000_000));
    if (bill.kind === 'refused') throw new Error(bill.reason);
    return { merchantId: KEYS.mchid, billDate, account: 'BASIC' as const, lines: bill.lines };
  });
  return checkFunds({ trades, funds, days: DAYS }, ({ orderNo }) => isOurs(orderNo), isOurs);
}
const kinds = (change?: Change) => check(change).discrepancies.map(({ kind }) => kind);

describe('what the trade bill says was charged, and what the fund flow says was moved', () => {
  it('are the same for any payments and refunds, but for the rounding of fees', () => {
    const amounts = fc.array(fc.tuple(fc.integer({ min: 1, max: 500_000 }), fc.nat(2 * 86_400 - 1), fc.boolean()), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(amounts, (payments) => {
        book = new Book();
        for (const [amountMinor, seconds, goesBack] of payments) {
          const payment = pay(amountMinor, seconds);
          if (goesBack) book.refund(payment, Math.ceil(amountMinor / 3), plusSeconds(payment.paidAt, 3600));
        }
        expect(check().discrepancies).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('are added up for the account: payments, refunds, fees, withdrawals, and this campaign’s part of the fees', () => {
    const [one] = [pay(10_000), pay(20_000, 60)];
    if (one !== undefined) book.refund(one, 5_000, plusSeconds(NOON, 7200));
    book.withdraw(9_000, plusSeconds(NOON, 86_400));
    expect(check(undefined, (orderNo) => orderNo === 'int_1').funds).toEqual([
      {
        provider: 'wechat-pay',
        merchantId: KEYS.mchid,
        paidMinor: 30_000,
        refundedMinor: 4_970,
        feesMinor: 180,
        feesBilledMinor: 150,
        campaignFeesMinor: 60,
        withdrawnMinor: 9_000,
        otherMinor: 0,
        settlements: [
          {
            account: 'BASIC',
            day: '2026-09-08',
            businessNo: expect.stringMatching(/^1900009109/),
            changeMinor: -9_000,
          },
        ],
      },
    ]);
  });

  it('differ where another fee was taken than was billed, by a fen and more', () => {
    book.overcharge(pay(10_000), 61);
    book.overcharge(pay(20_000, 60), 120);
    const { discrepancies } = check();
    expect(discrepancies).toEqual([
      {
        kind: 'fee-differs',
        provider: 'wechat-pay',
        transactionId: book.paymentOf('int_1')?.transactionId,
        orderNo: 'int_1',
        day: '2026-09-07',
        ourAmountMinor: 60,
        theirAmountMinor: 61,
      },
    ]);
  });

  it('differ where a fee was billed and not taken, and where one was taken of a payment that is another campaign’s', () => {
    book.overcharge(pay(10_000), 0);
    expect(kinds()).toEqual(['fee-differs']);
    expect(check(undefined, (orderNo) => orderNo !== 'int_1').discrepancies).toEqual([]);
  });

  it('differ where a payment never reached the account, or with another amount', () => {
    pay(10_000);
    expect(kinds(() => [])).toEqual(['funds-differ']);
    expect(kinds((movements) => movements.map((one) => (one.isIncome ? { ...one, amountMinor: 9_000 } : one)))).toEqual(
      ['funds-differ'],
    );
  });

  it('differ where more was taken for a refund than went back', () => {
    book.refund(pay(10_000), 5_000, plusSeconds(NOON, 60));
    const more: Change = (movements) =>
      movements.map((one) => (one.type === '退款' ? { ...one, amountMinor: one.amountMinor + 100 } : one));
    expect(check(more).discrepancies).toMatchObject([
      { kind: 'funds-differ', ourAmountMinor: 4_970, theirAmountMinor: 5_070 },
    ]);
  });

  it('are the same where the fee of a refund comes back in a line of its own', () => {
    book.refund(pay(10_000), 5_000, plusSeconds(NOON, 60));
    const apart: Change = (movements) =>
      movements.flatMap((one) =>
        one.type === '退款'
          ? [
              { ...one, amountMinor: 5_000 },
              { ...one, type: '退还交易手续费', isIncome: true, amountMinor: 30 },
            ]
          : [one],
      );
    expect(kinds(apart)).toEqual([]);
  });

  it('may lie apart by a night: nothing of the last day is held against anybody yet', () => {
    pay(10_000, 2 * 86_400 + 3600);
    expect(kinds((movements, day) => (day === '2026-09-09' ? [] : movements))).toEqual([]);
    const late = pay(10_000, 86_400 + 36_000);
    const nextDay: Change = (movements, day) => {
      if (day === '2026-09-08') return movements.filter(({ businessNo }) => businessNo !== late.transactionId);
      if (day === '2026-09-09') return [...book.movementsOf('2026-09-08' as LocalDate, FEE).movements, ...movements];
      return movements;
    };
    expect(kinds(nextDay)).toEqual([]);
  });

  it('differ where money of an order of ours was moved that no trade bill knows', () => {
    const hidden = pay(10_000, 86_400);
    const flow = book.movementsOf('2026-09-08' as LocalDate, FEE).movements;
    book.hide(hidden);
    const shown: Change = (movements, day) => (day === '2026-09-08' ? [...movements, ...flow] : movements);
    expect(check(shown).discrepancies).toMatchObject([
      { kind: 'funds-differ', orderNo: 'int_1', theirAmountMinor: 10_000 },
      { kind: 'fee-differs', orderNo: 'int_1', theirAmountMinor: 60 },
    ]);
    expect(check(shown, () => false).discrepancies).toEqual([]);
    // On the first day it may be a payment of the day before, whose trade bill is not among these.
    const onTheFirst: Change = (movements, day) => (day === '2026-09-07' ? [...movements, ...flow] : movements);
    expect(kinds(onTheFirst)).toEqual([]);
  });
});
