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
  'a refund came back, which our books have': 'refunded-here',
  'a refund came back, as our books know': undefined,
  'disputed, as both sides know': undefined,
  'disputed, and our books know another amount': 'refunded-there',
  'disputed, and nobody told us': 'refunded-there',
  'disputed and lost on both sides': undefined,
  'disputed, and given back': undefined,
  'disputed, given back, and lost in our books': 'refunded-here',
  'paid in another currency': 'currency-differs',
  'not final, and not in our books': undefined,
  'not final, and in our books': undefined,
  'a refund that is not final': undefined,
} as const satisfies Record<string, Difference['class'] | undefined>;
type Injected = keyof typeof INJECTED;

type World = { readonly orders: OrderedPayment[]; readonly entries: BookedEntry[]; readonly lines: StatementLine[] };

/** One payment in all three accounts, with what is wrong with it. */
function worldOf(position: number, injected: Injected, amount: number, refund: number): World {
  const paymentId = `pay-${position}`;
  const orderNo = `int_${position}`;
  const amountMinor = minor(amount);
  const occurredAt = plusSeconds(BEGIN, position);
  const ofBill = { paymentId, orderNo, currency: 'CNY', day: DAY, occurredAt };
  const back = refund > 0 ? [{ amountMinor: minor(refund), day: DAY, reference: 'refund-1' }] : [];
  const order: OrderedPayment = { orderNo, campaignId: 'cmp_1', amountMinor, currency: 'CNY' };
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
      return { orders, entries: [{ ...entry, refunds: [...back, { ...aFen, reference: 'refund-2' }] }], lines };
    case 'somebody else was paid':
      return { orders: [], entries: [], lines: [{ ...line, orderNo: `shop-${position}` }] };
    case 'paid in another currency':
      return { orders, entries, lines: [{ ...line, currency: 'USD' }, ...refunds] };
    case 'not final, and not in our books':
      return { orders, entries: [], lines: [{ ...line, isPending: true }] };
    case 'not final, and in our books':
      return { orders, entries, lines: [{ ...line, isPending: true }, ...refunds] };
    default: {
      const wentBack = backAndForth(injected, entry, { ...aFen, reference: `back-${position}` });
      return { orders, entries: [wentBack.entry], lines: [...lines, ...wentBack.lines] };
    }
  }
}

/** What Stripe and other platforms list: money that goes back and comes again, `some` at a time. */
function backAndForth(
  injected: Injected,
  entry: BookedEntry,
  some: Omit<StatementLine, 'kind'> & { readonly reference: string },
): { readonly entry: BookedEntry; readonly lines: StatementLine[] } {
  const { reference, amountMinor, currency } = some;
  const bookedBack = { ...entry, refunds: [...entry.refunds, { amountMinor, day: DAY, reference }] };
  const disputed = { ...entry, disputes: [{ disputeId: reference, amountMinor, currency }] };
  const lost = { ...disputed, refunds: [...entry.refunds, { amountMinor, day: DAY, reference, isDispute: true }] };
  const refund = { kind: 'refund', ...some } as const;
  const taken = { kind: 'dispute', ...some } as const;
  const given = { kind: 'dispute-returned', ...some } as const;
  switch (injected) {
    case 'a refund came back, which our books have':
      return { entry: bookedBack, lines: [refund, { kind: 'refund-returned', ...some }] };
    case 'a refund came back, as our books know':
      return { entry, lines: [refund, { kind: 'refund-returned', ...some }] };
    case 'a refund that is not final':
      return { entry, lines: [{ ...refund, isPending: true }] };
    case 'disputed, as both sides know':
      return { entry: disputed, lines: [taken] };
    case 'disputed, and our books know another amount':
      return { entry: disputed, lines: [{ ...taken, amountMinor: minor(amountMinor + 1) }] };
    case 'disputed, and nobody told us':
      return { entry, lines: [taken] };
    case 'disputed and lost on both sides':
      return { entry: lost, lines: [taken] };
    case 'disputed, and given back':
      return { entry: disputed, lines: [taken, given] };
    case 'disputed, given back, and lost in our books':
      return { entry: lost, lines: [taken, given] };
    default:
      return { entry, lines: [] };
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
    const currency = fc.constantFrom('CNY', 'CNY', 'CNY', 'USD');
    const reference = fc.constantFrom('ref-1', 'ref-2');
    const orders = fc.uniqueArray(fc.record({ no: id, amountMinor: amount, currency }), {
      selector: ({ no }) => no,
      maxLength: 6,
    });
    const entry = fc.record({
      isOrdered: fc.boolean(),
      no: id,
      order: id,
      amountMinor: amount,
      currency,
      day,
      refunds: fc.array(fc.record({ amountMinor: amount, day, reference, isDispute: fc.boolean() }), { maxLength: 2 }),
      disputes: fc.array(fc.record({ disputeId: reference, amountMinor: amount, currency }), { maxLength: 2 }),
    });
    const line = fc.record({
      kind: fc.constantFrom<StatementLine['kind']>(
        'payment',
        'payment',
        'payment',
        'refund',
        'reversal',
        'refund-returned',
        'dispute',
        'dispute-returned',
      ),
      no: id,
      amountMinor: amount,
      currency,
      reference,
      isPending: fc.boolean(),
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
          const theOrders = someOrders.map(({ no, ...rest }) => ({
            orderNo: `int_${no}`,
            campaignId: 'cmp_1',
            ...rest,
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
