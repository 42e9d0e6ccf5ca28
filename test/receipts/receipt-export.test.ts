import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { ALL_COLUMNS, EXPORT_FIELDS, exportHeadings } from '../../functions/receipts/export-columns.ts';
import type { Receipt } from '../../functions/receipts/receipt.ts';
import { exportCsv, exportXlsx, receiptExport } from '../../functions/receipts/receipt-export.ts';
import { SAMPLES } from './sample-receipts.ts';

const sample = (name: string, number: number, changes: Partial<Receipt> = {}): Receipt => {
  const receipt = SAMPLES[name];
  if (receipt === undefined) throw new Error(name);
  return { ...receipt, number, ...changes };
};
const RECEIPTS = [
  sample('plain', 1),
  sample('void', 2),
  sample('reversed', 3),
  sample('reversal', 4),
  sample('plain', 5, { payer: { name: '=HYPERLINK("http://x","点我")' } }),
];
const RANGE = { from: 1, upTo: 5 };

describe('the export for an e-receipt platform', () => {
  it('has one column for every field of the rule, in its order', () => {
    expect(exportHeadings(ALL_COLUMNS).slice(0, 21)).toEqual([
      '票据名称',
      '票据代码',
      '票据号码',
      '校验码',
      '开票日期',
      '交款人统一社会信用代码',
      '交款人',
      '项目编码',
      '项目名称',
      '单位',
      '数量',
      '标准',
      '金额（元）',
      '金额合计（大写）',
      '金额合计（小写）',
      '备注',
      '其他信息',
      '收款单位（开票单位）',
      '开票单位统一社会信用代码',
      '复核人',
      '经手人',
    ]);
  });

  it('has the columns that the province takes, in its order and under its headings, and no other', () => {
    const exportColumns = [
      { field: 'number', heading: '电子票据号码' },
      { field: 'payerName', heading: '缴款人' },
      { field: 'total' },
    ] as const;
    const { rows } = receiptExport(RECEIPTS.slice(0, 1), { exportColumns: [...exportColumns] }, { from: 1, upTo: 1 });
    expect(rows).toEqual([
      ['电子票据号码', '缴款人', '金额合计（小写）'],
      ['0000000001', RECEIPTS[0]?.payer.name, { amountMinor: 1_230_000 }],
    ]);
  });

  it('says apart from the rows which numbers they are, that none is missing, and what they add up to', () => {
    expect(receiptExport(RECEIPTS, undefined, RANGE).checks).toEqual([
      ['号段', '0000000001 - 0000000005', '张数', 5],
      ['连号检查', '无缺号'],
      ['合计（不含作废）', { amountMinor: 2_460_000 }, '其中红字', { amountMinor: -10_000 }],
      ['作废张数', 1, '作废金额', { amountMinor: 1_770 }],
    ]);
    const gap = receiptExport(
      RECEIPTS.filter(({ number }) => number !== 3),
      undefined,
      RANGE,
    );
    expect(gap.checks[1]).toEqual(['连号检查', '缺号：0000000003']);
  });

  it('keeps formulas out of the CSV, and amounts below zero as numbers', () => {
    const csv = exportCsv(receiptExport(RECEIPTS, undefined, RANGE));
    expect(csv.startsWith('\ufeff票据名称,票据代码')).toBe(true);
    expect(csv).toContain(`"'=HYPERLINK(""http://x"",""点我"")"`);
    expect(csv).not.toMatch(/(^|,)=/m);
    // What a platform imports: the headings, one row for each receipt, and nothing else.
    expect(csv.trimEnd().split('\r\n')).toHaveLength(1 + RECEIPTS.length);
    expect(csv.split('\r\n')[4]).toMatch(/,-1,100\.00,-100\.00,负壹佰元整,-100\.00,/);
  });

  it('is the same as a workbook, with amounts that add up and no formula', async () => {
    const workbook = new ExcelJS.Workbook();
    const bytes = await exportXlsx(receiptExport(RECEIPTS, undefined, RANGE), 'receipts');
    await workbook.xlsx.load(bytes.buffer as ArrayBuffer);
    const sheet = workbook.getWorksheet('票据');
    expect(sheet?.rowCount).toBe(1 + RECEIPTS.length);
    expect(workbook.getWorksheet('核对')?.getRow(2).values).toEqual([undefined, '连号检查', '无缺号']);
    const column = EXPORT_FIELDS.indexOf('total') + 1;
    expect([2, 3, 4, 5, 6].map((row) => sheet?.getRow(row).getCell(column).value)).toEqual([
      12_300, 17.7, 100, -100, 12_300,
    ]);
    expect(sheet?.getRow(6).getCell(EXPORT_FIELDS.indexOf('payerName') + 1).value).toMatch(/^'=/);
    sheet?.eachRow((row) => row.eachCell((cell) => expect(cell.type).not.toBe(ExcelJS.ValueType.Formula)));
  });
});
