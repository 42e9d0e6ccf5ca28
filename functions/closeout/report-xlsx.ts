import ExcelJS from 'exceljs';
import type { Minor } from '../kernel/money.ts';
import { add, minor, shownNumber } from '../kernel/money.ts';
import { spreadsheetText } from '../kernel/spreadsheet-text.ts';
import type { Signature } from './closeout.ts';
import { type CloseoutReport, netOf, type ReportLanguage } from './closeout-report.ts';
import {
  budgetTable,
  channelTables,
  goodsTables,
  outcomeTables,
  sourceTables,
  yearTables,
} from './report-account-tables.ts';
import { accountWords } from './report-account-words.ts';
import { changeTable, figureTable, ruleTable, shareTable } from './report-match-tables.ts';
import { itemTables } from './report-reconciliation-tables.ts';
import type { ReportWords } from './report-words.ts';
import { coverageText, percentText, preparedAtText, providerText, windowText, wordsOf } from './report-words.ts';
import { figureCellsOf } from './workbook-figures.ts';
import {
  type Cell,
  COUNT_WIDTH,
  column,
  count,
  countSum,
  MONEY_WIDTH,
  money,
  moneyFormula,
  moneySum,
  type Sheet,
  type Table,
  text,
} from './workbook-table.ts';
import { withoutDates } from './zip-dates.ts';

const MONEY_FORMAT = '#,##0.00';
const COUNT_FORMAT = '#,##0';
const A4 = 9;
/** Rows above the first table's header: what this is, and where it comes from. */
const TITLE_ROWS = 2;
const ACCENT = 'FFB3261E';
const WASH = 'FFF6F8FA';
const RULE = 'FFD8DEE4';

/**
 * The report as a workbook: amounts are yuan as numbers, totals are formulas with their cached results, and no text
 * from outside can act as a formula. The same report gives the same bytes. Sheet names follow the report's language ({@link sheetNames}).
 */
export async function renderReportXlsx(
  report: CloseoutReport,
  signatures: readonly Signature[] = [],
): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook();
  workbook.created = new Date(report.preparedAt);
  workbook.modified = new Date(report.preparedAt);
  workbook.creator = report.campaign.organisationName;
  workbook.title = `${report.campaign.title} · ${wordsOf(report.language).reportTitle}`;
  for (const sheet of sheetsOf(report, signatures)) addSheet(workbook, sheet, report);
  return withoutDates(new Uint8Array(await workbook.xlsx.writeBuffer()));
}

/** The sheets in their order, named in the report's language. */
export function sheetNames(language: ReportLanguage): readonly string[] {
  const { summary, units, days, budget, match, changes, reconciliation } = wordsOf(language).headings;
  const { channels, outcome, years, sources } = accountWords(language).headings;
  return [summary, channels, outcome, units, days, budget, match, changes, years, reconciliation, sources];
}

function sheetsOf(report: CloseoutReport, signatures: readonly Signature[]): Sheet[] {
  const words = wordsOf(report.language);
  const tables: readonly (readonly Table[])[] = [
    [summaryTable(report, words)],
    channelTables(report),
    outcomeTables(report),
    [unitTable(report, words)],
    [dayTable(report, words), hourTable(report, words)],
    [budgetTable(report, words), ...goodsTables(report)],
    [ruleTable(report, words), figureTable(report, words), ...shareTable(report, words)],
    [changeTable(report, words)],
    yearTables(report),
    [
      billTable(report, words),
      coverTable(report, words),
      discrepancyTable(report, words),
      ...itemTables(report),
      ...fundTables(report, words),
    ],
  ];
  const names = sheetNames(report.language);
  const sheets = tables.map((own, position) => ({ name: names[position] ?? '', tables: own }));
  const shown = figureCellsOf(sheets, TITLE_ROWS);
  return [...sheets, { name: names.at(-1) ?? '', tables: sourceTables(report, signatures, shown) }];
}

