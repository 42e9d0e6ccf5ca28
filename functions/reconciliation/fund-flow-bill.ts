import { add, type Minor, minor, parseDecimal, subtract, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { Cells, textLines, UnusableBill } from './bill-cells.ts';

/** The accounts of a merchant at WeChat Pay that have a bill of their own: money taken, money for marketing, prepaid fees. */
export const FUND_ACCOUNTS = ['BASIC', 'OPERATION', 'FEES'] as const;
export type FundAccount = (typeof FUND_ACCOUNTS)[number];

/**
 * Columns of WeChat Pay's daily fund-flow bill, in their order
 * (pay.weixin.qq.com/docs/merchant/products/bill-download/format-fundflow.html, 2024-11-25). The brackets are written in
 * either width, by the age of the file.
 */
export const FUND_FLOW_COLUMNS = [
  '记账时间',
  '微信支付业务单号',
  '资金流水单号',
  '业务名称',
  '业务类型',
  '收支类型',
  '收支金额(元)',
  '账户结余(元)',
  '资金变更提交申请人',
  '备注',
  '业务凭证号',
] as const;
type Column = (typeof FUND_FLOW_COLUMNS)[number];

/** Columns of the summary under the rows. Its numbers may be written as `20.0`. */
export const FUND_FLOW_SUMMARY_COLUMNS = ['资金流水总笔数', '收入笔数', '收入金额', '支出笔数', '支出金额'] as const;

/**
 * What a movement is. By its kind of business where that is one of the five which concern gifts; withdrawals and top-ups
 * by the name of the business. Both lists may grow ("业务类型会由于业务发展做调整"), so what is new is `other` and is kept.
 */
export const MOVEMENTS = [
  'payment',
  'fee',
  'fee-returned',
  'refund',
  'refund-returned',
  'withdrawal',
  'top-up',
  'other',
] as const;
export type Movement = (typeof MOVEMENTS)[number];

/** One movement of money on an account. */
export type FundFlowLine = {
  readonly movement: Movement;
  /** When the balance changed, which is not when the payment or the refund succeeded. */
  readonly bookedAt: Instant;
  /** The provider's number of what caused it: the payment's, or the refund's; of a withdrawal its own, or none. */
  readonly businessNo: string;
  /** Mostly the merchant's number: the order's or the refund's. */
  readonly voucherNo: string;
  /** Above zero for money in, below for money out, in fen; zero for a refund that was covered by its fee. */
  readonly changeMinor: Minor;
  readonly balanceMinor: Minor;
};

export type FundFlowBill =
  | { readonly kind: 'bill'; readonly lines: readonly FundFlowLine[] }
  | { readonly kind: 'refused'; readonly reason: string };

const BY_TYPE: ReadonlyMap<string, Movement> = new Map([
  ['交易', 'payment'],
  ['扣除交易手续费', 'fee'],
  ['退还交易手续费', 'fee-returned'],
  ['退款', 'refund'],
  ['退款关闭', 'refund-returned'],
]);

/**
 * Reads a fund-flow bill. As a trade bill it is taken whole or not at all: how many movements there are in each direction,
 * and their sums, must be what its own summary says. A reason names line and column, never a person.
 */
export function parseFundFlowBill(bytes: Uint8Array): FundFlowBill {
  try {
    return readBill(textLines(bytes));
  } catch (error) {
    if (error instanceof UnusableBill) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

const narrow = (line: string): string => line.replaceAll('（', '(').replaceAll('）', ')');

function readBill(lines: readonly string[]): FundFlowBill {
  const [header, ...rest] = lines;
  const [summaryHeader, summary] = rest.slice(-2);
  if (header === undefined || narrow(header) !== FUND_FLOW_COLUMNS.join(','))
    throw new UnusableBill(`it does not begin with the ${FUND_FLOW_COLUMNS.length} columns of a fund-flow bill`);
  if (summary === undefined || summaryHeader !== FUND_FLOW_SUMMARY_COLUMNS.join(','))
    throw new UnusableBill('it does not end with the summary; it may be cut off');
  // Line 1 is the header.
  const read = rest.slice(0, -2).map((line, index) => lineOf(new Cells(line, index + 2, FUND_FLOW_COLUMNS)));
  checkSummary(read, new Cells(summary, lines.length, FUND_FLOW_SUMMARY_COLUMNS));
  return { kind: 'bill', lines: read.map(({ line }) => line) };
}

type ReadLine = { readonly line: FundFlowLine; readonly isIncome: boolean };

function lineOf(row: Cells<Column>): ReadLine {
  const direction = row.text('收支类型');
  if (direction !== '收入' && direction !== '支出') throw row.unusable('收支类型', 'is neither 收入 nor 支出');
  const isIncome = direction === '收入';
  const amount = row.amount('收支金额(元)');
  const balanceMinor = parseDecimal(row.text('账户结余(元)'), 'CNY');
  if (balanceMinor === undefined) throw row.unusable('账户结余(元)', 'is not an amount in yuan');
  const line: FundFlowLine = {
    movement: movementOf(row, isIncome),
    bookedAt: row.time('记账时间'),
    businessNo: row.text('微信支付业务单号'),
    voucherNo: row.text('业务凭证号'),
    changeMinor: isIncome ? amount : subtract(ZERO, amount),
    balanceMinor,
  };
  return { line, isIncome };
}

function movementOf(row: Cells<Column>, isIncome: boolean): Movement {
  const known = BY_TYPE.get(row.text('业务类型'));
  if (known !== undefined) return known;
  const business = `${row.text('业务名称')} ${row.text('业务类型')}`;
  // 充值/提现 is one name for both directions.
  if (/提现|充值/.test(business)) return isIncome ? 'top-up' : 'withdrawal';
  return 'other';
}

function checkSummary(lines: readonly ReadLine[], summary: Cells<(typeof FUND_FLOW_SUMMARY_COLUMNS)[number]>): void {
  const [income, outgo] = [true, false].map((isIncome) => lines.filter((one) => one.isIncome === isIncome));
  const sumOf = (some: readonly ReadLine[] = []): Minor =>
    some.reduce((sum, { line }) => add(sum, minor(Math.abs(line.changeMinor))), ZERO);
  const counts = { 资金流水总笔数: lines.length, 收入笔数: income?.length, 支出笔数: outgo?.length } as const;
  for (const [column, count] of Object.entries(counts) as [keyof typeof counts, number][]) {
    // 20.0 is how the provider writes twenty.
    if (summary.fee(column) !== count * THOUSANDTHS_OF_A_FEN_PER_YUAN)
      throw summary.unusable(column, `is not the ${count} rows that the bill has`);
  }
  if (summary.amount('收入金额') !== sumOf(income))
    throw summary.unusable('收入金额', 'is not what the rows add up to');
  if (summary.amount('支出金额') !== sumOf(outgo)) throw summary.unusable('支出金额', 'is not what the rows add up to');
}

/** {@link Cells.fee} reads decimals exactly, as thousandths of a hundredth. */
const THOUSANDTHS_OF_A_FEN_PER_YUAN = 100_000;
