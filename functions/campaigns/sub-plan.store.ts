import { campaignKey, subPlansOfCampaign } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type Campaign, campaignSchema } from './campaign.ts';
import { subPlanSchema } from './sub-plan-link.ts';

/** The sub-plans of a project as they stand: two a county at the most, 138 in the largest project that was seen. */
export async function readSubPlans(table: Table, campaignId: string): Promise<Campaign[]> {
  const keys = [];
  for await (const item of everyItem(table, subPlansOfCampaign(campaignId)))
    keys.push(campaignKey(subPlanSchema.parse(item).campaignId));
  const items = await readMany(table, keys);
  return items.filter(({ type }) => type === 'campaign').map((item) => campaignSchema.parse(item));
}
