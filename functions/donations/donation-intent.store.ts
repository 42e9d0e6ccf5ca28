import { TransientError } from '../kernel/errors.ts';
import { donorContactKey, intentKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type DonationIntent, type DonorContact, donationIntentSchema, donorContactSchema } from './donation-intent.ts';

export async function findIntent(table: Table, orderNo: string): Promise<DonationIntent | undefined> {
  const item = await table.get(intentKey(orderNo));
  return item === undefined ? undefined : donationIntentSchema.parse(item);
}

export async function findContact(table: Table, orderNo: string): Promise<DonorContact | undefined> {
  const item = await table.get(donorContactKey(orderNo));
  return item === undefined ? undefined : donorContactSchema.parse(item);
}

/** Writes an order and its contact together, once; `existing` is what an earlier call with the same key wrote. */
export async function createIntent(
  table: Table,
  intent: DonationIntent,
  contact: DonorContact | undefined,
): Promise<{ kind: 'created' } | { kind: 'exists'; intent: DonationIntent; contact: DonorContact | undefined }> {
  const outcome = await table.transact([
    { put: { ...intentKey(intent.orderNo), ...intent }, when: { absent: true } },
    ...(contact === undefined ? [] : [{ put: { ...donorContactKey(intent.orderNo), ...contact } }]),
  ]);
  if (outcome.kind === 'committed') return { kind: 'created' };
  const existing = await findIntent(table, intent.orderNo);
  if (existing === undefined) throw new TransientError('the order could not be written just now');
  return { kind: 'exists', intent: existing, contact: await findContact(table, intent.orderNo) };
}
