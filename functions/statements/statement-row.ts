import { type Minor, minor, parseDecimal } from '../kernel/money.ts';
import { type Instant, instantOfLocal, type LocalDateTime, localDateTimeSchema, plusSeconds } from '../kernel/time.ts';
import type { StatementMapping } from './statement-mapping.ts';

/** What one row of a file says, as far as we book it. Text is as it stood in the cell, cleaned of what spreadsheets add. */
export type StatementGift = {
  readonly kind: 'gift';
  /** The line in the file, from 1. */
  readonly line: number;
  readonly paidAt: Instant;
  readonly amountMinor: Minor;
  /** Where a file holds rows of several accounts; else the file is about one. */
  readonly account?: string;
  readonly paymentId?: string;
  readonly orderNo?: string;
  readonly payer?: string;
  readonly name?: string;
  readonly anonymous: boolean;
  readonly unitId?: string;
  readonly teamId?: string;
  readonly message?: string;
  /** A transfer of the same day and sum was entered by hand: perhaps it is this one, and a person decides. */
  readonly perhapsOffline?: string;
};
export type StatementRefund = {
  readonly kind: 'refund';
  readonly line: number;
  readonly paidAt: Instant;
  readonly amountMinor: Minor;
  readonly account?: string;
  readonly orderNo?: string;
  /** The provider's number of the refund; rows without one are told apart by what they say. */
  readonly refundId?: string;
  readonly refundedPaymentId: string;
};
/** A row that is neither, such as money that was paid out, or an empty line. */
export type SkippedRow = { readonly kind: 'skipped'; readonly line: number };
/** The file's own sum. */
export type SummaryRow = {
  readonly kind: 'summary';
  readonly line: number;
  readonly amountMinor: Minor;
  readonly count?: number;
};
/** A row that cannot be booked: which cell, what is wrong, and what to do. Nothing of it is guessed. */
export type RowProblem = {
  readonly kind: 'problem';
  readonly line: number;
  readonly column: string;
  readonly problem: string;
  readonly fix: string;
};
export type StatementRow = StatementGift | StatementRefund | SkippedRow | SummaryRow | RowProblem;

/** One line of a file, by the names of its columns, cells as they stood. */
export type Cells = { readonly line: number; readonly first: string; cell(column: string): string };

const LONGEST_TEXT = 200;
const PAYMENT_ID = /^[0-9A-Za-z_-]{4,64}$/;

/**
 * Files made for spreadsheets guard long numbers: a backtick or an apostrophe before, a tab behind, or `="0123"`. None of
 * it is part of the number.
 */
