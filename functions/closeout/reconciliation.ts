import { add, type Minor, ZERO } from '../kernel/money.ts';
import { type Instant, type LocalDate, localDateOf } from '../kernel/time.ts';

/** Bills of WeChat Pay are of Beijing days, whatever the campaign's zone (pay.weixin.qq.com, trade bill). */
export const BILL_ZONE = 'Asia/Shanghai';

/** One of our entries, as far as a bill knows of it. */
export type BookedPayment = {
  readonly paymentId: string;
  readonly merchantId: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
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
  readonly provider: 'wechat-pay';
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly lines: readonly BilledPayment[];
};

export type Discrepancy = {
  readonly kind: 'missing-here' | 'missing-there' | 'amount-differs';
  readonly provider: 'wechat-pay';
  readonly transactionId: string;
  readonly orderNo: string;
  readonly day: LocalDate;
  readonly ourAmountMinor?: Minor;
  readonly theirAmountMinor?: Minor;
};
export type BillComparison = {
  readonly provider: 'wechat-pay';
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
 * Compares every payment of a campaign in both directions. A merchant's bill holds other campaigns' payments too, so a
 * line counts here when we booked it for this campaign or when its order is one of this campaign's.
 */
export function reconcile(
  booked: readonly BookedPayment[],
  bills: readonly Bill[],
  isOurOrder: (orderNo: string) => boolean,
): Reconciliation {
  const ours = new Map(booked.map((payment) => [payment.paymentId, payment]));
  const billed = new Set<string>();
  // Grouped once: a bill is of one merchant account and one Beijing day.
  const byBill = Map.groupBy(booked, (payment) =>
    billOf(payment.merchantId, localDateOf(payment.occurredAt, BILL_ZONE)),
  );
  const discrepancies: Discrepancy[] = [];
  const comparisons = bills.map((bill): BillComparison => {
    const lines = bill.lines.filter((line) => ours.has(line.transactionId) || isOurOrder(line.orderNo));
    const payments = lines.filter((line) => line.kind === 'payment');
    for (const line of payments) {
      billed.add(line.transactionId);
      discrepancies.push(...differenceOf(line, ours.get(line.transactionId), bill.billDate));
    }
    const entries = byBill.get(billOf(bill.merchantId, bill.billDate)) ?? [];
    const refunds = lines.filter((line) => line.kind === 'refund');
    return {
      provider: bill.provider,
      billDate: bill.billDate,
      billLines: payments.length,
      billMinor: total(payments),
      entries: entries.length,
      entriesMinor: total(entries),
      refundLines: refunds.length,
      refundMinor: total(refunds),
    };
  });
  for (const payment of booked) if (!billed.has(payment.paymentId)) discrepancies.push(missingThere(payment));
  return { bills: comparisons, discrepancies };
}

const billOf = (merchantId: string, billDate: LocalDate): string => `${merchantId} ${billDate}`;

const total = (lines: readonly { readonly amountMinor: Minor }[]): Minor =>
  lines.reduce((sum, line) => add(sum, line.amountMinor), ZERO);

function differenceOf(line: BilledPayment, payment: BookedPayment | undefined, billDate: LocalDate): Discrepancy[] {
  const common = {
    provider: 'wechat-pay',
    transactionId: line.transactionId,
    orderNo: line.orderNo,
    day: billDate,
  } as const;
  if (payment === undefined) return [{ kind: 'missing-here', ...common, theirAmountMinor: line.amountMinor }];
  if (payment.amountMinor === line.amountMinor) return [];
  return [
    { kind: 'amount-differs', ...common, ourAmountMinor: payment.amountMinor, theirAmountMinor: line.amountMinor },
  ];
}

function missingThere({ paymentId, orderNo, amountMinor, occurredAt }: BookedPayment): Discrepancy {
  const day = localDateOf(occurredAt, BILL_ZONE);
  return {
    kind: 'missing-there',
    provider: 'wechat-pay',
    transactionId: paymentId,
    orderNo,
    day,
    ourAmountMinor: amountMinor,
  };
}
