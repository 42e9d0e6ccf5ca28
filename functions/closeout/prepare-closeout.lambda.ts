import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { readWechatPayMerchants } from '../donations/wechat-pay.gateway.ts';
import type { WechatPayMerchants } from '../donations/wechat-pay-merchant.ts';
import { type CampaignWindow, daysBetween, type Instant, type LocalDate, plusDays } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { environment } from '../platform/environment.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type CampaignFiles, openCampaignFiles } from './campaign-files.gateway.ts';
import { billFile, type Partition, partitionsOf } from './closeout-partition.ts';
import { fetchTradeBill } from './trade-bill.gateway.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type FetchedBill = { readonly billDate: LocalDate; readonly file: string };
type Outcome = {
  readonly kind: 'prepared';
  readonly partitions: readonly Partition[];
  readonly bills: readonly FetchedBill[];
  readonly billsMissing: number;
};
export type PrepareUse = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly readMerchants: () => Promise<WechatPayMerchants>;
  readonly fetchBill: typeof fetchTradeBill;
  readonly baseUrl: string;
};

/** Lists what the closeout has to add up, and fetches the provider's bills of those days into files. */
async function prepareCloseout({ campaignId }: Input, use: PrepareUse, now: Instant): Promise<Outcome> {
  const { proposal } = await readCampaign(use.table, campaignId);
  const { days } = await readTotals(use.table, campaignId);
  const counted = [...days.keys()] as LocalDate[];
  const bills: FetchedBill[] = [];
  let billsMissing = 0;
  for (const billDate of billDays(proposal.window, counted)) {
    const fetched = await fetchBills(campaignId, billDate, use, now);
    bills.push(...fetched);
    if (fetched.length === 0) billsMissing += 1;
  }
  const giftDays = sortedDays([...daysBetween(proposal.window.firstDay, proposal.window.lastDay), ...counted]);
  return { kind: 'prepared', partitions: partitionsOf(giftDays), bills, billsMissing };
}

const sortedDays = (days: readonly LocalDate[]): LocalDate[] => [...new Set(days)].sort();

/**
 * The days whose bills can hold a payment of this campaign: its own days and the days on which gifts were counted, one
 * more on either side because a bill's day is Beijing's, and because a payment begun before midnight ends after it.
 */
function billDays({ firstDay, lastDay }: CampaignWindow, counted: readonly LocalDate[]): LocalDate[] {
  const around = [...daysBetween(firstDay, lastDay), ...counted].flatMap((day) => [
    plusDays(day, -1),
    day,
    plusDays(day, 1),
  ]);
  return sortedDays(around);
}

async function fetchBills(
  campaignId: string,
  billDate: LocalDate,
  use: PrepareUse,
  now: Instant,
): Promise<FetchedBill[]> {
  const { merchants } = await use.readMerchants();
  const fetched: FetchedBill[] = [];
  for (const merchant of merchants) {
    const bill = await use.fetchBill({ baseUrl: use.baseUrl, merchant, billDate, now });
    if (bill.kind === 'no-statement') continue;
    const file = billFile(campaignId, merchant.mchid, billDate);
    await use.files.write(file, bill.content, 'text/csv; charset=utf-8');
    fetched.push({ billDate, file });
  }
  return fetched;
}

export const definition: TaskDefinition<Input, PrepareUse> = {
  name: 'prepare-closeout',
  input: inputSchema,
  open: () => ({
    table: openTable(),
    files: openCampaignFiles(),
    readMerchants: readWechatPayMerchants,
    fetchBill: fetchTradeBill,
    baseUrl: environment('WECHAT_PAY_BASE_URL'),
  }),
  handle: prepareCloseout,
};
export const handler = taskFunction(definition);
