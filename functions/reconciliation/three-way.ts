import { add, type Minor, subtract, ZERO } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import type { DiscrepancyClass } from './reconciliation-item.ts';

/** What a donor was going to pay: the order, as far as reconciliation asks. Currencies are ISO 4217 codes, in capitals. */
export type OrderedPayment = {
  readonly orderNo: string;
  readonly campaignId: string;
  readonly amountMinor: Minor;
  readonly currency: string;
};
/** What of a payment has gone back by our books. */
export type RefundInBooks = {
  readonly amountMinor: Minor;
  /** In the bills' zone. */
  readonly day: LocalDate;
  /** The provider's number of the refund, or of the dispute that was lost. */
  readonly reference: string;
  /** It is a dispute that was lost: the provider took the money when the dispute began, on a day that our books do not have. */
  readonly isDispute?: boolean;
};
/** A dispute that our books know of, however far it has come. */
export type BookedDispute = { readonly disputeId: string; readonly amountMinor: Minor; readonly currency: string };
/** A payment in our books. */
export type BookedEntry = {
  readonly paymentId: string;
  readonly orderNo: string;
  /** Whether its number is one that we give to orders; what came without an order has the platform's own. */
  readonly isOrdered: boolean;
  /** The campaign that it is booked to. */
  readonly campaignId: string;
  readonly amountMinor: Minor;
  readonly currency: string;
  /** The day, in the bills' zone, on which the provider says it was paid. */
  readonly day: LocalDate;
  readonly occurredAt: Instant;
  readonly refunds: readonly RefundInBooks[];
  readonly disputes?: readonly BookedDispute[];
};
/**
 * A line of a provider's statement. `reversal`: the provider took the whole payment back by itself. `refund-returned`: a refund did
 * not reach its donor. `dispute`, `dispute-returned`: a payer's bank took the payment back, and gave it back again.
 */
export type StatementLine = {
  readonly kind: 'payment' | 'refund' | 'refund-returned' | 'reversal' | 'dispute' | 'dispute-returned';
  readonly paymentId: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
  readonly currency: string;
  readonly day: LocalDate;
  readonly occurredAt: Instant;
  /** What the provider keeps of it, in thousandths of a minor unit; below zero where it gives a fee back. Absent where it states none. */
  readonly feeMilliMinor?: number;
  /** The provider's number of the refund or the dispute, by which what came back is known to be the same. */
  readonly reference?: string;
  /** Where the statement itself names the campaign. */
  readonly campaignId?: string;
  /** Not final: what our books do not have of it is nothing yet. */
  readonly isPending?: boolean;
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
  /** The account's own currency, in which payments of others are added up; left out where it has but one. */
  readonly currency?: string;
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
      // What was paid in another currency is counted, and in no sum.
      const own = payment.paid.filter(({ currency }) => terms.currency === undefined || currency === terms.currency);
      foreign = { lines: foreign.lines + length, amountMinor: add(foreign.amountMinor, total(own)) };
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
  /** The campaign that the statement names. */
  readonly statedCampaignId: string | undefined;
  readonly paid: readonly StatementLine[];
  /** What went back, disputes too, and has not come back again, as far as our books do not explain it by a dispute. */
  readonly refunds: readonly StatementLine[];
  readonly reversals: readonly StatementLine[];
  /** Refunds of our books without those whose dispute the statement has as well. */
  readonly booked: readonly RefundInBooks[];
  /** Of these, what has come back by the statement. */
  readonly contradicted: readonly RefundInBooks[];
  /** Lines in another currency than the payment has here: never compared. */
  readonly inOther: readonly StatementLine[];
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
      const all = (stated.get(paymentId) ?? [])
        .filter((line) => isSomething(line, entry))
        .toSorted((a, b) => compareText(a.occurredAt, b.occurredAt) || a.amountMinor - b.amountMinor);
      const orderNo = entry?.orderNo ?? all[0]?.orderNo ?? '';
      const order = orders.get(orderNo);
      const currency = entry?.currency ?? order?.currency ?? all[0]?.currency;
      const own = all.filter((line) => line.currency === currency);
      return [
        paymentId,
        {
          paymentId,
          orderNo,
          order,
          entry,
          statedCampaignId: all.find(({ campaignId }) => campaignId !== undefined)?.campaignId,
          paid: own.filter(({ kind }) => kind === 'payment'),
          reversals: own.filter(({ kind }) => kind === 'reversal'),
          inOther: all.filter((line) => line.currency !== currency && !isKnownDispute(line, entry)),
          ...wentBack(own, entry),
        },
      ];
    }),
  );
}

/** A payment or a refund that may still fail counts once our books have it: they wait for the provider's word. */
export function isSomething(
  { kind, isPending, reference }: StatementLine,
  entry: Pick<BookedEntry, 'refunds'> | undefined,
): boolean {
  if (isPending !== true || entry === undefined) return isPending !== true;
  return kind !== 'refund' || entry.refunds.some((one) => one.reference === reference);
}

/**
 * What went back by each side. A refund or a dispute whose money came back is none; a dispute that both sides know explains itself,
 * for the provider takes the money when it begins, and our books when it is lost.
 */
