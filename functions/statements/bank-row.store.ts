import * as z from 'zod';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { daysBetween, type Instant, type LocalDate } from '../kernel/time.ts';
import {
  bankAccountKey,
  bankAccounts,
  bankDayKey,
  bankDaysOfMonth,
  bankRowsOfMonth,
  bankStatementRowKey,
} from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import type { StatedDay } from './bank-days.ts';
import { type BankDay, type BankRow, bankDaySchema, bankRowSchema, isNamedSo, type Naming, named } from './bank-row.ts';
import type { StatementImport } from './statement-import.ts';
import { termsOf } from './statement-source.ts';

const placeOf = ({ organisationId, day, rowId }: BankRow) => bankStatementRowKey(organisationId, day, rowId);

/** Keeps a row, once: what a person has said of it stays when its file is imported again. */
export async function keepBankRow(table: Table, row: BankRow): Promise<void> {
  await table.write({ put: { ...placeOf(row), ...row }, when: { absent: true } });
}

const accountSchema = z.object({
  organisationId: z.string(),
  account: z.string(),
  campaignIds: z.array(z.string()),
  version: z.number().int(),
});
/** An account at a bank of which there are statements, and the campaigns whose gifts were imported from it. */
export type BankAccount = z.infer<typeof accountSchema>;

/** Every account of which there are statements. */
export async function everyBankAccount(table: Table): Promise<BankAccount[]> {
  const accounts: BankAccount[] = [];
  for await (const item of everyItem(table, bankAccounts())) accounts.push(accountSchema.parse(item));
  return accounts;
}

/** Campaigns that one account may serve; more hear of its rows by their imports alone. */
const MOST_CAMPAIGNS = 200;
const ATTEMPTS = 5;

/**
 * Keeps which days a file has covered, once all of its rows are booked. Of two files about one day the one with more rows stands: an
 * export before the day was over has fewer. Throws TransientError where another import keeps changing the same day.
 */
export async function keepBankDays(table: Table, of: StatementImport, days: readonly StatedDay[]): Promise<void> {
  const { account, currency } = termsOf(of.source);
  const { organisationId, campaignId, importId } = of;
  await keepAccount(table, { organisationId, account }, campaignId);
  for (const stated of days) {
    const fresh = {
      type: 'bank-day' as const,
      organisationId,
      account,
      ...(campaignId === undefined ? {} : { campaignId }),
      importId,
      currency,
      ...stated,
    };
    await keepDay(table, fresh);
  }
}

async function keepDay(table: Table, fresh: Omit<BankDay, 'version'>): Promise<void> {
  const key = bankDayKey(fresh.organisationId, fresh.day, fresh.account);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const standing = bankDaySchema.optional().parse(await table.get(key));
    if (standing !== undefined && !tellsMore(fresh, standing)) return;
    const version = (standing?.version ?? 0) + 1;
    const written = await table.write({
      put: { ...key, ...fresh, version },
      when: standing === undefined ? { absent: true } : { equals: { version: standing.version } },
    });
    if (written.kind === 'written') return;
  }
  throw new TransientError(`the bank's day ${fresh.day} could not be kept just now`);
}

type Told = Pick<BankDay, 'isWhole' | 'moved'>;
const rowsOf = ({ moved }: Told): number =>
  Object.values(moved).reduce((sum, one) => sum + (one === undefined ? 0 : one.rows), 0);
const tellsMore = (fresh: Told, standing: Told): boolean =>
  fresh.isWhole === standing.isWhole ? rowsOf(fresh) >= rowsOf(standing) : fresh.isWhole;

async function keepAccount(
  table: Table,
  { organisationId, account }: Pick<BankAccount, 'organisationId' | 'account'>,
  campaignId: string | undefined,
): Promise<void> {
  const key = bankAccountKey(organisationId, account);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const standing = accountSchema.optional().parse(await table.get(key));
    const before = standing?.campaignIds ?? [];
    const isKnown = campaignId === undefined || before.includes(campaignId) || before.length >= MOST_CAMPAIGNS;
    if (standing !== undefined && isKnown) return;
    const campaignIds = campaignId === undefined ? before : [...before, campaignId];
    const written = await table.write({
      put: {
        ...key,
        type: 'bank-account',
        organisationId,
        account,
        campaignIds,
        version: (standing?.version ?? 0) + 1,
      },
      when: standing === undefined ? { absent: true } : { equals: { version: standing.version } },
    });
    if (written.kind === 'written') return;
  }
  throw new TransientError(`the account ${account} could not be kept just now`);
}

const monthsOf = (from: LocalDate, to: LocalDate): LocalDate[] => [
  ...new Map(daysBetween(from, to).map((day) => [day.slice(0, 7), day])).values(),
];

/** The rows of an organisation's accounts in these days, in the order of the days. */
export async function bankRowsBetween(
  table: Table,
  organisationId: string,
  from: LocalDate,
  to: LocalDate,
): Promise<BankRow[]> {
  const rows: BankRow[] = [];
  for (const month of monthsOf(from, to))
    for await (const item of everyItem(table, bankRowsOfMonth(organisationId, month))) {
      const row = bankRowSchema.parse(item);
      if (row.day >= from && row.day <= to) rows.push(row);
    }
  return rows;
}

/** What statements say of an organisation's accounts in these days. */
export async function bankDaysBetween(
  table: Table,
  organisationId: string,
  from: LocalDate,
  to: LocalDate,
): Promise<BankDay[]> {
  const days: BankDay[] = [];
  for (const month of monthsOf(from, to))
    for await (const item of everyItem(table, bankDaysOfMonth(organisationId, month))) {
      const day = bankDaySchema.parse(item);
      if (day.day >= from && day.day <= to) days.push(day);
    }
  return days;
}

export async function findBankRow(
  table: Table,
  organisationId: string,
  day: LocalDate,
  rowId: string,
): Promise<BankRow | undefined> {
  return bankRowSchema.optional().parse(await table.get(bankStatementRowKey(organisationId, day, rowId)));
}

export type NamingOutcome = { readonly kind: 'named' | 'known'; readonly row: BankRow } | Refusal;

/** Says what a row is. `changed-meanwhile` where it is no longer as it was read. */
export async function nameBankRow(
  table: Table,
  row: BankRow,
  naming: Naming,
  said: { readonly by: string; readonly at: Instant },
): Promise<NamingOutcome> {
  if (isNamedSo(row, naming)) return { kind: 'known', row };
  if (row.version !== naming.version) return movedOn();
  const outcome = named(row, naming, said);
  if (outcome.kind === 'refused') return outcome;
  const written = await table.write({
    put: { ...placeOf(row), ...outcome.row },
    when: { equals: { version: row.version } },
  });
  return written.kind === 'written' ? { kind: 'named', row: outcome.row } : movedOn();
}

const movedOn = (): Refusal =>
  refuse('changed-meanwhile', 'Somebody changed this row since you read it. Read it again.');
