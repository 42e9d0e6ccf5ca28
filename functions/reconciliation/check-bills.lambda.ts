import { auditedTable } from '../audit/audited-table.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { daysBetween, type Instant, type LocalDate, plusDays } from '../kernel/time.ts';
import { openMail, type SendMail } from '../notices/mail.gateway.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type Account, accountNameOf } from './account-day.ts';
import { reviewBank } from './bank-day.store.ts';
import { matchPayoutsWithBank } from './bank-payout.store.ts';
import {
  askAgain,
  billsChecked,
  billsCheckedUntil,
  campaignsOfDay,
  dayRecordsOf,
  daysAskedAgain,
  everybodyReminded,
  keepDayRecord,
  remindedUntil,
} from './bill-check.store.ts';
import { billDaysDue } from './bill-days.ts';
import {
  type BilledAccount,
  billedAccounts,
  type FetchUse,
  fetchBills,
  openProviders,
} from './bill-fetching.gateway.ts';
import { importedBills, paymentsListedBefore, type RefusedBill, readBills } from './bill-files.gateway.ts';
import { keepDayFees } from './campaign-fees.store.ts';
import { type Compared, compareDay } from './day-comparison.store.ts';
import { type DayRecord, dayRecordOf } from './day-record.ts';
import { DAILY_BILLS, type FetchedBill } from './fetched-bills.ts';
import { keepPayouts, reviewPayouts } from './payout.store.ts';
import { isBilled } from './reconciliation.ts';
import { itemsOf, recordFindings } from './reconciliation-item.store.ts';
import type { ReconciliationItem } from './reconciliation-item.ts';
import { secondPayments } from './second-payment.ts';
import { settleWhatIsBooked } from './settled-by-books.store.ts';
import { remindOfItems } from './stale-items.store.ts';
import type { ReadBills } from './statement.ts';

export type CheckBillsUse = FetchUse & {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly sendMail: SendMail;
};
type Outcome = { readonly kind: 'checked'; readonly days: number; readonly missing: number };

/** How long a day that differs is looked at again with every new day: a month and some days, until the closeout does. */
const DAYS_LOOKED_AT_AGAIN = 35;
/** The newest of them; comparing a day of 100,000 payments takes some 20 s, and a run has 290. */
const MOST_LOOKED_AT_AGAIN = 7;

/**
 * Reconciles each day of every account on the day after, long before the closeout and for all campaigns: fetches and keeps
 * the bills, holds them against orders and books, keeps how each account stands, and what differs as items for people. It
 * books nothing. With every new day, the days that differ are compared again by the bills that are kept, so that what agrees by
 * now is settled by itself; a bill that was missing is asked for again. A day that cannot be fetched or read is tried again
 * by the next run, for it is not ticked off.
 */
async function checkBills(_run: DueRun, use: CheckBillsUse, now: Instant): Promise<Outcome> {
  let last = await billsCheckedUntil(use.table);
  const due = billDaysDue(last, now);
  const accounts = await billedAccounts(use);
  const found = { missing: 0 };
  const fetchAndCheck = async (day: LocalDate): Promise<void> => {
    const fetched = await fetchBills({ folder: DAILY_BILLS, days: [day], now }, use);
    const { bills, refused } = await importedBills(use.files, accounts, fetched, day);
    found.missing += await checkDay(day, { files: [...fetched, ...bills], refused }, accounts, use, now);
  };
  const newest = due.at(-1);
  // What differed before this run: a day that is new is not compared twice.
  const unsettled = newest === undefined ? [] : await unsettledDays(use.table, plusDays(due[0] ?? newest, -1));
  for (const day of due) {
    await fetchAndCheck(day);
    await billsChecked(use.table, last, day);
    last = day;
  }
  const { missing } = found;
  const asked = await daysAskedAgain(use.table);
  for (const day of asked) {
    // A day that is not over has no bill.
    if (!due.includes(day) && last !== undefined && day <= last) await fetchAndCheck(day);
    await askAgain(use.table, day, 'done');
  }
  for (const { day, bills } of unsettled) {
    if (asked.includes(day)) continue;
    if (bills === undefined) await fetchAndCheck(day);
    else await checkDay(day, { files: bills, refused: [] }, accounts, use, now);
  }
  await matchPayoutsWithBank(use.table, { accounts, knownUntil: last, now });
  await reviewPayouts(use.table, now);
  await reviewBank(use.table, now);
  // Once a day, with its new bill; and again within the hour, where an address took no mail.
  if (last !== undefined && (await remindedUntil(use.table)) !== last) {
    const failed = await remindOfItems(use, now);
    if (failed === 0) await everybodyReminded(use.table, last);
  }
  return { kind: 'checked', days: due.length, missing };
}

type UnsettledDay = { readonly day: LocalDate; readonly bills: readonly FetchedBill[] | undefined };

/** Days of the last weeks on which an account differs, newest first, with the bills that are kept; without them where one is missing. */
async function unsettledDays(table: Table, last: LocalDate): Promise<UnsettledDay[]> {
  const unsettled: UnsettledDay[] = [];
  for (const day of daysBetween(plusDays(last, 1 - DAYS_LOOKED_AT_AGAIN), last).reverse()) {
    const records = await dayRecordsOf(table, day);
    if (records.every(({ state }) => state === 'balanced')) continue;
    const isMissing = records.some(({ state }) => state === 'bill-missing');
    unsettled.push({ day, bills: isMissing ? undefined : records.flatMap(({ bills }) => bills) });
    if (unsettled.length === MOST_LOOKED_AT_AGAIN) break;
  }
  return unsettled;
}

