import * as z from 'zod';
import { campaignKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { isCampaignId } from './campaign-id.ts';

// Read of campaigns in every state, drafts included: it asks for nothing but the one field.
const ownerSchema = z.object({ proposal: z.object({ organisationId: z.string() }) });

/** Whose campaign it is; `undefined` where there is none. */
export async function organisationOfCampaign(table: Table, campaignId: string): Promise<string | undefined> {
  if (!isCampaignId(campaignId)) return undefined;
  const item = await table.get(campaignKey(campaignId));
  return item === undefined ? undefined : ownerSchema.parse(item).proposal.organisationId;
}
