import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { auditCsv } from '../../functions/audit/audit-csv.ts';
import { renderReportXlsx } from '../../functions/closeout/report-xlsx.ts';
import { PROBLEM_HEADER, problemLine } from '../../functions/statements/statement-check.ts';
import { eventful, type SampleInput, sampleReport } from '../closeout/sample-report.ts';

const ROOT = join(import.meta.dirname, '../..');
const sources = globSync('functions/**/*.{ts,tsx}', { cwd: ROOT }).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));
const OWN = ['functions/kernel/csv.ts', 'functions/kernel/spreadsheet-text.ts'];

describe('whatever writes for spreadsheets', () => {
  it('takes the text of a workbook through the one function that defuses it', () => {
    const writers = sources.filter(({ text }) => /from 'exceljs'/.test(text) && /new ExcelJS\.Workbook/.test(text));
    expect(writers.length).toBeGreaterThan(0);
    const undefused = writers.filter(({ text }) => !/\bspreadsheetText\b/.test(text));
    expect(undefused.map(({ path }) => path)).toEqual([]);
  });

  it('writes CSV by the one writer, and knows no rule of its own for what begins a formula', () => {
    const csv = sources.filter(({ text }) => /\bcsv(?:Of|Line)\(/.test(text));
    expect(csv.length).toBeGreaterThan(2);
    // Cells joined by commas into a line of their own, or quotes doubled by hand.
    const byHand = /join\(','\)\}\\r\\n|replaceAll\('"', '""'\)|\[=\+\\-@/;
    expect(
      sources.filter(({ path, text }) => !OWN.includes(path) && byHand.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });
});

const HOSTILE = ['=HYPERLINK("x")', '+1', '-1+cmd|calc', '@SUM(A1)', '\t=1', ' =1', '\u200b=1', '＝1', '﹦1'] as const;
const RUNS = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]/u;

/** The sample with everything that people write being this one text. */
const saying = (text: string) => (input: SampleInput) => {
  eventful(input);
  Object.assign(input.campaign, { title: text, organisationName: text });
  const named = [
    ...input.campaign.units,
    ...input.preparation.preparedBy,
    ...(input.statement?.outcome.evidence ?? []),
  ];
  for (const one of named) one.name = text;
  for (const line of [...input.campaign.budgetLines, ...input.spending.lines]) line.item = text;
  for (const line of input.spending.lines) Object.assign(line, { varianceReason: text });
  for (const good of input.spending.goods) Object.assign(good, { item: text, unit: text });
  Object.assign(input.statement?.outcome ?? {}, { narrative: text, beneficiariesNote: text });
  for (const one of input.statement?.outcome.outputs ?? []) Object.assign(one, { what: text, unit: text });
  for (const one of input.statement?.earlier ?? []) Object.assign(one, { title: text });
};

describe('text that would be a formula', () => {
  it.each(HOSTILE)('%j stays text in every sheet of a report', async (text) => {
    const report = sampleReport('zh-CN', saying(text));
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load((await renderReportXlsx(report)) as unknown as ArrayBuffer);
    let seen = 0;
    for (const sheet of workbook.worksheets)
      sheet.eachRow((row) =>
        row.eachCell((cell) => {
          if (typeof cell.value !== 'string') return;
          expect(cell.value, `${sheet.name} ${cell.address}`).not.toMatch(RUNS);
          if (cell.value.startsWith("'")) seen += 1;
        }),
      );
    expect(seen).toBeGreaterThan(15);
  });

  it('stays text in an audit trail and in the list of a statement’s problems', () => {
    for (const text of HOSTILE) {
      const line = {
        organisationId: 'x',
        number: 1,
        at: '2026-11-24T00:00:00.000Z',
        by: text,
        action: text,
        changes: [
          { item: 'unit', key: text, change: 'made', fields: [{ field: text, before: undefined, after: text }] },
        ],
        previousHash: '',
        hash: 'h',
      } as unknown as Parameters<typeof auditCsv>[0][number];
      const problem = problemLine({ line: 1, column: text, problem: text, fix: text } as Parameters<
        typeof problemLine
      >[0]);
      for (const written of [auditCsv([line]), PROBLEM_HEADER + problem])
        expect(written.split(/\r\n|,/).some((cell) => RUNS.test(cell.replace(/^"/, '')) && cell !== '')).toBe(false);
    }
  });
});
