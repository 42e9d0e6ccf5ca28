import * as z from 'zod';
import { type DonorContact, LONGEST_PAYER_NAME } from '../donations/donation-intent.ts';
import { lineSchema } from '../kernel/plain-text.ts';
import { instantSchema } from '../kernel/time.ts';
import { creditCodeSchema } from './credit-code.ts';

/** What a donor sends who wants a receipt after all. */
export const receiptAskSchema = z.strictObject({
  /** Of the order: the donor's page and the bank's message have it. */
  orderNo: z.string().regex(/^int_[0-9a-z]{20}$/, 'must be the number of an order'),
  /** The e-mail address or telephone number that was left with the order: what proves that it is theirs. */
  contact: z.string().trim().min(3).max(254),
  payerName: lineSchema(LONGEST_PAYER_NAME),
  creditCode: creditCodeSchema.optional(),
});
export type ReceiptAsk = z.infer<typeof receiptAskSchema>;

/** That a donor has asked for the receipt of their order, and in whose name. It expires as the donor's contact does. */
export const receiptRequestSchema = z.object({
  type: z.literal('receipt-request'),
  orderNo: z.string(),
  organisationId: z.string(),
  campaignId: z.string(),
  payerName: z.string(),
  creditCode: z.string().optional(),
  requestedAt: instantSchema,
  expiresAt: z.number().int(),
});
export type ReceiptRequest = z.infer<typeof receiptRequestSchema>;

const asAddress = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
/** The digits that tell a Chinese mobile number, whatever stands before them: +86, 0086, spaces. */
const asTelephone = (text: string): string => text.normalize('NFKC').replace(/\D/g, '').slice(-11);
const FEWEST_DIGITS = 7;

/** Whether what somebody says is the contact that was left with an order. */
export function isOwnContact(said: string, contact: Pick<DonorContact, 'email' | 'phone'> | undefined): boolean {
  if (contact?.email !== undefined && asAddress(contact.email) === asAddress(said)) return true;
  const number = asTelephone(said);
  return contact?.phone !== undefined && number.length >= FEWEST_DIGITS && asTelephone(contact.phone) === number;
}
