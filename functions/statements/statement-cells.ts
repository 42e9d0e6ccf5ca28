import { type Minor, minor, parseDecimal } from '../kernel/money.ts';
import { type Instant, instantOfLocal, type LocalDateTime, localDateTimeSchema, plusSeconds } from '../kernel/time.ts';
import type { StatementMapping } from './statement-mapping.ts';

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

/** A cell that cannot be read: which column, what is wrong, and what to do. */
export class Unreadable extends Error {
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

/** An exact amount: grouping commas and a currency sign are dropped, more decimals than the currency has are refused. */
export function amountOf(text: string, column: string, { amountUnit, currency }: StatementMapping): Minor {
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

export function wholeNumber(text: string, column: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Unreadable(column, `is not a number of rows: ${shortened(text)}`, 'correct the summary');
}

export function paymentIdOf(text: string, column: string): string | undefined {
  if (text === '') return undefined;
  // A spreadsheet would have made 4.2E+27 of it, and two payments would look like one.
  if (/^\d(\.\d+)?[eE]\+?\d+$/.test(text))
    throw new Unreadable(column, `was cut by a spreadsheet: ${text}`, 'export the file anew and do not open it before');
  if (PAYMENT_ID.test(text)) return text;
  throw new Unreadable(column, `is not a payment's number: ${shortened(text)}`, 'use 4 to 64 letters, digits, - or _');
}

export function textOf(text: string, column: string): string | undefined {
  if (text === '') return undefined;
  if (/\p{Cc}/u.test(text)) throw new Unreadable(column, 'holds control characters', 'take them out');
  const characters = [...text];
  if (characters.length > LONGEST_TEXT)
    throw new Unreadable(column, `has ${characters.length} characters`, `shorten it to ${LONGEST_TEXT}`);
  return text;
}

/** Reads a cell of the line by the name of its column, cleaned. */
export type CellOf = (column: string) => string;

/** Of each part of a format, where it stands and how many digits it has. */
export function timeOf(cell: CellOf, { columns, timeFormat, zone }: StatementMapping, minutes: LocalMinutes): Instant {
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
