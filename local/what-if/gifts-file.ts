import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, type Parser, parse } from 'csv-parse';
import { donorIdOf } from '../../functions/kernel/ids.ts';
import { type Minor, parseDecimal } from '../../functions/kernel/money.ts';
import {
  type Instant,
  instantOf,
  instantOfLocal,
  instantSchema,
  localDateTimeSchema,
} from '../../functions/kernel/time.ts';
import { shownPath } from '../places.ts';
import { StartupProblem } from '../startup-problem.ts';

/** A gift of a file; where and when it falls in the replay is for others to say. */
export type FileGift = {
  readonly donorId: string;
  readonly unitId: string | undefined;
  readonly amountMinor: Minor;
  readonly paidAt: Instant;
  readonly reach: number | undefined;
  readonly years: number | undefined;
};

/** The columns and the names they may have. The first three have to be there; a file may have others beside them. */
const COLUMNS = {
  paidAt: ['paid at', 'paid_at', '支付时间'],
  amount: ['amount', '金额'],
  donor: ['donor', '捐赠人'],
  unit: ['unit', '单位'],
  reach: ['reach', '动员人数'],
  years: ['years', '捐赠年数'],
} as const;
type Column = keyof typeof COLUMNS;
const NEEDED: readonly Column[] = ['paidAt', 'amount', 'donor'];

/** What a program of ours keeps in memory at once: some 300 MB. */
const MOST_ROWS = 2_000_000;
/** Hides donors' names in what is printed; nothing secret: whoever has the file has the names. */
const DONOR_KEY = 'what-if';

/**
 * Reads gifts from a CSV file in UTF-8, with or without a byte order mark, and gives them in order of payment; those of one
 * second stay in the order of the file. Times without an offset are by the clocks of `zone`.
 * @throws StartupProblem with line and column for the first thing that is wrong; then nothing has been read.
 */
export async function readGifts(path: string, zone: string): Promise<FileGift[]> {
  const rows = new Rows(zone);
  try {
    for await (const { record, info } of parserOf(path)) {
      rows.take(record, info.lines);
      if (rows.gifts.length > MOST_ROWS)
        throw new BadRow(info.lines, 'row', `is the ${MOST_ROWS + 1}th`, 'replay part of them');
    }
  } catch (error) {
    throw problemOf(error, shownPath(path));
  }
  if (rows.gifts.length === 0)
    throw new StartupProblem(`${shownPath(path)} holds no gifts`, 'give a row for each gift');
  return rows.gifts.sort((a, b) => (a.paidAt < b.paidAt ? -1 : a.paidAt > b.paidAt ? 1 : 0));
}

type Row = { readonly record: string[]; readonly info: { readonly lines: number } };

function parserOf(path: string): Parser & AsyncIterable<Row> {
  const parser = parse({ bom: true, info: true, trim: true, skip_empty_lines: true });
  const texts = Readable.from(decoded(path));
  texts.on('error', (error) => parser.destroy(error));
  return texts.pipe(parser) as Parser & AsyncIterable<Row>;
}

/** Strict UTF-8: a file in GBK would otherwise be read as donors and units with unreadable names. */
async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

/** What is wrong with one cell. */
class BadRow extends Error {
  readonly advice: string;

  constructor(line: number, column: string, problem: string, advice: string) {
    super(`line ${line}, column ${column}: ${problem}`);
    this.advice = advice;
  }
}

function problemOf(error: unknown, path: string): unknown {
  if (error instanceof BadRow) return new StartupProblem(`${path}, ${error.message}`, error.advice);
  if (error instanceof CsvError)
    return new StartupProblem(`${path} is no CSV as it must be (${error.message})`, 'put that line right');
  if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new StartupProblem(`${path} is not in UTF-8`, 'save it as "CSV UTF-8"');
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return new StartupProblem(`There is no file ${path}`, 'look at its name again');
  return error;
}

class Rows {
  readonly gifts: FileGift[] = [];
  readonly #zone: string;
  readonly #donors = new Map<string, string>();
  readonly #hours = new Map<string, number>();
  #places: Partial<Record<Column, number>> | undefined;

  constructor(zone: string) {
    this.#zone = zone;
  }

  take(cells: readonly string[], line: number): void {
    if (this.#places === undefined) {
      this.#places = placesOf(cells, line);
      return;
    }
    const cell = (column: Column): string => cells[this.#places?.[column] ?? -1] ?? '';
    this.gifts.push({
      paidAt: this.#time(cell('paidAt'), line),
      amountMinor: amountOf(cell('amount'), line),
      donorId: this.#donor(cell('donor'), line),
      unitId: cell('unit') || undefined,
      reach: countOf(cell('reach'), 'reach', line),
      years: countOf(cell('years'), 'years', line),
    });
  }

  #donor(text: string, line: number): string {
    if (text === '') throw new BadRow(line, 'donor', 'is empty', 'give what tells donors apart, such as an account');
    let donorId = this.#donors.get(text);
    if (donorId === undefined) {
      donorId = donorIdOf(DONOR_KEY, 'file', text);
      this.#donors.set(text, donorId);
    }
    return donorId;
  }

  #time(text: string, line: number): Instant {
    const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
    const time = local === null ? offsetTime(text) : this.#localTime(local);
    if (time !== undefined) return time;
    throw new BadRow(
      line,
      'paid at',
      `"${text}" is no time`,
      'write 2026-09-07 20:15:00, or with an offset 2026-09-07T20:15:00+08:00',
    );
  }

  /** Each hour is looked up once, because a million look-ups of a zone take many seconds. */
  #localTime([, day = '', hour = '', minute = '', second = '00']: RegExpExecArray): Instant | undefined {
    const begin = localDateTimeSchema.safeParse(`${day}T${hour}:00`);
    if (!begin.success || Number(minute) > 59 || Number(second) > 59) return undefined;
    let beginMs = this.#hours.get(begin.data);
    if (beginMs === undefined) {
      beginMs = Date.parse(instantOfLocal(begin.data, this.#zone));
      this.#hours.set(begin.data, beginMs);
    }
    return new Date(beginMs + (Number(minute) * 60 + Number(second)) * 1000).toISOString() as Instant;
  }
}

function placesOf(header: readonly string[], line: number): Partial<Record<Column, number>> {
  const places: Partial<Record<Column, number>> = {};
  for (const [position, name] of header.entries()) {
    const column = (Object.keys(COLUMNS) as Column[]).find((known) =>
      (COLUMNS[known] as readonly string[]).includes(name.toLowerCase()),
    );
    if (column === undefined) continue;
    if (places[column] !== undefined) throw new BadRow(line, name, 'stands there twice', 'leave one of them out');
    places[column] = position;
  }
  for (const column of NEEDED)
    if (places[column] === undefined)
      throw new BadRow(
        line,
        COLUMNS[column][0],
        'is missing',
        `name it ${COLUMNS[column].join(' or ')} in the first line`,
      );
  return places;
}

const offsetTime = (text: string): Instant | undefined => {
  const read = instantSchema.safeParse(text.replace(' ', 'T'));
  return read.success ? instantOf(read.data) : undefined;
};

function amountOf(text: string, line: number): Minor {
  const amountMinor = parseDecimal(text, 'CNY');
  if (amountMinor !== undefined && amountMinor > 0) return amountMinor;
  throw new BadRow(
    line,
    'amount',
    `"${text}" is no amount above zero`,
    'write yuan with at most two decimals, such as 17.70',
  );
}

function countOf(text: string, column: string, line: number): number | undefined {
  if (text === '') return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new BadRow(line, column, `"${text}" is no whole number`, 'write a whole number or leave it empty');
}