function summaryTable(report: CloseoutReport, words: ReportWords): Table {
  const { campaign, summary } = report;
  const rows: Cell[][] = [
    [text(words.fields.campaignId), text(campaign.id)],
    [text(words.fields.organisation), text(campaign.organisationName)],
    [text(words.fields.purpose), text(campaign.purpose)],
    [text(words.fields.beneficiaries), text(campaign.beneficiaries)],
    [text(words.fields.window), text(windowText(report))],
    [text(words.fields.gifts), count(summary.gifts, 'summary.gifts')],
    [
      text(words.fields.donors),
      summary.donors === undefined ? text(words.none) : count(summary.donors, 'summary.donors'),
    ],
    [text(words.fields.average), money(summary.averageGiftMinor, 'summary.averageGiftMinor')],
    [text(words.fields.target), money(campaign.targetMinor, 'campaign.targetMinor')],
    [text(words.fields.fundingRate), text(percentText(summary.fundingRateBasisPoints))],
    [text(words.fields.refundedGifts), count(summary.refundedGifts, 'summary.refundedGifts')],
    [text(words.fields.raised), money(summary.raisedMinor, 'summary.raisedMinor')],
    [text(words.fields.refunded), money(summary.refundedMinor, 'summary.refundedMinor')],
    [text(words.fields.matched), money(summary.matchedMinor, 'summary.matchedMinor')],
    [text(words.fields.lump), money(summary.lumpMinor, 'summary.lumpMinor')],
  ];
  return {
    columns: [column(words.fields.figure, 24), column(words.fields.value, 64)],
    rows,
    // Raised, refunded, matched and lump sums are the last four rows above, whatever comes before them.
    total: [text(words.fields.total), moneyFormula('B{last-3}-B{last-2}+B{last-1}+B{last}', summary.totalMinor)],
  };
}

function unitTable({ units, summary }: CloseoutReport, words: ReportWords): Table {
  return {
    columns: [
      column(words.fields.rank, 8),
      column(words.fields.unit, 32),
      column(words.fields.gifts, COUNT_WIDTH),
      column(words.fields.raised, MONEY_WIDTH),
      column(words.fields.refunded, MONEY_WIDTH),
      column(words.fields.matched, MONEY_WIDTH),
      column(words.fields.total, MONEY_WIDTH),
      column(words.fields.share, 10),
    ],
    rows: units.map((unit) => [
      unit.rank === null ? text(words.none) : count(unit.rank, 'units[].rank'),
      text(unit.name ?? words.noUnit),
      count(unit.gifts, 'units[].gifts'),
      money(unit.raisedMinor, 'units[].raisedMinor'),
      money(unit.refundedMinor, 'units[].refundedMinor'),
      money(unit.matchedMinor, 'units[].matchedMinor'),
      moneyFormula('D{row}-E{row}+F{row}', add(netOf(unit), unit.matchedMinor)),
      text(percentText(unit.shareBasisPoints)),
    ]),
    total: [
      text(''),
      text(words.fields.total),
      countSum('C', summary.gifts),
      moneySum('D', summary.raisedMinor),
      moneySum('E', summary.refundedMinor),
      moneySum('F', summary.matchedMinor),
      moneySum('G', add(summary.netMinor, summary.matchedMinor)),
      text(percentText(units.reduce((all, unit) => all + unit.shareBasisPoints, 0))),
    ],
  };
}

function dayTable({ days, summary }: CloseoutReport, words: ReportWords): Table {
  return {
    columns: [
      column(words.fields.day, 14),
      column(words.fields.gifts, COUNT_WIDTH),
      column(words.fields.raised, MONEY_WIDTH),
      column(words.fields.refunded, MONEY_WIDTH),
      column(words.fields.matched, MONEY_WIDTH),
      column(words.fields.total, MONEY_WIDTH),
    ],
    rows: days.map((day) => [
      text(day.day),
      count(day.gifts, 'days[].gifts'),
      money(day.raisedMinor, 'days[].raisedMinor'),
      money(day.refundedMinor, 'days[].refundedMinor'),
      money(day.matchedMinor, 'days[].matchedMinor'),
      moneyFormula('C{row}-D{row}+E{row}', add(netOf(day), day.matchedMinor)),
    ]),
    total: [
      text(words.fields.total),
      countSum('B', summary.gifts),
      moneySum('C', summary.raisedMinor),
      moneySum('D', summary.refundedMinor),
      moneySum('E', summary.matchedMinor),
      moneySum('F', add(summary.netMinor, summary.matchedMinor)),
    ],
  };
}

function hourTable({ hours, summary }: CloseoutReport, words: ReportWords): Table {
  return {
    columns: [
      column(words.fields.hour, 14),
      column(words.fields.gifts, COUNT_WIDTH),
      column(words.fields.raised, MONEY_WIDTH),
      column(words.fields.matched, MONEY_WIDTH),
    ],
    rows: hours.map((hour) => [
      text(`${hour.day} ${String(hour.hour).padStart(2, '0')}:00`),
      count(hour.gifts, 'hours[].gifts'),
      money(hour.raisedMinor, 'hours[].raisedMinor'),
      money(hour.matchedMinor, 'hours[].matchedMinor'),
    ]),
    total: [
      text(words.fields.total),
      countSum('B', summary.gifts),
      moneySum('C', summary.raisedMinor),
      moneySum('D', summary.matchedMinor),
    ],
  };
}

