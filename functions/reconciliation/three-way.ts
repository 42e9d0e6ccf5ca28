import { add, type Minor, ZERO } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import type { DiscrepancyClass } from './reconciliation-item.ts';

/** What a donor was going to pay: the order, as far as reconciliation asks. */
export type OrderedPayment = {
  readonly orderNo: string;
  readonly campaignId: string;
  readonly amountMinor: Minor;
};
/** A payment in our books. */
export type BookedEntry = {
  readonly paymentId: string;
  readonly orderNo: string;
  /** Whether its number is one that we give to orders; what came without an order has the platform's own. */
  readonly isOrdered: boolean;
  /** The campaign that it is booked to. */
  readonly campaignId: string;
  readonly amountMinor: Minor;
  /** The day, in the bills' zone, on which the provider says it was paid. */
  readonly day: LocalDate;
  readonly occurredAt: Instant;
  /** What of it has gone back by our books; `day` as above. */
  readonly refunds: readonly { readonly amountMinor: Minor; readonly day: LocalDate }[];
};
/** A line of a provider's statement. `reversal`: the provider took the whole payment back by itself. */
export type StatementLine = {
  readonly kind: 'payment' | 'refund' | 'reversal';
  readonly paymentId: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
  readonly day: LocalDate;
  readonly occurredAt: Instant;
  /** What the provider keeps of it, in thousandths of a minor unit; below zero where it gives a fee back. Absent where it states none. */
  readonly feeMilliMinor?: number;
};

/** What holds for an account of ours at a provider, and which days its statements cover. */
export type AccountTerms = {
  readonly days: ReadonlySet<LocalDate>;
  /** Days whose refunds in our books must be in the statements. */
  readonly refundDays: ReadonlySet<LocalDate>;
  /** An order of ours is paid once at this provider; a second payment of one is wrong. */
  readonly paidOnce: boolean;
  /** Nothing but gifts to us is paid to it: a payment that neither order nor books know is missing here. Else it is somebody else's. */
  readonly isOursAlone: boolean;
};

export type Difference = {
  readonly class: Exclude<DiscrepancyClass, 'fee-differs' | 'funds-differ' | 'settlement-differs' | 'bill-missing'>;
  readonly paymentId: string;
  readonly orderNo: string;
  /** Absent where nobody knows the campaign. */
  readonly campaignId?: string;
  readonly day: LocalDate;
  readonly ourAmountMinor?: Minor;
  readonly theirAmountMinor?: Minor;
};

export type ThreeWays = {
  /** In order of payment, then of the checks below. */
  readonly differences: readonly Difference[];
  /** Payments of the statement that are somebody else's: of no order of ours, on an account that is not ours alone. */
  readonly foreign: { readonly lines: number; readonly amountMinor: Minor };
};

/**
 * Holds the three accounts of each payment of one account of ours against each other: order, entry, and the provider's
 * statement. Pure, and its result does not depend on the order in which anything is given. What is known of a payment beyond
 * the days of the statements (an older entry that is refunded now) may be given too, and nothing is missed in it.
 */
export function reconcileThreeWays(
  orders: ReadonlyMap<string, OrderedPayment>,
  entries: readonly BookedEntry[],
  lines: readonly StatementLine[],
  terms: AccountTerms,
): ThreeWays {
  const payments = paymentsOf(orders, entries, lines);
  const later = terms.paidOnce ? laterPayments(payments) : new Set<string>();
  const differences: Difference[] = [];
  let foreign = { lines: 0, amountMinor: ZERO };
  for (const payment of payments.values()) {
    if (isForeign(payment, terms)) {
      const { length } = payment.paid;
      foreign = { lines: foreign.lines + length, amountMinor: add(foreign.amountMinor, total(payment.paid)) };
    } else differences.push(...differencesOf(payment, terms, later.has(payment.paymentId)));
  }
  return { differences, foreign };
}

/** One payment by everything that is known of it. */
type Payment = {
  readonly paymentId: string;
  readonly orderNo: string;
  readonly order: OrderedPayment | undefined;
  readonly entry: BookedEntry | undefined;
  readonly paid: readonly StatementLine[];
  readonly refunds: readonly StatementLine[];
  readonly reversals: readonly StatementLine[];
};

function paymentsOf(
  orders: ReadonlyMap<string, OrderedPayment>,
  entries: readonly BookedEntry[],
  lines: readonly StatementLine[],
): ReadonlyMap<string, Payment> {
  const booked = new Map(entries.map((entry) => [entry.paymentId, entry]));
  const stated = Map.groupBy(lines, ({ paymentId }) => paymentId);
  const ids = [...new Set([...booked.keys(), ...stated.keys()])].sort();
  return new Map(
    ids.map((paymentId) => {
      const entry = booked.get(paymentId);
      const own = (stated.get(paymentId) ?? []).toSorted(
        (a, b) => compareText(a.occurredAt, b.occurredAt) || a.amountMinor - b.amountMinor,
      );
      const orderNo = entry?.orderNo ?? own[0]?.orderNo ?? '';
      const of = (kind: StatementLine['kind']): StatementLine[] => own.filter((line) => line.kind === kind);
      const payment = { paid: of('payment'), refunds: of('refund'), reversals: of('reversal') };
      return [paymentId, { paymentId, orderNo, order: orders.get(orderNo), entry, ...payment }];
    }),
  );
}

