import { campaignDayFeesKey, feesOfCampaign } from '../platform/keys.ts';
import { everyItem, type Table } from '../platform/table.ts';
import type { ComparedDay } from './account-day.ts';
import {
  type CampaignDayFees,
  type CampaignFees,
  campaignDayFeesSchema,
  dayFees,
  feesTogether,
} from './campaign-fees.ts';

/** Keeps what a compared day says of campaigns' fees. `before`: the campaigns of the day's record before this comparison. */
export async function keepDayFees(table: Table, compared: ComparedDay, before: readonly string[]): Promise<void> {
  for (const fees of dayFees(compared, before)) {
    const { campaignId, day, provider, merchantId } = fees;
    await table.write({ put: { ...campaignDayFeesKey(campaignId, day, provider, merchantId), ...fees } });
  }
}

/** What providers keep of a campaign's payments: an item for each account and day with payments, some hundreds for a year. */
export async function readCampaignFees(table: Table, campaignId: string): Promise<CampaignFees> {
  const days: CampaignDayFees[] = [];
  for await (const item of everyItem(table, feesOfCampaign(campaignId))) days.push(campaignDayFeesSchema.parse(item));
  return feesTogether(days);
}
