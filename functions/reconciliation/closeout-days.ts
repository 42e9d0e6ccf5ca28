import { add, ZERO } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import { type Account, accountNameOf, findingOf } from './account-day.ts';
import { movementsOfDays } from './account-movements.ts';
import type { CloseoutDay } from './closeout-day.ts';
import { fundsOfDays } from './day-funds.ts';
import type { FundMovements } from './fund-flow-check.ts';
import { type BillComparison, discrepanciesOf, SILENT_WITHOUT_MOVEMENT } from './reconciliation.ts';
import type { Finding } from './reconciliation-item.ts';
import { secondPayments } from './second-payment.ts';
import { type BookedDispute, type BookedEntry, type RefundInBooks, reconcileThreeWays } from './three-way.ts';

/** A refund in our books with the payment that it gives back. */
export type BookedRefund = Account &
  RefundInBooks & {
    readonly paymentId: string;
    readonly orderNo: string;
    readonly campaignId: string;
    readonly currency: string;
  };
/** A dispute in our books with the payment that it is about. */
export type DisputedPayment = Account & BookedDispute & Pick<BookedRefund, 'paymentId' | 'orderNo' | 'campaignId'>;

/** The days of a closeout together: what its report is made from, and what people have to look into. */
export type CloseoutReconciliation = {
  readonly report: {
    readonly bills: readonly Omit<BillComparison, 'merchantId'>[];
    readonly discrepancies: ReturnType<typeof discrepanciesOf>;
    readonly funds: readonly FundMovements[];
  };
  readonly findings: readonly Finding[];
  /** Days of which no account has a bill. */
  readonly daysWithoutBill: number;
};

/** Pure: puts the days together, and holds what went back against the books over all of them. */
export function closeoutOf(
  days: readonly CloseoutDay[],
  refunds: readonly BookedRefund[],
  disputes: readonly DisputedPayment[] = [],
): CloseoutReconciliation {
  const strays = new Set(days.flatMap((day) => day.strays));
  const seenElsewhere = ({ class: kind, provider, transactionId }: Finding): boolean =>
    kind === 'missing-there' && strays.has(`${provider} ${transactionId}`);
  const { findings: ofFunds, funds } = fundsOfDays(
    days.flatMap((day) => day.funds),
    days.map(({ day }) => day),
  );
  const ofDays = days.flatMap((day) => day.findings).filter((finding) => !seenElsewhere(finding));
  const findings = [...secondPayments(ofDays, []), ...refundFindings(days, refunds, disputes), ...ofFunds];
  return {
    report: {
      bills: days.flatMap(({ comparisons }) => comparisons.map(({ merchantId: _account, ...rest }) => rest)),
      discrepancies: discrepanciesOf(findings),
      funds: [...funds, ...movementsOfDays(days.flatMap(({ movements }) => movements))],
    },
    findings,
    daysWithoutBill: days.filter(({ hasBill }) => !hasBill).length,
  };
}

/**
 * What went back of each payment by all bills and by all our books. Of the days that were read, so that a refund which was made
 * later than the last bill is not missed in it.
 */
function refundFindings(
  days: readonly CloseoutDay[],
  refunds: readonly BookedRefund[],
  disputes: readonly DisputedPayment[],
): Finding[] {
  const lines = days.flatMap((day) => day.refundLines);
  const accounts = new Map([...lines, ...refunds].map((one) => [accountNameOf(one), one]));
  return [...accounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { provider, merchantId }]) => {
      const own = lines.filter((one) => accountNameOf(one) === name).map(({ line }) => line);
      const ofAccount = refunds.filter((one) => accountNameOf(one) === name);
      const disputed = disputes.filter((one) => accountNameOf(one) === name);
      const read = days.filter(({ stated }) => SILENT_WITHOUT_MOVEMENT.has(provider) || stated.includes(name));
      const refundDays = new Set(read.map(({ day }) => day));
      const terms = { days: new Set<LocalDate>(), refundDays, paidOnce: false, isOursAlone: true };
      const { differences } = reconcileThreeWays(new Map(), entriesOf(ofAccount, disputed), own, terms);
      return differences
        .filter(({ class: kind }) => kind === 'refunded-there' || kind === 'refunded-here')
        .map((one) => findingOf(one, { provider, merchantId }));
    });
}

/** One entry for each payment of which something went back, or is disputed; what was paid is not asked here. */
function entriesOf(refunds: readonly BookedRefund[], disputes: readonly DisputedPayment[]): BookedEntry[] {
  const disputesOf = Map.groupBy(disputes, ({ paymentId }) => paymentId);
  const refundsOf = Map.groupBy(refunds, ({ paymentId }) => paymentId);
  return [...new Map([...disputes, ...refunds].map((one) => [one.paymentId, one])).values()].map((about) => {
    const { paymentId, orderNo, campaignId, currency } = about;
    const own = refundsOf.get(paymentId) ?? [];
    const day = own[0]?.day ?? ('2000-01-01' as LocalDate);
    return {
      paymentId,
      orderNo,
      isOrdered: false,
      campaignId,
      amountMinor: own.reduce((sum, one) => add(sum, one.amountMinor), ZERO),
      currency,
      day,
      occurredAt: `${day}T00:00:00.000Z` as BookedEntry['occurredAt'],
      refunds: own,
      disputes: disputesOf.get(paymentId) ?? [],
    };
  });
}
