import { donationEntryKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type DonationEntry, donationEntrySchema, donationItemOf } from './donation-entry.ts';

/**
 * `already-recorded` is success: the same payment came again. `contradicts`: it was recorded before with other money in
 * it; one of the two is wrong, the entry stays as it is, and a person must look.
 */
export type RecordOutcome = 'recorded' | 'already-recorded' | 'contradicts';

/** Writes a gift's entry, once for ever: one conditional put, so that any number of repeats at the same moment leave one. */
export async function recordDonation(table: Table, entry: DonationEntry): Promise<RecordOutcome> {
  const outcome = await table.write({ put: donationItemOf(entry), when: { absent: true } });
  if (outcome.kind === 'written') return 'recorded';
  const existing = donationEntrySchema.parse(outcome.existing ?? (await table.get(donationEntryKey(entry.giftId))));
  return moneyOf(existing) === moneyOf(entry) ? 'already-recorded' : 'contradicts';
}

/** The entry of a gift, where its payment has arrived. */
export async function findDonation(table: Table, giftId: string): Promise<DonationEntry | undefined> {
  const entry = await table.get(donationEntryKey(giftId));
  return entry === undefined ? undefined : donationEntrySchema.parse(entry);
}

const moneyOf = ({ amountMinor, currency, merchantId, orderNo }: DonationEntry): string =>
  JSON.stringify([amountMinor, currency, merchantId, orderNo]);
