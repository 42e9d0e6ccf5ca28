import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusDays } from '../../functions/kernel/time.ts';
import type { DayRecord } from '../../functions/reconciliation/day-record.ts';
import type { FundFlowLine } from '../../functions/reconciliation/fund-flow-bill.ts';
import {
  campaignPaidOut,
  type Payout,
  payoutFinding,
  payoutStateOf,
  payoutsOf,
} from '../../functions/reconciliation/payout.ts';

const DAY = '2026-09-08' as LocalDate;
const MERCHANT = '1900000109';
const withdrawal: FundFlowLine = {
  movement: 'withdrawal',
  bookedAt: instantOf('2026-09-08T18:00:00+08:00'),
  businessNo: '',
  voucherNo: '',
  changeMinor: minor(-9_000),
  balanceMinor: minor(1_000),
};
const bills = (...lines: FundFlowLine[]) => ({
  trades: [],
  alipay: [],
  accounts: [],
  funds: [{ merchantId: MERCHANT, billDate: DAY, account: 'BASIC' as const, lines }],
});
const [first] = payoutsOf(bills(withdrawal), DAY);
if (first === undefined) throw new Error('the bill has a payout');
const payout: Payout = first;

describe('the payouts of a bill', () => {
  it('are its withdrawals, above zero, and neither what came from the bank nor what was paid', () => {
    const others = (['top-up', 'payment', 'refund', 'fee', 'other'] as const).map((movement) => ({
      ...withdrawal,
      movement,
    }));
    expect(payoutsOf(bills(withdrawal, ...others), DAY)).toEqual([payout]);
    expect(payout).toMatchObject({ provider: 'wechat-pay', merchantId: MERCHANT, day: DAY, amountMinor: 9_000 });
    expect(payoutsOf(bills(withdrawal), plusDays(DAY, 1))).toEqual([]);
  });

  it('have the same ids each time, and two that look alike are two', () => {
    const twice = payoutsOf(bills(withdrawal, withdrawal), DAY);
    expect(new Set(twice.map(({ payoutId }) => payoutId)).size).toBe(2);
    expect(payoutsOf(bills(withdrawal, withdrawal), DAY)).toEqual(twice);
    expect(twice[0]).toEqual(payout);
  });
});

it('a payout is late from the eighth day on, and no finding before', () => {
  expect(payoutStateOf(payout, plusDays(DAY, 7))).toBe('in-transit');
  expect(payoutFinding(payout, plusDays(DAY, 7))).toBeUndefined();
  expect(payoutStateOf(payout, plusDays(DAY, 8))).toBe('late');
  expect(payoutFinding(payout, plusDays(DAY, 8))).toMatchObject({
    class: 'settlement-differs',
    transactionId: payout.payoutId,
    theirAmountMinor: 9_000,
  });
});

describe('the campaign that hears of a payout', () => {
  const record = (day: LocalDate, merchantId: string, sums: Record<string, number>): DayRecord =>
    ({
      provider: 'wechat-pay',
      merchantId,
      day,
      campaigns: Object.entries(sums).map(([campaignId, billMinor]) => ({
        campaignId,
        organisationId: 'o',
        billMinor,
      })),
    }) as unknown as DayRecord;

  it('is the one with most of the money on the account up to that day, the first by its id among equals', () => {
    const records = [
      record(plusDays(DAY, -1), MERCHANT, { cmp_a: 100, cmp_b: 60 }),
      record(DAY, MERCHANT, { cmp_b: 60 }),
      record(DAY, 'another', { cmp_a: 1_000 }),
      record(plusDays(DAY, 1), MERCHANT, { cmp_a: 1_000 }),
    ];
    expect(campaignPaidOut(payout, records)).toMatchObject({ campaignId: 'cmp_b' });
    expect(campaignPaidOut(payout, [record(DAY, MERCHANT, { cmp_b: 5, cmp_a: 5 })])).toMatchObject({
      campaignId: 'cmp_a',
    });
    expect(campaignPaidOut(payout, [])).toBeUndefined();
  });
});
