import ExcelJS from 'exceljs';
import { csvOf } from '../kernel/csv.ts';
import { minor, shownNumber } from '../kernel/money.ts';
import { spreadsheetText } from '../kernel/spreadsheet-text.ts';
import { ALL_COLUMNS, type ExportCell, exportHeadings, exportRow } from './export-columns.ts';
import { printedNumber, type Receipt } from './receipt.ts';
import type { ReceiptSettings } from './receipt-settings.ts';

/** Receipts in one file: at some 600 bytes a row as CSV 1.2 MB, and base64 of a workbook stays under the 6 MB that a function may answer. */
export const MOST_EXPORTED = 2_000;

/** Rows of the register from one number to another, with what checks them. */
export type ReceiptExport = {
  readonly rows: readonly (readonly ExportCell[])[];
  /** Apart from the rows, which a platform imports as they are: which numbers they are, that none is missing, and what they add up to. */
  readonly checks: readonly (readonly ExportCell[])[];
};

/** What stands in the file: headings and one row for each receipt; and the checks. */
export function receiptExport(
  receipts: readonly Receipt[],
  settings: Pick<ReceiptSettings, 'exportColumns'> | undefined,
  range: { readonly from: number; readonly upTo: number },
): ReceiptExport {
  const named = settings?.exportColumns ?? [];
  const columns = named.length === 0 ? ALL_COLUMNS : named;
  const valid = receipts.filter(({ state }) => state !== 'void');
  const missing = missingNumbers(receipts, range);
  const total = (some: readonly Receipt[]): ExportCell => ({
    amountMinor: some.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
  });
  return {
    rows: [exportHeadings(columns), ...receipts.map((receipt) => exportRow(receipt, columns))],
    checks: [
      ['号段', `${printedNumber(range.from)} - ${printedNumber(range.upTo)}`, '张数', receipts.length],
      ['连号检查', missing.length === 0 ? '无缺号' : `缺号：${missing.map(printedNumber).join('、')}`],
      ['合计（不含作废）', total(valid), '其中红字', total(valid.filter(({ kind }) => kind === 'reversal'))],
      ['作废张数', receipts.length - valid.length, '作废金额', total(receipts.filter(({ state }) => state === 'void'))],
    ],
  };
}

/** At most these are listed; a series with more of them is broken beyond a list. */
const MOST_LISTED = 20;

function missingNumbers(receipts: readonly Receipt[], { from, upTo }: { from: number; upTo: number }): number[] {
  const there = new Set(receipts.map(({ number }) => number));
  const missing: number[] = [];
  for (let number = from; number <= upTo && missing.length < MOST_LISTED; number += 1)
    if (!there.has(number)) missing.push(number);
  return missing;
}

/** The rows as CSV in UTF-8, which a platform's import and a spreadsheet both read. */
export const exportCsv = ({ rows }: ReceiptExport): string =>
  csvOf(
    rows.map((row) => row.map(csvCell)),
    { bom: true },
  );

const csvCell = (cell: ExportCell) =>
  typeof cell === 'object' ? { amountMinor: minor(cell.amountMinor), currency: 'CNY' as const } : cell;

const MONEY_FORMAT = '0.00';
const COLUMN_WIDTH = 18;

/** As a workbook: amounts are numbers, everything else is text that no formula hides in. The checks have a sheet of their own. */
export async function exportXlsx({ rows, checks }: ReceiptExport, title: string): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook();
  workbook.title = title;
  const receipts = workbook.addWorksheet('票据', { views: [{ state: 'frozen', ySplit: 1 }] });
  fill(receipts, rows);
  receipts.getRow(1).font = { bold: true };
  fill(workbook.addWorksheet('核对'), checks);
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

function fill(sheet: ExcelJS.Worksheet, rows: readonly (readonly ExportCell[])[]): void {
  for (const row of rows) {
    const added = sheet.addRow(row.map(xlsxCell));
    for (const [position, cell] of row.entries())
      if (typeof cell === 'object') added.getCell(position + 1).numFmt = MONEY_FORMAT;
  }
  for (let column = 1; column <= (rows[0]?.length ?? 0); column += 1) sheet.getColumn(column).width = COLUMN_WIDTH;
}

/** A workbook's numbers are yuan with two decimals; exact up to 15 digits, which is more than a receipt has. */
function xlsxCell(cell: ExportCell): string | number {
  if (typeof cell === 'object') return shownNumber(cell.amountMinor, 'CNY');
  return typeof cell === 'string' ? spreadsheetText(cell) : cell;
}
