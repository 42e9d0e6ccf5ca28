import { auditedTable } from '../audit/audited-table.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { donationEntrySchema } from '../donations/donation-entry.ts';
import { transfersReceived } from '../donations/offline-gift.store.ts';
import { type OfflineGift, paymentOf } from '../donations/offline-gift.ts';
import { giftIdOf } from '../donations/payment-event.ts';
import { refundEntrySchema } from '../donations/refund-entry.ts';
import { calendarsOf } from '../duties/calendar.store.ts';
import { add, ZERO } from '../kernel/money.ts';
import { type Instant, type LocalDate, localDateOf, plusDays } from '../kernel/time.ts';
import {
  bankDayKey,
  donationEntryKey,
  donationsOfCampaignDay,
  INTAKE_SHARDS,
  refundsOfGift,
  UNASSIGNED,
} from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type BankAccount, bankDaysBetween, bankRowsBetween, everyBankAccount } from '../statements/bank-row.store.ts';
import { type BankDay, type BankRow, rowNumberOf } from '../statements/bank-row.ts';
import {
  accountAtBank,
  BANK_CLASSES,
  type BankBooks,
  type BankFinding,
  type BookedGift,
  compareBank,
  type HandTransfer,
} from './bank-day.ts';
import { rowsClaimed } from './bank-payout.store.ts';
import { DAYS_ASKED_AFTER } from './payout.store.ts';
import { BILL_ZONE } from './reconciliation.ts';
import { recordFindings } from './reconciliation-item.store.ts';

/** Rows of a transfer that was entered for one day may be of the next ones. */
const DAYS_AROUND = 7;

/** Which days, and of which campaign, where a closeout asks; else the last weeks of every account. */
export type BankScope = { readonly from: LocalDate; readonly to: LocalDate; readonly campaignId: string };

/**
 * Holds what the banks' statements say against the books, and keeps what differs as items of the campaigns whose money it is. What was
 * found before and agrees now is settled. Gives how many things are wrong.
 */
export async function reviewBank(table: Table, now: Instant, scope?: BankScope): Promise<number> {
  const today = localDateOf(now, BILL_ZONE);
  const { from, to } = scope ?? { from: plusDays(today, -DAYS_ASKED_AFTER), to: today };
  const accounts = await everyBankAccount(table);
  if (accounts.length === 0) return 0;
  // All accounts together, whoever asks: the row of a campaign's transfer may be on the account of another organisation.
  const campaigns = await campaignsOf(table, accounts, scope?.campaignId);
  const { books, days } = await readBooks(table, { accounts, campaigns, today, from, to });
  const findings = compareBank(books);
  const about = { isOfPeriod: (day: LocalDate) => day >= from && day <= to, now, only: scope?.campaignId };
  await keepFindings(table, findings, campaigns, about);
  // A closeout asks after its own transfers alone: how a day stands is said by who asks after all.
  if (scope === undefined) await keepStates(table, days, findings);
  return findings.length;
}

/** Campaign -> its organisation: of those whose money may be on these accounts, or of the one that is asked for. */
async function campaignsOf(
  table: Table,
  accounts: readonly BankAccount[],
  only: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (only === undefined)
    for (const organisationId of ownersOf(accounts))
      for await (const { campaignId } of calendarsOf(table, organisationId)) found.set(campaignId, organisationId);
  for (const campaignId of only === undefined ? accounts.flatMap(({ campaignIds }) => campaignIds) : [only]) {
    if (found.has(campaignId)) continue;
    const owner = await organisationOfCampaign(table, campaignId);
    if (owner !== undefined) found.set(campaignId, owner);
  }
  return found;
}

const ownersOf = (accounts: readonly BankAccount[]): ReadonlySet<string> =>
  new Set(accounts.map(({ organisationId }) => organisationId));

type Asked = {
  readonly accounts: readonly BankAccount[];
  readonly campaigns: ReadonlyMap<string, string>;
  readonly today: LocalDate;
  readonly from: LocalDate;
  readonly to: LocalDate;
};