function wentBack(
  lines: readonly StatementLine[],
  entry: BookedEntry | undefined,
): Pick<Payment, 'refunds' | 'booked' | 'contradicted'> {
  const cameBack = new Set(
    lines.flatMap(({ kind, reference }) =>
      (kind === 'refund-returned' || kind === 'dispute-returned') && reference !== undefined ? [reference] : [],
    ),
  );
  const gone = lines.filter(
    ({ kind, reference }) =>
      (kind === 'refund' || kind === 'dispute') && (reference === undefined || !cameBack.has(reference)),
  );
  const known = gone.filter((line) => isKnownDispute(line, entry));
  const booked = (entry?.refunds ?? []).filter(
    ({ reference, isDispute }) => isDispute !== true || !known.some((line) => line.reference === reference),
  );
  return {
    refunds: gone.filter((line) => !known.includes(line)),
    booked,
    contradicted: booked.filter(({ reference }) => cameBack.has(reference)),
  };
}

const isKnownDispute = (line: StatementLine, entry: BookedEntry | undefined): boolean =>
  line.kind === 'dispute' &&
  entry?.disputes?.some(
    ({ disputeId, amountMinor, currency }) =>
      disputeId === line.reference && amountMinor === line.amountMinor && currency === line.currency,
  ) === true;

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
function backMinor({ booked, refunds, reversals }: Payment): Minor {
  const there = add(total(refunds), total(reversals));
  const here = total(booked);
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
  const { entry, order, paid, reversals, inOther } = payment;
  const [line, ...again] = paid;
  const inOtherCurrency = inOther.some(({ kind }) => kind === 'payment');
  const found: Difference[] = [];
  // A statement that lists one payment twice would be counted twice.
  if (isLater || again.length > 0) found.push(difference('duplicate', payment));
  if ((line !== undefined || inOtherCurrency) && entry === undefined && reversals.length === 0 && !isLater)
    found.push(difference(order === undefined ? 'missing-here' : 'paid-not-booked', payment));
  const isThere = line !== undefined || inOtherCurrency || reversals.length > 0;
  if (!isThere && entry !== undefined && days.has(entry.day)) found.push(difference('missing-there', payment));
  if (inOther.length > 0 && entry !== undefined) found.push(difference('currency-differs', payment));
  else if (line !== undefined && entry !== undefined && line.amountMinor !== entry.amountMinor)
    found.push(difference('amount-differs', payment));
  if (entry !== undefined && reversals.length > 0 && total(entry.refunds) < entry.amountMinor)
    found.push(difference('state-differs', payment));
  return found;
}

/** Whether what was booked is what was ordered. */
function orderDifferences(payment: Payment): Difference[] {
  const { entry, order } = payment;
  if (entry === undefined) return [];
  const { campaignId, day, amountMinor, currency } = entry;
  const about = { paymentId: payment.paymentId, orderNo: payment.orderNo, campaignId, day };
  if (order === undefined && !entry.isOrdered) return [];
  if (order === undefined) return [{ class: 'booked-without-order', ...about, ourAmountMinor: amountMinor }];
  const isSameCurrency = order.currency === currency;
  if (isSameCurrency && order.amountMinor === amountMinor) return [];
  const sides = { ourAmountMinor: amountMinor, ...(isSameCurrency ? { theirAmountMinor: order.amountMinor } : {}) };
  return [{ class: 'order-amount-differs', ...about, campaignId: order.campaignId, ...sides }];
}

/**
 * Whether the same has gone back. Of our refunds those of the statements' days must be in them; an older one may stand in a
 * statement that was not read, and still explains a line that was. So does a dispute that was lost, on whatever day it was taken.
 */
function refundDifferences(payment: Payment, { refundDays }: AccountTerms): Difference[] {
  const { refunds, reversals, booked, contradicted } = payment;
  if (reversals.length > 0) return [];
  const standing = booked.filter((one) => !contradicted.includes(one));
  const there = total(refunds);
  const here = total(standing);
  const hereOfDays = total(standing.filter(({ day, isDispute }) => isDispute !== true && refundDays.has(day)));
  const last = [...(refunds.length > 0 ? refunds : booked)]
    .map(({ day }) => day)
    .sort()
    .at(-1);
  const about = { ...difference('refunded-there', payment), ...(last === undefined ? {} : { day: last }) };
  if (there > here) return [{ ...about, ourAmountMinor: here, theirAmountMinor: there }];
  const undone = total(contradicted);
  const missing = add(hereOfDays > there ? subtract(hereOfDays, there) : ZERO, undone);
  if (missing === 0) return [];
  const ours = undone > 0 ? add(here, undone) : hereOfDays;
  return [{ ...about, class: 'refunded-here', ourAmountMinor: ours, theirAmountMinor: subtract(ours, missing) }];
}

function difference(kind: Difference['class'], payment: Payment): Difference {
  const { paymentId, orderNo, entry, order, statedCampaignId, paid, refunds, reversals, inOther } = payment;
  const [line] = paid;
  const campaignId = entry?.campaignId ?? order?.campaignId ?? statedCampaignId;
  const day = line?.day ?? entry?.day ?? (refunds[0] ?? reversals[0] ?? inOther[0])?.day;
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
