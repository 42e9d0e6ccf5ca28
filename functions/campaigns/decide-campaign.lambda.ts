import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideApproval, findApproval, findCampaign, transitionsOf } from './campaign.store.ts';
import { type Approval, type Campaign, type DecisionRequest, decisionRequestSchema } from './campaign.ts';
import { type Lifecycle, openLifecycle } from './lifecycle.gateway.ts';

export type DecideUse = { readonly table: Table; readonly lifecycle: Lifecycle };
const RESULT = { approve: 'approved', return: 'returned' } as const;

async function answerDecideCampaign(request: StaffRequest, use: DecideUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, decisionRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const by = request.actor.id;
  const refusal = await refusalOf(campaign, body.value, by, use.table);
  if (refusal !== undefined) return refusal;
  const approval = await findApproval(use.table, campaign.campaignId, campaign.round);
  if (approval === undefined) return nothingToDecide(campaign);
  if (approval.state === 'waiting' && campaign.status !== 'awaiting-approval') return nothingToDecide(campaign);
  const state = RESULT[body.value.decision];
  const standing = await decideApproval(use.table, approval, { state, by, reason: body.value.reason, now });
  if (standing.state !== state || standing.decidedBy !== by) return alreadyDecided(standing);
  // Also after a repeat: the first call may have recorded the decision and died before it told the workflow.
  const isRepeat = standing.decidedAt !== now;
  const told = await tellWorkflow(campaign, standing, use);
  // A repeat that comes between the workflow's taking the token and its next step finds neither: the first call told it.
  if (!told && !(isRepeat && (await isStillWaiting(use.table, campaign))))
    return problem(409, 'no-longer-waiting', 'The decision came too late: the workflow no longer waits for it.');
  const { campaignId, round } = campaign;
  return { status: 200, body: { campaignId, round, decision: state, decidedAt: standing.decidedAt } };
}

async function refusalOf(
  campaign: Campaign,
  request: DecisionRequest,
  by: string,
  table: Table,
): Promise<HttpAnswer | undefined> {
  if (request.round !== campaign.round) {
    return problem(
      409,
      'another-round',
      `This campaign is in round ${campaign.round}. Read the proposal as it is now, then decide.`,
    );
  }
  const submitters = (await transitionsOf(table, campaign.campaignId)).filter(({ to }) => to === 'submitted');
  if (!submitters.some((step) => step.by === by)) return undefined;
  return problem(403, 'own-proposal', 'Nobody decides on a proposal that they have worked on. Ask another approver.');
}

const nothingToDecide = ({ status }: Campaign): HttpAnswer =>
  problem(409, 'nothing-to-decide', `No decision is waiting: the campaign is ${status}.`);

/** Whether the workflow has the decision. A token that is gone may have been replaced while we decided, or used by an earlier call. */
async function tellWorkflow(campaign: Campaign, standing: Approval, { table, lifecycle }: DecideUse): Promise<boolean> {
  const answer = {
    kind: standing.state === 'approved' ? 'approved' : 'returned',
    reason: standing.reason ?? '',
  } as const;
  if ((await lifecycle.answer(standing.taskToken, answer)) === 'answered') return true;
  const latest = await findApproval(table, campaign.campaignId, campaign.round);
  if (latest !== undefined && latest.taskToken !== standing.taskToken) {
    return (await lifecycle.answer(latest.taskToken, answer)) === 'answered';
  }
  const now = await findCampaign(table, campaign.campaignId);
  return (
    now?.round !== campaign.round ||
    now.status === (standing.state === 'approved' ? 'approved' : 'returned') ||
    isLater(now)
  );
}

const isStillWaiting = async (table: Table, { campaignId }: Campaign): Promise<boolean> =>
  (await findCampaign(table, campaignId))?.status === 'awaiting-approval';

/** An approved campaign that has gone on: an earlier call of ours got through. */
const isLater = ({ status }: Campaign): boolean => !['submitted', 'awaiting-approval', 'returned'].includes(status);

function alreadyDecided(standing: Approval): HttpAnswer {
  return problem(
    409,
    'already-decided',
    `This round was ${standing.state} on ${standing.decidedAt ?? 'an earlier day'}, by somebody else or otherwise.`,
  );
}

export const definition: StaffDefinition<DecideUse> = {
  name: 'decide-campaign',
  access: {
    'POST /campaigns/{campaignId}/decisions': { roles: ['approver'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), lifecycle: openLifecycle() }),
  handle: answerDecideCampaign,
};
export const handler = staffFunction(definition);
