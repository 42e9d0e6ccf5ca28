import { chineseCapitals } from './chinese-capitals.ts';
import { printedNumber, type Receipt, type ReceiptReference, type ReceiptSeries } from './receipt.ts';

const reference = ({ receiptId, code, year, number }: ReceiptReference) => ({
  receiptId,
  year,
  code,
  number: printedNumber(number),
});

/** Where a receipt is verified: the address that its QR code holds, without the host. */
export const verificationPath = ({ receiptId, checkCode }: Pick<Receipt, 'receiptId' | 'checkCode'>): string =>
  `/public/receipts/${receiptId}?code=${checkCode}`;
/** Where its donor sees and downloads it: the address in their letter. */
export const ownerPath = (receipt: Pick<Receipt, 'receiptId' | 'checkCode' | 'documentToken'>): string =>
  `${verificationPath(receipt)}&token=${receipt.documentToken}`;
/** Where its donor gets it as a PDF. Whoever knows this address may. */
export const documentPath = ({ receiptId, documentToken }: Pick<Receipt, 'receiptId' | 'documentToken'>): string =>
  `/public/receipts/${receiptId}/document?token=${documentToken}`;

/** A receipt as staff see it. */
export const receiptView = (receipt: Receipt) => ({
  receiptId: receipt.receiptId,
  kind: receipt.kind,
  organisationId: receipt.organisationId,
  year: receipt.year,
  code: receipt.code,
  number: printedNumber(receipt.number),
  giftId: receipt.giftId,
  campaignId: receipt.campaignId,
  title: receipt.title,
  payer: receipt.payer,
  issuedOn: receipt.issuedOn,
  issuedAt: receipt.issuedAt,
  issuedBy: receipt.issuedBy,
  currency: receipt.currency,
  amountMinor: receipt.amountMinor,
  amountInWords: chineseCapitals(receipt.amountMinor),
  lines: receipt.lines,
  remark: receipt.remark,
  other: receipt.other,
  issuer: receipt.issuer,
  reviewer: receipt.reviewer,
  handler: receipt.handler,
  checkCode: receipt.checkCode,
  inKind: receipt.inKind === true,
  generatedData: receipt.generatedData,
  state: receipt.state,
  stateReason: receipt.stateReason ?? null,
  stateAt: receipt.stateAt ?? null,
  stateBy: receipt.stateBy ?? null,
  reverses: receipt.reverses === undefined ? null : reference(receipt.reverses),
  reversedBy: receipt.reversedBy === undefined ? null : reference(receipt.reversedBy),
  replaces: receipt.replaces === undefined ? null : reference(receipt.replaces),
  handedOutAt: receipt.handedOutAt ?? null,
  copies: receipt.copies,
  verification: verificationPath(receipt),
  document: documentPath(receipt),
});

/** The figures of a series: what was issued is what is valid, and what was taken back. */
export const seriesView = (organisationId: string, year: number, series: ReceiptSeries | undefined) => ({
  organisationId,
  year,
  code: series?.code ?? null,
  issued: series?.issued ?? 0,
  amountMinor: series?.amountMinor ?? 0,
  voids: series?.voids ?? 0,
  reversals: series?.reversals ?? 0,
  waivers: { recorded: series?.waivers ?? 0, ended: series?.waiversEnded ?? 0, amountMinor: series?.waivedMinor ?? 0 },
});
