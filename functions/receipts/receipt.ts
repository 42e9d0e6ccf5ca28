import * as z from 'zod';
import { minor } from '../kernel/money.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { receiptIndexKey, receiptKey, receiptSeriesIndexKey, receiptSeriesKey } from '../platform/keys.ts';

/** An amount that is below zero on a receipt that takes another one back. */
const signedMinorSchema = z.number().int().transform(minor);

/** Who gave, as the receipt names them. Of persons only the name. */
export const payerSchema = z.object({ name: z.string(), creditCode: z.string().optional() });
export type Payer = z.infer<typeof payerSchema>;
export const isSamePayer = (one: Payer, other: Payer): boolean =>
  one.name === other.name && one.creditCode === other.creditCode;

/** One row of a receipt: project code and name, unit, quantity, standard, amount. */
export const receiptLineSchema = z.object({
  projectCode: z.string(),
  projectName: z.string(),
  unit: z.string(),
  /** Below zero on a reversal. */
  quantity: z.number().int(),
  /** What one unit is worth; absent for goods, which are assessed as a whole. */
  standardMinor: signedMinorSchema.optional(),
  amountMinor: signedMinorSchema,
});
export type ReceiptLine = z.infer<typeof receiptLineSchema>;

/** Another receipt that one is about. */
export const receiptReferenceSchema = z.object({
  receiptId: z.string(),
  code: z.string(),
  year: z.number().int(),
  number: z.number().int().min(1),
});
export type ReceiptReference = z.infer<typeof receiptReferenceSchema>;

