import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { approvalsOf } from './approval.store.ts';
import { approvalView } from './approval-view.ts';
import { asOf } from './deciding.ts';
import { namesIn } from './recipients.store.ts';

async function answerApprovals(request: StaffRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const { campaignId } = campaign;
  const approvals = (await approvalsOf(table, campaignId)).map((approval) => asOf(approval, now));
  const views = await Promise.all(
    approvals.map(async (approval) => approvalView(approval, await namesIn(table, approval))),
  );
  return { status: 200, body: { campaignId, approvals: views } };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'list-approvals',
  access: { 'GET /campaigns/{campaignId}/approvals': { roles: ROLES, of: 'campaign' } },
  open: () => ({ table: openTable() }),
  handle: answerApprovals,
};
export const handler = staffFunction(definition);
