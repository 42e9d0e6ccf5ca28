import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type MatchEntry, matchEntrySchema } from '../matching/match-entry.ts';
import { readPool } from '../matching/matching-pool.store.ts';
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

/**
 * The gifts among these entries that were counted before matching was finalised, each with its match. What arrives or is
 * counted later is not part of the closed campaign: finalisation made sure that everything until then had been counted.
 */
export async function finalGiftsOf(
  table: Table,
  entries: readonly DonationEntry[],
  finalisedSequence: number,
): Promise<{ entry: DonationEntry; match: MatchEntry }[]> {
  const matches = new Map<string, MatchEntry>();
  for (let start = 0; start < entries.length; start += LARGEST_BATCH_READ) {
    const keys = entries.slice(start, start + LARGEST_BATCH_READ).map((entry) => matchEntryKey(entry.giftId));
    for (const item of await table.getMany(keys)) {
      const match = matchEntrySchema.parse(item);
      matches.set(match.giftId, match);
    }
  }
  return entries.flatMap((entry) => {
    const match = matches.get(entry.giftId);
    return match === undefined || match.sequence > finalisedSequence ? [] : [{ entry, match }];
  });
}

/** How many gifts the closed campaign has. Throws PermanentError when matching was never finalised: nothing can be closed out. */
export async function finalisedSequenceOf(table: Table, campaignId: string): Promise<number> {
  const { finalisedSequence } = await readPool(table, campaignId);
  if (finalisedSequence === undefined)
    throw new PermanentError(`matching of campaign ${campaignId} has not been finalised`);
  return finalisedSequence;
}
