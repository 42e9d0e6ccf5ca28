import ExcelJS from 'exceljs';
import { withoutDates } from '../closeout/zip-dates.ts';
import { shownNumber } from '../kernel/money.ts';
import { spreadsheetText } from '../kernel/spreadsheet-text.ts';
import { DECISION_NAMES, type DecisionKind } from './legacy-project.ts';
import { DOCUMENT_NAMES, type DocumentKind } from './legacy-settings.ts';
import type { LegacySummary, SumLine } from './legacy-summary.ts';
import { FIELD_NAMES, FILE_STATE_NAMES } from './legacy-words.ts';

const MONEY_FORMAT = '#,##0.00';
const HEAD_FILL = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFF6F8FA' } } as const;
const INFERRED_FILL = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFFFF4CE' } } as const;
const A4 = 9;
const ROWS_SHEET = '项目明细';
/** Columns of the sheet of rows, by their letters: the tables of sums name them in their formulas. */
const LETTERS = { year: 'B', county: 'C', kind: 'E', source: 'F', money: 'G', goods: 'H', decision: 'I' } as const;

const yuan = (amountMinor: number): number => shownNumber(amountMinor, 'CNY');

/**
 * The summary as a workbook: every sum is a formula over the sheet of rows with the result that it had when it was written, and no
 * text from a list can act as a formula. Values that were inferred have a wash. The same summary gives the same bytes.
 */
export async function renderSummaryXlsx(summary: LegacySummary): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook();
  workbook.created = new Date(summary.preparedAt);
  workbook.modified = new Date(summary.preparedAt);
  workbook.creator = spreadsheetText(summary.organisationName);
  workbook.title = spreadsheetText(summary.exercise.title);
  const rowsSheet = addRows(workbook, summary);
  const last = rowsSheet.lastRow;
  addSums(workbook, '按年度', '年度', summary.byYear, summary.total, LETTERS.year, last, Number);
  addSums(workbook, '按来源', '资金（物资）来源', summary.bySource, summary.total, LETTERS.source, last);
  addSums(workbook, '按县区', '县（市、区）', summary.byCounty, summary.total, LETTERS.county, last);
  addSums(workbook, '按类别', '项目类别', summary.byKind, summary.total, LETTERS.kind, last);
  const decisions = summary.byDecision.map((line) => ({ ...line, name: DECISION_NAMES[line.name as DecisionKind] }));
  addSums(workbook, '按处理', '处理意见', decisions, summary.total, LETTERS.decision, last);
  addOpen(workbook, summary);
  addLists(workbook, summary);
  return withoutDates(new Uint8Array(await workbook.xlsx.writeBuffer()));
}

function addSheet(
  workbook: ExcelJS.Workbook,
  name: string,
  summary: Pick<LegacySummary, 'exercise'> | undefined,
  head: readonly (readonly [string, number])[],
): ExcelJS.Worksheet {
  const sheet = workbook.addWorksheet(name, {
    pageSetup: {
      paperSize: A4,
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: '1:1',
    },
    views: [{ state: 'frozen', ySplit: 1 }],
  });
  if (summary !== undefined) sheet.headerFooter.oddHeader = `&C${summary.exercise.title.replaceAll('&', '&&')}`;
  sheet.headerFooter.oddFooter = '&C第 &P 页，共 &N 页';
  const row = sheet.addRow(head.map(([text]) => text));
  row.font = { bold: true };
  for (const [at, [, width]] of head.entries()) {
    sheet.getColumn(at + 1).width = width;
    row.getCell(at + 1).fill = HEAD_FILL;
  }
  return sheet;
}

const ROW_HEAD = [
  ['序号', 6],
  ['年度', 8],
  ['县（市、区）', 13],
  ['项目名称', 42],
  ['项目类别', 14],
  ['资金（物资）来源', 24],
  ['资金（元）', 16],
  ['物资折价（元）', 16],
  ['处理意见', 14],
  ['物资', 26],
  ['推定的值', 22],
  ['遗失的材料', 22],
  ['说明', 30],
] as const;
/** Which cell of a row shows which value, for the wash of inferred ones. */
const SHOWN_IN: Readonly<Record<string, number>> = {
  year: 2,
  county: 3,
  name: 4,
  kind: 5,
  source: 6,
  moneyMinor: 7,
  goodsMinor: 8,
  goods: 10,
};

function addRows(workbook: ExcelJS.Workbook, summary: LegacySummary): { readonly lastRow: number } {
  const sheet = addSheet(workbook, ROWS_SHEET, summary, ROW_HEAD);
  for (const [at, row] of summary.rows.entries()) {
    const added = sheet.addRow([
      at + 1,
      row.year,
      ...[row.county, row.name, row.kindName, row.source].map(spreadsheetText),
      yuan(row.moneyMinor),
      yuan(row.goodsMinor),
      DECISION_NAMES[row.decision],
      spreadsheetText(row.goods.map(({ item, quantity, unit }) => `${item} ${quantity}${unit}`).join('；')),
      row.inferred.map((name) => FIELD_NAMES[name] ?? name).join('、'),
      row.lostPapers.map((kind) => DOCUMENT_NAMES[kind as DocumentKind] ?? kind).join('、'),
      spreadsheetText(
        [row.handedTo === undefined ? '' : `移交${row.handedTo}`, row.remarks ?? '']
          .filter((text) => text !== '')
          .join('；'),
      ),
    ]);
    for (const column of [7, 8]) added.getCell(column).numFmt = MONEY_FORMAT;
    for (const name of row.inferred) {
      const column = SHOWN_IN[name];
      if (column !== undefined) added.getCell(column).fill = INFERRED_FILL;
    }
  }
  const lastRow = Math.max(2, sheet.rowCount);
  const total = sheet.addRow(['', '', '', '合计']);
  const sum = (letter: string, result: number) => ({ formula: `SUM(${letter}2:${letter}${lastRow})`, result });
  total.getCell(7).value = sum(LETTERS.money, yuan(summary.total.moneyMinor));
  total.getCell(8).value = sum(LETTERS.goods, yuan(summary.total.goodsMinor));
  total.font = { bold: true };
  for (const column of [7, 8]) total.getCell(column).numFmt = MONEY_FORMAT;
  return { lastRow };
}

