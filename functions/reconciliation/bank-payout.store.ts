import { auditedTable } from '../audit/audited-table.ts';
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

/** Rows that are a payout's: by their number, or by the bank's where a person has typed that. */
export async function rowsClaimed(table: Table, rows: readonly BankRow[]): Promise<ReadonlySet<string>> {
  const asked = rows.filter(({ direction }) => direction === 'in');
  const keysOf = (row: BankRow) =>
    [...new Set([rowNumberOf(row), row.reference ?? rowNumberOf(row)])].map((number) => bankRowKey(row.day, number));
  const found = new Set((await readMany(table, asked.flatMap(keysOf))).map(({ pk, sk }) => `${pk} ${sk}`));
  return new Set(
    asked.filter((row) => keysOf(row).some(({ pk, sk }) => found.has(`${pk} ${sk}`))).map(({ rowId }) => rowId),
  );
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
  let arrivedNow = 0;
  for (const { payout, row } of matched) if (await arriveBy(table, payout, row, about.now)) arrivedNow += 1;
  for (const payout of payouts) await keepCandidates(table, payout, candidates.get(payout.payoutId) ?? []);
  for (const row of free) if (await keepSeenAtBank(table, row, about)) arrivedNow += 1;
  if (arrivedNow > 0) log.info('payouts seen at the bank', { payouts: arrivedNow });
  return arrivedNow;
}

const auditedBy = (table: Table, organisationId: string, now: Instant): Table =>
  auditedTable(table, { organisationId, by: 'workflow', action: 'match payouts with the bank', now });

async function arriveBy(table: Table, payout: Payout, row: BankRow, now: Instant): Promise<boolean> {
  const { payoutId, version, organisationId = row.organisationId } = payout;
  const request = {
    payoutId,
    version,
    arrivedOn: row.day,
    amountMinor: row.amountMinor,
    bankReference: rowNumberOf(row),
  };
  const outcome = await recordArrival(auditedBy(table, organisationId, now), payout, request, { by: 'workflow', now });
  // Somebody was faster: the next look sees what they said.
  return outcome.kind === 'recorded';
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

async function keepSeenAtBank(table: Table, row: BankRow, { accounts, now }: About): Promise<boolean> {
  const account = alipayAccountOf(row, accounts);
  if (account === undefined) return false;
  const records = [];
  for (const day of daysBetween(plusDays(row.day, -PAID_OUT_DAYS), row.day))
    records.push(...(await dayRecordsOf(table, day)));
  const campaignId = campaignPaidOut({ ...account, day: row.day, provider: 'alipay' }, records)?.campaignId;
  const payout = payoutSeenAtBank(row, account, campaignId, now);
  const outcome = await auditedBy(table, row.organisationId, now).transact([
    { put: { ...payoutKey(row.day, payout.payoutId), ...payout }, when: { absent: true } },
    {
      put: { ...bankRowKey(row.day, rowNumberOf(row)), type: 'bank-row', payoutId: payout.payoutId },
      when: { absent: true },
    },
  ]);
  return outcome.kind === 'committed';
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
  // Without a configured account nothing is known of whose it is: what stands stays.
  if (row.kind === 'payout' && row.provider === 'alipay' && row.merchantId === undefined) return;
  await auditedBy(table, row.organisationId, now).transact([
    { delete: payoutKey(day, payoutId), when: { equals: { version } } },
    { delete: bankRowKey(arrival.arrivedOn, arrival.bankReference), when: { equals: { payoutId } } },
  ]);
}
