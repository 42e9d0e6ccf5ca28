import { type CellObject, type Range, utils, type WorkSheet, write } from '@e965/xlsx';
import { inGbk } from '../../sandbox/gbk.ts';
import type { Written } from './ways-of-writing.ts';

/** A sheet as it is filled, row by row; merges as spreadsheets have them. */
export type DraftSheet = { readonly name: string; readonly rows: Written[][]; readonly merges: Range[] };
export const draftSheet = (name: string): DraftSheet => ({ name, rows: [], merges: [] });

/** Rows from 0, both included. */
export function mergeDown(sheet: DraftSheet, column: number, firstRow: number, lastRow: number): void {
  if (lastRow > firstRow) sheet.merges.push({ s: { r: firstRow, c: column }, e: { r: lastRow, c: column } });
}
export function mergeAcross(sheet: DraftSheet, row: number, lastColumn: number): void {
  sheet.merges.push({ s: { r: row, c: 0 }, e: { r: row, c: lastColumn } });
}

function cellOf(written: Written): CellObject | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'string') return { t: 's', v: written };
  if ('serial' in written) return { t: 'n', v: written.serial, z: 'yyyy/m/d' };
  return { t: 'n', v: written.number };
}

function sheetOf({ rows, merges }: DraftSheet): WorkSheet {
  const sheet: WorkSheet = {};
  const widest = Math.max(1, ...rows.map((row) => row.length));
  for (const [r, row] of rows.entries())
    for (const [c, written] of row.entries()) {
      const cell = cellOf(written);
      if (cell !== undefined) sheet[utils.encode_cell({ r, c })] = cell;
    }
  sheet['!ref'] = utils.encode_range({ s: { r: 0, c: 0 }, e: { r: Math.max(0, rows.length - 1), c: widest - 1 } });
  sheet['!merges'] = merges;
  return sheet;
}

export function workbookBytes(sheets: readonly DraftSheet[], bookType: 'xlsx' | 'biff8'): Uint8Array {
  const book = utils.book_new();
  for (const sheet of sheets) utils.book_append_sheet(book, sheetOf(sheet), sheet.name);
  return new Uint8Array(write(book, { type: 'buffer', bookType, compression: true }) as Buffer);
}

const csvCell = (written: Written): string => {
  const text =
    written === undefined
      ? ''
      : typeof written === 'string'
        ? written
        : 'serial' in written
          ? String(written.serial)
          : String(written.number);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csvText = ({ rows }: DraftSheet): string => rows.map((row) => row.map(csvCell).join(',')).join('\r\n');
/** As spreadsheets in China save it. */
export const gb18030Bytes = (sheet: DraftSheet): Uint8Array => new Uint8Array(inGbk(csvText(sheet)));
export const utf8Bytes = (sheet: DraftSheet): Uint8Array => new TextEncoder().encode(`\ufeff${csvText(sheet)}`);
