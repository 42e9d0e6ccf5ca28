import { auditedTable } from '../audit/audited-table.ts';
import { TransientError } from '../kernel/errors.ts';
import { daysBetween, type Instant, type LocalDate, localDateOf, plusDays } from '../kernel/time.ts';
import { bankRowKey, payoutKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { readMany, type Table } from '../platform/table.ts';
import { bankRowsBetween, everyBankAccount } from '../statements/bank-row.store.ts';
import { type BankRow, rowNumberOf } from '../statements/bank-row.ts';
import { alipayAccountOf, payoutSeenAtBank } from './bank-payout.ts';
import { dayRecordsOf } from './bill-check.store.ts';
import type { BilledAccount } from './bill-fetching.gateway.ts';
import { DAYS_ASKED_AFTER, payoutsBetween, recordArrival } from './payout.store.ts';
import { campaignPaidOut, PAID_OUT_DAYS, type Payout } from './payout.ts';
import { candidatesOf, matchPayouts } from './payout-match.ts';
import { BILL_ZONE } from './reconciliation.ts';

/**
 * Rows that are a payout's: by their number, or by the bank's where a person has typed that. Numbers are a bank's own, and two banks may
 * give one: a claim that names a row is of that row alone.
 */
export async function rowsClaimed(table: Table, rows: readonly BankRow[]): Promise<ReadonlySet<string>> {
  const asked = rows.filter(({ direction }) => direction === 'in');
  const keysOf = (row: BankRow) =>
    [...new Set([rowNumberOf(row), row.reference ?? rowNumberOf(row), row.rowId])].map((number) =>
      bankRowKey(row.day, number),
    );
  const claims = await readMany(table, [
    ...new Map(asked.flatMap(keysOf).map((key) => [`${key.pk} ${key.sk}`, key])).values(),
  ]);
  const claimedBy = new Map(claims.map((claim) => [`${claim.pk} ${claim.sk}`, claim['rowId']]));
  const isClaimed = (row: BankRow): boolean =>
    keysOf(row).some(({ pk, sk }) => {
      const place = `${pk} ${sk}`;
      const rowId = claimedBy.get(place);
      return claimedBy.has(place) && (rowId === undefined || rowId === row.rowId);
    });
  return new Set(asked.filter(isClaimed).map(({ rowId }) => rowId));
}

type About = {
  readonly accounts: readonly BilledAccount[];
  readonly knownUntil: LocalDate | undefined;
  readonly now: Instant;
};

/**
 * Holds payouts and rows of the bank of the last weeks against each other: says of each pair that can be nothing else that the payout
 * has come, keeps for the others which rows they may be, and takes rows of Alipay, whose lists hold no payouts, for payouts that are known
 * by the bank alone. Repeated, it changes nothing. Gives how many have come.
 */
export async function matchPayoutsWithBank(table: Table, about: About): Promise<number> {
  let arrivedInAll = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { arrived, inTheWay } = await matchOnce(table, about);
    arrivedInAll += arrived;
    if (arrived > 0) log.info('payouts seen at the bank', { payouts: arrived });
    if (!inTheWay) return arrivedInAll;
  }
  // Else the rows that are left would be items of people, and are payouts.
  throw new TransientError('payouts and rows of the bank were changed at the same time');
}

/** Looks that meet: the hourly one, and people who say what they see. */
const ATTEMPTS = 5;
/** `in-the-way`: somebody changed the same meanwhile, and everything is to be read again. */
type Kept = 'kept' | 'not' | 'in-the-way';

async function matchOnce(
  table: Table,
  about: About,
): Promise<{ readonly arrived: number; readonly inTheWay: boolean }> {
  const today = localDateOf(about.now, BILL_ZONE);
  const from = plusDays(today, -DAYS_ASKED_AFTER);
  const organisations = new Set((await everyBankAccount(table)).map(({ organisationId }) => organisationId));
  const rows: BankRow[] = [];
  for (const organisationId of organisations) rows.push(...(await bankRowsBetween(table, organisationId, from, today)));
  const payouts = await payoutsBetween(table, from, today);
  const byRow = new Map(rows.map((row) => [row.rowId, row]));
  for (const payout of payouts) await withdrawUnless(table, payout, byRow, about);
  const claimed = await rowsClaimed(table, rows);
  const free = rows.filter(({ rowId }) => !claimed.has(rowId));
  const { matched, candidates } = matchPayouts(payouts, free, about.knownUntil);
  const kept: Kept[] = [];
  for (const { payout, row } of matched) kept.push(await arriveBy(table, payout, row, about.now));
  for (const payout of payouts) await keepCandidates(table, payout, candidates.get(payout.payoutId) ?? []);
  for (const row of free) kept.push(await keepSeenAtBank(table, row, about));
  return { arrived: kept.filter((one) => one === 'kept').length, inTheWay: kept.includes('in-the-way') };
}

