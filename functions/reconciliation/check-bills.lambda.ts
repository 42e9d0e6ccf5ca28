import { type CampaignFiles, openCampaignFiles } from '../closeout/campaign-files.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { type DueRun, type JobDefinition, jobFunction } from '../platform/job.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { billsChecked, billsCheckedUntil, paymentsNotBooked } from './bill-check.store.ts';
import { billDaysDue } from './bill-days.ts';
import { type FetchUse, fetchBills, openProviders } from './bill-fetching.gateway.ts';
import { paymentBills, readBills } from './bill-files.gateway.ts';
import { DAILY_BILLS } from './fetched-bills.ts';

export type CheckBillsUse = FetchUse & { readonly table: Table; readonly files: CampaignFiles };
type Outcome = { readonly kind: 'checked'; readonly days: number; readonly missing: number };

/**
 * Fetches and keeps the bills of each day of every account, on the day after, and tells of payments for orders of ours
 * that nobody has told us of: long before the closeout, and of any campaign. It books nothing; a person imports the bill. A
 * day that cannot be fetched or read is tried again by the next run, for it is not ticked off.
 */
async function checkBills(_run: DueRun, use: CheckBillsUse, now: Instant): Promise<Outcome> {
  let last = await billsCheckedUntil(use.table);
  const days = billDaysDue(last, now);
  let missing = 0;
  for (const day of days) {
    const bills = await fetchBills({ folder: DAILY_BILLS, days: [day], now }, use);
    const notBooked = await paymentsNotBooked(use.table, paymentBills(await readBills(use.files, bills)));
    for (const payment of notBooked) log.error('paid by the bill, and not in the books', payment);
    count(METRICS.billedPaymentMissing, notBooked.length);
    missing += notBooked.length;
    await billsChecked(use.table, last, day);
    last = day;
  }
  return { kind: 'checked', days: days.length, missing };
}

export const definition: JobDefinition<CheckBillsUse> = {
  name: 'check-bills',
  open: () => ({ table: openTable(), files: openCampaignFiles(), ...openProviders() }),
  handle: checkBills,
};
export const handler = jobFunction(definition);