async function readBooks(
  table: Table,
  asked: Asked,
): Promise<{ readonly books: BankBooks; readonly days: readonly BankDay[] }> {
  const { accounts, today, from, to } = asked;
  const kept: BankRow[] = [];
  const days: BankDay[] = [];
  for (const organisationId of ownersOf(accounts)) {
    kept.push(
      ...(await bankRowsBetween(table, organisationId, plusDays(from, -DAYS_AROUND), plusDays(to, DAYS_AROUND))),
    );
    // The day before says what the first day must begin with.
    days.push(...(await bankDaysBetween(table, organisationId, plusDays(from, -1), to)));
  }
  const isOfPeriod = ({ day }: { readonly day: LocalDate }): boolean => day >= from && day <= to;
  // A gift's row of the days around says where a transfer is.
  const rows = kept.filter((row) => isOfPeriod(row) || row.kind === 'gift');
  const accountsOf = ({ organisationId, campaignId }: HandTransfer): readonly BankAccount[] =>
    accounts.filter((one) => one.organisationId === organisationId || one.campaignIds.includes(campaignId));
  const campaignOf = new Map(
    accounts.flatMap((one) => one.campaignIds.slice(0, 1).map((first) => [accountAtBank(one), first] as const)),
  );
  const books: BankBooks = {
    today,
    rows,
    days,
    claimed: await rowsClaimed(table, rows),
    gifts: await giftsOf(table, rows),
    transfers: await transfersOf(table, asked),
    twins: new Map(),
    campaignOf,
    accountsOf,
  };
  return { books: await withTwins(table, books), days: days.filter(isOfPeriod) };
}

async function transfersOf(table: Table, { campaigns, from, to }: Asked): Promise<HandTransfer[]> {
  const transfers: HandTransfer[] = [];
  for (const [campaignId, organisationId] of campaigns)
    for await (const gift of transfersReceived(table, campaignId, from, to))
      transfers.push(transferOf(gift, organisationId));
  return transfers;
}

function transferOf(gift: OfflineGift, organisationId: string): HandTransfer {
  const payment = paymentOf(gift);
  const { offlineId, campaignId, amountMinor, receivedOn } = gift;
  return {
    provider: gift.bankReference === undefined ? 'offline' : 'statement',
    paymentId: payment.paymentId,
    giftId: giftIdOf(payment),
    offlineId,
    campaignId,
    organisationId,
    amountMinor,
    receivedOn,
  };
}

/** Row -> the gift that it is: the one that it was booked against, or that somebody has entered under its number since. */
async function giftsOf(table: Table, rows: readonly BankRow[]): Promise<ReadonlyMap<string, BookedGift>> {
  const asked = new Map(
    rows
      .filter(({ direction, offlineId }) => direction === 'in' && offlineId === undefined)
      .map((row) => [row.rowId, row.giftId ?? giftIdOf({ provider: 'statement', paymentId: rowNumberOf(row) })]),
  );
  const entries = (await readMany(table, [...new Set(asked.values())].map(donationEntryKey))).map((item) =>
    donationEntrySchema.parse(item),
  );
  const booked = new Map(entries.map((entry) => [entry.giftId, entry]));
  return new Map(
    [...asked].flatMap(([rowId, giftId]) => {
      const entry = booked.get(giftId);
      if (entry === undefined) return [];
      const { campaignId, amountMinor } = entry;
      return [[rowId, { giftId, amountMinor, ...(campaignId === UNASSIGNED ? {} : { campaignId }) }] as const];
    }),
  );
}

/**
 * Looks closer at entries by hand whose row is not there: one that has wholly gone back is none any more, and one of the sum and day of a
 * gift that a statement has brought is perhaps the same money twice. Reads the gifts of those days alone.
 */
