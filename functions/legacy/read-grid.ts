import { type CellObject, type ParsingOptions, read, SSF, utils, type WorkBook, type WorkSheet } from '@e965/xlsx';
import { CsvError, parse } from 'csv-parse/sync';
import { UnreadableFile } from '../statements/statement-lines.ts';
import { decimalText } from '../statements/statement-workbook.ts';
import { cellName, type Grid, type GridCell, type GridFile } from './cell-grid.ts';
import { fileKindOf } from './file-kind.ts';

/** What one list of projects may have: a society's largest has some 500 rows of 30 columns on 25 sheets. */
const MOST_SHEETS = 60;
const MOST_ROWS = 10_000;
const MOST_COLUMNS = 200;
/** 400,000 cells of some 200 bytes in memory are 80 MB of the function's 1,024. */
const MOST_CELLS = 400_000;
const MOST_MERGES = 10_000;
/** Longer texts are no values of a list; what a spreadsheet allows is 32,767. */
const LONGEST_CELL = 4_000;

/**
 * A file as sheets of cells: XLSX, XLS, or delimited text in UTF-8, UTF-16 or GB18030. Whatever is wrong with the file
 * as a whole is thrown as UnreadableFile, with a sentence for whoever uploaded it; nothing else is thrown.
 */
export function readGrid(bytes: Uint8Array, fileName: string): GridFile {
  const kind = fileKindOf(bytes, fileName);
  const grid = kind === 'csv' ? delimitedGrid(bytes, fileName) : workbookGrid(bytes, fileName);
  if (grid.sheets.every(({ rows }) => rows.every((row) => row.size === 0)))
    throw new UnreadableFile('holds no cell with anything in it', 'upload the list itself');
  return grid;
}

// --- delimited text ---

function delimitedGrid(bytes: Uint8Array, fileName: string): GridFile {
  const text = decoded(bytes);
  const delimiter = delimiterOf(text);
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
      max_record_size: 1_000_000,
      to: MOST_ROWS + 1,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UnreadableFile(`breaks off as a table: ${error.message}`, 'export the file anew as delimited text');
  }
  const limits = new Limits();
  limits.rows(records.length);
  const rows = records.map((record) => {
    limits.columns(lastFilled(record) + 1);
    const cells = new Map<number, GridCell>();
    for (const [column, cell] of record.slice(0, MOST_COLUMNS).entries()) {
      if (cell.trim() === '') continue;
      limits.cell();
      // A spreadsheet that saved this file wrote its numbers without the zeros at their ends: 2012.10 is there as 2012.1.
      cells.set(column, { text: cell.slice(0, LONGEST_CELL), ...(NUMBER.test(cell) ? { isNumber: true } : {}) });
    }
    return cells;
  });
  return { fileName, sheets: [{ name: '', isHidden: false, rows }], notes: [] };
}

const NUMBER = /^\s*\d+(?:\.\d+)?\s*$/;
const lastFilled = (record: readonly string[]): number => record.findLastIndex((cell) => cell.trim() !== '');

/** Strictly: a byte that is none of the encoding is said, never replaced. */
function decoded(bytes: Uint8Array): string {
  const first = bytes[0];
  const encodings =
    first === 0xff && bytes[1] === 0xfe
      ? ['utf-16le']
      : first === 0xfe && bytes[1] === 0xff
        ? ['utf-16be']
        : ['utf-8', 'gb18030'];
  for (const encoding of encodings) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  throw new UnreadableFile('is text in no encoding that is known', 'save it as UTF-8 or GB18030');
}

const HEAD_CHARACTERS = 4_000;

