import * as z from 'zod';
import { readCampaign } from '../campaigns/campaign.store.ts';
import { LONGEST_WAIT_SECONDS } from '../campaigns/campaign-calendar.ts';
import { readWechatPayMerchants } from '../donations/wechat-pay.gateway.ts';
import type { WechatPayMerchants } from '../donations/wechat-pay-merchant.ts';
import { daysBetween, type Instant, type LocalDate, secondsUntil } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { readPool } from '../matching/matching-pool.store.ts';
import { environment } from '../platform/environment.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { billDaysOf, billsReadyAt } from './bill-days.ts';
import { type CampaignFiles, openCampaignFiles } from './campaign-files.gateway.ts';
import { billFile, type Partition, partitionsOf } from './closeout-partition.ts';
import { fetchTradeBill } from './trade-bill.gateway.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type FetchedBill = { readonly billDate: LocalDate; readonly merchantId: string; readonly file: string };
type Outcome =
  | {
      readonly kind: 'prepared';
      readonly partitions: readonly Partition[];
      readonly bills: readonly FetchedBill[];
      readonly billsMissing: number;
      /** How many adjustments there are now: every later step counts these and no others, so that all read the same books. */
      readonly adjustments: number;
    }
  /** A payment came so late that the bill of its day is not there yet. */
  | { readonly kind: 'wait'; readonly waitSeconds: number };
export type PrepareUse = {
  readonly table: Table;
  readonly files: CampaignFiles;
  readonly readMerchants: () => Promise<WechatPayMerchants>;
  readonly fetchBill: typeof fetchTradeBill;
  readonly baseUrl: string;
};

/** Lists what the closeout has to add up, and fetches the provider's bills of those days into files. */
async function prepareCloseout({ campaignId }: Input, use: PrepareUse, now: Instant): Promise<Outcome> {
  const { window } = (await readCampaign(use.table, campaignId)).proposal;
  const { days } = await readTotals(use.table, campaignId);
  const counted = [...days.keys()] as LocalDate[];
  const billDays = billDaysOf(window, counted);
  const left = secondsUntil(billsReadyAt(billDays), now);
  if (left > 0) return { kind: 'wait', waitSeconds: Math.min(left, LONGEST_WAIT_SECONDS) };
  const bills: FetchedBill[] = [];
  let billsMissing = 0;
  for (const billDate of billDays) {
    const fetched = await fetchBills(campaignId, billDate, use, now);
    bills.push(...fetched);
    if (fetched.length === 0) billsMissing += 1;
  }
  const giftDays = [...new Set([...daysBetween(window.firstDay, window.lastDay), ...counted])].sort();
  const { adjustments } = await readPool(use.table, campaignId);
  return { kind: 'prepared', partitions: partitionsOf(giftDays), bills, billsMissing, adjustments };
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
    fetched.push({ billDate, merchantId: merchant.mchid, file });
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
