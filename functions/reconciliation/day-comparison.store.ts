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
import {
  type DayCampaign,
  entriesNamedBy,
  entriesPaidOn,
  ordersNamed,
  paidTheEveningBefore,
  refundsBooked,
} from './day-books.store.ts';
import { type ReadBills, statementsIn } from './statement.ts';
import type { OrderedPayment, StatementLine } from './three-way.ts';

export type DayQuestion = {
  readonly day: LocalDate;
  /** Campaigns whose books are looked through. */
  readonly campaigns: readonly DayCampaign[];
  /** Nothing but this campaign's is compared: what a merchant's other campaigns have in a bill is not looked at. */
  readonly only?: string;
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
  const entries: DayEntry[] = [];
  for (const campaign of campaigns) entries.push(...(await entriesPaidOn(table, campaign, day)));
  const entriesOf = Map.groupBy(entries, accountNameOf);
  const statements = statementsIn(bills, day);
  const accounts = new Map<string, Account>();
  // On a day without a payment, money may still leave for the bank.
  const moved = bills.funds.filter(({ billDate, lines }) => billDate === day && lines.length > 0);
  const funded = moved.map(({ merchantId }): Account => ({ provider: 'wechat-pay', merchantId }));
  for (const account of [...statements, ...entries, ...funded]) accounts.set(accountNameOf(account), account);
  const compared: Compared[] = [];
  for (const [name, { provider, merchantId }] of [...accounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const statement = statements.find((one) => accountNameOf(one) === name);
    const own = entriesOf.get(name) ?? [];
    const account = { provider, merchantId };
    compared.push(await compareOne(table, { ...account, day, only }, own, statement?.lines));
  }
  return compared;
}

type One = Account & { readonly day: LocalDate; readonly only: string | undefined };

async function compareOne(
  table: Table,
  account: One,
  own: readonly DayEntry[],
  lines: readonly StatementLine[] | undefined,
): Promise<Compared> {
  const { only, ...about } = account;
  const known = new Set(own.map(({ paymentId }) => paymentId));
  const named = await entriesNamedBy(table, about, lines ?? [], known);
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
  const asked = only === undefined ? lines : lines?.filter(isOf(only, entries, orders));
  const withRefund = new Set((lines ?? []).filter(({ kind }) => kind === 'refund').map(({ paymentId }) => paymentId));
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
    // WeChat Pay lists a refund on the day on which it was accepted, and tells of it when it has gone back.
    listsRefundsOfDay: about.provider !== 'wechat-pay',
    isOursAlone: false,
  });
  return {
    ...compared,
    paymentIds: new Set([...entries, ...(asked ?? [])].map(({ paymentId }) => paymentId)),
    refundLines: (asked ?? []).filter(({ kind }) => kind !== 'payment'),
    strays: named.filter(({ day }) => day !== about.day).map(({ paymentId }) => paymentId),
  };
}

function isOf(campaignId: string, entries: readonly DayEntry[], orders: ReadonlyMap<string, OrderedPayment>) {
  const booked = new Set(entries.map(({ paymentId }) => paymentId));
  return ({ paymentId, orderNo }: StatementLine): boolean =>
    booked.has(paymentId) || orders.get(orderNo)?.campaignId === campaignId;
}