function billTable({ reconciliation }: CloseoutReport, words: ReportWords): Table {
  const { bills, totals } = reconciliation;
  return {
    columns: [
      column(words.fields.billDate, 16),
      column(words.fields.provider, 24),
      column(words.fields.billLines, COUNT_WIDTH),
      column(words.fields.billAmount, MONEY_WIDTH),
      column(words.fields.entries, COUNT_WIDTH),
      column(words.fields.entriesAmount, MONEY_WIDTH),
      column(words.fields.difference, MONEY_WIDTH),
      column(words.fields.refundLines, COUNT_WIDTH),
      column(words.fields.refundAmount, MONEY_WIDTH),
    ],
    rows: bills.map((bill) => [
      text(bill.billDate),
      text(providerText(words, bill.provider)),
      count(bill.billLines, 'reconciliation.bills[].billLines'),
      money(bill.billMinor, 'reconciliation.bills[].billMinor'),
      count(bill.entries, 'reconciliation.bills[].entries'),
      money(bill.entriesMinor, 'reconciliation.bills[].entriesMinor'),
      moneyFormula('D{row}-F{row}', minor(bill.billMinor - bill.entriesMinor)),
      count(bill.refundLines, 'reconciliation.bills[].refundLines'),
      money(bill.refundMinor, 'reconciliation.bills[].refundMinor'),
    ]),
    total: [
      text(words.fields.total),
      text(''),
      countSum('C', totals.billLines),
      moneySum('D', totals.billMinor),
      countSum('E', totals.entries),
      moneySum('F', totals.entriesMinor),
      moneySum('G', totals.differenceMinor),
      countSum('H', totals.refundLines),
      moneySum('I', totals.refundMinor),
    ],
  };
}

function coverTable(report: CloseoutReport, words: ReportWords): Table {
  const { reconciliation } = report;
  return {
    columns: [column(words.fields.figure, 16), column(words.fields.value, 24)],
    rows: [
      [text(words.headings.reconciliation), text(words.statuses[reconciliation.status])],
      [text(words.fields.coverage), text(coverageText(report))],
      [
        text(words.fields.unexplained),
        money(reconciliation.totals.unexplainedMinor, 'reconciliation.totals.unexplainedMinor'),
      ],
    ],
  };
}

function discrepancyTable({ reconciliation }: CloseoutReport, words: ReportWords): Table {
  const amount = (one: Minor | undefined, side: 'our' | 'their'): Cell =>
    one === undefined ? text(words.none) : money(one, `reconciliation.discrepancies[].${side}AmountMinor`);
  const rows = reconciliation.discrepancies.map((one) => [
    text(one.day),
    text(words.discrepancies[one.kind]),
    text(providerText(words, one.provider)),
    amount(one.ourAmountMinor, 'our'),
    text(''),
    amount(one.theirAmountMinor, 'their'),
    text(''),
    text(one.transactionId),
    text(one.orderNo ?? words.none),
  ]);
  return {
    // The columns stand under the bills' ones of the same width: amounts under amounts.
    columns: [
      column(words.fields.day, 16),
      column(words.fields.discrepancyKind, 24),
      column(words.fields.provider, COUNT_WIDTH),
      column(words.fields.ourAmount, MONEY_WIDTH),
      column('', COUNT_WIDTH),
      column(words.fields.theirAmount, MONEY_WIDTH),
      column('', MONEY_WIDTH),
      column(words.fields.transactionId, COUNT_WIDTH),
      column(words.fields.orderNo, MONEY_WIDTH),
    ],
    rows: rows.length > 0 ? rows : [[text(words.noDiscrepancies)]],
  };
}

/** Under the others, large sums in the wide columns. */
function fundTables({ reconciliation }: CloseoutReport, words: ReportWords): Table[] {
  if (reconciliation.funds.length === 0) return [];
  const { fields } = words;
  return [
    {
      columns: [
        column(fields.account, 16),
        column(fields.provider, 24),
        column(fields.feesBilled, COUNT_WIDTH),
        column(fields.paidIn, MONEY_WIDTH),
        column(fields.fees, COUNT_WIDTH),
        column(fields.refundAmount, MONEY_WIDTH),
        column(fields.withdrawn, MONEY_WIDTH),
        column(fields.campaignFees, COUNT_WIDTH),
        column(fields.otherMovements, MONEY_WIDTH),
      ],
      rows: reconciliation.funds.map((one) => [
        text(one.merchantId),
        text(providerText(words, one.provider)),
        money(one.feesBilledMinor, 'reconciliation.funds[].feesBilledMinor'),
        money(one.paidMinor, 'reconciliation.funds[].paidMinor'),
        money(one.feesMinor, 'reconciliation.funds[].feesMinor'),
        money(one.refundedMinor, 'reconciliation.funds[].refundedMinor'),
        money(one.withdrawnMinor, 'reconciliation.funds[].withdrawnMinor'),
        money(one.campaignFeesMinor, 'reconciliation.funds[].campaignFeesMinor'),
        money(one.otherMinor, 'reconciliation.funds[].otherMinor'),
      ]),
    },
  ];
}