const auditedBy = (table: Table, organisationId: string, now: Instant): Table =>
  auditedTable(table, { organisationId, by: 'workflow', action: 'match payouts with the bank', now });

async function arriveBy(table: Table, payout: Payout, row: BankRow, now: Instant): Promise<Kept> {
  const { payoutId, version, organisationId = row.organisationId } = payout;
  const audited = auditedBy(table, organisationId, now);
  const { rowId, day: arrivedOn, amountMinor } = row;
  const by = (bankReference: string) =>
    recordArrival(
      audited,
      payout,
      { payoutId, version, arrivedOn, amountMinor, bankReference },
      { by: 'workflow', now, rowId },
    );
  const outcome = await by(rowNumberOf(row));
  // Another bank has given the number to a row of its own: then ours tells them apart.
  const settled = outcome.kind === 'refused' && outcome.code === 'row-taken' ? await by(rowId) : outcome;
  if (settled.kind !== 'refused') return 'kept';
  return settled.code === 'changed-meanwhile' ? 'in-the-way' : 'not';
}

/** Which rows a payout may be, as people see it; no deed, and written only where it changes. */
async function keepCandidates(table: Table, payout: Payout, rows: readonly BankRow[]): Promise<void> {
  if (payout.arrival !== undefined) return;
  const { candidates: before, ...rest } = payout;
  const candidates = candidatesOf(rows);
  if (JSON.stringify(before ?? []) === JSON.stringify(candidates)) return;
  const { day, payoutId, version } = payout;
  const next = { ...rest, ...(candidates.length === 0 ? {} : { candidates }), version: version + 1 };
  await table.write({ put: { ...payoutKey(day, payoutId), ...next }, when: { equals: { version } } });
}

async function keepSeenAtBank(table: Table, row: BankRow, { accounts, now }: About): Promise<Kept> {
  const account = alipayAccountOf(row, accounts);
  if (account === undefined) return 'not';
  const records = [];
  for (const day of daysBetween(plusDays(row.day, -PAID_OUT_DAYS), row.day))
    records.push(...(await dayRecordsOf(table, day)));
  const campaignId = campaignPaidOut({ ...account, day: row.day, provider: 'alipay' }, records)?.campaignId;
  const payout = payoutSeenAtBank(row, account, campaignId, now);
  const { payoutId, arrival } = payout;
  if (arrival === undefined) return 'not';
  const keep = (bankReference: string) =>
    auditedBy(table, row.organisationId, now).transact([
      {
        put: { ...payoutKey(row.day, payoutId), ...payout, arrival: { ...arrival, bankReference } },
        when: { absent: true },
      },
      {
        put: { ...bankRowKey(row.day, bankReference), type: 'bank-row', payoutId, rowId: row.rowId },
        when: { absent: true },
      },
    ]);
  const outcome = await keep(rowNumberOf(row));
  if (outcome.kind === 'committed') return 'kept';
  // Another look has kept it in this moment.
  if (outcome.reasons[0] === 'condition-failed') return 'not';
  // Another bank has given the number to a row of its own: then ours tells them apart.
  const isTaken = outcome.reasons[1] === 'condition-failed';
  return isTaken && (await keep(row.rowId)).kind === 'committed' ? 'kept' : 'in-the-way';
}

/** A payout that is known by a row alone falls when somebody says that the row is something else, or another account's. */
async function withdrawUnless(
  table: Table,
  payout: Payout,
  rows: ReadonlyMap<string, BankRow>,
  { accounts, now }: About,
): Promise<void> {
  const { bankRowId, payoutId, day, arrival, merchantId, version } = payout;
  const row = bankRowId === undefined ? undefined : rows.get(bankRowId);
  if (row === undefined || arrival === undefined) return;
  if (alipayAccountOf(row, accounts)?.merchantId === merchantId) return;
  // While no account is configured, or more than one, nothing new is known of whose it is: what stands stays.
  const isStillIts = row.merchantId === undefined || row.merchantId === merchantId;
  if (row.kind === 'payout' && row.provider === 'alipay' && isStillIts) return;
  await auditedBy(table, row.organisationId, now).transact([
    { delete: payoutKey(day, payoutId), when: { equals: { version } } },
    { delete: bankRowKey(arrival.arrivedOn, arrival.bankReference), when: { equals: { payoutId } } },
  ]);
}
