import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import type { LegacySummary } from '../../functions/legacy/legacy-summary.ts';
import { renderSummaryXlsx } from '../../functions/legacy/legacy-summary-xlsx.ts';
import { sampleSummary } from './sample-summary.ts';

async function readBack(summary: LegacySummary): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Buffer.from(await renderSummaryXlsx(summary)) as never);
  return workbook;
}
const sheetOf = (workbook: ExcelJS.Workbook, name: string): ExcelJS.Worksheet => {
  const sheet = workbook.getWorksheet(name);
  if (sheet === undefined) throw new Error(`there is no sheet ${name}`);
  return sheet;
};

const COMPARED =
  /^SUMPRODUCT\(--(\(|EXACT\()'项目明细'!\$([A-Z])\$2:\$[A-Z]\$(\d+)[=,]\$A(\d+)\)(?:,'项目明细'!\$([A-Z])\$2.*)?\)$/;
/** What Excel gives for a sum over the rows: its = is blind to capitals, its EXACT is not. */
function recalculated(workbook: ExcelJS.Workbook, sheet: ExcelJS.Worksheet, address: string): number {
  const match = COMPARED.exec(String(sheet.getCell(address).formula));
  if (match === null) throw new Error(`another formula: ${sheet.getCell(address).formula}`);
  const [, how, column = '', last, keyRow, summed] = match;
  const rows = sheetOf(workbook, '项目明细');
  const seen = (value: unknown): string => (how === '(' ? String(value).toLowerCase() : String(value));
  const key = seen(sheet.getCell(`A${keyRow}`).value);
  return Array.from({ length: Number(last) - 1 }, (_, at) => at + 2)
    .filter((row) => seen(rows.getCell(`${column}${row}`).value) === key)
    .reduce((all, row) => all + (summed === undefined ? 1 : Number(rows.getCell(`${summed}${row}`).value)), 0);
}

describe('the workbook of a summary', () => {
  it('tells sources apart that differ only by capitals, also once it is calculated anew', async () => {
    const workbook = await readBack(
      sampleSummary([
        { source: 'UNICEF', moneyMinor: 10_000_000 },
        { source: 'Unicef', moneyMinor: 2_500_000 },
      ]),
    );
    const sheet = sheetOf(workbook, '按来源');
    for (const row of [2, 3])
      for (const column of ['B', 'C', 'D']) {
        const address = `${column}${row}`;
        expect([address, recalculated(workbook, sheet, address)]).toEqual([address, sheet.getCell(address).result]);
      }
    expect([2, 3].map((row) => recalculated(workbook, sheet, `C${row}`))).toEqual([100_000, 25_000]);
  });
});
