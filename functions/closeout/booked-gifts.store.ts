import { type DonationEntry, donationEntrySchema } from '../donations/donation-entry.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import { type MatchEntry, matchEntrySchema } from '../matching/match-entry.ts';
import { adjustmentsOf, readPool } from '../matching/matching-pool.store.ts';
import type { MatchingPool } from '../matching/matching-pool.ts';
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

/**
 * The first `count` adjustments of a campaign, in their order: those that a closeout counts in all of its steps. What is
 * settled while it runs has a higher number and waits for the next report, so that no two parts see different books.
 * Throws TransientError when they are not all there.
 */
export const firstAdjustments = async (table: Table, campaignId: string, count: number): Promise<Adjustment[]> =>
  firstOf(await adjustmentsOf(table, campaignId), count, campaignId);

/** The first `count` of these adjustments; throws TransientError when they are not all there. */
export function firstOf(all: readonly Adjustment[], count: number, campaignId: string): Adjustment[] {
  const first = all.filter(({ number }) => number <= count).sort((a, b) => a.number - b.number);
  if (first.length === count) return first;
  throw new TransientError(`campaign ${campaignId} shows ${first.length} of its first ${count} adjustments`);
}

/** How many gifts the closed campaign has. Throws PermanentError when matching was never finalised: nothing can be closed out. */
export function finalisedSequenceIn({ campaignId, finalisedSequence }: MatchingPool): number {
  if (finalisedSequence === undefined)
    throw new PermanentError(`matching of campaign ${campaignId} has not been finalised`);
  return finalisedSequence;
}

export const finalisedSequenceOf = async (table: Table, campaignId: string): Promise<number> =>
  finalisedSequenceIn(await readPool(table, campaignId));
