import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { donorContactKey, intentKey } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import {
  type DonationIntent,
  type DonorContact,
  donationIntentSchema,
  donorContactSchema,
  intentItemOf,
} from './donation-intent.ts';

export async function findIntent(table: Table, orderNo: string): Promise<DonationIntent | undefined> {
  const item = await table.get(intentKey(orderNo));
  return item === undefined ? undefined : donationIntentSchema.parse(item);
}

export type KeepOutcome =
  | { readonly kind: 'created'; readonly intent: DonationIntent }
  | { readonly kind: 'already-created'; readonly intent: DonationIntent }
  | Refusal;

/**
 * Writes an order and the donor's contact in one transaction: an order that promises a thank-you without an address,
 * or an address that belongs to no order, cannot be left behind by a crash. The same order again is found as it was;
 * another one under the same number is refused. Throws TransientError when two requests with one number meet.
 */
export async function keepIntent(
  table: Table,
  intent: DonationIntent,
  contact: DonorContact | undefined,
): Promise<KeepOutcome> {
  const outcome = await table.transact(writesOf(intent, contact));
  if (outcome.kind === 'committed') return { kind: 'created', intent };
  const existing = await findIntent(table, intent.orderNo);
  if (existing === undefined) throw new TransientError('the order could not be written just now');
  const kept = await findContact(table, intent.orderNo);
  return contentOf(existing, kept) === contentOf(intent, kept === undefined ? undefined : contact)
    ? { kind: 'already-created', intent: existing }
    : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another gift. Use a new one.');
}

function writesOf(intent: DonationIntent, contact: DonorContact | undefined): TransactWrite[] {
  const order: TransactWrite = { put: intentItemOf(intent), when: { absent: true } };
  if (contact === undefined) return [order];
  return [order, { put: { ...donorContactKey(contact.orderNo), ...contact }, when: { absent: true } }];
}

export async function findContact(table: Table, orderNo: string): Promise<DonorContact | undefined> {
  const item = await table.get(donorContactKey(orderNo));
  return item === undefined ? undefined : donorContactSchema.parse(item);
}

/** What the donor asked for, without what time adds; a contact erased meanwhile is not held against a repeat. */
function contentOf(intent: DonationIntent, contact: DonorContact | undefined): string {
  const { campaignId, unitId, teamId, amountMinor, currency, anonymous, emailGiven, language, receipt } = intent;
  const { name, message, email, phone, openid, payerName, payerCreditCode } = contact ?? {};
  return JSON.stringify([
    [campaignId, unitId, teamId, amountMinor, currency, anonymous, emailGiven, language, receipt],
    [name, message, email, phone, openid, payerName, payerCreditCode],
  ]);
}
