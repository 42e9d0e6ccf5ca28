import { formatDecimal, minor } from '../kernel/money.ts';
import { chineseCapitals } from './chinese-capitals.ts';
import { printedNumber, type Receipt } from './receipt.ts';

/** Text, a count, or an amount of yuan in fen. */
export type ExportCell = string | number | { readonly amountMinor: number };
type Cell = ExportCell;
type Column = { readonly heading: string; readonly of: (receipt: Receipt) => Cell };

const STATES = { valid: '正常', void: '作废', reversed: '已冲红' } as const;
const yuan = (amount: number): string => formatDecimal(minor(amount), 'CNY');
type Line = Receipt['lines'][number];
const lines = (receipt: Receipt, of: (line: Line) => string | number): string => receipt.lines.map(of).join('；');
/** A single line's number as a number; of several the text. */
const only = (receipt: Receipt, of: (line: Line) => Cell, text: (line: Line) => string | number): Cell => {
  const [first, ...others] = receipt.lines;
  return first === undefined || others.length > 0 ? lines(receipt, text) : of(first);
};

/**
 * One column for each field of 财综〔2024〕1号, in its order, then what a platform needs to tell one record from another. Headings are the
 * rule's own words. Platforms of provinces differ, so an organisation names the columns that its platform takes, in the platform's order and
 * under the platform's headings (`exportColumns` of its settings). One row is one receipt; several lines of goods are joined by `；`.
 */
const COLUMNS = {
  title: { heading: '票据名称', of: ({ title }) => title },
  code: { heading: '票据代码', of: ({ code }) => code },
  number: { heading: '票据号码', of: ({ number }) => printedNumber(number) },
  checkCode: { heading: '校验码', of: ({ checkCode }) => checkCode },
  issuedOn: { heading: '开票日期', of: ({ issuedOn }) => issuedOn },
  payerCreditCode: { heading: '交款人统一社会信用代码', of: ({ payer }) => payer.creditCode ?? '' },
  payerName: { heading: '交款人', of: ({ payer }) => payer.name },
  projectCode: { heading: '项目编码', of: (one) => lines(one, ({ projectCode }) => projectCode) },
  projectName: { heading: '项目名称', of: (one) => lines(one, ({ projectName }) => projectName) },
  unit: { heading: '单位', of: (one) => lines(one, ({ unit }) => unit) },
  quantity: {
    heading: '数量',
    of: (one) =>
      only(
        one,
        ({ quantity }) => quantity,
        ({ quantity }) => quantity,
      ),
  },
  standard: {
    heading: '标准',
    of: (one) => lines(one, ({ standardMinor }) => (standardMinor === undefined ? '' : yuan(standardMinor))),
  },
  lineAmount: {
    heading: '金额（元）',
    of: (one) =>
      only(
        one,
        ({ amountMinor }) => ({ amountMinor }),
        ({ amountMinor }) => yuan(amountMinor),
      ),
  },
  totalInWords: { heading: '金额合计（大写）', of: ({ amountMinor }) => chineseCapitals(amountMinor) },
  total: { heading: '金额合计（小写）', of: ({ amountMinor }) => ({ amountMinor }) },
  remark: { heading: '备注', of: ({ remark }) => remark },
  other: { heading: '其他信息', of: ({ other }) => other },
  issuerName: { heading: '收款单位（开票单位）', of: ({ issuer }) => issuer.name },
  issuerCreditCode: { heading: '开票单位统一社会信用代码', of: ({ issuer }) => issuer.creditCode },
  reviewer: { heading: '复核人', of: ({ reviewer }) => reviewer },
  handler: { heading: '经手人', of: ({ handler }) => handler },
  kind: { heading: '票据类型', of: ({ kind }) => (kind === 'reversal' ? '红字' : '蓝字') },
  state: { heading: '票据状态', of: ({ state }) => STATES[state] },
  stateReason: { heading: '作废或冲红原因', of: ({ stateReason }) => stateReason ?? '' },
  reversesCode: { heading: '原票据代码', of: ({ reverses }) => reverses?.code ?? '' },
  reversesNumber: {
    heading: '原票据号码',
    of: ({ reverses }) => (reverses === undefined ? '' : printedNumber(reverses.number)),
  },
  copies: { heading: '重复打印次数', of: ({ copies }) => copies },
  businessNo: { heading: '业务流水号', of: ({ receiptId }) => receiptId },
  giftNo: { heading: '捐赠编号', of: ({ giftId }) => giftId },
} as const satisfies Readonly<Record<string, Column>>;

export type ExportField = keyof typeof COLUMNS;
export const EXPORT_FIELDS = Object.keys(COLUMNS) as [ExportField, ...ExportField[]];

/** A column of an organisation's own export; without a heading it has the rule's. */
export type ExportColumn = { readonly field: ExportField; readonly heading?: string | undefined };

/** The columns of who has named none: every field, in the rule's order and words. */
export const ALL_COLUMNS: readonly ExportColumn[] = EXPORT_FIELDS.map((field) => ({ field }));

export const exportHeadings = (columns: readonly ExportColumn[]): string[] =>
  columns.map(({ field, heading }) => heading ?? COLUMNS[field].heading);

/** One receipt as a row of these columns. */
export const exportRow = (receipt: Receipt, columns: readonly ExportColumn[]): Cell[] =>
  columns.map(({ field }) => COLUMNS[field].of(receipt));
