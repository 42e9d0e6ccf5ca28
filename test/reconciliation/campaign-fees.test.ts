import { describe, expect, it } from 'vitest';
import type { AlipayBillLine } from '../../functions/donations/alipay-bill.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { compareAccountDay } from '../../functions/reconciliation/account-day.ts';
import type { AccountLine } from '../../functions/reconciliation/account-line.ts';
import { dayFees, feesTogether } from '../../functions/reconciliation/campaign-fees.ts';
import { statementsIn } from '../../functions/reconciliation/statement.ts';
import type { StatementLine } from '../../functions/reconciliation/three-way.ts';
import type { TradeBillLine } from '../../functions/reconciliation/trade-bill.ts';

const DAY = '2026-09-07' as LocalDate;
const at = instantOf('2026-09-07T20:00:00+08:00');

const line = (orderNo: string, feeMilliMinor: number, kind: StatementLine['kind'] = 'payment'): StatementLine => ({
  kind,
  paymentId: `pay-${orderNo}`,
  orderNo,
  amountMinor: minor(1770),
  currency: 'CNY',
  day: DAY,
  occurredAt: at,
  feeMilliMinor,
});
const order = (orderNo: string, campaignId: string) =>
  [orderNo, { orderNo, campaignId, amountMinor: minor(1770), currency: 'CNY' }] as const;

const compared = (lines: readonly StatementLine[] | undefined) =>
  compareAccountDay({
    provider: 'wechat-pay',
    merchantId: 'm1',
    day: DAY,
    lines,
    entries: [],
    orders: new Map([order('int_a', 'cmp_a'), order('int_b', 'cmp_b'), order('int_a2', 'cmp_a')]),
    refunds: new Map(),
    listsRefundsOfDay: false,
    isOursAlone: false,
  });
const sums = (fees: ReturnType<typeof dayFees>) => fees.map((one) => [one.campaignId, one.feesMilliMinor]);

describe('the fees of one account and day', () => {
  it('are those of each campaign’s own lines, less what was given back, and nobody’s of a stranger’s line', () => {
    const lines = [
      line('int_a', 10_620),
      line('int_b', 10_620),
      line('int_a2', 10_620),
      line('int_a', -5_310, 'refund'),
      line('shop', 99),
    ];
    expect(sums(dayFees(compared(lines), []))).toEqual([
      ['cmp_a', 15_930],
      ['cmp_b', 10_620],
    ]);
  });

  it('are nothing any more for a campaign that a corrected statement no longer names', () => {
    expect(sums(dayFees(compared([line('int_b', 600)]), ['cmp_a']))).toEqual([
      ['cmp_a', 0],
      ['cmp_b', 600],
    ]);
  });

  it('are not known without a statement, so that nothing is said of them', () => {
    expect(dayFees(compared(undefined), ['cmp_a'])).toEqual([]);
  });
});

it('every provider’s fees are costs above zero, however the provider writes them, and in the gift’s currency', () => {
  const about = { merchantId: 'm1', billDate: DAY };
  const paid = { kind: 'payment', orderNo: 'int_a', amountMinor: minor(1770), occurredAt: at } as const;
  const trades = [
    { ...about, lines: [{ ...paid, transactionId: '42', feeMilliFen: 10_620 } as unknown as TradeBillLine] },
  ];
  const alipay = [{ ...about, lines: [{ ...paid, tradeNo: '43', feeMinor: minor(-11) } as unknown as AlipayBillLine] }];
  const charge = { ...paid, paidMinor: minor(1770), paidCurrency: 'CNY', feeMinor: minor(12), reference: '' };
  const accounts = [
    {
      ...about,
      provider: 'stripe',
      lines: [
        { ...charge, paymentId: 'pi_1', currency: 'CNY' } as unknown as AccountLine,
        // Settled in dollars: cents are no fen.
        { ...charge, paymentId: 'pi_2', currency: 'USD' } as unknown as AccountLine,
      ],
    } as const,
  ];
  const stated = statementsIn({ trades, alipay, funds: [], accounts }, DAY).flatMap(({ lines }) => lines);
  expect(stated.map(({ feeMilliMinor }) => feeMilliMinor)).toEqual([10_620, 11_000, 12_000, undefined]);
});

it('fractions of a fen are dropped once, from the sum of all days', () => {
  const [day] = dayFees(compared([line('int_a', 600)]), []);
  if (day === undefined) throw new Error('there are no fees');
  expect(feesTogether([day, { ...day, day: '2026-09-08' as LocalDate }])).toEqual({
    feesMinor: 1,
    until: '2026-09-08',
  });
  expect(feesTogether([])).toEqual({ feesMinor: 0 });
});
