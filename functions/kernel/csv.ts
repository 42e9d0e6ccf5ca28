import { type Currency, formatDecimal, type Minor } from './money.ts';
import { spreadsheetText } from './spreadsheet-text.ts';

/** What a cell holds: text that people typed, a number, or an amount, which is written as an exact decimal without a sign of its currency. */
export type CsvCell = string | number | { readonly amountMinor: Minor; readonly currency: Currency };

export type CsvOptions = {
  /** Begins with a byte order mark, without which spreadsheets take UTF-8 for something else. */
  readonly bom: boolean;
};

/** To be put once in front of a file that is written line by line. */
export const BYTE_ORDER_MARK = '\ufeff';

/** Rows as CSV by RFC 4180. Text cannot act as a formula (see {@link spreadsheetText}); amounts and numbers keep their minus. */
export const csvOf = (rows: Iterable<readonly CsvCell[]>, { bom }: CsvOptions): string =>
  `${bom ? BYTE_ORDER_MARK : ''}${Array.from(rows, csvLine).join('')}`;

/** One row with its line end, for files that are written as they are read. Throws RangeError for a number that is none. */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(written).join(',')}\r\n`;

function written(cell: CsvCell): string {
  if (typeof cell === 'object') return formatDecimal(cell.amountMinor, cell.currency);
  if (typeof cell === 'number') {
    if (!Number.isFinite(cell)) throw new RangeError(`a cell holds a number, not ${cell}`);
    return String(cell);
  }
  // Half a character cannot be written as UTF-8; a program that reads the file must not stumble over it.
  const harmless = spreadsheetText(cell.toWellFormed());
  // Semicolons and tabs too: where they part cells, what follows one would be a cell of its own, and perhaps a formula.
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
