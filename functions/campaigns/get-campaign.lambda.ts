import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findApproval } from '../approvals/approval.store.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign, transitionsOf } from './campaign.store.ts';
import { campaignView } from './campaign-view.ts';

async function answerGetCampaign(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const [transitions, approval] = await Promise.all([
    transitionsOf(use.table, campaign.campaignId),
    findApproval(use.table, { campaignId: campaign.campaignId, subject: 'campaign', round: campaign.round }),
  ]);
  return { status: 200, body: campaignView(campaign, transitions, approval) };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'get-campaign',
  access: {
    'GET /campaigns/{campaignId}': { roles: ['manager', 'finance', 'approver', 'auditor', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerGetCampaign,
};
export const handler = staffFunction(definition);