/** Payments of an order that another payment, earlier or by its number first, has paid already; what has wholly gone back pays nothing. */
function laterPayments(payments: ReadonlyMap<string, Payment>): Set<string> {
  const standing = [...payments.values()].filter(
    (payment) => payment.order !== undefined && paidMinor(payment) > 0 && backMinor(payment) < paidMinor(payment),
  );
  const later = new Set<string>();
  for (const [, ofOrder] of Map.groupBy(standing, ({ orderNo }) => orderNo)) {
    const inOrder = ofOrder.toSorted(
      (a, b) => compareText(paidAt(a), paidAt(b)) || compareText(a.paymentId, b.paymentId),
    );
    for (const { paymentId } of inOrder.slice(1)) later.add(paymentId);
  }
  return later;
}

const compareText = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
const paidAt = ({ entry, paid }: Payment): string => entry?.occurredAt ?? paid[0]?.occurredAt ?? '';
const paidMinor = ({ entry, paid }: Payment): Minor => entry?.amountMinor ?? paid[0]?.amountMinor ?? ZERO;
const total = (amounts: readonly { readonly amountMinor: Minor }[]): Minor =>
  amounts.reduce((sum, { amountMinor }) => add(sum, amountMinor), ZERO);
/** What of a payment has gone back by whichever side knows of more. */
function backMinor({ entry, refunds, reversals }: Payment): Minor {
  const there = add(total(refunds), total(reversals));
  const here = total(entry?.refunds ?? []);
  return there > here ? there : here;
}

const isForeign = ({ entry, order }: Payment, { isOursAlone }: AccountTerms): boolean =>
  entry === undefined && order === undefined && !isOursAlone;

function differencesOf(payment: Payment, terms: AccountTerms, isLater: boolean): Difference[] {
  return [
    ...paidDifferences(payment, terms, isLater),
    ...orderDifferences(payment),
    ...refundDifferences(payment, terms),
  ];
}

/** Whether both have it, with the same amount, and as it stands. */
function paidDifferences(payment: Payment, { days }: AccountTerms, isLater: boolean): Difference[] {
  const { entry, order, paid, reversals } = payment;
  const [line, ...again] = paid;
  const found: Difference[] = [];
  // A statement that lists one payment twice would be counted twice.
  if (isLater || again.length > 0) found.push(difference('duplicate', payment));
  if (line !== undefined && entry === undefined && reversals.length === 0 && !isLater)
    found.push(difference(order === undefined ? 'missing-here' : 'paid-not-booked', payment));
  if (line === undefined && entry !== undefined && reversals.length === 0 && days.has(entry.day))
    found.push(difference('missing-there', payment));
  if (line !== undefined && entry !== undefined && line.amountMinor !== entry.amountMinor)
    found.push(difference('amount-differs', payment));
  if (entry !== undefined && reversals.length > 0 && total(entry.refunds) < entry.amountMinor)
    found.push(difference('state-differs', payment));
  return found;
}

/** Whether what was booked is what was ordered. */
function orderDifferences(payment: Payment): Difference[] {
  const { entry, order } = payment;
  if (entry === undefined) return [];
  const { campaignId, day, amountMinor } = entry;
  const about = { paymentId: payment.paymentId, orderNo: payment.orderNo, campaignId, day };
  if (order === undefined && !entry.isOrdered) return [];
  if (order === undefined) return [{ class: 'booked-without-order', ...about, ourAmountMinor: amountMinor }];
  if (order.amountMinor === amountMinor) return [];
  const sides = { ourAmountMinor: amountMinor, theirAmountMinor: order.amountMinor };
  return [{ class: 'order-amount-differs', ...about, campaignId: order.campaignId, ...sides }];
}

/**
 * Whether the same has gone back. Of our refunds those of the statements' days must be in them; an older one may stand in a
 * statement that was not read, and still explains a line that was.
 */
function refundDifferences(payment: Payment, { refundDays }: AccountTerms): Difference[] {
  const { entry, refunds, reversals } = payment;
  if (reversals.length > 0) return [];
  const there = total(refunds);
  const here = total(entry?.refunds ?? []);
  const hereOfDays = total((entry?.refunds ?? []).filter(({ day }) => refundDays.has(day)));
  const last = [...(refunds.length > 0 ? refunds : (entry?.refunds ?? []))]
    .map(({ day }) => day)
    .sort()
    .at(-1);
  const sides = { ourAmountMinor: there > here ? here : hereOfDays, theirAmountMinor: there };
  const about = { ...difference('refunded-there', payment), ...(last === undefined ? {} : { day: last }), ...sides };
  if (there > here) return [about];
  return hereOfDays > there ? [{ ...about, class: 'refunded-here' }] : [];
}

function difference(kind: Difference['class'], payment: Payment): Difference {
  const { paymentId, orderNo, entry, order, paid, refunds, reversals } = payment;
  const [line] = paid;
  const campaignId = entry?.campaignId ?? order?.campaignId;
  const day = line?.day ?? entry?.day ?? (refunds[0] ?? reversals[0])?.day;
  return {
    class: kind,
    paymentId,
    orderNo,
    ...(campaignId === undefined ? {} : { campaignId }),
    // A payment is of an entry or of a line, and both have a day.
    day: day ?? ('2000-01-01' as LocalDate),
    ...(entry === undefined ? {} : { ourAmountMinor: entry.amountMinor }),
    ...(line === undefined ? {} : { theirAmountMinor: total(paid) }),
  };
}
