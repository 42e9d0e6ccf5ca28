import { add, ZERO } from '../kernel/money.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import {
  type Account,
  accountNameOf,
  type ComparedDay,
  compareAccountDay,
  type DayEntry,
  PAID_ONCE,
} from './account-day.ts';
import { moneyOfLines } from './account-line.ts';
import type { BilledAccount } from './bill-fetching.gateway.ts';
import {
  type DayCampaign,
  disputesBooked,
  entriesNamedBy,
  entriesPaidOn,
  isUnassigned,
  ordersNamed,
  paidTheEveningBefore,
  refundsBooked,
} from './day-books.store.ts';
import type { Finding } from './reconciliation-item.ts';
import { type ReadBills, statementsIn } from './statement.ts';
import type { OrderedPayment, StatementLine } from './three-way.ts';

export type DayQuestion = {
  readonly day: LocalDate;
  /** Campaigns whose books are looked through. */
  readonly campaigns: readonly DayCampaign[];
  /** Nothing but this campaign's is compared: what a merchant's other campaigns have in a bill is not looked at. */
  readonly only?: string;
  /** Our accounts whose statements are to be had. */
  readonly accounts: readonly BilledAccount[];
  /** Accounts of which somebody has brought a statement of the day that cannot be used. */
  readonly refused?: readonly Account[];
  /** Payments that an account's statements of the days before list: asked for only where one is missing on its day. */
  readonly listedBefore?: (account: Account, day: LocalDate) => Promise<ReadonlySet<string>>;
};

/** What was compared, with what later steps ask of it. */
export type Compared = ComparedDay & {
  /** Payments in the books or in the statement, without those that are somebody else's or another campaign's where one was asked for. */
  readonly paymentIds: ReadonlySet<string>;
  /** Refunds and reversals of these. */
  readonly refundLines: readonly StatementLine[];
  /** Payments in the statement that our books have on another day. */
  readonly strays: readonly string[];
};

/**
 * Compares the bills of one day with the books: each account with a bill, and each that our books have payments of. Takes some 600 bytes a payment: a day of
 * 100,000 on one account is read within a few hundred megabytes.
 */
