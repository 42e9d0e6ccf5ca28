import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Minor, minor } from '../../functions/kernel/money.ts';
import { dayCount, instantOf, type LocalDate, plusDays } from '../../functions/kernel/time.ts';
import type { Payout } from '../../functions/reconciliation/payout.ts';
import { matchPayouts } from '../../functions/reconciliation/payout-match.ts';
import type { BankRow } from '../../functions/statements/bank-row.ts';

const FIRST = '2026-09-01' as LocalDate;
const LAST = '2026-10-30' as LocalDate;
const NAMES = { 'wechat-pay': '财付通支付科技有限公司', alipay: '支付宝（中国）' } as const;
type Named = keyof typeof NAMES;

const payoutOf = (
  name: string,
  day: LocalDate,
  amountMinor: Minor,
  provider: Named = 'wechat-pay',
  businessNo = '',
): Payout => ({
  type: 'payout',
  payoutId: `pyo_${name}`,
  provider,
  merchantId: '1900000109',
  day,
  businessNo,
  amountMinor,
  version: 1,
});
const rowOf = (name: string, day: LocalDate, amountMinor: Minor, rest: Partial<BankRow> = {}): BankRow => ({
  type: 'bank-statement-row',
  rowId: `bkr_${name}`,
  organisationId: 'o',
  account: 'a',
  importId: 'stm_1',
  line: 1,
  day,
  paidAt: instantOf(`${day}T08:00:00+08:00`),
  direction: 'in',
  amountMinor,
  currency: 'CNY',
  kind: 'payout',
  provider: 'wechat-pay',
  counterparty: NAMES['wechat-pay'],
  paymentId: name,
  reference: name,
  version: 1,
  ...rest,
});
const pairsOf = (result: ReturnType<typeof matchPayouts>): string[] =>
  result.matched.map(({ payout, row }) => `${payout.payoutId} ${row.rowId}`).sort();

describe('payouts and rows of the bank', () => {
  // Few amounts and days, so that many look alike.
  const amount = fc.constantFrom(minor(100), minor(200), minor(300));
  const day = fc.integer({ min: 0, max: 14 }).map((days) => plusDays(FIRST, days));
  const provider = fc.constantFrom<Named>('wechat-pay', 'alipay');
  const anyBooks = fc.record({
    payouts: fc.array(fc.record({ day, amount, provider, isSeen: fc.boolean() }), { maxLength: 8 }),
    rows: fc.array(fc.record({ day, amount, provider, direction: fc.constantFrom('in' as const, 'out' as const) }), {
      maxLength: 8,
    }),
  });
  const booksOf = (made: typeof anyBooks extends fc.Arbitrary<infer Made> ? Made : never) => ({
    payouts: made.payouts.map((one, index): Payout => {
      const payout = payoutOf(String(index), one.day, one.amount, one.provider);
      const arrival = { arrivedOn: one.day, amountMinor: one.amount, bankReference: 'x', by: 'p', at: instantOf(0) };
      return one.isSeen ? { ...payout, arrival } : payout;
    }),
    rows: made.rows.map((one, index) =>
      rowOf(String(index), one.day, one.amount, {
        provider: one.provider,
        counterparty: NAMES[one.provider],
        direction: one.direction,
      }),
    ),
  });

  it('are a pair only where neither could be anything else, by a reading of every pair there is', () => {
    fc.assert(
      fc.property(anyBooks, (made) => {
        const { payouts, rows } = booksOf(made);
        const pairs: [string, string][] = [];
        for (const payout of payouts)
          for (const row of rows) {
            const days = dayCount(payout.day, row.day) - 1;
            const fits = row.direction === 'in' && row.provider === payout.provider && days >= 0 && days <= 7;
            if (fits && payout.arrival === undefined && row.amountMinor === payout.amountMinor)
              pairs.push([payout.payoutId, row.rowId]);
          }
        const alone = pairs.filter(
          ([payoutId, rowId]) => pairs.filter(([other, beside]) => other === payoutId || beside === rowId).length === 1,
        );
        const result = matchPayouts(payouts, rows, LAST);
        expect(pairsOf(result)).toEqual(alone.map((pair) => pair.join(' ')).sort());
        // Everything else that fits is said to a person, and nothing that was taken is.
        const proposed = [...result.candidates].flatMap(([payoutId, some]) =>
          some.map(({ rowId }) => `${payoutId} ${rowId}`),
        );
        const settled = new Set(alone.flat());
        const left = pairs.filter(([payoutId, rowId]) => !settled.has(payoutId) && !settled.has(rowId));
        expect(proposed.sort()).toEqual(left.map((pair) => pair.join(' ')).sort());
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the same pairs in whatever order they are given', () => {
    fc.assert(
      fc.property(anyBooks, (made) => {
        const { payouts, rows } = booksOf(made);
        const once = pairsOf(matchPayouts(payouts, rows, LAST));
        expect(pairsOf(matchPayouts(payouts.toReversed(), rows.toReversed(), LAST))).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  const left = payoutOf('p', FIRST, minor(100));
  const one = rowOf('r', FIRST, minor(100));

  it('are told apart by the payout’s own number where amounts and days are the same', () => {
    const numbered = (name: string, businessNo: string) => payoutOf(name, FIRST, minor(100), 'wechat-pay', businessNo);
    const payouts = [numbered('a', '2026090100001'), numbered('b', '2026090100002')];
    const rows = [rowOf('1', FIRST, minor(100), { remark: '提现 2026090100002' }), rowOf('2', FIRST, minor(100))];
    expect(pairsOf(matchPayouts(payouts, rows, LAST))).toEqual(['pyo_a bkr_2', 'pyo_b bkr_1']);
  });

  it.each([
    ['came before it left', { day: plusDays(FIRST, -1) }],
    ['came eight days later', { day: plusDays(FIRST, 8) }],
    ['is of another currency', { currency: 'USD' as const }],
    ['is named as something else', { kind: 'interest' as const }],
    ['is a gift', { kind: 'gift' as const }],
    ['names two providers', { provider: undefined, counterparty: '财付通 支付宝' }],
    ['names nobody', { provider: undefined, counterparty: '周' }],
  ])('are no pair where the row %s', (_why, changes) => {
    expect(pairsOf(matchPayouts([left], [{ ...one, ...changes } as BankRow], LAST))).toEqual([]);
  });

  it('wait while the bills of the row’s day are not read: a payout that nobody knows yet may be it', () => {
    expect(pairsOf(matchPayouts([left], [one], plusDays(FIRST, -1)))).toEqual([]);
    expect(pairsOf(matchPayouts([left], [one], undefined))).toEqual([]);
    expect(matchPayouts([left], [one], undefined).candidates.get('pyo_p')).toEqual([one]);
    expect(pairsOf(matchPayouts([left], [one], FIRST))).toEqual(['pyo_p bkr_r']);
  });

  it('of two organisations are no pair where the account has an owner', () => {
    expect(pairsOf(matchPayouts([{ ...left, organisationId: 'p' }], [one], LAST))).toEqual([]);
    expect(pairsOf(matchPayouts([{ ...left, organisationId: 'o' }], [one], LAST))).toEqual(['pyo_p bkr_r']);
  });
});