export function cleaned(cell: string): string {
  const text = cell.replace(/^\uFEFF/, '').trim();
  const formula = /^="(.*)"$/.exec(text);
  return (formula?.[1] ?? text).replace(/^[`'\t]+/, '').trim();
}

class Unreadable extends Error {
  readonly column: string;
  readonly fix: string;
  constructor(column: string, problem: string, fix: string) {
    super(problem);
    this.column = column;
    this.fix = fix;
  }
}

/** Minutes that are remembered: a week's; a file of a longer time only looks more of them up. */
const MOST_MINUTES = 10_080;

/**
 * Instants of a file's local minutes. Working one out takes longer than all the rest of a row, and the rows of a file
 * share few minutes.
 */
export class LocalMinutes {
  readonly #instants = new Map<string, Instant>();

  instantOf(minute: LocalDateTime, zone: string): Instant {
    const known = this.#instants.get(minute);
    if (known !== undefined) return known;
    if (this.#instants.size === MOST_MINUTES) this.#instants.clear();
    const instant = instantOfLocal(minute, zone);
    this.#instants.set(minute, instant);
    return instant;
  }
}

/** Reads one line by its mapping. `minutes` belongs to the file. Never throws on what a file may hold. */
export function rowOf(cells: Cells, mapping: StatementMapping, minutes: LocalMinutes): StatementRow {
  try {
    return read(cells, mapping, minutes);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'problem', line: cells.line, column: error.column, problem: error.message, fix: error.fix };
  }
}

function read(cells: Cells, mapping: StatementMapping, minutes: LocalMinutes): StatementRow {
  const { line } = cells;
  const { columns, summary, gifts, refunds } = mapping;
  const cell = (column: string): string => cleaned(cells.cell(column));
  if (summary !== undefined && cleaned(cells.first).startsWith(summary.label)) {
    const count = summary.count === undefined ? undefined : wholeNumber(cell(summary.count), summary.count);
    return {
      kind: 'summary',
      line,
      amountMinor: amountOf(cell(summary.amount), summary.amount, mapping),
      ...(count === undefined ? {} : { count }),
    };
  }
  if (refunds?.values.includes(cell(refunds.column)) === true) return refundOf(line, cell, mapping, minutes);
  if (gifts !== undefined && !gifts.values.includes(cell(gifts.column))) return { kind: 'skipped', line };
  if (cell(columns.paidAt) === '' && cell(columns.amount) === '') return { kind: 'skipped', line };
  return giftOf(line, cell, mapping, minutes);
}

type CellOf = (column: string) => string;

function giftOf(line: number, cell: CellOf, mapping: StatementMapping, minutes: LocalMinutes): StatementGift {
  const { columns } = mapping;
  const amountMinor = amountOf(cell(columns.amount), columns.amount, mapping);
  if (amountMinor <= 0)
    throw new Unreadable(columns.amount, 'is not above zero', 'mark refunds by the refunds column of the mapping');
  const named = (column: string | undefined, names: Readonly<Record<string, string>>): string | undefined => {
    const name = column === undefined ? '' : cell(column);
    return Object.hasOwn(names, name) ? names[name] : undefined;
  };
  const unitId = named(columns.unit, mapping.units);
  const teamId = named(columns.team, mapping.teams);
  const optional = (name: 'orderNo' | 'payer' | 'name' | 'message'): string | undefined => {
    const column = columns[name];
    return column === undefined ? undefined : textOf(cell(column), column);
  };
  const paymentId =
    columns.paymentId === undefined ? undefined : paymentIdOf(cell(columns.paymentId), columns.paymentId);
  const [orderNo, payer, name, message] = (['orderNo', 'payer', 'name', 'message'] as const).map(optional);
  return {
    kind: 'gift',
    line,
    paidAt: timeOf(cell, mapping, minutes),
    amountMinor,
    ...(paymentId === undefined ? {} : { paymentId }),
    ...(orderNo === undefined ? {} : { orderNo }),
    ...(payer === undefined ? {} : { payer }),
    ...(name === undefined ? {} : { name }),
    // Consent to publish is never assumed: only a value that the mapping names publishes.
    anonymous: columns.anonymous === undefined || !mapping.publicValues.includes(cell(columns.anonymous)),
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(message === undefined ? {} : { message }),
  };
}

function refundOf(line: number, cell: CellOf, mapping: StatementMapping, minutes: LocalMinutes): StatementRefund {
  const { columns } = mapping;
  const column = columns.refundedPaymentId ?? columns.amount;
  const amountMinor = minor(Math.abs(amountOf(cell(columns.amount), columns.amount, mapping)));
  if (amountMinor === 0) throw new Unreadable(columns.amount, 'is zero', 'correct the file, or leave the row out');
  const refundedPaymentId = paymentIdOf(cell(column), column);
  if (refundedPaymentId === undefined)
    throw new Unreadable(column, 'is empty', 'give the number of the payment that was refunded');
  const refundId =
    columns.paymentId === undefined ? undefined : paymentIdOf(cell(columns.paymentId), columns.paymentId);
  return {
    kind: 'refund',
    line,
    paidAt: timeOf(cell, mapping, minutes),
    amountMinor,
    ...(refundId === undefined ? {} : { refundId }),
    refundedPaymentId,
  };
}

/** An exact amount: grouping commas and a currency sign are dropped, more decimals than the currency has are refused. */
function amountOf(text: string, column: string, { amountUnit, currency }: StatementMapping): Minor {
  const plain = text.replace(/^([+-]?)\s*[¥￥]/, '$1').replace(/^\+/, '');
  const grouped = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain) ? plain.replaceAll(',', '') : plain;
  if (amountUnit === 'fen') {
    if (/^-?\d{1,13}$/.test(grouped)) return minor(Number(grouped));
    throw new Unreadable(column, `is not a whole number of fen: ${shortened(text)}`, 'correct the amount');
  }
  const amount = parseDecimal(grouped, currency);
  if (amount !== undefined) return amount;
  throw new Unreadable(
    column,
    /^-?\d+\.\d+$/.test(grouped)
      ? `has more decimals than ${currency} has: ${shortened(text)}`
      : `is not an amount: ${shortened(text)}`,
    'write it as 17.70',
  );
}

function wholeNumber(text: string, column: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Unreadable(column, `is not a number of rows: ${shortened(text)}`, 'correct the summary');
}

function paymentIdOf(text: string, column: string): string | undefined {
  if (text === '') return undefined;
  // A spreadsheet would have made 4.2E+27 of it, and two payments would look like one.
  if (/^\d(\.\d+)?[eE]\+?\d+$/.test(text))
    throw new Unreadable(column, `was cut by a spreadsheet: ${text}`, 'export the file anew and do not open it before');
  if (PAYMENT_ID.test(text)) return text;
  throw new Unreadable(column, `is not a payment's number: ${shortened(text)}`, 'use 4 to 64 letters, digits, - or _');
}

function textOf(text: string, column: string): string | undefined {
  if (text === '') return undefined;
  if (/\p{Cc}/u.test(text)) throw new Unreadable(column, 'holds control characters', 'take them out');
  const characters = [...text];
  if (characters.length > LONGEST_TEXT)
    throw new Unreadable(column, `has ${characters.length} characters`, `shorten it to ${LONGEST_TEXT}`);
  return text;
}

/** Of each part of a format, where it stands and how many digits it has. */
function timeOf(cell: CellOf, { columns, timeFormat, zone }: StatementMapping, minutes: LocalMinutes): Instant {
  const day = cell(columns.paidAt);
  const text = columns.timeOfDay === undefined ? day : `${day} ${cell(columns.timeOfDay)}`;
  const part = (letters: string): string => {
    const at = timeFormat.indexOf(letters);
    return at < 0 ? '' : text.slice(at, at + letters.length);
  };
  const shaped = timeFormat.replace(/[A-Za-z]/g, '0') === text.replace(/\d/g, '0');
  const hasTime = part('HH') !== '';
  const local = localDateTimeSchema.safeParse(
    `${part('YYYY')}-${part('MM')}-${part('DD')}T${hasTime ? `${part('HH')}:${part('mm')}` : '12:00'}`,
  );
  const seconds = part('ss') === '' ? 0 : Number(part('ss'));
  if (!shaped || !local.success || seconds > 59)
    throw new Unreadable(
      columns.paidAt,
      `is not a time like ${timeFormat}: ${shortened(text)}`,
      'correct the time or the mapping',
    );
  const minute = minutes.instantOf(local.data, zone);
  return seconds === 0 ? minute : plusSeconds(minute, seconds);
}

const SHOWN_CHARACTERS = 30;
const shortened = (text: string): string =>
  text === ''
    ? '(empty)'
    : [...text].length > SHOWN_CHARACTERS
      ? `${[...text].slice(0, SHOWN_CHARACTERS).join('')}…`
      : text;
