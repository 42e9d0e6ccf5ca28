import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import {
  type AccountTerms,
  type BookedEntry,
  type Difference,
  type OrderedPayment,
  reconcileThreeWays,
  type StatementLine,
} from '../../functions/reconciliation/three-way.ts';
import { naiveDifferences } from '../reconciliation/naive-three-way.ts';

const DAY = '2026-09-07' as LocalDate;
const DAY_BEFORE = '2026-09-06' as LocalDate;
const BEGIN = instantOf('2026-09-07T00:00:00+08:00');
const TERMS: AccountTerms = {
  days: new Set([DAY]),
  refundDays: new Set([DAY]),
  paidOnce: true,
  isOursAlone: false,
};

/** What is wrong with one payment of a world that agrees otherwise, and what must be found of it. */
const INJECTED = {
  nothing: undefined,
  'the notice was lost': 'paid-not-booked',
  'the bill leaves it out': 'missing-there',
  'the bill has another amount': 'amount-differs',
  'the provider took it back': 'state-differs',
  'somebody paid the order twice': 'duplicate',
  'the bill lists it twice': 'duplicate',
  'its order is lost': 'booked-without-order',
  'its order was for another amount': 'order-amount-differs',
  'refunded at the provider alone': 'refunded-there',
  'refunded in our books alone': 'refunded-here',
  'somebody else was paid': undefined,
} as const satisfies Record<string, Difference['class'] | undefined>;
type Injected = keyof typeof INJECTED;

type World = { readonly orders: OrderedPayment[]; readonly entries: BookedEntry[]; readonly lines: StatementLine[] };

/** One payment in all three accounts, with what is wrong with it. */
function worldOf(position: number, injected: Injected, amount: number, refund: number): World {
  const paymentId = `pay-${position}`;
  const orderNo = `int_${position}`;
  const amountMinor = minor(amount);
  const occurredAt = plusSeconds(BEGIN, position);
  const ofBill = { paymentId, orderNo, day: DAY, occurredAt };
  const back = refund > 0 ? [{ amountMinor: minor(refund), day: DAY }] : [];
  const order: OrderedPayment = { orderNo, campaignId: 'cmp_1', amountMinor };
  const entry: BookedEntry = { ...ofBill, isOrdered: true, campaignId: 'cmp_1', amountMinor, refunds: back };
  const line: StatementLine = { kind: 'payment', ...ofBill, amountMinor };
  const refunds = back.map((one): StatementLine => ({ kind: 'refund', ...ofBill, amountMinor: one.amountMinor }));
  const orders = [order];
  const entries = [entry];
  const lines = [line, ...refunds];
  const aFen = { ...ofBill, amountMinor: minor(1) };
  switch (injected) {
    case 'the notice was lost':
      return { orders, entries: [], lines: [line] };
    case 'the bill leaves it out':
      return { orders, entries, lines: refunds };
    case 'the bill has another amount':
      return { orders, entries, lines: [{ ...line, amountMinor: minor(amount + 1) }, ...refunds] };
    case 'the provider took it back':
      return { orders, entries, lines: [...lines, { ...line, kind: 'reversal' }] };
    case 'somebody paid the order twice': {
      const second = { ...line, paymentId: `${paymentId}-b`, occurredAt: plusSeconds(occurredAt, 60) };
      return { orders, entries, lines: [...lines, second] };
    }
    case 'the bill lists it twice':
      return { orders, entries, lines: [...lines, line] };
    case 'its order is lost':
      return { orders: [], entries, lines };
    case 'its order was for another amount':
      return { orders: [{ ...order, amountMinor: minor(amount + 5) }], entries, lines };
    case 'refunded at the provider alone':
      return { orders, entries, lines: [...lines, { kind: 'refund', ...aFen }] };
    case 'refunded in our books alone':
      return { orders, entries: [{ ...entry, refunds: [...back, aFen] }], lines };
    case 'somebody else was paid':
      return { orders: [], entries: [], lines: [{ ...line, orderNo: `shop-${position}` }] };
    default:
      return { orders, entries, lines };
  }
}

function expectedOf(position: number, injected: Injected): string[] {
  const kind = INJECTED[injected];
  if (kind === undefined) return [];
  return [`${kind} pay-${position}${injected === 'somebody paid the order twice' ? '-b' : ''}`];
}

const said = (differences: readonly Difference[]): string[] =>
  differences.map((one) => `${one.class} ${one.paymentId}`).sort();