async function withTwins(table: Table, books: BankBooks): Promise<BankBooks> {
  const missing = new Set(
    compareBank(books).flatMap(({ finding }) => (finding.class === 'missing-there' ? [finding.transactionId] : [])),
  );
  const looked = books.transfers.filter(({ paymentId }) => missing.has(paymentId));
  const gone = new Set<string>();
  for (const { giftId, amountMinor } of looked) if ((await backOf(table, giftId)) >= amountMinor) gone.add(giftId);
  const transfers = books.transfers.filter(({ giftId }) => !gone.has(giftId));
  const known = new Set(books.rows.map(({ giftId }) => giftId));
  const twins = new Map<string, string[]>();
  const ofDays = Map.groupBy(looked, ({ campaignId, receivedOn }) => `${campaignId} ${receivedOn}`);
  for (const own of ofDays.values()) {
    const [first] = own;
    if (first === undefined) continue;
    for await (const entry of statementGiftsOf(table, first.campaignId, first.receivedOn))
      for (const transfer of own)
        if (
          entry.amountMinor === transfer.amountMinor &&
          entry.giftId !== transfer.giftId &&
          !known.has(entry.giftId) &&
          books.accountsOf(transfer).some(({ account }) => account === entry.merchantId)
        )
          twins.set(transfer.offlineId, [...(twins.get(transfer.offlineId) ?? []), entry.giftId]);
  }
  return { ...books, transfers, twins };
}

async function backOf(table: Table, giftId: string): Promise<number> {
  let backMinor = ZERO;
  for await (const item of everyItem(table, refundsOfGift(giftId)))
    backMinor = add(backMinor, refundEntrySchema.parse(item).amountMinor);
  return backMinor;
}

async function* statementGiftsOf(table: Table, campaignId: string, day: LocalDate) {
  for (let shard = 0; shard < INTAKE_SHARDS; shard += 1)
    for await (const item of everyItem(table, donationsOfCampaignDay(campaignId, day, shard))) {
      const entry = donationEntrySchema.parse(item);
      if (entry.provider === 'statement') yield entry;
    }
}

/** What was compared: an item of other days is left as it stands. */
type Compared = {
  readonly isOfPeriod: (day: LocalDate) => boolean;
  readonly now: Instant;
  readonly only: string | undefined;
};
const BANK_DOORS: ReadonlySet<string> = new Set(['statement', 'offline']);

async function keepFindings(
  table: Table,
  findings: readonly BankFinding[],
  campaigns: ReadonlyMap<string, string>,
  { isOfPeriod, now, only }: Compared,
): Promise<void> {
  const byCampaign = Map.groupBy(findings, ({ campaignId }) => campaignId);
  const ofNobody = byCampaign.get(undefined)?.length ?? 0;
  if (ofNobody > 0) log.error('rows of a bank differ, and belong to no campaign', { rows: ofNobody });
  const asked = new Set([...campaigns.keys(), ...byCampaign.keys()]);
  for (const campaignId of asked) {
    if (campaignId === undefined || (only !== undefined && campaignId !== only)) continue;
    const organisationId = campaigns.get(campaignId) ?? (await organisationOfCampaign(table, campaignId));
    if (organisationId === undefined) continue;
    const foundBy = `the bank's statements, compared on ${localDateOf(now, BILL_ZONE)}`;
    await recordFindings(
      auditedTable(table, { organisationId, by: 'workflow', action: 'reconcile the bank', now }),
      { campaignId, organisationId, foundBy, now },
      (byCampaign.get(campaignId) ?? []).map(({ finding }) => finding),
      ({ class: kind, provider, day }) => BANK_CLASSES.has(kind) && BANK_DOORS.has(provider) && isOfPeriod(day),
    );
  }
}

/** How many things are wrong with each day, as its account's page shows it; written where it changes. */
async function keepStates(table: Table, days: readonly BankDay[], findings: readonly BankFinding[]): Promise<void> {
  const counts = Map.groupBy(findings, ({ account, finding }) =>
    account === undefined ? '' : `${finding.day} ${accountAtBank(account)}`,
  );
  for (const stated of days) {
    const { organisationId, account, day, findings: before, version } = stated;
    const count = counts.get(`${day} ${accountAtBank(stated)}`)?.length ?? 0;
    if (before === count) continue;
    await table.write({
      update: bankDayKey(organisationId, day, account),
      set: { findings: count },
      when: { equals: { version } },
    });
  }
}
