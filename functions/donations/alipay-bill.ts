import { add, type Minor, minor, parseDecimal, ZERO } from '../kernel/money.ts';
import { type Instant, instantSchema } from '../kernel/time.ts';

/** One row. `amountMinor` is what the order was for, or what of it went back: above zero in both cases. */
export type AlipayBillLine = {
  readonly kind: 'payment' | 'refund';
  /** The line in the file, from 1. */
  readonly line: number;
  readonly tradeNo: string;
  readonly orderNo: string;
  readonly amountMinor: Minor;
  /** What the merchant got, or gave back, after discounts of its own; below zero for a refund. */
  readonly receivedMinor: Minor;
  /** Alipay's fee for it: below zero where it was taken, above where it was given back. */
  readonly feeMinor: Minor;
  /** When the payment, or the refund, was complete. */
  readonly occurredAt: Instant;
  /** The number under which a refund was asked for, where it has one. */
  readonly refundNo?: string;
};

export type AlipayBill =
  | { readonly kind: 'bill'; readonly sellerId: string; readonly lines: readonly AlipayBillLine[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** Columns that are read; a bill has some twenty-five, by the account's products. */
const COLUMNS = {
  tradeNo: '支付宝交易号',
  orderNo: '商户订单号',
  type: '业务类型',
  createdAt: '创建时间',
  finishedAt: '完成时间',
  amount: '订单金额（元）',
  received: '商家实收（元）',
  refundNo: '退款批次号/请求号',
  fee: '服务费（元）',
} as const;
type Column = keyof typeof COLUMNS;

const ACCOUNT = /^#账号：\[(2088\d{12})(?:0156)?\]/;
const BEGINNING = /^#-+业务明细列表-+$/;
const END = /^#-+业务明细列表结束-+$/;
const PAYMENTS_TOGETHER = /^#交易合计：(\d+)笔，商家实收共(-?[\d.]+)元/;
const REFUNDS_TOGETHER = /^#退款合计：(\d+)笔，商家实收退款共(-?[\d.]+)元/;
const BEIJING_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;
const NUMBER = /^[\x21-\x7e]{1,64}$/;

/** Why a bill cannot be used, said once and caught in {@link parseAlipayBill}; never leaves this file. */
class UnusableBill extends Error {}

/**
 * Reads Alipay's daily list of transactions (业务明细, CSV in GBK; a summary file of the same archive is not one). Taken
 * whole or not at all: rows must add up to the bill's own summary, in number and in money, so that a truncated or edited
 * file is refused. A reason names line and column, never a payer.
 */
export function parseAlipayBill(bytes: Uint8Array): AlipayBill {
  try {
    return readBill(linesOf(bytes));
  } catch (error) {
    if (error instanceof UnusableBill) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function linesOf(bytes: Uint8Array): string[] {
  try {
    // GB18030 holds all of GBK. Beginning with a byte order mark, it was saved anew as UTF-8 by somebody's editor.
    const isUtf8 = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const text = new TextDecoder(isUtf8 ? 'utf-8' : 'gb18030', { fatal: true }).decode(bytes);
    return text.trimEnd().split(/\r?\n/);
  } catch {
    throw new UnusableBill('it is no text in GBK; an archive must be unpacked first');
  }
}

function readBill(lines: readonly string[]): AlipayBill {
  const sellerId = firstMatch(lines, ACCOUNT)?.[1];
  const beginning = lines.findIndex((line) => BEGINNING.test(line));
  const end = lines.findIndex((line) => END.test(line));
  if (sellerId === undefined || beginning < 0)
    throw new UnusableBill('it is no list of transactions (业务明细) of Alipay');
  if (end < beginning) throw new UnusableBill('it does not end with the summary; it may be cut off');
  // Brackets are written in either width, by the age of the file.
  const header = (lines[beginning + 1] ?? '').replaceAll('(', '（').replaceAll(')', '）');
  const places = placesOf(cellsOf(header));
  const rows = lines.slice(beginning + 2, end).map((line, index) => rowOf(line, beginning + 3 + index, places));
  checkSummary(rows, 'payment', firstMatch(lines, PAYMENTS_TOGETHER), '交易合计');
  checkSummary(rows, 'refund', firstMatch(lines, REFUNDS_TOGETHER), '退款合计');
  return { kind: 'bill', sellerId, lines: distinct(rows) };
}

function firstMatch(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return undefined;
}

/** Cells are padded with tabs, so that a spreadsheet does not make 2.0E+27 of a number. */
const cellsOf = (line: string): string[] => line.split(',').map((cell) => cell.trim());

/**
 * A product's name stands before the time of creation and may hold a comma, which Alipay does not quote. Its pieces are
 * joined again where two times in a row show how far it reaches; what that gets wrong does not add up in the end.
 */
function withoutCommasInNames(cells: readonly string[], createdAt: number, width: number): readonly string[] {
  const extra = cells.length - width;
  const isTime = (place: number): boolean => BEIJING_TIME.test(cells[place] ?? '');
  if (extra <= 0 || isTime(createdAt) || !isTime(createdAt + extra) || !isTime(createdAt + extra + 1)) return cells;
  const name = cells.slice(createdAt - 1, createdAt + extra).join(',');
  return [...cells.slice(0, createdAt - 1), name, ...cells.slice(createdAt + extra)];
}

type Places = { readonly width: number; readonly at: Readonly<Record<Column, number>> };

function placesOf(header: readonly string[]): Places {
  const missing = Object.values(COLUMNS).filter((column) => !header.includes(column));
  if (missing.length > 0) throw new UnusableBill(`it lacks the column ${missing.join(', ')}`);
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [name, header.indexOf(column)]));
  return { width: header.length, at: at as Record<Column, number> };
}

function rowOf(line: string, number: number, { width, at }: Places): AlipayBillLine {
  const cells = withoutCommasInNames(cellsOf(line), at.createdAt, width);
  if (cells.length !== width)
    throw new UnusableBill(`line ${number} has ${cells.length} cells, but there are ${width} columns`);
  const text = (column: Column): string => cells[at[column]] ?? '';
  const unusable = (column: Column, problem: string) =>
    new UnusableBill(`line ${number}: ${COLUMNS[column]} ${problem}`);
  const yuan = (column: Column): Minor => {
    const amount = parseDecimal(text(column), 'CNY');
    if (amount === undefined) throw unusable(column, 'is not an amount in yuan');
    return amount;
  };
  const id = (column: Column): string => {
    if (!NUMBER.test(text(column))) throw unusable(column, 'is not a number');
    return text(column);
  };
  const kind = text('type') === '交易' ? 'payment' : text('type') === '退款' ? 'refund' : undefined;
  if (kind === undefined) throw unusable('type', 'is none that is known');
  const sign = kind === 'payment' ? 1 : -1;
  const amount = yuan('amount');
  if (amount * sign <= 0) throw unusable('amount', 'has the wrong sign for its type');
  const time = instantSchema.safeParse(`${text('finishedAt').replace(' ', 'T')}+08:00`);
  if (!BEIJING_TIME.test(text('finishedAt')) || !time.success) throw unusable('finishedAt', 'is not a time');
  return {
    kind,
    line: number,
    tradeNo: id('tradeNo'),
    orderNo: id('orderNo'),
    amountMinor: minor(amount * sign),
    receivedMinor: yuan('received'),
    feeMinor: yuan('fee'),
    occurredAt: time.data,
    ...(kind === 'refund' && text('refundNo') !== '' ? { refundNo: id('refundNo') } : {}),
  };
}

function checkSummary(
  lines: readonly AlipayBillLine[],
  kind: AlipayBillLine['kind'],
  summary: RegExpExecArray | undefined,
  name: string,
): void {
  if (summary === undefined) throw new UnusableBill(`it lacks the summary ${name}; it may be cut off`);
  const of = lines.filter((line) => line.kind === kind);
  const received = of.reduce((sum, line) => add(sum, line.receivedMinor), ZERO);
  const [, count, sum = ''] = summary;
  if (Number(count) !== of.length) throw new UnusableBill(`${name} is not the ${of.length} rows that the bill has`);
  if (parseDecimal(sum, 'CNY') !== received) throw new UnusableBill(`${name} is not what the rows add up to`);
}

/** A row that is listed twice would be counted twice, and a summary made of the same rows would not show it. */
function distinct(lines: readonly AlipayBillLine[]): readonly AlipayBillLine[] {
  const seen = new Set<string>();
  for (const { kind, tradeNo, refundNo, occurredAt, amountMinor } of lines) {
    // Refunds of one payment may have no number of their own; then time and amount tell them apart.
    const row = kind === 'payment' ? tradeNo : `${tradeNo} ${refundNo ?? `${occurredAt} ${amountMinor}`}`;
    if (seen.has(`${kind} ${row}`)) throw new UnusableBill(`it lists ${kind} ${row} twice`);
    seen.add(`${kind} ${row}`);
  }
  return lines;
}