export async function compareDay(table: Table, bills: ReadBills, question: DayQuestion): Promise<Compared[]> {
  const { day, campaigns, only } = question;
  const statements = statementsIn(bills, day);
  const isStated = isStatedAccount(statements, question.accounts);
  const entries: DayEntry[] = [];
  for (const campaign of campaigns)
    entries.push(...(await entriesPaidOn(table, campaign, day)).filter((entry) => isStated(entry)));
  const entriesOf = Map.groupBy(entries, accountNameOf);
  const accounts = new Map<string, Account>((question.refused ?? []).map((one) => [accountNameOf(one), one]));
  // On a day without a payment, money may still leave for the bank.
  const moved = bills.funds.filter(({ billDate, lines }) => billDate === day && lines.length > 0);
  const funded = moved.map(({ merchantId }): Account => ({ provider: 'wechat-pay', merchantId }));
  for (const account of [...statements, ...entries, ...funded]) accounts.set(accountNameOf(account), account);
  const compared: Compared[] = [];
  for (const [name, { provider, merchantId }] of [...accounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const statement = statements.find((one) => accountNameOf(one) === name);
    const own = entriesOf.get(name) ?? [];
    const known = question.accounts.find((one) => accountNameOf(one) === name);
    const terms = { day, only, isOursAlone: known?.isOursAlone === true, ...currencyOf(bills, name, day) };
    const one = await compareOne(table, { provider, merchantId, ...terms }, own, statement?.lines);
    compared.push(await withoutListedBefore(one, question));
  }
  return compared;
}

/** A payment by a slow way is listed when it begins and booked when it succeeds: on the later day it is missing only if no earlier one has it. */
async function withoutListedBefore(compared: Compared, { day, listedBefore }: DayQuestion): Promise<Compared> {
  const isMissing = ({ class: kind }: Finding): boolean => kind === 'missing-there';
  if (listedBefore === undefined || !compared.parts.some(({ findings }) => findings.some(isMissing))) return compared;
  const listed = await listedBefore(compared, day);
  const parts = compared.parts.map((part) => ({
    ...part,
    findings: part.findings.filter((finding) => !isMissing(finding) || !listed.has(finding.transactionId)),
  }));
  return { ...compared, parts };
}

/**
 * Whether entries of an account are to be held against a statement. A platform that gives none has none that is missing; every other
 * account has one that is fetched or brought.
 */
function isStatedAccount(statements: readonly Account[], accounts: readonly Account[]): (account: Account) => boolean {
  const stated = new Set([...statements, ...accounts].map(accountNameOf));
  return (account) => account.provider !== 'standard-webhook' || stated.has(accountNameOf(account));
}

/** The currency in which an account has most of its payments of a day, where its statement says one. */
function currencyOf({ accounts }: ReadBills, name: string, day: LocalDate): { readonly currency?: string } {
  const statement = accounts.find((one) => accountNameOf(one) === name && one.billDate === day);
  const currency = moneyOfLines(statement?.lines ?? [])[0]?.currency;
  return currency === undefined ? {} : { currency };
}

type One = Account & {
  readonly day: LocalDate;
  readonly only: string | undefined;
  readonly isOursAlone: boolean;
  readonly currency?: string;
};

async function compareOne(
  table: Table,
  account: One,
  own: readonly DayEntry[],
  lines: readonly StatementLine[] | undefined,
): Promise<Compared> {
  const { only, ...about } = account;
  const known = new Set(own.map(({ paymentId }) => paymentId));
  const found = await entriesNamedBy(table, about, lines ?? [], known);
  const named = found.filter((entry) => !isUnassigned(entry));
  const entries = [...own, ...named].filter(({ campaignId }) => only === undefined || campaignId === only);
  const orderNos = function* () {
    for (const { orderNo } of entries) yield orderNo;
    for (const { orderNo } of lines ?? []) yield orderNo;
  };
  const orders = await ordersNamed(table, orderNos());
  // Only orders that are paid today can have been paid twice.
  const evening = PAID_ONCE.has(about.provider)
    ? (await paidTheEveningBefore(table, about, about.day, orders.values())).filter(
        ({ campaignId, paymentId }) =>
          (only === undefined || campaignId === only) && !entries.some((one) => one.paymentId === paymentId),
      )
    : [];
  const nobodys = await meantForNobody(table, found.filter(isUnassigned), orders);
  const asked = only === undefined ? lines : lines?.filter(isOf(only, [...own, ...named, ...nobodys], orders));
  const withRefund = new Set((lines ?? []).filter(({ kind }) => kind !== 'payment').map(({ paymentId }) => paymentId));
  const refunds = await refundsBooked(
    table,
    [...own, ...evening].map(({ campaignId }) => campaignId),
    named.filter(({ paymentId }) => withRefund.has(paymentId)).map(({ giftId }) => giftId),
  );
  const compared = compareAccountDay({
    ...about,
    lines: asked,
    entries: [...entries, ...evening],
    orders,
    refunds,
    disputes: await disputesBooked(table, [...entries, ...evening], asked ?? []),
    unassigned: new Set(nobodys.map(({ paymentId }) => paymentId)),
    // WeChat Pay lists a refund on the day on which it was accepted, and tells of it when it has gone back.
    listsRefundsOfDay: about.provider !== 'wechat-pay',
  });
  return {
    ...compared,
    paymentIds: new Set([...entries, ...(asked ?? [])].map(({ paymentId }) => paymentId)),
    refundLines: (asked ?? []).filter(({ kind }) => kind !== 'payment'),
    strays: named.filter(({ day }) => day !== about.day).map(({ paymentId }) => paymentId),
  };
}

/**
 * Of payments that belong to no campaign, those that no campaign waits for: nothing says which was meant, or all of it went back. One that
 * was paid for an order of ours is not booked where it was meant to be, and its campaign is not closed before somebody has decided.
 */
async function meantForNobody(
  table: Table,
  unassigned: readonly DayEntry[],
  orders: ReadonlyMap<string, OrderedPayment>,
): Promise<DayEntry[]> {
  const ordered = unassigned.filter(({ orderNo }) => orders.has(orderNo));
  const refunds = await refundsBooked(
    table,
    [],
    ordered.map(({ giftId }) => giftId),
  );
  const hasGoneBack = ({ giftId, amountMinor }: DayEntry): boolean =>
    (refunds.get(giftId) ?? []).reduce((sum, refund) => add(sum, refund.amountMinor), ZERO) >= amountMinor;
  return unassigned.filter((entry) => !orders.has(entry.orderNo) || hasGoneBack(entry));
}

/** Whether a line is a campaign's: by what is booked, else by the order, else as the statement says itself. */
function isOf(campaignId: string, entries: readonly DayEntry[], orders: ReadonlyMap<string, OrderedPayment>) {
  const bookedTo = new Map(entries.map((entry) => [entry.paymentId, entry.campaignId]));
  return ({ paymentId, orderNo, campaignId: stated }: StatementLine): boolean =>
    (bookedTo.get(paymentId) ?? orders.get(orderNo)?.campaignId ?? stated) === campaignId;
}