/** Gives how many payments of orders of ours stand in these bills of one day and not in the books. */
async function checkDay(
  day: LocalDate,
  { files, refused }: { readonly files: readonly FetchedBill[]; readonly refused: readonly RefusedBill[] },
  accounts: readonly BilledAccount[],
  use: CheckBillsUse,
  now: Instant,
): Promise<number> {
  const bills = await readBills(use.files, files);
  const campaigns = await campaignsOfDay(use.table, day);
  const compared = await compareDay(use.table, bills, {
    day,
    campaigns,
    accounts,
    refused,
    listedBefore: (account, of) => paymentsListedBefore(use.files, account, of),
  });
  const before = await dayRecordsOf(use.table, day);
  const organisationOf = new Map<string, string>();
  // With those that had something in it when it was compared before: what was found of them then is not found any more.
  const inIt = [...compared.flatMap(({ parts }) => parts), ...before.flatMap((record) => record.campaigns)];
  for (const campaignId of new Set(inIt.map((part) => part.campaignId))) {
    const organisationId = await organisationOfCampaign(use.table, campaignId);
    if (organisationId === undefined) log.error('a bill names a campaign that there is not', { campaignId });
    else organisationOf.set(campaignId, organisationId);
  }
  await keepItems(compared, organisationOf, use.table, { day, now });
  await keepRecords(compared, { accounts, bills, files, refused, organisationOf, now, before }, use.table);
  await keepPayouts(use.table, bills, day, accounts);
  return told(compared);
}

/** What this comparison would find again: not what moved between accounts, and not refunds of ours that the bill of another day lists. */
const COMPARED_DAILY = (item: ReconciliationItem): boolean =>
  item.class !== 'fee-differs' &&
  item.class !== 'funds-differ' &&
  item.class !== 'settlement-differs' &&
  item.class !== 'refunded-there' &&
  item.class !== 'refunded-here';

/** Where there is no statement, nothing was compared, and nothing that was found before agrees by now. */
const isComparedIn =
  (compared: readonly Compared[]) =>
  (item: ReconciliationItem): boolean =>
    item.class === 'bill-missing' ||
    compared.find((one) => accountNameOf(one) === accountNameOf(item))?.hasBill !== false;

async function keepItems(
  compared: readonly Compared[],
  organisationOf: ReadonlyMap<string, string>,
  table: Table,
  { day, now }: { readonly day: LocalDate; readonly now: Instant },
): Promise<void> {
  for (const [campaignId, organisationId] of organisationOf) {
    const findings = compared.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.campaignId === campaignId ? part.findings : [])),
    );
    const audited = auditedTable(table, { organisationId, by: 'workflow', action: 'reconcile bills', now });
    const foundBy = `the bills of ${day}, compared on ${now.slice(0, day.length)}`;
    const comparison = { campaignId, organisationId, foundBy, now };
    // Only where something is paid and not booked is it asked whether the day before has its twin.
    const earlier = findings.some(({ class: kind }) => kind === 'paid-not-booked')
      ? (await itemsOf(table, campaignId)).filter((item) => item.state !== 'resolved' && item.day < day)
      : [];
    await recordFindings(
      audited,
      comparison,
      secondPayments(findings, earlier),
      (item) => item.day === day && isBilled(item.provider) && COMPARED_DAILY(item) && isComparedIn(compared)(item),
    );
    await settleWhatIsBooked(audited, comparison);
  }
}

async function keepRecords(
  compared: readonly Compared[],
  about: {
    readonly accounts: readonly BilledAccount[];
    readonly bills: ReadBills;
    readonly files: readonly FetchedBill[];
    readonly refused: readonly RefusedBill[];
    readonly organisationOf: ReadonlyMap<string, string>;
    readonly now: Instant;
    /** The records of the day as they were. */
    readonly before: readonly DayRecord[];
  },
  table: Table,
): Promise<void> {
  for (const one of compared) {
    const isSameAccount = (known: Account): boolean => accountNameOf(known) === accountNameOf(one);
    const { organisationId } = about.accounts.find(isSameAccount) ?? {};
    const before = about.before.find(isSameAccount)?.campaigns ?? [];
    // Before the record: a run that ends in between finds in the record before whose fees are to be put right.
    await keepDayFees(
      table,
      one,
      before.map(({ campaignId }) => campaignId),
    );
    const refused = about.refused.find(isSameAccount)?.reason;
    await keepDayRecord(table, dayRecordOf(one, about.bills, { ...about, organisationId, refused }));
  }
}

function told(compared: readonly Compared[]): number {
  const notBooked = compared
    .flatMap(({ parts }) => parts)
    .flatMap(({ campaignId, findings }) => findings.map((finding) => ({ ...finding, campaignId })))
    .filter(
      ({ class: kind, ourAmountMinor }) =>
        kind === 'paid-not-booked' || (kind === 'duplicate' && ourAmountMinor === undefined),
    );
  for (const { provider, transactionId, orderNo, day, campaignId } of notBooked)
    log.error('paid by the bill, and not in the books', {
      provider,
      transactionId,
      orderNo,
      billDate: day,
      campaignId,
    });
  count(METRICS.billedPaymentMissing, notBooked.length);
  return notBooked.length;
}

export const definition: JobDefinition<CheckBillsUse> = {
  name: 'check-bills',
  open: () => ({ table: openTable(), files: openCampaignFiles(), sendMail: openMail(), ...openProviders() }),
  handle: checkBills,
};
export const handler = jobFunction(definition);