function addSums(
  workbook: ExcelJS.Workbook,
  name: string,
  head: string,
  lines: readonly SumLine[],
  total: SumLine,
  letter: string,
  lastRow: number,
  keyOf: (name: string) => string | number = spreadsheetText,
): void {
  const sheet = addSheet(workbook, name, undefined, [
    [head, 30],
    ['项目数', 10],
    ['资金（元）', 18],
    ['物资折价（元）', 18],
  ]);
  const column = (of: string): string => `'${ROWS_SHEET}'!$${of}$2:$${of}$${lastRow}`;
  for (const line of lines) {
    const row = sheet.addRow([keyOf(line.name)]);
    const key = `$A${row.number}`;
    // An exact comparison: SUMIF would take * and ? in a name for other letters, and = is blind to capitals.
    const matches = `--EXACT(${column(letter)},${key})`;
    row.getCell(2).value = { formula: `SUMPRODUCT(${matches})`, result: line.projects };
    row.getCell(3).value = {
      formula: `SUMPRODUCT(${matches},${column(LETTERS.money)})`,
      result: yuan(line.moneyMinor),
    };
    row.getCell(4).value = {
      formula: `SUMPRODUCT(${matches},${column(LETTERS.goods)})`,
      result: yuan(line.goodsMinor),
    };
    for (const at of [3, 4]) row.getCell(at).numFmt = MONEY_FORMAT;
  }
  const last = Math.max(2, sheet.rowCount);
  const row = sheet.addRow(['合计']);
  row.font = { bold: true };
  const results = [total.projects, yuan(total.moneyMinor), yuan(total.goodsMinor)];
  for (const [at, result] of results.entries()) {
    const own = 'BCD'[at] ?? 'B';
    row.getCell(at + 2).value = { formula: `SUM(${own}2:${own}${last})`, result };
    if (at > 0) row.getCell(at + 2).numFmt = MONEY_FORMAT;
  }
}

function addOpen(workbook: ExcelJS.Workbook, { keptOpen, failures }: LegacySummary): void {
  const sheet = addSheet(workbook, '未结项', undefined, [
    ['年度', 8],
    ['县（市、区）', 13],
    ['项目名称', 42],
    ['资金（元）', 16],
    ['物资折价（元）', 16],
    ['原因', 50],
  ]);
  for (const { year, county, name, moneyMinor, goodsMinor, remarks } of keptOpen) {
    const row = sheet.addRow([
      year,
      spreadsheetText(county),
      spreadsheetText(name),
      yuan(moneyMinor),
      yuan(goodsMinor),
      spreadsheetText(`继续实施：${remarks}`),
    ]);
    for (const at of [4, 5]) row.getCell(at).numFmt = MONEY_FORMAT;
  }
  for (const { name, reason } of failures)
    sheet.addRow(['', '', spreadsheetText(name), '', '', spreadsheetText(`本轮未能结项：${reason}`)]);
}

/** What became of the lists: in sheets of their own, because none of it is in any sum. */
function addLists(workbook: ExcelJS.Workbook, { lists }: LegacySummary): void {
  const files = addSheet(workbook, '登记表', undefined, [
    ['登记表', 42],
    ['状态', 12],
    ['导入项目', 10],
    ['未导入的行', 12],
    ['无法读取的行', 14],
    ['合计不符', 10],
    ['备注', 50],
  ]);
  const leftOut = addSheet(workbook, '未列入的行', undefined, [
    ['登记表', 30],
    ['工作表', 14],
    ['行', 8],
    ['单元格', 10],
    ['原文', 40],
    ['问题', 50],
  ]);
  const totals = addSheet(workbook, '合计不符', undefined, [
    ['登记表', 30],
    ['工作表', 14],
    ['单元格', 10],
    ['名称', 20],
    ['原表合计（元）', 18],
    ['各行之和（元）', 18],
  ]);
  for (const list of lists) {
    const name = spreadsheetText(list.fileName);
    files.addRow([
      name,
      FILE_STATE_NAMES[list.state],
      list.projects,
      list.notImported,
      list.leftOut.length,
      list.totals.length,
      spreadsheetText(list.notes.join(' ')),
    ]);
    for (const { sheet, row, cell, text, problem } of list.leftOut)
      leftOut.addRow([name, spreadsheetText(sheet), row, cell, spreadsheetText(text), spreadsheetText(problem)]);
    for (const { sheet, cell, label, saidMinor, foundMinor } of list.totals) {
      const row = totals.addRow([
        name,
        spreadsheetText(sheet),
        cell,
        spreadsheetText(label),
        yuan(saidMinor),
        yuan(foundMinor),
      ]);
      for (const at of [5, 6]) row.getCell(at).numFmt = MONEY_FORMAT;
    }
  }
}