/** `void`: made by mistake, its number stays (作废). `reversed`: taken back by a receipt of its own below zero (冲红). */
export const RECEIPT_STATES = ['valid', 'void', 'reversed'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

/**
 * One receipt of 公益事业捐赠票据使用管理办法 (财综〔2024〕1号), with the fields that the rule names. What was said at its issue never
 * changes: its state, what takes it back and how often it was handed out again are what is added later. It keeps the payer's name
 * as an accounting record has to; addresses and telephone numbers are not in it.
 */
export const receiptSchema = z.object({
  type: z.literal('receipt'),
  receiptId: z.string(),
  kind: z.enum(['gift', 'reversal']),
  organisationId: z.string(),
  /** The series: of one organisation and one year, in its own zone. */
  year: z.number().int(),
  /** 票据代码 */
  code: z.string(),
  /** 票据号码: 1 is the first of its series. */
  number: z.number().int().min(1),
  giftId: z.string(),
  campaignId: z.string(),
  title: z.string(),
  payer: payerSchema,
  issuedOn: localDateSchema,
  issuedAt: instantSchema,
  /** A person's id, or the batch or job that issued it. */
  issuedBy: z.string(),
  currency: z.literal('CNY'),
  /** Below zero on a reversal. */
  amountMinor: signedMinorSchema,
  lines: z.array(receiptLineSchema).min(1),
  remark: z.string(),
  other: z.string(),
  issuer: z.object({ name: z.string(), creditCode: z.string() }),
  reviewer: z.string(),
  handler: z.string(),
  /** 校验码 */
  checkCode: z.string(),
  /** What the address of the donor's own copy carries: whoever has it may see the whole receipt. */
  documentToken: z.string(),
  inKind: z.literal(true).optional(),
  /** That campaign and gift are made up: the receipt says so. */
  generatedData: z.boolean(),
  state: z.enum(RECEIPT_STATES),
  stateReason: z.string().optional(),
  stateAt: instantSchema.optional(),
  stateBy: z.string().optional(),
  /** Of a reversal: what it takes back. */
  reverses: receiptReferenceSchema.optional(),
  /** Of one that was taken back: by which. */
  reversedBy: receiptReferenceSchema.optional(),
  /** Of one for what is left after a refund, or after a mistake: in whose place it stands. */
  replaces: receiptReferenceSchema.optional(),
  /** When its original was handed out on paper. */
  handedOutAt: instantSchema.optional(),
  /** How often it was handed out again since (重复打印). */
  copies: z.number().int().min(0),
  version: z.number().int().min(1),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** That a receipt was handed out on paper once, by the key of the request that did it. */
export const receiptHandOutSchema = z.object({
  type: z.literal('receipt-hand-out'),
  receiptId: z.string(),
  number: z.number().int().min(1),
  /** 0 is the original, n the nth duplicate. */
  copy: z.number().int().min(0),
  handedOutAt: instantSchema,
  handedOutBy: z.string(),
});
export type ReceiptHandOut = z.infer<typeof receiptHandOutSchema>;

/** A receipt with its keys, as it is written. */
export const receiptItemOf = (receipt: Receipt) => ({
  ...receiptKey(receipt.organisationId, receipt.year, receipt.number),
  ...receiptIndexKey(receipt.receiptId),
  ...receipt,
});

export const referenceTo = ({ receiptId, code, year, number }: Receipt): ReceiptReference => ({
  receiptId,
  code,
  year,
  number,
});

/** 票据号码 as it is printed: ten digits. */
const NUMBER_DIGITS = 10;
export const printedNumber = (number: number): string => String(number).padStart(NUMBER_DIGITS, '0');

/** The end of a series and what is in it. Every number is taken by moving `issued` in the transaction that writes its receipt. */
export const receiptSeriesSchema = z.object({
  type: z.literal('receipt-series'),
  organisationId: z.string(),
  year: z.number().int(),
  /** 票据代码 of every receipt of the series, as it was at the first of them. */
  code: z.string(),
  /** The last number; the next receipt has the following one. */
  issued: z.number().int().min(0).default(0),
  /** Sum of all receipts that are not void, reversals being below zero. */
  amountMinor: z.number().int().default(0),
  voids: z.number().int().default(0),
  reversals: z.number().int().default(0),
  /** Gifts of which it is on record that no receipt was issued, and what they are worth. */
  waivers: z.number().int().default(0),
  waivedMinor: z.number().int().default(0),
  /** Of those, how many got a receipt after all. */
  waiversEnded: z.number().int().default(0),
});
export type ReceiptSeries = z.infer<typeof receiptSeriesSchema>;

/** Why no receipt was issued: the donor gave no name, or said that they want none (Charity Law art. 38). */
export const WAIVER_REASONS = ['anonymous', 'waived'] as const;
export type WaiverReason = (typeof WAIVER_REASONS)[number];

/** The record of a gift without a receipt. It has no number: numbers are of receipts. */
export const receiptWaiverSchema = z.object({
  type: z.literal('receipt-waiver'),
  giftId: z.string(),
  /** How many receipts the gift had had by then: mostly none. */
  generation: z.number().int().min(0),
  organisationId: z.string(),
  year: z.number().int(),
  campaignId: z.string(),
  reason: z.enum(WAIVER_REASONS),
  /** What of the gift was there when it was recorded. */
  amountMinor: z.number().int().min(0),
  recordedAt: instantSchema,
  recordedBy: z.string(),
  /** The receipt that was issued after all. */
  endedBy: receiptReferenceSchema.optional(),
});
export type ReceiptWaiver = z.infer<typeof receiptWaiverSchema>;

/** Which receipt of a gift is valid, if one is: what lets a gift have one at a time. */
export const giftReceiptSchema = z.object({
  type: z.literal('gift-receipt'),
  giftId: z.string(),
  organisationId: z.string(),
  state: z.enum(['live', 'none', 'waived']),
  /** How many receipts the gift has had, reversals not counted: the id of the next one is derived from it. */
  generation: z.number().int().min(0),
  /** The valid receipt, or the last one. */
  last: receiptReferenceSchema.optional(),
  /** What the valid receipt is about. */
  amountMinor: z.number().int().min(0).optional(),
  /** Where the waiver stands, of a gift that has one. */
  waiver: z.object({ year: z.number().int(), generation: z.number().int() }).optional(),
  /** That a person must look: why no receipt followed a reversal. */
  attention: z.enum(['goods-partly-returned']).optional(),
  changedAt: instantSchema,
  changedBy: z.string(),
  version: z.number().int().min(1),
});
export type GiftReceipt = z.infer<typeof giftReceiptSchema>;

/** What a series' head becomes, guarded by what was read of it. `numbers` taken move it; voids and waivers leave it where it is. */
export function headUpdate(
  head: ReceiptSeries | undefined,
  series: { readonly organisationId: string; readonly year: number; readonly code: string },
  change: Partial<
    Record<'numbers' | 'amountMinor' | 'voids' | 'reversals' | 'waivers' | 'waivedMinor' | 'waiversEnded', number>
  >,
) {
  const { numbers = 0, ...sums } = change;
  const { organisationId, year, code } = series;
  return {
    update: receiptSeriesKey(organisationId, year),
    set: {
      type: 'receipt-series',
      ...receiptSeriesIndexKey(organisationId, year),
      organisationId,
      year,
      code: head?.code ?? code,
    },
    add: { issued: numbers, ...sums },
    when: head === undefined ? ({ absent: true } as const) : { equals: { issued: head.issued, code: head.code } },
  };
}
