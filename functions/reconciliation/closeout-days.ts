import { add, type Minor, ZERO } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import { type Account, accountNameOf, findingOf } from './account-day.ts';
import type { CloseoutDay } from './closeout-day.ts';
import { fundsOfDays } from './day-funds.ts';
import type { FundMovements } from './fund-flow-check.ts';
import { type BillComparison, discrepanciesOf } from './reconciliation.ts';
import type { Finding } from './reconciliation-item.ts';
import { type BookedEntry, reconcileThreeWays } from './three-way.ts';

/** A refund in our books with the payment that it gives back. */
export type BookedRefund = Account & {
  readonly paymentId: string;
  readonly orderNo: string;
  readonly campaignId: string;
  readonly amountMinor: Minor;
  readonly day: LocalDate;
};

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
export function closeoutOf(days: readonly CloseoutDay[], refunds: readonly BookedRefund[]): CloseoutReconciliation {
  const strays = new Set(days.flatMap((day) => day.strays));
  const seenElsewhere = ({ class: kind, provider, transactionId }: Finding): boolean =>
    kind === 'missing-there' && strays.has(`${provider} ${transactionId}`);
  const { findings: ofFunds, funds } = fundsOfDays(
    days.flatMap((day) => day.funds),
    days.map(({ day }) => day),
  );
  const findings = [
    ...days.flatMap((day) => day.findings).filter((finding) => !seenElsewhere(finding)),
    ...refundFindings(days, refunds),
    ...ofFunds,
  ];
  return {
    report: {
      bills: days.flatMap(({ comparisons }) => comparisons.map(({ merchantId: _account, ...rest }) => rest)),
      discrepancies: discrepanciesOf(findings),
      funds,
    },
    findings,
    daysWithoutBill: days.filter(({ hasBill }) => !hasBill).length,
  };
}

/**
 * What went back of each payment by all bills and by all our books. Of the days that were read, so that a refund which was made
 * later than the last bill is not missed in it.
 */
function refundFindings(days: readonly CloseoutDay[], refunds: readonly BookedRefund[]): Finding[] {
  const read = new Set(days.map(({ day }) => day));
  const lines = days.flatMap((day) => day.refundLines);
  const accounts = new Map([...lines, ...refunds].map((one) => [accountNameOf(one), one]));
  return [...accounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { provider, merchantId }]) => {
      const own = lines.filter((one) => accountNameOf(one) === name).map(({ line }) => line);
      const ofAccount = refunds.filter((one) => accountNameOf(one) === name);
      const terms = { days: new Set<LocalDate>(), refundDays: read, paidOnce: false, isOursAlone: true };
      const { differences } = reconcileThreeWays(new Map(), entriesOf(ofAccount), own, terms);
      return differences
        .filter(({ class: kind }) => kind === 'refunded-there' || kind === 'refunded-here')
        .map((one) => findingOf(one, { provider, merchantId }));
    });
}

/** One entry for each payment of which something went back; what was paid is not asked here. */
function entriesOf(refunds: readonly BookedRefund[]): BookedEntry[] {
  return [...Map.groupBy(refunds, ({ paymentId }) => paymentId)].flatMap(([paymentId, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    const { orderNo, campaignId, day } = first;
    const amountMinor = own.reduce((sum, one) => add(sum, one.amountMinor), ZERO);
    const occurredAt = `${day}T00:00:00.000Z` as BookedEntry['occurredAt'];
    return [{ paymentId, orderNo, isOrdered: false, campaignId, amountMinor, day, occurredAt, refunds: own }];
  });
}
