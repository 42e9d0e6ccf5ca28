import { PermanentError } from '../kernel/errors.ts';
import { donationEntryKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type DonationEntry, donationEntrySchema, donationItemOf } from './donation-entry.ts';

/** `already-recorded` is success: the same payment came again. */
export type RecordOutcome = 'recorded' | 'already-recorded';

/**
 * The one write of the intake: conditional, immutable, keyed by provider and payment. Throws PermanentError when the
 * same payment comes with another amount or order: then one of the two is false, and a person must look.
 */
export async function recordDonation(table: Table, entry: DonationEntry): Promise<RecordOutcome> {
  const written = await table.write({ put: donationItemOf(entry), when: { absent: true } });
  if (written.kind === 'written') return 'recorded';
  const existing = donationEntrySchema.parse(written.existing ?? (await table.get(donationEntryKey(entry.giftId))));
  if (existing.amountMinor !== entry.amountMinor || existing.orderNo !== entry.orderNo) {
    throw new PermanentError(`payment ${entry.paymentId} came again with another amount or order`);
  }
  return 'already-recorded';
}
