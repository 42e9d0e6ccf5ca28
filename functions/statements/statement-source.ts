import { type AlipayBillLine, parseAlipayBill } from '../donations/alipay-bill.ts';
import { isArchive, listInArchive } from '../donations/alipay-bill-archive.ts';
import type { Provider } from '../donations/payment-event.ts';
import type { Currency } from '../kernel/money.ts';
import { parseTradeBill, type TradeBillLine } from '../reconciliation/trade-bill.ts';
import { LocalMinutes } from './statement-cells.ts';
import type { StatementImport } from './statement-import.ts';
import { delimitedLines, UnreadableFile } from './statement-lines.ts';
import type { StatementMapping } from './statement-mapping.ts';
import { rowOf, type StatementRow } from './statement-row.ts';
import { workbookLines } from './statement-workbook.ts';
import { LARGEST_WORKBOOK_BYTES } from './workbook-limit.ts';

/** A provider's bill is one day of one merchant and is read whole: 100,000 rows of 300 bytes. */
const LARGEST_BILL_BYTES = 30 * 1024 * 1024;

/** What is the same for all rows of a file. */
export type SourceTerms = Pick<StatementMapping, 'account' | 'zone' | 'currency'> & {
  /** Whose numbers the rows carry. */
  readonly provider: Provider;
  readonly needsSummary: boolean;
  /** Whether it is an account's at the bank, all rows of which are kept. */
  readonly isBank: boolean;
};

export function termsOf(source: StatementImport['source']): SourceTerms {
  if (source.kind === 'mapping') {
    const { account, zone, currency, provider, summary, bank } = source.mapping;
    return { account, zone, currency, provider, needsSummary: summary !== undefined, isBank: bank !== undefined };
  }
  const currency: Currency = 'CNY';
  const provider = source.kind === 'wechat-trade-bill' ? 'wechat-pay' : 'alipay';
  // Bills carry the account in each row, and their own sums are checked by who reads them.
  return { account: provider, zone: 'Asia/Shanghai', currency, provider, needsSummary: false, isBank: false };
}

/** The rows of an uploaded file. Throws UnreadableFile where it cannot be read as what it is said to be. */
export async function* statementRows(
  source: StatementImport['source'],
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<StatementRow> {
  if (source.kind === 'wechat-trade-bill') {
    yield* tradeBillRows(await wholeFile(bytes, LARGEST_BILL_BYTES));
    return;
  }
  if (source.kind === 'alipay-bill') {
    yield* alipayBillRows(await wholeFile(bytes, LARGEST_BILL_BYTES));
    return;
  }
  const { mapping } = source;
  const minutes = new LocalMinutes();
  if (mapping.file === 'workbook') {
    for (const cells of workbookLines(await wholeFile(bytes, LARGEST_WORKBOOK_BYTES), mapping))
      yield rowOf(cells, mapping, minutes);
    return;
  }
  for await (const cells of delimitedLines(bytes, mapping)) yield rowOf(cells, mapping, minutes);
}

async function wholeFile(bytes: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > most)
      throw new UnreadableFile(`has more than ${most} bytes`, 'export it as delimited text, or in several files');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function* tradeBillRows(file: Uint8Array): Generator<StatementRow> {
  const bill = parseTradeBill(file);
  if (bill.kind === 'refused') throw new UnreadableFile(bill.reason, 'download the bill of the day anew, unpacked');
  // Line 1 is the header.
  for (const [index, line] of bill.lines.entries()) yield tradeBillRow(line, index + 2);
}

function tradeBillRow(bill: TradeBillLine, line: number): StatementRow {
  const { occurredAt, amountMinor, transactionId, orderNo, merchantId } = bill;
  const common = { line, paidAt: occurredAt, amountMinor, account: merchantId, orderNo };
  if (bill.state === 'SUCCESS') return { kind: 'gift', ...common, paymentId: transactionId, anonymous: true };
  // A payment taken back at the counter has no number of its own: it is the one refund of that payment.
  return {
    kind: 'refund',
    ...common,
    refundId: bill.refundId ?? `revoked-${transactionId}`,
    refundedPaymentId: transactionId,
  };
}

/** The list of a day as it is, or in the archive in which Alipay hands it out. */
function* alipayBillRows(file: Uint8Array): Generator<StatementRow> {
  const fix = 'download the list of the day (业务明细) anew, and do not save it from a spreadsheet';
  const unpacked = isArchive(file) ? listInArchive(file) : ({ kind: 'list', content: file } as const);
  if (unpacked.kind === 'refused') throw new UnreadableFile(unpacked.reason, fix);
  const bill = parseAlipayBill(unpacked.content);
  if (bill.kind === 'refused') throw new UnreadableFile(bill.reason, fix);
  for (const line of bill.lines) yield alipayBillRow(line, bill.sellerId);
}

function alipayBillRow(bill: AlipayBillLine, sellerId: string): StatementRow {
  const { line, occurredAt, amountMinor, tradeNo, orderNo, refundNo } = bill;
  const common = { line, paidAt: occurredAt, amountMinor, account: sellerId, orderNo };
  if (bill.kind === 'payment') return { kind: 'gift', ...common, paymentId: tradeNo, anonymous: true };
  return {
    kind: 'refund',
    ...common,
    refundedPaymentId: tradeNo,
    ...(refundNo === undefined ? {} : { refundId: refundNo }),
  };
}
