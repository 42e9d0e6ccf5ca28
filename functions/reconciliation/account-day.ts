import type { DonationEntry } from '../donations/donation-entry.ts';
import type { Provider } from '../donations/payment-event.ts';
import { ID_PREFIXES } from '../kernel/ids.ts';
import { add, type Minor, ZERO } from '../kernel/money.ts';
import { type LocalDate, localDateOf } from '../kernel/time.ts';
import { BILL_ZONE, type BillComparison } from './reconciliation.ts';
import type { Finding } from './reconciliation-item.ts';
import {
  type BookedEntry,
  type Difference,
  type OrderedPayment,
  reconcileThreeWays,
  type StatementLine,
} from './three-way.ts';

/** An account of ours at a provider. */
export type Account = { readonly provider: Provider; readonly merchantId: string };
export const accountNameOf = ({ provider, merchantId }: Account): string => `${provider} ${merchantId}`;

/** A payment in our books with the gift that it is. */
export type DayEntry = Account & Omit<BookedEntry, 'refunds'> & { readonly giftId: string };

export function dayEntryOf(entry: DonationEntry): DayEntry {
  const { provider, merchantId, giftId, paymentId, orderNo, campaignId, amountMinor, occurredAt } = entry;
  const isOrdered = isOrderNo(orderNo);
  const day = localDateOf(occurredAt, BILL_ZONE);
  return { provider, merchantId, giftId, paymentId, orderNo, isOrdered, campaignId, amountMinor, day, occurredAt };
}

/** Whether a number is one that we give to orders. */
export const isOrderNo = (orderNo: string): boolean => orderNo.startsWith(`${ID_PREFIXES.intent}_`);

/** One account and one day: everything that is known on all three sides. `lines` is absent where there is no statement. */
export type AccountDay = Account & {
  readonly day: LocalDate;
  readonly lines: readonly StatementLine[] | undefined;
  readonly entries: readonly DayEntry[];
  readonly orders: ReadonlyMap<string, OrderedPayment>;
  /** Gift -> what of it has gone back by our books. */
  readonly refunds: ReadonlyMap<string, BookedEntry['refunds']>;
  /** Whether refunds of the day in our books must be in its statement: not where it lists them on the day they were asked for. */
  readonly listsRefundsOfDay: boolean;
  readonly isOursAlone: boolean;
};

/** What one campaign has in an account's day. */
export type CampaignPart = {
  readonly campaignId: string;
  readonly comparison: BillComparison;
  readonly findings: readonly Finding[];
  /** What the provider keeps of its payments by this statement, in thousandths of a minor unit. */
  readonly feesMilliMinor: number;
};
export type ComparedDay = Account & {
  readonly day: LocalDate;
  readonly hasBill: boolean;
  readonly parts: readonly CampaignPart[];
  readonly foreign: { readonly lines: number; readonly amountMinor: Minor };
  /** Differences of payments whose campaign nobody knows. */
  readonly ofNobody: readonly Finding[];
};

/** Where orders are made here, each for one payment: a mandate's order at the others is charged every month. */
export const PAID_ONCE: ReadonlySet<Provider> = new Set(['wechat-pay', 'alipay']);

/** Pure: holds an account's day against the books, and says of each campaign what it has in it. */
export function compareAccountDay(account: AccountDay): ComparedDay {
  const { provider, merchantId, day, lines, entries, orders, refunds } = account;
  const booked = entries.map((entry): BookedEntry => ({ ...entry, refunds: refunds.get(entry.giftId) ?? [] }));
  const campaignOf = new Map(entries.map((entry) => [entry.paymentId, entry.campaignId]));
  const { differences, foreign } =
    lines === undefined
      ? { differences: [], foreign: { lines: 0, amountMinor: ZERO } }
      : reconcileThreeWays(orders, booked, lines, {
          days: new Set([day]),
          refundDays: new Set(account.listsRefundsOfDay ? [day] : []),
          paidOnce: PAID_ONCE.has(provider),
          isOursAlone: account.isOursAlone,
        });
  const linesOf = Map.groupBy(
    lines ?? [],
    (line) => campaignOf.get(line.paymentId) ?? orders.get(line.orderNo)?.campaignId,
  );
  const entriesOf = Map.groupBy(
    entries.filter((entry) => entry.day === day),
    ({ campaignId }) => campaignId,
  );
  const differencesOf = Map.groupBy(differences, ({ campaignId }) => campaignId);
  const campaigns = [...new Set([...linesOf.keys(), ...entriesOf.keys(), ...differencesOf.keys()])];
  const finding = (one: Difference): Finding => findingOf(one, account);
  const parts = campaigns
    .filter((campaignId) => campaignId !== undefined)
    .sort()
    .map((campaignId): CampaignPart => {
      const own = linesOf.get(campaignId) ?? [];
      const comparison = comparisonOf(account, own, entriesOf.get(campaignId) ?? []);
      const findings = (differencesOf.get(campaignId) ?? []).map(finding);
      const missing = lines === undefined && comparison.entries > 0 ? [billMissing(account, comparison)] : [];
      const feesMilliMinor = own.reduce((sum, { feeMilliMinor = 0 }) => sum + feeMilliMinor, 0);
      return { campaignId, comparison, findings: [...missing, ...findings], feesMilliMinor };
    });
  const ofNobody = (differencesOf.get(undefined) ?? []).map(finding);
  return { provider, merchantId, day, hasBill: lines !== undefined, parts, foreign, ofNobody };
}

const total = (amounts: readonly { readonly amountMinor: Minor }[]): Minor =>
  amounts.reduce((sum, { amountMinor }) => add(sum, amountMinor), ZERO);

function comparisonOf(
  { provider, merchantId, day }: AccountDay,
  lines: readonly StatementLine[],
  entries: readonly DayEntry[],
): BillComparison {
  const payments = lines.filter(({ kind }) => kind === 'payment');
  const refunds = lines.filter(({ kind }) => kind !== 'payment');
  return {
    provider,
    merchantId,
    billDate: day,
    billLines: payments.length,
    billMinor: total(payments),
    entries: entries.length,
    entriesMinor: total(entries),
    refundLines: refunds.length,
    refundMinor: total(refunds),
  };
}

/** One for the whole day: a hundred thousand payments that a bill would have are one thing that is wrong. */
const billMissing = ({ provider, merchantId, day }: AccountDay, { entriesMinor }: BillComparison): Finding => ({
  class: 'bill-missing',
  provider,
  merchantId,
  day,
  transactionId: merchantId,
  orderNo: '',
  ourAmountMinor: entriesMinor,
});

/** A difference of an account as an item keeps it. */
export function findingOf(difference: Difference, { provider, merchantId }: Account): Finding {
  const { class: kind, paymentId, orderNo, day, ourAmountMinor, theirAmountMinor } = difference;
  return {
    class: kind,
    provider,
    merchantId,
    day,
    transactionId: paymentId,
    orderNo,
    ...(ourAmountMinor === undefined ? {} : { ourAmountMinor }),
    ...(theirAmountMinor === undefined ? {} : { theirAmountMinor }),
  };
}
