import { parse } from 'csv-parse/sync';
import { LARGEST_AMOUNT_MINOR, minor, ZERO } from '../kernel/money.ts';
import { utf8TextOf } from '../kernel/text.ts';
import { instantSchema, type LocalDate, localDateOf } from '../kernel/time.ts';
import {
  ACCOUNT_LINE_KINDS,
  type AccountLine,
  type AccountLineKind,
  OF_PAYMENTS,
  type ReadLines,
} from './account-line.ts';
import { UnusableBill } from './bill-cells.ts';
import { BILL_ZONE } from './reconciliation.ts';

/**
 * Columns of a platform's statement, in their order: the one form in which any platform's list of a day is brought here
 * (docs/reconciliation.md describes it). Amounts are whole minor units.
 */
export const PLATFORM_STATEMENT_COLUMNS = [
  'type',
  'paymentId',
  'reference',
  'orderNo',
  'campaignId',
  'amountMinor',
  'currency',
  'feeMinor',
  'occurredAt',
] as const;
type Column = (typeof PLATFORM_STATEMENT_COLUMNS)[number];
type Row = Readonly<Record<Column, string>>;

/** Of these the file's amount is what went; of `other`, what it says, with its sign. */
const LEAVES: ReadonlySet<AccountLineKind> = new Set(['refund', 'reversal', 'dispute', 'payout', 'fee']);
const WITH_REFERENCE: ReadonlySet<AccountLineKind> = new Set([
  'refund',
  'refund-returned',
  'dispute',
  'dispute-returned',
  'payout',
  'payout-returned',
]);
const NAME = /^[\x21-\x7e]*$/;
const LONGEST = { paymentId: 80, reference: 120, orderNo: 64, campaignId: 64 } as const;

/**
 * Reads a platform's statement of one day. Taken whole or not at all: the last rows, one for each currency, say how many rows
 * there are and what they come to, so that a file which was cut off or edited is refused. A reason names line, column and fix.
 * `paymentOf`: how the books call a payment that the platform calls so.
 */
