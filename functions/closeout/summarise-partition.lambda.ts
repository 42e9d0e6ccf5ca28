import * as z from 'zod';
import type { DonationEntry } from '../donations/donation-entry.ts';
import { PermanentError } from '../kernel/errors.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { entriesOf, finalGiftsOf, finalisedSequenceOf, firstAdjustments } from './booked-gifts.store.ts';
import { type CampaignFiles, openCampaignFiles, writeJsonFile } from './campaign-files.gateway.ts';
import { type Partition, partitionSchema, summaryFile } from './closeout-partition.ts';
import { closeoutSummarySchema, mergeSummaries, summarise } from './closeout-summary.ts';
import { directedGiftsOf } from './directed-gifts.store.ts';
import { channelOf } from './gift-channel.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  partitions: z.array(partitionSchema).min(1).optional(),
  /** As an execution says it that began before several were added up in one call; it may last half a year. */
  partition: partitionSchema.optional(),
  /** How many of the campaign's adjustments count in this closeout. */
  adjustments: z.number().int().min(0),
});
type Input = z.infer<typeof inputSchema>;
export type SummariseUse = { readonly table: Table; readonly files: CampaignFiles };

/** Gifts held in memory at once: about 1 MB. */
const GIFTS_AT_ONCE = 1000;

/**
 * Adds up shards of days from the entries themselves and what was settled about them, not from the running totals, and keeps the sums
 * of each in a file.
 */
async function summarisePartitions(
  { campaignId, partitions, partition, adjustments }: Input,
  use: SummariseUse,
): Promise<{ kind: string; gifts: number }> {
  const finalisedSequence = await finalisedSequenceOf(use.table, campaignId);
  const settled = await firstAdjustments(use.table, campaignId, adjustments);
  const directed = await directedGiftsOf(use.table, campaignId);
  const settlements = Map.groupBy(settled, ({ giftId }) => giftId);
  const named = partitions ?? (partition === undefined ? [] : [partition]);
  if (named.length === 0) throw new PermanentError(`no partition of ${campaignId} is named`);
  let gifts = 0;
  for (const one of named)
    gifts += await summariseOne(use, campaignId, one, { finalisedSequence, settlements, directed });
  return { kind: 'summarised', gifts };
}

type Settled = {
  readonly finalisedSequence: Awaited<ReturnType<typeof finalisedSequenceOf>>;
  readonly settlements: ReadonlyMap<string | undefined, Awaited<ReturnType<typeof firstAdjustments>>>;
  readonly directed: Awaited<ReturnType<typeof directedGiftsOf>>;
};

/** Gives how many gifts the partition has. */
async function summariseOne(
  { table, files }: SummariseUse,
  campaignId: string,
  partition: Partition,
  { finalisedSequence, settlements, directed }: Settled,
): Promise<number> {
  let summary = mergeSummaries([]);
  let waiting: DonationEntry[] = [];
  const addUp = async (): Promise<void> => {
    const gifts = await finalGiftsOf(table, waiting, finalisedSequence);
    const withSettlements = gifts.map((gift) => ({
      ...gift,
      settlements: settlements.get(gift.entry.giftId) ?? [],
      channel: channelOf(gift.entry, directed),
    }));
    summary = mergeSummaries([summary, summarise(withSettlements)]);
    waiting = [];
  };
  for await (const entry of entriesOf(table, campaignId, partition)) {
    waiting.push(entry);
    if (waiting.length === GIFTS_AT_ONCE) await addUp();
  }
  await addUp();
  await writeJsonFile(files, summaryFile(campaignId, partition), closeoutSummarySchema.parse(summary));
  return summary.totals.gifts;
}

export const definition: TaskDefinition<Input, SummariseUse> = {
  name: 'summarise-partition',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles() }),
  handle: summarisePartitions,
};
export const handler = taskFunction(definition);
