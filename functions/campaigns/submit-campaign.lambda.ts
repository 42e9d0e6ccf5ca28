import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign, resubmitCampaign, type SubmitOutcome, submitCampaign } from './campaign.store.ts';
import { type CampaignProposal, campaignProposalSchema, proposalProblems } from './campaign-proposal.ts';
import { campaignView } from './campaign-view.ts';
import { type Lifecycle, openLifecycle } from './lifecycle.gateway.ts';

export type SubmitUse = { readonly table: Table; readonly lifecycle: Lifecycle };

async function answerSubmitCampaign(request: StaffRequest, use: SubmitUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, campaignProposalSchema);
  if (body.kind === 'unreadable') return body.answer;
  const proposal = body.value;
  const refused = await request.standing.refuse(proposal.organisationId);
  if (refused !== undefined) return refused;
  const problems = proposalProblems(proposal);
  if (problems.length > 0) return problem(422, 'invalid', 'The proposal contradicts itself.', problems);
  const outcome = await submitOrResubmit(request, use, proposal, now);
  if ('status' in outcome) return outcome;
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  // Also after a repeat: the first call may have written the campaign and died before it started the workflow.
  await use.lifecycle.start(outcome.campaign.campaignId, outcome.campaign.round);
  return { status: outcome.kind === 'submitted' ? 201 : 200, body: campaignView(outcome.campaign) };
}

async function submitOrResubmit(
  request: StaffRequest,
  use: SubmitUse,
  proposal: CampaignProposal,
  now: Instant,
): Promise<SubmitOutcome | HttpAnswer> {
  const by = request.actor.id;
  const existingId = request.parameters['campaignId'];
  if (existingId !== undefined) {
    const existing = await findCampaign(use.table, existingId);
    if (existing === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
    return resubmitCampaign(use.table, existing, proposal, by, now);
  }
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const campaignId = key === undefined ? freshId('campaign') : derivedId('campaign', proposal.organisationId, key);
  return submitCampaign(use.table, campaignId, proposal, by, now);
}

export const definition: StaffDefinition<SubmitUse> = {
  name: 'submit-campaign',
  access: {
    'POST /campaigns': { roles: ['manager', 'admin'], of: 'handler' },
    'PUT /campaigns/{campaignId}': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), lifecycle: openLifecycle() }),
  handle: answerSubmitCampaign,
};
export const handler = staffFunction(definition);
