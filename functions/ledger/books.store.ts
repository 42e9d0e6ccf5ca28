import type { LocalDate } from '../kernel/time.ts';
import { journalLines, readPool } from '../matching/allocation.store.ts';
import { donationsOfCampaignDay, INTAKE_SHARDS } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import type { Books } from './invariants.ts';
import { readTotals } from './totals.ts';

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

/** Reads all books of one campaign: about 10 KB of journal for every hundred gifts. */
export async function readBooks(table: Table, campaignId: string, days: readonly LocalDate[]): Promise<Books> {
  const journal: Books['journal'][number][] = [];
  for await (const line of journalLines(table, campaignId)) journal.push(line);
  const [pool, arrived, totals] = await Promise.all([
    readPool(table, campaignId),
    giftsArrived(table, campaignId, days),
    readTotals(table, campaignId),
  ]);
  return { pool, journal, arrived, totals };
}