export function parsePlatformStatement(
  bytes: Uint8Array,
  { billDate, paymentOf }: { readonly billDate: LocalDate; readonly paymentOf: (paymentId: string) => string },
): ReadLines {
  try {
    return { kind: 'bill', lines: readStatement(bytes, billDate, paymentOf) };
  } catch (error) {
    if (error instanceof UnusableBill) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function readStatement(bytes: Uint8Array, billDate: LocalDate, paymentOf: (id: string) => string): AccountLine[] {
  const text = utf8TextOf(Buffer.from(bytes));
  if (text === undefined) throw new UnusableBill('it is not UTF-8 text; save it as CSV in UTF-8');
  const [header, ...rows] = recordsIn(text);
  if (header?.cells.join(',') !== PLATFORM_STATEMENT_COLUMNS.join(','))
    throw new UnusableBill(`line 1 must be ${PLATFORM_STATEMENT_COLUMNS.join(',')}`);
  const lines: AccountLine[] = [];
  const totals = new Map<string, { rows: number; netMinor: number }>();
  const seen = new Set<string>();
  for (const { cells, line } of rows) {
    const row = Object.fromEntries(PLATFORM_STATEMENT_COLUMNS.map((name, at) => [name, cells[at] ?? ''])) as Row;
    const cell = new RowCells(row, line);
    if (row.type === 'total') {
      if (totals.has(cell.currency())) throw cell.unusable('currency', 'has its total already', 'write one for each');
      totals.set(cell.currency(), { rows: cell.count('reference'), netMinor: cell.whole('amountMinor') });
      continue;
    }
    if (totals.size > 0) throw cell.unusable('type', 'stands under a total', 'write the totals last');
    const read = lineOf(cell, billDate, paymentOf);
    const name = `${read.kind} ${read.paymentId} ${read.reference}`;
    if (read.kind !== 'fee' && read.kind !== 'other' && seen.has(name))
      throw cell.unusable('paymentId', 'stands there twice with this type and reference', 'leave one of them out');
    seen.add(name);
    lines.push(read);
  }
  checkTotals(lines, totals);
  return lines;
}

function recordsIn(text: string): { readonly cells: readonly string[]; readonly line: number }[] {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return records.map(({ record, info }) => {
      if (record.length !== PLATFORM_STATEMENT_COLUMNS.length)
        throw new UnusableBill(
          `line ${info.lines} has ${record.length} cells; write ${PLATFORM_STATEMENT_COLUMNS.length}, empty where there is nothing`,
        );
      return { cells: record, line: info.lines };
    });
  } catch (error) {
    if (error instanceof UnusableBill) throw error;
    throw new UnusableBill('it is not CSV; write cells between commas, and quotes in a cell twice');
  }
}

class RowCells {
  readonly row: Row;
  readonly #line: number;

  constructor(row: Row, line: number) {
    this.row = row;
    this.#line = line;
  }

  name(column: keyof typeof LONGEST): string {
    const text = this.row[column];
    if (text.length > LONGEST[column] || !NAME.test(text))
      throw this.unusable(column, 'is not a number', `write at most ${LONGEST[column]} printable ASCII characters`);
    return text;
  }

  /** Whole minor units, with a sign. */
  whole(column: 'amountMinor' | 'feeMinor'): number {
    const text = this.row[column];
    const amount = Number(text);
    if (!/^-?\d{1,15}$/.test(text) || Math.abs(amount) > LARGEST_AMOUNT_MINOR)
      throw this.unusable(column, 'is not a whole number of minor units', 'write 1770 for 17.70');
    return amount;
  }

  count(column: Column): number {
    const text = this.row[column];
    if (!/^\d{1,9}$/.test(text))
      throw this.unusable(column, 'is not a number of rows', 'count the rows of this currency');
    return Number(text);
  }

  currency(): string {
    const { currency } = this.row;
    if (!/^[A-Z]{3}$/.test(currency)) throw this.unusable('currency', 'is not a currency', 'write CNY, HKD, USD, …');
    return currency;
  }

  unusable(column: Column, problem: string, fix: string): UnusableBill {
    return new UnusableBill(`line ${this.#line}: ${column} ${problem}; ${fix}`);
  }
}

const isKind = (text: string): text is AccountLineKind => (ACCOUNT_LINE_KINDS as readonly string[]).includes(text);

function lineOf(cell: RowCells, billDate: LocalDate, paymentOf: (id: string) => string): AccountLine {
  const { type } = cell.row;
  if (!isKind(type)) throw cell.unusable('type', 'is none', `write one of ${ACCOUNT_LINE_KINDS.join(', ')} or total`);
  const time = instantSchema.safeParse(cell.row.occurredAt);
  if (!time.success) throw cell.unusable('occurredAt', 'is not a time', 'write it as 2026-09-07T10:00:00+08:00');
  if (localDateOf(time.data, BILL_ZONE) !== billDate)
    throw cell.unusable('occurredAt', `is not of ${billDate} by the clock of Beijing`, 'leave rows of other days out');
  const amount = cell.whole('amountMinor');
  if (type !== 'other' && amount < (type === 'fee' || OF_PAYMENTS.has(type) ? 1 : 0))
    throw cell.unusable('amountMinor', 'is not above zero', 'the type says whether it came or went');
  const paymentId = cell.name('paymentId');
  const reference = cell.name('reference');
  if (OF_PAYMENTS.has(type) && paymentId === '') throw cell.unusable('paymentId', 'is empty', 'name the payment');
  if (WITH_REFERENCE.has(type) && reference === '')
    throw cell.unusable('reference', 'is empty', 'write the number of the refund, dispute or payout');
  const campaignId = cell.name('campaignId');
  const isOfPayment = OF_PAYMENTS.has(type);
  return {
    kind: type,
    type,
    paymentId: isOfPayment ? paymentOf(paymentId) : '',
    orderNo: cell.name('orderNo'),
    ...(campaignId === '' ? {} : { campaignId }),
    reference,
    paidMinor: isOfPayment ? minor(amount) : ZERO,
    paidCurrency: cell.currency(),
    isPending: false,
    changeMinor: minor(LEAVES.has(type) ? 0 - amount : amount),
    feeMinor: minor(cell.row.feeMinor === '' ? 0 : cell.whole('feeMinor')),
    currency: cell.currency(),
    occurredAt: time.data,
  };
}

function checkTotals(
  lines: readonly AccountLine[],
  totals: ReadonlyMap<string, { readonly rows: number; readonly netMinor: number }>,
): void {
  if (totals.size === 0)
    throw new UnusableBill('it does not end with a total; add total,,<rows>,,,<net in minor units>,<currency>,,');
  for (const currency of new Set([...totals.keys(), ...lines.map((line) => line.currency)])) {
    const own = lines.filter((line) => line.currency === currency);
    const netMinor = own.reduce((sum, { changeMinor, feeMinor }) => sum + changeMinor - feeMinor, 0);
    const total = totals.get(currency);
    if (total === undefined) throw new UnusableBill(`it has no total in ${currency}; add one`);
    if (total.rows !== own.length || total.netMinor !== netMinor)
      throw new UnusableBill(
        `its total in ${currency} says ${total.rows} rows and ${total.netMinor}; the rows are ${own.length} and come to ${netMinor}, fees taken off`,
      );
  }
}
