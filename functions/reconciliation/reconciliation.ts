import { add, type Minor, ZERO } from '../kernel/money.ts';
import { type Instant, type LocalDate, localDateOf } from '../kernel/time.ts';

/** Bills of WeChat Pay and of Alipay are of Beijing days, whatever the campaign's zone. */
export const BILL_ZONE = 'Asia/Shanghai';

/** Providers whose bills are fetched. */
export const BILLED_PROVIDERS = ['wechat-pay', 'alipay'] as const;
export type BilledProvider = (typeof BILLED_PROVIDERS)[number];

/** One of our entries, as far as a bill knows of it. */
export type BookedPayment = {
  readonly provider: BilledProvider;
  readonly paymentId: string;
  readonly merchantId: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
  /** What of it has gone back by our books. */
  readonly refundedMinor: Minor;
  readonly occurredAt: Instant;
};
/** One line of a provider's bill. `refund` lines are records of their own, beside the payment's. */
export type BilledPayment = {
  readonly kind: 'payment' | 'refund';
  readonly transactionId: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
};
export type Bill = {
  readonly provider: BilledProvider;
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly lines: readonly BilledPayment[];
};

/**
 * `missing-here`, `missing-there`, `amount-differs`: a payment, here and in the bill. `refund-differs`: more of it has gone
 * back by the bills than by our books. `fee-differs`, `funds-differ`: what the trade bill says was charged or settled,
 * and what the fund-flow bill says was moved (fund-flow-check.ts); both are the provider's, the trade bill's stands as ours.
 */
export type Discrepancy = {
  readonly kind:
    | 'missing-here'
    | 'missing-there'
    | 'amount-differs'
    | 'refund-differs'
    | 'fee-differs'
    | 'funds-differ';
  readonly provider: BilledProvider;
  readonly transactionId: string;
  readonly orderNo: string;
  readonly day: LocalDate;
  readonly ourAmountMinor?: Minor;
  readonly theirAmountMinor?: Minor;
};
export type BillComparison = {
  readonly provider: BilledProvider;
  readonly billDate: LocalDate;
  readonly billLines: number;
  readonly billMinor: Minor;
  readonly entries: number;
  readonly entriesMinor: Minor;
  readonly refundLines: number;
  readonly refundMinor: Minor;
};
export type Reconciliation = {
  readonly bills: readonly BillComparison[];
  readonly discrepancies: readonly Discrepancy[];
};

/**
 * A WeChat Pay bill lists a refund when it was accepted, which it may not survive, and its notices tell of each: what its
 * bill says more is noted and nothing else. Alipay's lists what has gone back.
 */
const BILLS_WHAT_WENT_BACK: ReadonlySet<BilledProvider> = new Set(['alipay']);

/**
 * Compares every payment of a campaign in both directions. A merchant's bill holds other campaigns' payments too, so a
 * line counts here when we booked it for this campaign or when its order is one of this campaign's.
 */
export function reconcile(
  booked: readonly BookedPayment[],
  bills: readonly Bill[],
  isOurOrder: (orderNo: string) => boolean,
): Reconciliation {
  const ours = new Map(booked.map((payment) => [paymentOf(payment.provider, payment.paymentId), payment]));
  const billed = new Set<string>();
  // Grouped once: a bill is of one account and one Beijing day.
  const byBill = Map.groupBy(booked, ({ provider, merchantId, occurredAt }) =>
    billOf(provider, merchantId, localDateOf(occurredAt, BILL_ZONE)),
  );
  const discrepancies: Discrepancy[] = [];
  const back = new Map<string, BilledRefunds>();
  const comparisons = bills.map((bill): BillComparison => {
    const { provider, merchantId, billDate } = bill;
    const idOf = (line: BilledPayment): string => paymentOf(provider, line.transactionId);
    const lines = bill.lines.filter((line) => ours.has(idOf(line)) || isOurOrder(line.orderNo));
    const payments = lines.filter((line) => line.kind === 'payment');
    for (const line of payments) {
      billed.add(idOf(line));
      discrepancies.push(...differenceOf(line, ours.get(idOf(line)), bill));
    }
    const refunds = lines.filter((line) => line.kind === 'refund');
    for (const line of refunds) {
      const earlier = back.get(idOf(line));
      back.set(idOf(line), { line, bill, amountMinor: add(earlier?.amountMinor ?? ZERO, line.amountMinor) });
    }
    const entries = byBill.get(billOf(provider, merchantId, billDate)) ?? [];
    return {
      provider,
      billDate,
      billLines: payments.length,
      billMinor: total(payments),
      entries: entries.length,
      entriesMinor: total(entries),
      refundLines: refunds.length,
      refundMinor: total(refunds),
    };
  });
  for (const payment of booked)
    if (!billed.has(paymentOf(payment.provider, payment.paymentId))) discrepancies.push(missingThere(payment));
  for (const [id, refunds] of back) discrepancies.push(...refundDifferenceOf(refunds, ours.get(id)));
  return { bills: comparisons, discrepancies };
}

/** What has gone back of one payment by all bills, and the line and the bill that said so last. */
type BilledRefunds = { readonly line: BilledPayment; readonly bill: Bill; readonly amountMinor: Minor };

const paymentOf = (provider: BilledProvider, paymentId: string): string => `${provider} ${paymentId}`;
const billOf = (provider: BilledProvider, merchantId: string, billDate: LocalDate): string =>
  `${provider} ${merchantId} ${billDate}`;

const total = (lines: readonly { readonly amountMinor: Minor }[]): Minor =>
  lines.reduce((sum, line) => add(sum, line.amountMinor), ZERO);

const aboutLine = ({ transactionId, orderNo }: BilledPayment, { provider, billDate }: Bill) => ({
  provider,
  transactionId,
  orderNo,
  day: billDate,
});

function differenceOf(line: BilledPayment, payment: BookedPayment | undefined, bill: Bill): Discrepancy[] {
  const common = aboutLine(line, bill);
  if (payment === undefined) return [{ kind: 'missing-here', ...common, theirAmountMinor: line.amountMinor }];
  if (payment.amountMinor === line.amountMinor) return [];
  return [
    { kind: 'amount-differs', ...common, ourAmountMinor: payment.amountMinor, theirAmountMinor: line.amountMinor },
  ];
}

/** More in our books is a refund of a day whose bill is not among these. */
function refundDifferenceOf({ line, bill, amountMinor }: BilledRefunds, payment?: BookedPayment): Discrepancy[] {
  const ourAmountMinor = payment?.refundedMinor ?? ZERO;
  if (!BILLS_WHAT_WENT_BACK.has(bill.provider) || amountMinor <= ourAmountMinor) return [];
  return [{ kind: 'refund-differs', ...aboutLine(line, bill), ourAmountMinor, theirAmountMinor: amountMinor }];
}

function missingThere({ provider, paymentId, orderNo, amountMinor, occurredAt }: BookedPayment): Discrepancy {
  const day = localDateOf(occurredAt, BILL_ZONE);
  return { kind: 'missing-there', provider, transactionId: paymentId, orderNo, day, ourAmountMinor: amountMinor };
}
