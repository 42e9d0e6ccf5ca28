import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { entriesOf, finalGiftsOf, finalisedSequenceOf, firstAdjustments } from './booked-gifts.store.ts';
import { type CampaignFiles, openCampaignFiles, writeJsonFile } from './campaign-files.gateway.ts';
import { partitionSchema, summaryFile } from './closeout-partition.ts';
import { closeoutSummarySchema, mergeSummaries, summarise } from './closeout-summary.ts';
import { directedGiftsOf } from './directed-gifts.store.ts';
import { channelOf } from './gift-channel.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  partition: partitionSchema,
  /** How many of the campaign's adjustments count in this closeout. */
  adjustments: z.number().int().min(0),
});
type Input = z.infer<typeof inputSchema>;
export type SummariseUse = { readonly table: Table; readonly files: CampaignFiles };

/** Gifts held in memory at once: about 1 MB. */
const GIFTS_AT_ONCE = 1000;

/**
 * Adds up one shard of one day from the entries themselves and what was settled about them, not from the running totals,
 * and keeps the sums in a file.
 */
async function summarisePartition(
  { campaignId, partition, adjustments }: Input,
  use: SummariseUse,
): Promise<{ kind: string; gifts: number }> {
  const finalisedSequence = await finalisedSequenceOf(use.table, campaignId);
  const settled = await firstAdjustments(use.table, campaignId, adjustments);
  const directed = await directedGiftsOf(use.table, campaignId);
  const byGift = Map.groupBy(settled, ({ giftId }) => giftId);
  let summary = mergeSummaries([]);
  let waiting: DonationEntry[] = [];
  const addUp = async (): Promise<void> => {
    const gifts = await finalGiftsOf(use.table, waiting, finalisedSequence);
    const withSettlements = gifts.map((gift) => ({
      ...gift,
      settlements: byGift.get(gift.entry.giftId) ?? [],
      channel: channelOf(gift.entry, directed),
    }));
    summary = mergeSummaries([summary, summarise(withSettlements)]);
    waiting = [];
  };
  for await (const entry of entriesOf(use.table, campaignId, partition)) {
    waiting.push(entry);
    if (waiting.length === GIFTS_AT_ONCE) await addUp();
  }
  await addUp();
  await writeJsonFile(use.files, summaryFile(campaignId, partition), closeoutSummarySchema.parse(summary));
  return { kind: 'summarised', gifts: summary.totals.gifts };
}

export const definition: TaskDefinition<Input, SummariseUse> = {
  name: 'summarise-partition',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: summarisePartition,
};
export const handler = taskFunction(definition);