const byOrderNo = (orders: readonly OrderedPayment[]) => new Map(orders.map((order) => [order.orderNo, order]));

describe('three accounts of every payment', () => {
  test('whatever is wrong with a payment is found under its name, and nothing else', () => {
    const payment = fc.record({
      injected: fc.constantFrom(...(Object.keys(INJECTED) as Injected[])),
      amount: fc.integer({ min: 3, max: 100_000 }),
      refund: fc.integer({ min: -5, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (payments, chance) => {
        const worlds = payments.map(({ injected, amount, refund }, position) =>
          worldOf(position, injected, amount, Math.min(refund, amount - 2)),
        );
        const expected = payments.flatMap(({ injected }, position) => expectedOf(position, injected));
        const shuffled = <One>(of: readonly One[]): One[] =>
          of
            .map((one) => ({ one, at: Number(chance.next().value) }))
            .sort((a, b) => a.at - b.at)
            .map(({ one }) => one);
        const result = reconcileThreeWays(
          byOrderNo(worlds.flatMap(({ orders }) => orders)),
          shuffled(worlds.flatMap(({ entries }) => entries)),
          shuffled(worlds.flatMap(({ lines }) => lines)),
          TERMS,
        );
        expect(said(result.differences)).toEqual(expected.sort());
        const foreign = payments.filter(({ injected }) => injected === 'somebody else was paid');
        expect(result.foreign).toEqual({
          lines: foreign.length,
          amountMinor: foreign.reduce((sum, { amount }) => sum + amount, 0),
        });
      }),
      { numRuns: 500 },
    );
  });

  test('of any accounts whatever, a second and naive reading finds the same', () => {
    const id = fc.integer({ min: 1, max: 6 });
    const amount = fc.integer({ min: 1, max: 3 }).map(minor);
    const day = fc.constantFrom(DAY, DAY_BEFORE);
    const orders = fc.uniqueArray(fc.record({ no: id, amountMinor: amount }), {
      selector: ({ no }) => no,
      maxLength: 6,
    });
    const entry = fc.record({
      isOrdered: fc.boolean(),
      no: id,
      order: id,
      amountMinor: amount,
      day,
      refunds: fc.array(fc.record({ amountMinor: amount, day }), { maxLength: 2 }),
    });
    const line = fc.record({
      kind: fc.constantFrom<StatementLine['kind']>('payment', 'payment', 'payment', 'refund', 'reversal'),
      no: id,
      amountMinor: amount,
      second: fc.nat({ max: 3 }),
    });
    const terms = fc.record({ paidOnce: fc.boolean(), isOursAlone: fc.boolean() });
    fc.assert(
      fc.property(
        orders,
        fc.uniqueArray(entry, { selector: ({ no }) => no, maxLength: 6 }),
        fc.array(line, { maxLength: 10 }),
        terms,
        (someOrders, someEntries, someLines, some) => {
          const theOrders = someOrders.map(({ no, amountMinor }) => ({
            orderNo: `int_${no}`,
            campaignId: 'cmp_1',
            amountMinor,
          }));
          const theEntries: BookedEntry[] = someEntries.map(({ no, order, ...rest }) => ({
            paymentId: `pay-${no}`,
            orderNo: `int_${order}`,
            campaignId: 'cmp_1',
            occurredAt: plusSeconds(BEGIN, no),
            ...rest,
          }));
          // A payment is of one order, and a statement lists it with it.
          const orderOf = (no: number): string =>
            theEntries.find(({ paymentId }) => paymentId === `pay-${no}`)?.orderNo ?? `int_${(no % 3) + 1}`;
          const theLines = someLines
            .map(({ no, second, ...rest }) => ({
              paymentId: `pay-${no}`,
              orderNo: orderOf(no),
              day: DAY,
              occurredAt: plusSeconds(BEGIN, second),
              ...rest,
            }))
            .sort(
              (a, b) =>
                (a.occurredAt < b.occurredAt ? -1 : Number(a.occurredAt > b.occurredAt)) ||
                a.amountMinor - b.amountMinor,
            );
          const allTerms = { ...TERMS, ...some };
          const { differences } = reconcileThreeWays(byOrderNo(theOrders), theEntries, theLines, allTerms);
          expect(said(differences)).toEqual(naiveDifferences(theOrders, theEntries, theLines, allTerms));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
