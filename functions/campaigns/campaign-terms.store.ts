import { campaignKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { isCampaignId } from './campaign-id.ts';
import { type CampaignTerms, campaignTermsSchema } from './campaign-terms.ts';

/**
 * What a payment has to know of its campaign. A stale read, so that a peak of payments weighs half on the one item; a
 * second's difference decides only whether a gift is marked late. A draft is no campaign yet. In a file of its own, so that
 * doors carry nothing of proposals in their bundles.
 */
export async function findCampaignTerms(table: Table, campaignId: string): Promise<CampaignTerms | undefined> {
  if (!isCampaignId(campaignId)) return undefined;
  const item = await table.get(campaignKey(campaignId), { stale: true });
  return item?.type === 'campaign' ? campaignTermsSchema.parse(item) : undefined;
}