/** The mark that is most frequent at the beginning; a comma where none is. */
function delimiterOf(text: string): string {
  const head = text.slice(0, HEAD_CHARACTERS);
  const counted = [',', '\t', ';', '|'].map((mark) => ({ mark, count: head.split(mark).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

// --- workbooks ---

function workbookGrid(bytes: Uint8Array, fileName: string): GridFile {
  const { book, hasStyles } = opened(bytes);
  const limits = new Limits();
  if (book.SheetNames.length > MOST_SHEETS)
    throw new UnreadableFile(
      `has ${book.SheetNames.length} sheets, and may have ${MOST_SHEETS}`,
      'divide it into several files',
    );
  const notes = hasStyles
    ? []
    : ['The styles of this workbook are broken, so that nobody knows which rows are hidden.'];
  const date1904 = book.Workbook?.WBProps?.date1904 === true;
  if (date1904) notes.push('This workbook counts its days from 1904, as Excel for Mac did; its dates are read so.');
  const sheets = book.SheetNames.map((name, number): Grid => {
    const isHidden = (book.Workbook?.Sheets?.[number]?.Hidden ?? 0) !== 0;
    if (isHidden) notes.push(`Sheet “${name}” is hidden; it was read like the others.`);
    const sheet = book.Sheets[name];
    const hidden = hiddenRows(sheet);
    if (hidden !== undefined) notes.push(`${hidden} of sheet “${name}” are hidden; they were read like the others.`);
    return { name, isHidden, rows: sheet === undefined ? [] : rowsOf(sheet, limits, date1904) };
  });
  return { fileName, sheets, notes };
}

/**
 * What is read of a workbook. Which rows are hidden the library tells only together with styles, and with styles it makes an object of
 * every empty cell that has a border: millions in a small file. So it is kept from that.
 */
class OpeningOptions implements ParsingOptions {
  readonly type = 'array';
  readonly dense = false;
  readonly cellFormula = false;
  readonly cellHTML = false;
  readonly cellNF = true;
  readonly cellText = false;
  readonly cellStyles: boolean;

  constructor(cellStyles: boolean) {
    this.cellStyles = cellStyles;
  }

  get sheetStubs(): boolean {
    return false;
  }
  set sheetStubs(_: boolean) {
    // The library sets it for itself where styles are read.
  }
}

function opened(bytes: Uint8Array): { readonly book: WorkBook; readonly hasStyles: boolean } {
  try {
    return { book: read(bytes, new OpeningOptions(true)), hasStyles: true };
  } catch {
    // A colour out of order must not keep a list from being read: what is wrong with more than its styles is told by the next try.
  }
  try {
    return { book: read(bytes, new OpeningOptions(false)), hasStyles: false };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    if (/password|encrypt/i.test(reason)) throw new UnreadableFile('is encrypted', 'save it without a password');
    throw new UnreadableFile(
      `cannot be read as a workbook: ${reason.slice(0, 200)}`,
      'save it anew as XLSX, or export it as CSV',
    );
  }
}

const NAMED_ROWS = 12;

/** The rows of a sheet that are hidden and hold something, as a list for people; `undefined` where there are none. */
function hiddenRows(sheet: WorkSheet | undefined): string | undefined {
  if (sheet === undefined) return undefined;
  const filled = new Set<number>();
  for (const address in sheet)
    if (!address.startsWith('!') && gridCell(sheet[address] as CellObject, false) !== undefined)
      filled.add(utils.decode_cell(address).r);
  const hidden = (sheet['!rows'] ?? []).flatMap((row, number) =>
    row?.hidden === true && filled.has(number) ? [number + 1] : [],
  );
  if (hidden.length === 0) return undefined;
  const more = hidden.length > NAMED_ROWS ? ` and ${hidden.length - NAMED_ROWS} more` : '';
  return `Rows ${hidden.slice(0, NAMED_ROWS).join(', ')}${more}`;
}

/** Only cells that are there are gone through: what a sheet says of its own size may be a lie of a thousand million cells. */
function rowsOf(sheet: WorkSheet, limits: Limits, date1904: boolean): Map<number, GridCell>[] {
  const rows: Map<number, GridCell>[] = [];
  for (const address in sheet) {
    if (address.startsWith('!')) continue;
    const cell = gridCell(sheet[address] as CellObject, date1904);
    if (cell === undefined) continue;
    const { r: row, c: column } = utils.decode_cell(address);
    limits.rows(row + 1);
    limits.columns(column + 1);
    limits.cell();
    while (rows.length <= row) rows.push(new Map());
    rows[row]?.set(column, cell);
  }
  for (const merge of (sheet['!merges'] ?? []).slice(0, MOST_MERGES)) fillMerge(rows, merge, limits);
  return rows.map((row) => new Map([...row].sort(([left], [right]) => left - right)));
}

/** Every cell of a merge says what its first one says, and where it has that from. */
function fillMerge(
  rows: Map<number, GridCell>[],
  { s, e }: { s: { r: number; c: number }; e: { r: number; c: number } },
  limits: Limits,
): void {
  const first = rows[s.r]?.get(s.c);
  if (first === undefined) return;
  const mergedFrom = cellName(s.r, s.c);
  for (let row = s.r; row <= Math.min(e.r, rows.length - 1); row += 1)
    for (let column = s.c; column <= Math.min(e.c, MOST_COLUMNS - 1); column += 1) {
      if ((row === s.r && column === s.c) || rows[row]?.has(column) === true) continue;
      limits.cell();
      rows[row]?.set(column, { ...first, mergedFrom });
    }
}

function gridCell(cell: CellObject, date1904: boolean): GridCell | undefined {
  if (cell.v === undefined || cell.t === 'z') return undefined;
  if (cell.t === 'e') return { text: `#${cell.w ?? 'ERROR'}`.replace('##', '#') };
  if (cell.t === 'n') {
    const number = Number(cell.v);
    if (!Number.isFinite(number)) return { text: '#NUM!' };
    return isDateFormat(cell) ? dateCell(number, date1904) : { text: decimalText(number), isNumber: true };
  }
  const text = String(cell.v);
  return text.trim() === '' ? undefined : { text: text.slice(0, LONGEST_CELL) };
}

function isDateFormat(cell: CellObject): boolean {
  try {
    return SSF.is_date(String(cell.z ?? ''));
  } catch {
    return false;
  }
}

const LAST_SERIAL = 2_958_465; // 31 December 9999, the last day that spreadsheets know

/** Day 0 of a workbook that counts from 1904, as Excel for Mac did, in the count from 1900. */
const DAYS_TO_1904 = 1_462;

function dateCell(serial: number, date1904: boolean): GridCell {
  const days = date1904 ? serial + DAYS_TO_1904 : serial;
  if (days < 1 || days > LAST_SERIAL) return { text: decimalText(serial), isNumber: true };
  const { y, m, d } = SSF.parse_date_code(days);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${y}-${two(m)}-${two(d)}`;
  return { text: day, day };
}

/** Counts what a file has, and stops where it is more than a list of projects can be. */
class Limits {
  #cells = 0;

  cell(): void {
    this.#cells += 1;
    if (this.#cells > MOST_CELLS)
      throw new UnreadableFile(`has more than ${MOST_CELLS} cells`, 'divide it into several files');
  }

  rows(count: number): void {
    if (count > MOST_ROWS)
      throw new UnreadableFile(`has more than ${MOST_ROWS} rows on a sheet`, 'divide it into several files');
  }

  columns(count: number): void {
    if (count > MOST_COLUMNS)
      throw new UnreadableFile(
        `has more than ${MOST_COLUMNS} columns`,
        'leave out the columns that hold nothing about the projects',
      );
  }
}
