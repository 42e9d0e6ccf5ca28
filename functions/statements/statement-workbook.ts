import { type CellObject, read, SSF, utils, type WorkSheet } from '@e965/xlsx';
import type { Cells } from './statement-cells.ts';
import { Header, UnreadableFile } from './statement-lines.ts';
import type { StatementMapping } from './statement-mapping.ts';
import { LARGEST_WORKBOOK_BYTES } from './workbook-limit.ts';
import { unpackedBytesOf } from './workbook-size.ts';

/** A workbook packs to about a tenth; one that unpacks to more than this is broken or meant to break something. */
const LARGEST_UNPACKED_BYTES = 200 * 1024 * 1024;
const MOST_ROWS = 200_000;
/** Spreadsheets keep 15 digits of a number and show no more; what a sum leaves behind them is not an amount. */
const SPREADSHEET_DIGITS = 15;

/**
 * The lines of a workbook's first sheet after its header (XLSX, XLS). A number is read as the decimal that the spreadsheet
 * shows, so that a cell with 0.1 + 0.2 is 0.3; a date cell as the mapping writes times. Throws UnreadableFile.
 */
export function* workbookLines(file: Uint8Array, mapping: StatementMapping): Generator<Cells> {
  const { sheet, dates } = firstSheetOf(file);
  const range = utils.decode_range(sheet['!ref'] ?? 'A1');
  if (range.e.r + 1 > MOST_ROWS)
    throw new UnreadableFile(`has more than ${MOST_ROWS} rows`, 'export it as delimited text (CSV)');
  let header: Header | undefined;
  for (let row = range.s.r; row <= range.e.r; row += 1) {
    const line = row + 1;
    if (line < mapping.headerLine) continue;
    const record = rowTexts(sheet, row, range.e.c, (cell) => textOf(cell, mapping, dates));
    if (header === undefined) header = new Header(record, mapping);
    else if (record.some((text) => text !== '')) yield header.cellsOf(record, line);
  }
  if (header === undefined)
    throw new UnreadableFile(`has no line ${mapping.headerLine} with the names of its columns`, 'correct headerLine');
}

/** `dates`: whether the workbook counts its days from 1904, as Excel for Mac did. */
type FirstSheet = { readonly sheet: WorkSheet; readonly dates: { readonly date1904: boolean } };

function firstSheetOf(file: Uint8Array): FirstSheet {
  if (file.length > LARGEST_WORKBOOK_BYTES)
    throw new UnreadableFile(
      `has ${file.length} bytes, and a workbook may have ${LARGEST_WORKBOOK_BYTES}`,
      'export it as delimited text (CSV)',
    );
  const unpacked = unpackedBytesOf(file);
  if (unpacked !== undefined && unpacked > LARGEST_UNPACKED_BYTES)
    throw new UnreadableFile(`unpacks to ${unpacked} bytes`, 'export it as delimited text (CSV)');
  try {
    const book = read(file, {
      type: 'array',
      dense: false,
      cellFormula: false,
      cellHTML: false,
      cellNF: true,
      cellText: false,
    });
    const sheet = book.Sheets[book.SheetNames[0] ?? ''];
    if (sheet === undefined) throw new Error('there is no sheet');
    return { sheet, dates: { date1904: book.Workbook?.WBProps?.date1904 === true } };
  } catch (error) {
    throw new UnreadableFile(
      `cannot be read as a workbook: ${error instanceof Error ? error.message : 'unknown'}`,
      'save it anew as XLSX without a password, or export it as delimited text',
    );
  }
}

function rowTexts(
  sheet: WorkSheet,
  row: number,
  lastColumn: number,
  text: (cell: CellObject | undefined) => string,
): string[] {
  return Array.from({ length: lastColumn + 1 }, (_, column) =>
    text(sheet[utils.encode_cell({ r: row, c: column })] as CellObject | undefined),
  );
}

function textOf(cell: CellObject | undefined, mapping: StatementMapping, dates: FirstSheet['dates']): string {
  if (cell?.v === undefined || cell.t === 'e' || cell.t === 'z') return '';
  if (cell.t === 'n')
    return SSF.is_date(String(cell.z ?? '')) ? dateText(Number(cell.v), mapping, dates) : decimalText(Number(cell.v));
  return String(cell.v);
}

/** 0.30000000000000004 as "0.3", 1e21 as its digits: what the spreadsheet shows of it. */
export function decimalText(number: number): string {
  const [digits = '0', exponent = '0'] = Number(number.toPrecision(SPREADSHEET_DIGITS)).toExponential().split('e');
  const sign = digits.startsWith('-') ? '-' : '';
  const [whole = '0', fraction = ''] = digits.replace('-', '').split('.');
  const point = 1 + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  const padded = all.padEnd(point, '0');
  const decimals = padded.slice(point);
  return `${sign}${padded.slice(0, point)}${decimals === '' ? '' : `.${decimals}`}`;
}

/** A date cell as the mapping's format says, so that both kinds of file are read by one rule. */
function dateText(serial: number, { timeFormat, columns }: StatementMapping, dates: FirstSheet['dates']): string {
  const { y, m, d, H, M, S } = SSF.parse_date_code(serial, dates);
  const two = (number: number): string => String(Math.trunc(number)).padStart(2, '0');
  const format = columns.timeOfDay === undefined ? timeFormat : (timeFormat.split(' ')[0] ?? timeFormat);
  return format
    .replace('YYYY', String(y).padStart(4, '0'))
    .replace('MM', two(m))
    .replace('DD', two(d))
    .replace('HH', two(H))
    .replace('mm', two(M))
    .replace('ss', two(S));
}
