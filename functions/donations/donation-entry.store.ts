import { TransientError } from '../kernel/errors.ts';
import { donationEntryKey } from '../platform/keys.ts';
import type { Item, Table } from '../platform/table.ts';
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
  return againOf(outcome.existing ?? (await table.get(donationEntryKey(entry.giftId))), entry);
}

/**
 * The same for money that fits no campaign: with its entry goes `beside`, by which people find it. Throws TransientError where the
 * store could not take both just now.
 */
export async function recordWithoutCampaign(table: Table, entry: DonationEntry, beside: Item): Promise<RecordOutcome> {
  const outcome = await table.transact([
    { put: donationItemOf(entry), when: { absent: true } },
    { put: beside, when: { absent: true } },
  ]);
  if (outcome.kind === 'committed') return 'recorded';
  const existing = await table.get(donationEntryKey(entry.giftId));
  if (existing === undefined) throw new TransientError(`gift ${entry.giftId} could not be written just now`);
  return againOf(existing, entry);
}

const againOf = (existing: Item | undefined, entry: DonationEntry): RecordOutcome =>
  moneyOf(donationEntrySchema.parse(existing)) === moneyOf(entry) ? 'already-recorded' : 'contradicts';

/** The entry of a gift, where its payment has arrived. */
export async function findDonation(table: Table, giftId: string): Promise<DonationEntry | undefined> {
  const entry = await table.get(donationEntryKey(giftId));
  return entry === undefined ? undefined : donationEntrySchema.parse(entry);
}

const moneyOf = ({ amountMinor, currency, merchantId, orderNo }: DonationEntry): string =>
  JSON.stringify([amountMinor, currency, merchantId, orderNo]);
