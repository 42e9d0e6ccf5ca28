import * as z from 'zod';
import { subPlanKey } from '../platform/keys.ts';
import type { Update } from '../platform/table.ts';
import type { CampaignStatus } from './campaign-state.ts';

/** What a project keeps of a sub-plan: enough to list it without reading it. Written with each step that the sub-plan takes. */
export const subPlanSchema = z.object({
  type: z.literal('sub-plan'),
  campaignId: z.string(),
  parentCampaignId: z.string(),
  organisationId: z.string(),
  title: z.string(),
  status: z.string(),
});

type OfSubPlan = {
  readonly campaignId: string;
  readonly proposal: {
    readonly organisationId: string;
    readonly title: string;
    readonly parentCampaignId?: string | undefined;
  };
};

/** How a step of a campaign shows in its project; nothing where it is no sub-plan. */
export function subPlanWrites({ campaignId, proposal }: OfSubPlan, status: CampaignStatus): Update[] {
  const { parentCampaignId, organisationId, title } = proposal;
  if (parentCampaignId === undefined) return [];
  const set = { type: 'sub-plan', campaignId, parentCampaignId, organisationId, title, status };
  return [{ update: subPlanKey(parentCampaignId, campaignId), set }];
}
