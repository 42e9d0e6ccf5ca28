import { add, type Minor, ZERO } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { Cells, textLines, UnusableBill } from './bill-cells.ts';

/**
 * Columns of WeChat Pay's daily trade bill of type ALL, in their order
 * (pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html, 2024-11-25).
 */
export const TRADE_BILL_COLUMNS = [
  '交易时间',
  '公众账号ID',
  '商户号',
  '特约商户号',
  '设备号',
  '微信订单号',
  '商户订单号',
  '用户标识',
  '交易类型',
  '交易状态',
  '付款银行',
  '货币种类',
  '应结订单金额',
  '代金券金额',
  '微信退款单号',
  '商户退款单号',
  '退款金额',
  '充值券退款金额',
  '退款类型',
  '退款状态',
  '商品名称',
  '商户数据包',
  '手续费',
  '费率',
  '订单金额',
  '申请退款金额',
  '费率备注',
] as const;
type Column = (typeof TRADE_BILL_COLUMNS)[number];

/** Columns of the summary under the rows: how many rows, and the sum of one column of the rows each. */
export const TRADE_BILL_SUMMARY_COLUMNS = [
  '总交易单数',
  '应结订单总金额',
  '退款总金额',
  '充值券退款总金额',
  '手续费总金额',
  '订单总金额',
  '申请退款总金额',
] as const;

/** `SUCCESS` is money in; `REFUND` and `REVOKED` (a payment at a counter taken back) are money out, rows of their own. */
const STATES = ['SUCCESS', 'REFUND', 'REVOKED'] as const;
type State = (typeof STATES)[number];
const isState = (text: string): text is State => (STATES as readonly string[]).includes(text);

/** One row. For a payment `amountMinor` is what the order was for, for a refund what was asked back, coupons included. */
export type TradeBillLine = {
  readonly kind: 'payment' | 'refund';
  readonly transactionId: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
  readonly state: State;
  readonly merchantId: string;
  /** When the payment succeeded, or when the refund was accepted. */
  readonly occurredAt: Instant;
  /** The provider's number of the refund; a payment has none. */
  readonly refundId?: string;
  /** Of a refund: whether the money has gone back. A bill lists it from when it was accepted, which it may not survive. */
  readonly hasGoneBack?: boolean;
  /** What moves on the merchant's account before the fee: the order less coupons that the merchant bears, or what of them went back. */
  readonly settledMinor: Minor;
  /** The provider's fee in thousandths of a fen, for bills state it to 0.00001 yuan; negative where it is given back. */
  readonly feeMilliFen: number;
};

/** Sums over all rows, checked against the bill's own summary. Amounts in fen but for the fee. */
export type TradeBillTotals = {
  readonly lines: number;
  /** What orders were for. */
  readonly orderMinor: Minor;
  /** Orders less the coupons that the merchant bears. */
  readonly settledMinor: Minor;
  /** Refunds as they were asked for. */
  readonly refundMinor: Minor;
  /** Refunds less the coupons in them. */
  readonly settledRefundMinor: Minor;
  readonly couponRefundMinor: Minor;
  readonly feeMilliFen: number;
};

export type TradeBill =
  | { readonly kind: 'bill'; readonly lines: readonly TradeBillLine[]; readonly totals: TradeBillTotals }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Reads a trade bill of type ALL. A bill is taken whole or not at all: its rows must add up to its own summary in every
 * column, so that a truncated or edited file is refused. A reason names line and column, never a payer.
 */
