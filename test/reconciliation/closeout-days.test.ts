import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import type { CloseoutDay } from '../../functions/reconciliation/closeout-day.ts';
import { type BookedRefund, closeoutOf } from '../../functions/reconciliation/closeout-days.ts';
import { fundsOfDay, fundsOfDays } from '../../functions/reconciliation/day-funds.ts';
import { parseFundFlowBill } from '../../functions/reconciliation/fund-flow-bill.ts';
import { parseTradeBill } from '../../functions/reconciliation/trade-bill.ts';
import { tradeBillOf } from '../../local/sandbox/bill.ts';
import { Book } from '../../local/sandbox/book.ts';
import { fundFlowBillOf, type Movement } from '../../local/sandbox/fund-flow-bill.ts';

const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'] as LocalDate[];
const [MONDAY, TUESDAY, WEDNESDAY] = DAYS as [LocalDate, LocalDate, LocalDate];
const ACCOUNT = { provider: 'wechat-pay', merchantId: '1900000109' } as const;
const NOTHING: Omit<CloseoutDay, 'day'> = {
  hasBill: true,
  comparisons: [],
  findings: [],
  refundLines: [],
  strays: [],
  funds: [],
  movements: [],
  stated: [],
  files: [],
  entriesMinor: minor(0),
};
const day = (of: LocalDate, changes: Partial<CloseoutDay> = {}): CloseoutDay => ({ day: of, ...NOTHING, ...changes });

const refundLine = (of: LocalDate, amount: number): CloseoutDay['refundLines'][number] => ({
  ...ACCOUNT,
  line: {
    kind: 'refund',
    paymentId: 'pay-1',
    orderNo: 'int_1',
    amountMinor: minor(amount),
    currency: 'CNY',
    day: of,
    occurredAt: instantOf(`${of}T12:00:00+08:00`),
  },
});
const booked = (of: LocalDate, amount: number): BookedRefund => ({
  ...ACCOUNT,
  paymentId: 'pay-1',
  orderNo: 'int_1',
  campaignId: 'cmp_1',
  amountMinor: minor(amount),
  currency: 'CNY',
  reference: 'refund-1',
  day: of,
});
const found = (days: readonly CloseoutDay[], refunds: readonly BookedRefund[] = []) =>
  closeoutOf(days, refunds).findings.map(({ class: kind, transactionId, ourAmountMinor, theirAmountMinor }) => [
    kind,
    transactionId,
    ourAmountMinor,
    theirAmountMinor,
  ]);

describe('the days of a closeout, put together', () => {
  it('forgive a payment that is missing on its day and stands in the bill of the next', () => {
    const missing = {
      class: 'missing-there',
      ...ACCOUNT,
      day: MONDAY,
      transactionId: 'pay-1',
      orderNo: 'int_1',
      ourAmountMinor: minor(500),
    } as const;
    expect(found([day(MONDAY, { findings: [missing] }), day(TUESDAY)])).toHaveLength(1);
    expect(found([day(MONDAY, { findings: [missing] }), day(TUESDAY, { strays: ['wechat-pay pay-1'] })])).toEqual([]);
  });

  it('see that of two refunds of a payment one was never told, though each day alone has nothing against it', () => {
    const days = [
      day(MONDAY, { refundLines: [refundLine(MONDAY, 500)] }),
      day(TUESDAY, { refundLines: [refundLine(TUESDAY, 500)] }),
    ];
    expect(found(days, [booked(TUESDAY, 500)])).toEqual([['refunded-there', 'pay-1', 500, 1_000]]);
    expect(found(days, [booked(MONDAY, 500), booked(TUESDAY, 500)])).toEqual([]);
  });

  it('hold a refund against a statement of Stripe’s only on days of which there is one: elsewhere nobody knows', () => {
    const atStripe = { ...booked(TUESDAY, 300), provider: 'stripe', merchantId: 'acct_1' } as const;
    const stated = day(TUESDAY, { stated: ['stripe acct_1'] });
    expect(found([day(MONDAY), day(TUESDAY)], [atStripe])).toEqual([]);
    expect(found([day(MONDAY), stated], [atStripe])).toEqual([['refunded-here', 'pay-1', 300, 0]]);
  });

  it('see a refund that our books have and no bill, but not one that is later than the last bill', () => {
    expect(found([day(MONDAY), day(TUESDAY)], [booked(TUESDAY, 300)])).toEqual([['refunded-here', 'pay-1', 300, 0]]);
    expect(found([day(MONDAY), day(TUESDAY)], [booked(WEDNESDAY, 300)])).toEqual([]);
  });
});

describe('money that moved on another day than its payment', () => {
  const KEYS = { appid: 'wx0', mchid: ACCOUNT.merchantId };
  const FEE = 60;
  const ours = { line: () => true, movement: () => true };

  /** What is said of a payment of Monday whose money moves on `moved`. */
  function fundsWith(moved: LocalDate | undefined) {
    const book = new Book();
    book.pay({ orderNo: 'int_1', amountMinor: 10_000, openid: 'o', paidAt: instantOf('2026-09-07T12:00:00+08:00') });
    const { movements } = book.movementsOf(MONDAY, FEE);
    const parts = DAYS.map((billDate) => {
      const { payments, refunds } = book.dayOf(billDate);
      const trade = parseTradeBill(tradeBillOf(KEYS, payments, refunds, FEE));
      const of: readonly Movement[] = billDate === moved ? movements : [];
      const flow = parseFundFlowBill(fundFlowBillOf(of, 1_000_000));
      if (trade.kind === 'refused' || flow.kind === 'refused') throw new Error('unreadable');
      const about = { merchantId: ACCOUNT.merchantId, billDate };
      return fundsOfDay({ ...about, lines: trade.lines }, [{ ...about, account: 'BASIC', lines: flow.lines }], ours);
    });
    const { findings, funds } = fundsOfDays(parts, DAYS);
    const [sums] = funds;
    return {
      kinds: findings.map(({ class: kind }) => kind),
      fees: sums?.campaignFeesMinor,
      billed: sums?.feesBilledMinor,
    };
  }

  it('is paired with it, fee and all, as if it had moved at once', () => {
    const atOnce = { kinds: [], fees: 60, billed: 60 };
    expect(fundsWith(MONDAY)).toEqual(atOnce);
    expect(fundsWith(TUESDAY)).toEqual(atOnce);
    expect(fundsWith(WEDNESDAY)).toEqual(atOnce);
  });

  it('is missed when it never moves', () => {
    expect(fundsWith(undefined)).toEqual({ kinds: ['funds-differ'], fees: 0, billed: 60 });
  });
});
