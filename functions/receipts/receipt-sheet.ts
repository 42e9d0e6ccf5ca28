import { encode } from 'uqr';
import { formatDecimal, formatMoney, type Minor } from '../kernel/money.ts';
import { chineseCapitals } from './chinese-capitals.ts';
import { printedNumber, type Receipt, type ReceiptReference } from './receipt.ts';
import { verificationPath } from './receipt-view.ts';

/** Lines on the face of a receipt; of more, all are on a list behind it, and the face has their sum. */
export const MOST_LINES_ON_FACE = 5;

/** Everything that is printed, as texts: the layout (receipt.typ) decides where, and nothing else. */
export type ReceiptSheet = {
  readonly title: string;
  readonly code: string;
  readonly number: string;
  readonly checkCode: string;
  readonly issuedOn: string;
  readonly payerName: string;
  readonly payerCreditCode: string;
  readonly heads: readonly string[];
  readonly lines: readonly (readonly string[])[];
  /** Behind the face, where there are more lines than it takes. */
  readonly list: readonly (readonly string[])[];
  readonly totalInWords: string;
  readonly total: string;
  readonly remark: string;
  readonly other: string;
  readonly issuerName: string;
  readonly issuerCreditCode: string;
  readonly reviewer: string;
  readonly handler: string;
  /** Rows of the QR code, `1` for a dark module. */
  readonly qr: readonly string[];
  readonly qrCaption: string;
  readonly isRed: boolean;
  /** Across the face, where there is something to warn of. */
  readonly stamp: string;
  /** Under the title, in a frame: that it is a duplicate, that it is made up. */
  readonly warnings: readonly string[];
  /** At the foot: why it is void, what reversed it, what it replaces. */
  readonly marks: readonly string[];
};

/** What is printed: the original or the nth duplicate that staff hand out, or a copy to look at, which anybody may print at any time. */
export type PrintedAs =
  | { readonly kind: 'handed-out' /** 0 is the original. */; readonly copy: number }
  | { readonly kind: 'copy' };

/** A receipt as it is printed, in Chinese, as the rule has it. `publicUrl`: where its QR code leads. */
export function receiptSheetOf(receipt: Receipt, publicUrl: string | undefined, as: PrintedAs): ReceiptSheet {
  const lines = receipt.lines.map((line) => [
    line.projectCode,
    line.projectName,
    line.unit,
    String(line.quantity),
    line.standardMinor === undefined ? '' : formatDecimal(line.standardMinor, 'CNY'),
    formatDecimal(line.amountMinor, 'CNY'),
  ]);
  const isLong = lines.length > MOST_LINES_ON_FACE;
  return {
    title: receipt.title,
    code: receipt.code,
    number: printedNumber(receipt.number),
    checkCode: inFours(receipt.checkCode),
    issuedOn: receipt.issuedOn,
    payerName: receipt.payer.name,
    payerCreditCode: receipt.payer.creditCode ?? '',
    heads: ['项目编码', '项目名称', '单位', '数量', '标准', '金额（元）'],
    lines: isLong ? [onOneLine(receipt)] : lines,
    list: isLong ? lines : [],
    totalInWords: chineseCapitals(receipt.amountMinor),
    total: formatMoney(receipt.amountMinor, 'CNY'),
    remark: receipt.remark,
    other: receipt.other,
    issuerName: receipt.issuer.name,
    issuerCreditCode: receipt.issuer.creditCode,
    reviewer: receipt.reviewer,
    handler: receipt.handler,
    qr: qrRows(receipt, publicUrl),
    qrCaption: publicUrl === undefined ? '票据信息' : '扫码查验',
    isRed: receipt.kind === 'reversal',
    stamp: stampOf(receipt),
    warnings: [...wordsOf(as), ...(receipt.generatedData ? ['演示数据，不得作为凭证'] : [])],
    marks: marksOf(receipt),
  };
}

const inFours = (digits: string): string => digits.replace(/(\d{4})(?=\d)/g, '$1 ');

function onOneLine({ lines, amountMinor }: Receipt): string[] {
  const [first] = lines;
  return [
    first?.projectCode ?? '',
    `${first?.projectName ?? ''} 等 ${lines.length} 项，见附清单`,
    '批',
    '1',
    '',
    formatDecimal(amountMinor as Minor, 'CNY'),
  ];
}

/** The page that verifies it; without an address what has to be typed there. */
function qrRows(receipt: Receipt, publicUrl: string | undefined): string[] {
  const text =
    publicUrl === undefined
      ? [receipt.code, printedNumber(receipt.number), receipt.issuedOn, receipt.checkCode].join(',')
      : `${publicUrl}${verificationPath(receipt)}`;
  return encode(text, { ecc: 'M', border: 0 }).data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''));
}

const named = ({ code, number }: ReceiptReference): string => `${code}-${printedNumber(number)}`;

function stampOf({ state, kind }: Receipt): string {
  if (state === 'void') return '作废';
  if (state === 'reversed') return '已冲红';
  return kind === 'reversal' ? '红字' : '';
}

function wordsOf(as: PrintedAs): string[] {
  if (as.kind === 'copy') return ['副本 COPY'];
  return as.copy === 0 ? [] : [`重复打印 DUPLICATE 第 ${as.copy} 次`];
}

function marksOf({ state, stateReason, reversedBy, replaces }: Receipt): string[] {
  return [
    ...(state === 'void' ? [`作废原因：${stateReason ?? ''}`] : []),
    ...(reversedBy === undefined ? [] : [`由红字票据 ${named(reversedBy)} 冲销`]),
    ...(replaces === undefined ? [] : [`替换票据 ${named(replaces)}`]),
  ];
}
