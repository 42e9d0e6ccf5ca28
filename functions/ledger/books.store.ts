import { refundEntrySchema } from '../donations/refund-entry.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { Adjustment } from '../matching/adjustment.ts';
import { adjustmentsOf, journalLines, readPool, readSeeds } from '../matching/matching-pool.store.ts';
import {
  donationEntryKey,
  donationsOfCampaignDay,
  INTAKE_SHARDS,
  refundEntryKey,
  refundsOfCampaign,
} from '../platform/keys.ts';
import { everyItem, type Item, LARGEST_BATCH_READ, readMany, type Table } from '../platform/table.ts';
import type { ArrivedRefund, Books } from './invariants.ts';
import { readTeamTotals, readTotals } from './totals.ts';

/** How many index partitions are read at once: enough to hide the round trips, few enough to stay unnoticed. */
const READS_AT_ONCE = 8;

/** Ids of all gifts that arrived for a campaign on these local days. */
export async function giftsArrived(table: Table, campaignId: string, days: readonly LocalDate[]): Promise<Set<string>> {
  const arrived = new Set<string>();
  const partitions = days.flatMap((day) => Array.from({ length: INTAKE_SHARDS }, (_, shard) => ({ day, shard })));
  for (let start = 0; start < partitions.length; start += READS_AT_ONCE) {
    await Promise.all(
      partitions.slice(start, start + READS_AT_ONCE).map(async ({ day, shard }) => {
        for await (const item of everyItem(table, donationsOfCampaignDay(campaignId, day, shard)))
          arrived.add(String(item['giftId']));
      }),
    );
  }
  return arrived;
}

/** Gifts that are counted but not (yet) in the index, found by their own key: the index is eventually consistent, entries are not. */
async function arrivedByKey(table: Table, giftIds: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let start = 0; start < giftIds.length; start += LARGEST_BATCH_READ) {
    const keys = giftIds.slice(start, start + LARGEST_BATCH_READ).map(donationEntryKey);
    for (const item of await table.getMany(keys)) found.push(String(item['giftId']));
  }
  return found;
}

/** Every refund that arrived for a campaign. */
export async function refundsArrived(table: Table, campaignId: string): Promise<ArrivedRefund[]> {
  const refunds: ArrivedRefund[] = [];
  for await (const item of everyItem(table, refundsOfCampaign(campaignId))) {
    refunds.push(arrivedRefundOf(item));
  }
  return refunds;
}

function arrivedRefundOf(item: Item): ArrivedRefund {
  const { giftId, refundId, amountMinor } = refundEntrySchema.parse(item);
  return { giftId, refundId, amountMinor };
}

/**
 * Refunds that are settled but not in the campaign's index: it is eventually consistent, and a refund that came before
 * its payment may stand under no campaign there.
 */
async function refundsByKey(
  table: Table,
  adjustments: readonly Adjustment[],
  listed: readonly ArrivedRefund[],
): Promise<ArrivedRefund[]> {
  const known = new Set(listed.map(({ giftId, refundId }) => `${giftId} ${refundId}`));
  const keys = adjustments.flatMap(({ kind, giftId, refundId }) =>
    kind !== 'refund' || giftId === undefined || refundId === undefined || known.has(`${giftId} ${refundId}`)
      ? []
      : [refundEntryKey(giftId, refundId)],
  );
  return (await readMany(table, keys)).map(arrivedRefundOf);
}

/**
 * Reads all books of one campaign: about 10 KB of journal for every hundred gifts. `undefined` when a gift was counted
 * or something settled while they were being read: then pool, journal and totals are of different moments, and say
 * nothing about each other.
 */
export async function readBooks(
  table: Table,
  campaignId: string,
  days: readonly LocalDate[],
): Promise<Books | undefined> {
  const before = await readPool(table, campaignId);
  const journal: Books['journal'][number][] = [];
  for await (const line of journalLines(table, campaignId)) journal.push(line);
  const [adjustments, seeds, arrived, refunds, totals, teams] = await Promise.all([
    adjustmentsOf(table, campaignId),
    readSeeds(table, campaignId),
    giftsArrived(table, campaignId, days),
    refundsArrived(table, campaignId),
    readTotals(table, campaignId),
    readTeamTotals(table, campaignId),
  ]);
  const unlisted = journal.map((line) => line.giftId).filter((giftId) => !arrived.has(giftId));
  for (const giftId of await arrivedByKey(table, unlisted)) arrived.add(giftId);
  refunds.push(...(await refundsByKey(table, adjustments, refunds)));
  const pool = await readPool(table, campaignId);
  const isStill = pool.sequence === before.sequence && pool.adjustments === before.adjustments;
  return isStill ? { pool, seeds, journal, adjustments, arrived, refunds, totals, teams } : undefined;
}