function addSheet(workbook: ExcelJS.Workbook, { name, tables }: Sheet, report: CloseoutReport): void {
  const words = wordsOf(report.language);
  const landscape = (tables[0]?.columns.length ?? 0) > 6;
  const sheet = workbook.addWorksheet(name, {
    views: [{ state: 'frozen', ySplit: TITLE_ROWS + 1 }],
    pageSetup: {
      paperSize: A4,
      orientation: landscape ? 'landscape' : 'portrait',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: `1:${TITLE_ROWS + 1}`,
    },
    headerFooter: {
      oddHeader: report.generatedData ? `&R${headerText(words.generatedShort)}` : '',
      oddFooter: `&L${headerText(report.campaign.id)}&R&P / &N`,
    },
  });
  addTitle(sheet, `${report.campaign.title} · ${name}`, report, words);
  for (const [position, table] of tables.entries()) {
    if (position > 0) sheet.addRow([]);
    addTable(sheet, table);
  }
  // Each column is as wide as the first table that has it says.
  for (const { columns } of tables.toReversed())
    for (const [position, { widthCharacters }] of columns.entries())
      sheet.getColumn(position + 1).width = widthCharacters;
}

/** `&` begins a code in a sheet's header or footer; doubled it is itself. */
const headerText = (content: string): string => safeText(content).replaceAll('&', '&&');

function addTitle(sheet: ExcelJS.Worksheet, title: string, report: CloseoutReport, words: ReportWords): void {
  const first = sheet.addRow([safeText(title)]);
  first.font = { bold: true, size: 14 };
  const prepared = `${words.fields.preparedAt} ${preparedAtText(report)}`;
  const second = sheet.addRow([report.generatedData ? words.generatedLabel : safeText(prepared)]);
  second.font = report.generatedData ? { bold: true, color: { argb: ACCENT } } : { size: 9 };
}

function addTable(sheet: ExcelJS.Worksheet, { columns, rows, total }: Table): void {
  const header = sheet.addRow(columns.map(({ label }) => label));
  header.eachCell((cell) => {
    cell.font = { bold: true };
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: WASH } };
    cell.border = { bottom: { style: 'thin', color: { argb: RULE } } };
    cell.alignment = { vertical: 'middle', wrapText: true };
  });
  const first = header.number + 1;
  const last = header.number + rows.length;
  for (const cells of rows) addCells(sheet, cells, first, last);
  if (total === undefined) return;
  addCells(sheet, total, first, last).eachCell((cell) => {
    cell.font = { bold: true };
    cell.border = { top: { style: 'thin', color: { argb: RULE } } };
  });
}

function addCells(sheet: ExcelJS.Worksheet, cells: readonly Cell[], first: number, last: number): ExcelJS.Row {
  const row = sheet.addRow([]);
  const resolve = (formula: string): string =>
    formula
      .replaceAll('{first}', String(first))
      .replaceAll(/\{last-(\d)\}/g, (_, rows: string) => String(last - Number(rows)))
      .replaceAll('{last}', String(last))
      .replaceAll('{row}', String(row.number));
  for (const [position, content] of cells.entries()) fill(row.getCell(position + 1), content, resolve);
  return row;
}

function fill(cell: ExcelJS.Cell, content: Cell, resolve: (formula: string) => string): void {
  switch (content.kind) {
    case 'text':
      cell.value = safeText(content.text);
      cell.alignment = { vertical: 'top', wrapText: true };
      return;
    case 'count':
      cell.value = content.count;
      cell.numFmt = COUNT_FORMAT;
      break;
    case 'money':
      cell.value = yuan(content.amount);
      cell.numFmt = MONEY_FORMAT;
      break;
    case 'moneyFormula':
      cell.value = { formula: resolve(content.formula), result: yuan(content.amount) };
      cell.numFmt = MONEY_FORMAT;
      break;
    case 'countFormula':
      cell.value = { formula: resolve(content.formula), result: content.count };
      cell.numFmt = COUNT_FORMAT;
      break;
  }
  cell.alignment = { vertical: 'top', horizontal: 'right' };
}

const yuan = (amount: Minor): number => shownNumber(amount, 'CNY');

// XML 1.0 knows no such characters: with one inside, Excel calls the whole workbook damaged.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;
/** Excel's own limit for one cell. */
const LARGEST_CELL_CHARACTERS = 32_767;

/** Text that stays text: an apostrophe in front where it could begin a formula, and no character that breaks the file. */
export function safeText(content: string): string {
  const inert = spreadsheetText(content.replaceAll(FORBIDDEN_IN_XML, ''));
  return inert.slice(0, LARGEST_CELL_CHARACTERS);
}
