import { findApproval } from '../approvals/approval.store.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign, transitionsOf } from './campaign.store.ts';
import { campaignView } from './campaign-view.ts';

async function answerGetCampaign(request: HttpRequest, use: { table: Table }): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'manager', 'finance', 'approver', 'auditor', 'admin');
  if (forbidden !== undefined) return forbidden;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const [transitions, approval] = await Promise.all([
    transitionsOf(use.table, campaign.campaignId),
    findApproval(use.table, { campaignId: campaign.campaignId, subject: 'campaign', round: campaign.round }),
  ]);
  return { status: 200, body: campaignView(campaign, transitions, approval) };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-campaign',
  open: () => ({ table: openTable() }),
  handle: answerGetCampaign,
};
export const handler = httpFunction(definition);
