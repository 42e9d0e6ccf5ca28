import type { DonationEntry } from '../donations/donation-entry.ts';
import type { Provider } from '../donations/payment-event.ts';
import { ID_PREFIXES } from '../kernel/ids.ts';
import { add, type Minor, ZERO } from '../kernel/money.ts';
import { type LocalDate, localDateOf } from '../kernel/time.ts';
import { BILL_ZONE, type BillComparison } from './reconciliation.ts';
import type { Finding } from './reconciliation-item.ts';
import {
  type BookedDispute,
  type BookedEntry,
  type Difference,
  isSomething,
  type OrderedPayment,
  reconcileThreeWays,
  type StatementLine,
} from './three-way.ts';

/** An account of ours at a provider. */
export type Account = { readonly provider: Provider; readonly merchantId: string };
export const accountNameOf = ({ provider, merchantId }: Account): string => `${provider} ${merchantId}`;

/** A payment in our books with the gift that it is. */
export type DayEntry = Account & Omit<BookedEntry, 'refunds' | 'disputes'> & { readonly giftId: string };

export function dayEntryOf(entry: DonationEntry): DayEntry {
  const { provider, merchantId, giftId, paymentId, orderNo, campaignId, amountMinor, currency, occurredAt } = entry;
  const paid = { paymentId, orderNo, isOrdered: isOrderNo(orderNo), campaignId, amountMinor, currency };
  return { provider, merchantId, giftId, ...paid, day: localDateOf(occurredAt, BILL_ZONE), occurredAt };
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
  /** Gift -> the disputes of it that our books know; asked for where the statement has any. */
  readonly disputes?: ReadonlyMap<string, readonly BookedDispute[]>;
  /** Payments that are booked and belong to no campaign yet: as somebody else's, they are counted. */
  readonly unassigned?: ReadonlySet<string>;
  /** Whether refunds of the day in our books must be in its statement: not where it lists them on the day they were asked for. */
  readonly listsRefundsOfDay: boolean;
  readonly isOursAlone: boolean;
  /** The account's own currency, where it has several. */
  readonly currency?: string;
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
  const { provider, merchantId, day, entries, orders, unassigned } = account;
  const booked = entries.map((entry) => bookedOf(entry, account));
  const entryOf = new Map(booked.map((entry) => [entry.paymentId, entry]));
  const stated = account.lines?.filter((line) => isSomething(line, entryOf.get(line.paymentId)));
  const lines = stated?.filter(({ paymentId }) => unassigned?.has(paymentId) !== true);
  const { differences, foreign } =
    lines === undefined
      ? { differences: [], foreign: { lines: 0, amountMinor: ZERO } }
      : reconcileThreeWays(orders, booked, lines, {
          days: new Set([day]),
          refundDays: new Set(account.listsRefundsOfDay ? [day] : []),
          paidOnce: PAID_ONCE.has(provider),
          isOursAlone: account.isOursAlone,
          ...(account.currency === undefined ? {} : { currency: account.currency }),
        });
  const linesOf = Map.groupBy(
    (lines ?? []).filter(isInItsCurrency(entryOf, orders)),
    (line) => entryOf.get(line.paymentId)?.campaignId ?? orders.get(line.orderNo)?.campaignId ?? line.campaignId,
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
  const nobodys = (stated ?? []).filter(({ kind, paymentId }) => kind === 'payment' && unassigned?.has(paymentId));
  const notOurs = {
    lines: foreign.lines + nobodys.length,
    amountMinor: add(foreign.amountMinor, total(nobodys.filter(isInCurrency(account.currency)))),
  };
  return { provider, merchantId, day, hasBill: lines !== undefined, parts, foreign: notOurs, ofNobody };
}

const bookedOf = (entry: DayEntry, { refunds, disputes }: AccountDay): BookedEntry => ({
  ...entry,
  refunds: refunds.get(entry.giftId) ?? [],
  disputes: disputes?.get(entry.giftId) ?? [],
});

const isInCurrency =
  (currency: string | undefined) =>
  (line: StatementLine): boolean =>
    currency === undefined || line.currency === currency;

/** Lines in another currency than their payment has here are in no sum: the comparison says so of each. */
const isInItsCurrency =
  (entryOf: ReadonlyMap<string, BookedEntry>, orders: ReadonlyMap<string, OrderedPayment>) =>
  (line: StatementLine): boolean =>
    isInCurrency(entryOf.get(line.paymentId)?.currency ?? orders.get(line.orderNo)?.currency)(line);

const total = (amounts: readonly { readonly amountMinor: Minor }[]): Minor =>
  amounts.reduce((sum, { amountMinor }) => add(sum, amountMinor), ZERO);

function comparisonOf(
  { provider, merchantId, day }: AccountDay,
  lines: readonly StatementLine[],
  entries: readonly DayEntry[],
): BillComparison {
  const payments = lines.filter(({ kind }) => kind === 'payment');
  const refunds = lines.filter(({ kind }) => kind === 'refund' || kind === 'reversal' || kind === 'dispute');
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
