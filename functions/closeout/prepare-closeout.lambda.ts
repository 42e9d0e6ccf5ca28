import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { LONGEST_WAIT_SECONDS } from '../campaigns/campaign-calendar.ts';
import { daysBetween, type Instant, type LocalDate, secondsUntil } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { readPool } from '../matching/matching-pool.store.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { billDaysOf, billsReadyAt } from '../reconciliation/bill-days.ts';
import { batchesOf, type Partition, partitionsOf } from './closeout-partition.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type Outcome =
  | {
      readonly kind: 'prepared';
      readonly partitions: readonly Partition[];
      /** The same, those together that one call adds up. */
      readonly batches: readonly (readonly Partition[])[];
      /** The Beijing days whose bills can hold a payment of this campaign. */
      readonly billDays: readonly LocalDate[];
      /** How many adjustments there are now: every later step counts these and no others, so that all read the same books. */
      readonly adjustments: number;
    }
  /** A payment came so late that the bill of its day is not there yet. */
  | { readonly kind: 'wait'; readonly waitSeconds: number };
export type PrepareUse = { readonly table: Table };

/** Lists what the closeout has to add up, and the days whose bills it is held against. */
async function prepareCloseout({ campaignId }: Input, { table }: PrepareUse, now: Instant): Promise<Outcome> {
  const { window } = (await readCampaign(table, campaignId)).proposal;
  const { days } = await readTotals(table, campaignId);
  const counted = [...days.keys()] as LocalDate[];
  const billDays = billDaysOf(window, counted);
  const left = secondsUntil(billsReadyAt(billDays), now);
  if (left > 0) return { kind: 'wait', waitSeconds: Math.min(left, LONGEST_WAIT_SECONDS) };
  const giftDays = [...new Set([...daysBetween(window.firstDay, window.lastDay), ...counted])].sort();
  const { adjustments } = await readPool(table, campaignId);
  const partitions = partitionsOf(giftDays);
  const batches = batchesOf(partitions, (day) => days.get(day)?.gifts ?? 0);
  return { kind: 'prepared', partitions, batches, billDays, adjustments };
}

export const definition: TaskDefinition<Input, PrepareUse> = {
  name: 'prepare-closeout',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: prepareCloseout,
};
export const handler = taskFunction(definition);
