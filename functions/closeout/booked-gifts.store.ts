import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type MatchEntry, matchEntrySchema } from '../matching/match-entry.ts';
import { donationsOfCampaignDay, matchEntryKey } from '../platform/keys.ts';
import { everyItem, LARGEST_BATCH_READ, type Table } from '../platform/table.ts';
import type { Partition } from './closeout-partition.ts';

/** The donation entries of a partition, in order of payment. */
export async function* entriesOf(
  table: Table,
  campaignId: string,
  { day, shard }: Partition,
): AsyncGenerator<DonationEntry> {
  for await (const item of everyItem(table, donationsOfCampaignDay(campaignId, day, shard)))
    yield donationEntrySchema.parse(item);
}

/** Each entry with its match. Throws PermanentError for a gift that was never counted: a closeout must not skip one. */
export async function giftsOf(
  table: Table,
  entries: readonly DonationEntry[],
): Promise<{ entry: DonationEntry; match: MatchEntry }[]> {
  const matches = new Map<string, MatchEntry>();
  for (let start = 0; start < entries.length; start += LARGEST_BATCH_READ) {
    const keys = entries.slice(start, start + LARGEST_BATCH_READ).map((entry) => matchEntryKey(entry.giftId));
    for (const item of await table.getMany(keys)) {
      const match = matchEntrySchema.parse(item);
      matches.set(match.giftId, match);
    }
  }
  return entries.map((entry) => {
    const match = matches.get(entry.giftId);
    if (match === undefined) throw new PermanentError(`gift ${entry.giftId} arrived but was never counted`);
    return { entry, match };
  });
}
