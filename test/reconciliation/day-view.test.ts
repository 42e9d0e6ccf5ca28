import { expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusDays } from '../../functions/kernel/time.ts';
import { dayRecordSchema } from '../../functions/reconciliation/day-record.ts';
import { accountSums, dayView } from '../../functions/reconciliation/day-view.ts';
import type { Payout } from '../../functions/reconciliation/payout.ts';

const DAY = '2026-09-08' as LocalDate;
const SELLER = '2088101117955611';
const viewer = { ids: new Set(['o']), isTop: true, organisationId: 'o' };
// As it was kept before an account could have other currencies.
const record = dayRecordSchema.parse({
  type: 'reconciled-day',
  provider: 'alipay',
  merchantId: SELLER,
  day: DAY,
  state: 'balanced',
  comparedAt: instantOf('2026-09-09T10:00:00+08:00'),
  currency: 'CNY',
  otherMinor: 0,
  grossMinor: 10_000,
  refundsMinor: 0,
  feesMinor: 60,
  netMinor: 9_940,
  settledMinor: 0,
  foreignLines: 0,
  foreignMinor: 0,
  campaigns: [],
  bills: [],
});
const payoutOn = (day: LocalDate, amountMinor: number, rest: Partial<Payout> = {}): Payout => ({
  type: 'payout',
  payoutId: `pyo_${day}`,
  provider: 'alipay',
  merchantId: SELLER,
  day,
  businessNo: '',
  amountMinor: minor(amountMinor),
  arrival: {
    arrivedOn: day,
    amountMinor: minor(amountMinor),
    bankReference: 'B1',
    by: 'workflow',
    at: instantOf('2026-09-10T00:00:00Z'),
  },
  bankRowId: `bkr_${day}`,
  version: 1,
  ...rest,
});

it('what the bank alone knows of has left Alipay is no more held by it, on days without a payment, too', () => {
  const payouts = [payoutOn(DAY, 4_000), payoutOn(plusDays(DAY, 1), 5_000)];
  const days = [dayView(record, viewer, payouts)].filter((day) => day !== undefined);
  expect(days).toMatchObject([{ account: { settledMinor: 4_000, arrivedMinor: 4_000, inTransitMinor: 0 } }]);
  expect(accountSums(days, payouts)).toMatchObject([
    { netMinor: 9_940, settledMinor: 9_000, arrivedMinor: 9_000, inTransitMinor: 0, heldMinor: 940 },
  ]);
});

it('a payout of another account is in none of its sums', () => {
  const other = [payoutOn(DAY, 4_000, { merchantId: '2088000000000000' })];
  const days = [dayView(record, viewer, other)].filter((day) => day !== undefined);
  expect(accountSums(days, other)).toMatchObject([{ settledMinor: 0, heldMinor: 9_940 }]);
});