export function parseTradeBill(bytes: Uint8Array): TradeBill {
  try {
    return readBill(textLines(bytes));
  } catch (error) {
    if (error instanceof UnusableBill) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function readBill(lines: readonly string[]): TradeBill {
  const [header, ...rest] = lines;
  const [summaryHeader, summary] = rest.slice(-2);
  if (header !== TRADE_BILL_COLUMNS.join(',')) {
    throw new UnusableBill(`it does not begin with the ${TRADE_BILL_COLUMNS.length} columns of a bill of type ALL`);
  }
  if (summary === undefined || summaryHeader !== TRADE_BILL_SUMMARY_COLUMNS.join(',')) {
    throw new UnusableBill('it does not end with the summary; it may be cut off');
  }
  const totals = new Totals();
  const read: TradeBillLine[] = [];
  // One row after the other: a day of 100,000 payments, taken apart all at once, would be half a gigabyte.
  for (let index = 0; index < rest.length - 2; index += 1) {
    // Line 1 is the header.
    const row = new Row(rest[index] ?? '', index + 2);
    totals.add(row);
    read.push(lineOf(row));
  }
  checkSummary(totals.read(), new Cells(summary, lines.length, TRADE_BILL_SUMMARY_COLUMNS));
  return { kind: 'bill', lines: distinct(read), totals: totals.read() };
}

// A spreadsheet would have made 4.2E+27 of it.
const PROVIDER_NUMBER = /^[0-9A-Za-z]{8,64}$/;
const LONGEST_ORDER_NO = 64;

class Row extends Cells<Column> {
  constructor(text: string, line: number) {
    super(text, line, TRADE_BILL_COLUMNS);
    // Sums mix all rows, so one in another currency would spoil them.
    if (this.text('货币种类') !== 'CNY') throw this.unusable('货币种类', 'is not CNY');
  }

  providerNumber(column: Column): string {
    const text = this.text(column);
    if (!PROVIDER_NUMBER.test(text)) throw this.unusable(column, 'is not a number of the provider');
    return text;
  }
}

function lineOf(row: Row): TradeBillLine {
  const state = row.text('交易状态');
  if (!isState(state)) throw row.unusable('交易状态', 'is none that is known');
  const common = {
    state,
    transactionId: row.providerNumber('微信订单号'),
    orderNo: orderNoOf(row),
    merchantId: row.text('商户号'),
    occurredAt: row.time('交易时间'),
    feeMilliFen: row.fee('手续费'),
  };
  if (state === 'SUCCESS') {
    const settledMinor = row.amount('应结订单金额');
    return { kind: 'payment', ...common, amountMinor: row.amount('订单金额'), settledMinor };
  }
  const settledMinor = row.amount('退款金额');
  const refund = { kind: 'refund', ...common, amountMinor: row.amount('申请退款金额'), settledMinor } as const;
  if (state === 'REVOKED') return refund;
  return { ...refund, refundId: row.providerNumber('微信退款单号'), hasGoneBack: row.text('退款状态') === 'SUCCESS' };
}

function orderNoOf(row: Row): string {
  const orderNo = row.text('商户订单号');
  if (orderNo === '' || orderNo.length > LONGEST_ORDER_NO) throw row.unusable('商户订单号', 'is not an order number');
  return orderNo;
}

const SUMMED = ['订单金额', '应结订单金额', '申请退款金额', '退款金额', '充值券退款金额'] as const;

/** The sums over rows as they come. */
class Totals {
  #lines = 0;
  #feeMilliFen = 0;
  readonly #sums = new Map<Column, Minor>();

  add(row: Row): void {
    this.#lines += 1;
    this.#feeMilliFen += row.fee('手续费');
    for (const column of SUMMED) this.#sums.set(column, add(this.#sums.get(column) ?? ZERO, row.amount(column)));
  }

  read(): TradeBillTotals {
    const sumOf = (column: (typeof SUMMED)[number]): Minor => this.#sums.get(column) ?? ZERO;
    return {
      lines: this.#lines,
      orderMinor: sumOf('订单金额'),
      settledMinor: sumOf('应结订单金额'),
      refundMinor: sumOf('申请退款金额'),
      settledRefundMinor: sumOf('退款金额'),
      couponRefundMinor: sumOf('充值券退款金额'),
      feeMilliFen: this.#feeMilliFen,
    };
  }
}

function checkSummary(totals: TradeBillTotals, summary: Cells<(typeof TRADE_BILL_SUMMARY_COLUMNS)[number]>): void {
  if (summary.text('总交易单数') !== String(totals.lines)) {
    throw summary.unusable('总交易单数', `is not the ${totals.lines} rows that the bill has`);
  }
  const sums = {
    应结订单总金额: totals.settledMinor,
    退款总金额: totals.settledRefundMinor,
    充值券退款总金额: totals.couponRefundMinor,
    订单总金额: totals.orderMinor,
    申请退款总金额: totals.refundMinor,
  } as const;
  for (const column of TRADE_BILL_SUMMARY_COLUMNS) {
    if (column === '总交易单数' || column === '手续费总金额') continue;
    if (summary.amount(column) !== sums[column]) throw summary.unusable(column, 'is not what the rows add up to');
  }
  if (summary.fee('手续费总金额') !== totals.feeMilliFen) {
    throw summary.unusable('手续费总金额', 'is not what the rows add up to');
  }
}

/** A payment or a refund that is listed twice would be counted twice, and no summary would show it. */
function distinct(lines: readonly TradeBillLine[]): readonly TradeBillLine[] {
  const seen = new Set<string>();
  for (const { state, transactionId, refundId } of lines) {
    const record = `${state} ${refundId ?? transactionId}`;
    if (seen.has(record)) throw new UnusableBill(`it lists ${record} twice`);
    seen.add(record);
  }
  return lines;
}
