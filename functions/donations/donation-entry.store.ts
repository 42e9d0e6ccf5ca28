import { PermanentError } from '../kernel/errors.ts';
import { donationEntryKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type DonationEntry, donationEntrySchema, donationItemOf } from './donation-entry.ts';

/** `already-recorded` is success: the same payment came again. */
export type RecordOutcome = 'recorded' | 'already-recorded';

/**
 * Writes a gift's entry, once for ever: one conditional put, so that any number of repeats at the same moment leave
 * one. Throws PermanentError when the same payment was recorded before with other money in it: one of the two is
 * wrong, and neither may be dropped in silence.
 */
export async function recordDonation(table: Table, entry: DonationEntry): Promise<RecordOutcome> {
  const outcome = await table.write({ put: donationItemOf(entry), when: { absent: true } });
  if (outcome.kind === 'written') return 'recorded';
  const existing = donationEntrySchema.parse(outcome.existing ?? (await table.get(donationEntryKey(entry.giftId))));
  if (moneyOf(existing) !== moneyOf(entry)) {
    throw new PermanentError(
      `gift ${entry.giftId} came again as ${moneyOf(entry)}, but is recorded as ${moneyOf(existing)}`,
    );
  }
  return 'already-recorded';
}

const moneyOf = ({ amountMinor, currency, merchantId, orderNo }: DonationEntry): string =>
  `${amountMinor} ${currency} to ${merchantId} for order ${orderNo}`;
