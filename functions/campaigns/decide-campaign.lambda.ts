import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideApproval, findApproval, findCampaign } from './campaign.store.ts';
import { type Approval, decisionRequestSchema } from './campaign.ts';
import { type Lifecycle, openLifecycle } from './lifecycle.gateway.ts';

export type DecideUse = { readonly table: Table; readonly lifecycle: Lifecycle };
const RESULT = { approve: 'approved', return: 'returned' } as const;

async function answerDecideCampaign(request: HttpRequest, use: DecideUse, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'approver');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, decisionRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const by = request.actor?.id ?? 'unknown';
  if (campaign.submittedBy === by)
    return problem(403, 'own-proposal', 'Nobody decides on their own proposal. Ask another approver.');
  const approval = await findApproval(use.table, campaign.campaignId, campaign.round);
  if (approval === undefined) {
    return problem(409, 'nothing-to-decide', `No decision is waiting: the campaign is ${campaign.status}.`);
  }
  const state = RESULT[body.value.decision];
  const standing = await decideApproval(use.table, approval, { state, by, reason: body.value.reason, now });
  if (standing.state !== state || standing.decidedBy !== by) return alreadyDecided(standing);
  // Also after a repeat: the first call may have recorded the decision and died before it told the workflow.
  await use.lifecycle.answer(standing.taskToken, { kind: state, reason: standing.reason ?? '' });
  return {
    status: 200,
    body: { campaignId: campaign.campaignId, round: campaign.round, decision: state, decidedAt: standing.decidedAt },
  };
}

function alreadyDecided(standing: Approval): HttpAnswer {
  return problem(
    409,
    'already-decided',
    `This round was ${standing.state} on ${standing.decidedAt ?? 'an earlier day'} by somebody else or otherwise.`,
  );
}

export const definition: HttpDefinition<DecideUse> = {
  name: 'decide-campaign',
  open: () => ({ table: openTable(), lifecycle: openLifecycle() }),
  handle: answerDecideCampaign,
};
export const handler = httpFunction(definition);
