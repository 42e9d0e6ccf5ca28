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
import { type FetchUse, fetchBills, openProviders } from '../reconciliation/bill-fetching.gateway.ts';
import { closeoutBills, type FetchedBills } from '../reconciliation/fetched-bills.ts';
import { type CampaignFiles, openCampaignFiles, writeJsonFile } from './campaign-files.gateway.ts';
import { fetchedBillsFile, type Partition, partitionsOf } from './closeout-partition.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type Outcome =
  | {
      readonly kind: 'prepared';
      readonly partitions: readonly Partition[];
      /** The file that lists the bills. */
      readonly bills: string;
      readonly billsMissing: number;
      /** How many adjustments there are now: every later step counts these and no others, so that all read the same books. */
      readonly adjustments: number;
    }
  /** A payment came so late that the bill of its day is not there yet. */
  | { readonly kind: 'wait'; readonly waitSeconds: number };
export type PrepareUse = FetchUse & { readonly table: Table; readonly files: CampaignFiles };

/** Lists what the closeout has to add up, and fetches the providers' bills of those days into files. */
async function prepareCloseout({ campaignId }: Input, use: PrepareUse, now: Instant): Promise<Outcome> {
  const { window } = (await readCampaign(use.table, campaignId)).proposal;
  const { days } = await readTotals(use.table, campaignId);
  const counted = [...days.keys()] as LocalDate[];
  const billDays = billDaysOf(window, counted);
  const left = secondsUntil(billsReadyAt(billDays), now);
  if (left > 0) return { kind: 'wait', waitSeconds: Math.min(left, LONGEST_WAIT_SECONDS) };
  const bills = await fetchBills({ folder: closeoutBills(campaignId), days: billDays, now }, use);
  const file = fetchedBillsFile(campaignId);
  await writeJsonFile(use.files, file, { days: billDays, bills } satisfies FetchedBills);
  const daysWithBill = new Set(bills.filter(({ kind }) => kind === 'trade').map(({ billDate }) => billDate));
  const billsMissing = billDays.length - daysWithBill.size;
  const giftDays = [...new Set([...daysBetween(window.firstDay, window.lastDay), ...counted])].sort();
  const { adjustments } = await readPool(use.table, campaignId);
  return { kind: 'prepared', partitions: partitionsOf(giftDays), bills: file, billsMissing, adjustments };
}

export const definition: TaskDefinition<Input, PrepareUse> = {
  name: 'prepare-closeout',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openCampaignFiles(), ...openProviders() }),
  handle: prepareCloseout,
};
export const handler = taskFunction(definition);
