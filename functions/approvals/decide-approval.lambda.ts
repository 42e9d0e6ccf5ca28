import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findAttachment } from '../campaigns/attachment.store.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { log } from '../platform/log.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findApproval, findTaskToken, keepApproval } from './approval.store.ts';
import { type Approval, type DecisionRequest, decisionRequestSchema, type Minutes } from './approval.ts';
import type { ApprovalId } from './approval-id.ts';
import { openApprovalTask, type TellApprovalTask } from './approval-task.gateway.ts';
import { standingView } from './approval-view.ts';
import { type DecideOutcome, decide } from './deciding.ts';
import { decidersFor } from './delegation.store.ts';
import type { Decider } from './entitlement.ts';
import { withdrawIfOvertaken } from './overtaken.store.ts';

export type DecideUse = { readonly table: Table; readonly tellApprovalTask: TellApprovalTask };

/** Two people at one moment are the most that a step sees; more attempts mean that something else is wrong. */
const MOST_ATTEMPTS = 5;
/** Refusals that are neither about rights nor about fields are about how things stand. */
const STATUS_OF: Readonly<Record<string, number>> = {
  'own-proposal': 403,
  'minutes-needed': 422,
  invalid: 422,
};

async function answerDecide(request: StaffRequest, use: DecideUse, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return FORBIDDEN;
  const body = readJsonBody(request, decisionRequestSchema);
  // Whether the campaign exists is not told to strangers by what is wrong with their body.
  if (body.kind === 'unreadable')
    return (await request.standing.refuse(campaign.proposal.organisationId)) ?? body.answer;
  const { subject, round, onBehalfOf } = body.value;
  const id = { campaignId: campaign.campaignId, subject, round };
  const deciders = await decidersFor(use.table, request.actor, onBehalfOf, now);
  // The rule below says who may decide: by role, by name, or for another. What it refuses is answered like what is not there.
  request.standing.admit(campaign.proposal.organisationId);
  const outcome = isWaiting(campaign, id)
    ? await decideOnce(use.table, id, body.value, deciders, now)
    : await lateOutcome(use.table, id, body.value, deciders, now);
  if (outcome.kind === 'not-begun') return notBegun(request, campaign, id);
  if (outcome.kind === 'refused') {
    // The approval has ended: its workflow is not to wait an hour for the new draft.
    if (outcome.code === OVERTAKEN) await tellWorkflow(use, id);
    return refused(request, campaign, outcome);
  }
  if (outcome.kind === 'over') return anotherRound(campaign, id) ?? alreadyOver(outcome.approval);
  // Also after a repeat: the first call may have recorded the decision and died before it told the workflow.
  await tellWorkflow(use, id);
  return { status: 200, body: decisionView(outcome) };
}

/** Decides on the approval as it is at the moment at which the decision is written. */
async function decideOnce(
  table: Table,
  id: ApprovalId,
  request: DecisionRequest,
  deciders: readonly Decider[],
  now: Instant,
): Promise<DecideOutcome | { readonly kind: 'not-begun' }> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const approval = await findApproval(table, id);
    if (approval === undefined) return { kind: 'not-begun' };
    const outcome = bestOf(deciders.map((decider) => decide(approval, request, decider, now)));
    if (outcome.kind !== 'decided') return outcome;
    const missing = await missingMinutes(table, id.campaignId, outcome.decision.minutes);
    if (missing !== undefined) return missing;
    if (request.decision === 'approve') {
      const overtaken = await withdrawIfOvertaken(table, approval, now);
      if (overtaken.kind === 'changed') continue;
      if (overtaken.kind === 'withdrawn') return refuseOvertaken(overtaken.why, id.round);
    }
    if ((await keepApproval(table, approval, outcome.approval)) !== undefined) return outcome;
  }
  throw new TransientError('others decided at the same moment, again and again');
}

const OVERTAKEN = 'books-moved';
/** Nobody signs a figure that is known to be wrong. */
const refuseOvertaken = (why: string, round: number): Refusal =>
  refuse(OVERTAKEN, why, [
    {
      field: 'round',
      problem: `${round} is signed no more`,
      fix: 'read the new draft when it is there, and sign its round',
    },
  ]);

/** Minutes are a file that was uploaded for this campaign as minutes and found to be what it was said to be. */
async function missingMinutes(
  table: Table,
  campaignId: string,
  minutes: Minutes | undefined,
): Promise<Refusal | undefined> {
  if (minutes === undefined) return undefined;
  const found = await findAttachment(table, campaignId, minutes.attachmentId);
  if (found?.kind === 'minutes' && found.state === 'stored') return undefined;
  return refuse('invalid', 'Some fields are not as they must be.', [
    {
      field: 'minutes.attachmentId',
      problem: 'is no confirmed attachment of kind minutes of this campaign',
      fix: 'upload and confirm the minutes, then name their id',
    },
  ]);
}

/** A proposal that has gone back or on is decided no more, whatever its approval says: what was decided is still told. */
const isWaiting = ({ status }: Campaign, { subject }: ApprovalId): boolean =>
  subject !== 'campaign' || status === 'submitted' || status === 'awaiting-approval';

async function lateOutcome(
  table: Table,
  id: ApprovalId,
  request: DecisionRequest,
  deciders: readonly Decider[],
  now: Instant,
): Promise<DecideOutcome | { readonly kind: 'not-begun' }> {
  const approval = await findApproval(table, id);
  if (approval === undefined) return { kind: 'not-begun' };
  const outcome = bestOf(deciders.map((decider) => decide(approval, request, decider, now)));
  return outcome.kind === 'decided' ? { kind: 'not-begun' } : outcome;
}

/** Somebody may hold several delegations of one person: the first that counts, else what is said of the last. */
function bestOf(outcomes: readonly DecideOutcome[]): DecideOutcome {
  const none: Refusal = refuse(
    'forbidden',
    'You may not decide this for another: no delegation to you holds for it now.',
  );
  return outcomes.find(({ kind }) => kind !== 'refused') ?? outcomes.at(-1) ?? none;
}

/** Only the organisation's own people hear why they may not decide. */
async function refused({ standing }: StaffRequest, { proposal }: Campaign, refusal: Refusal): Promise<HttpAnswer> {
  if (refusal.code !== 'forbidden') return refusalAnswer(STATUS_OF[refusal.code] ?? 409, refusal);
  return (await standing.refuse(proposal.organisationId)) ?? refusalAnswer(403, refusal);
}

/** Before there is an approval, only the organisation's own people hear how the campaign stands. */
async function notBegun({ standing }: StaffRequest, campaign: Campaign, id: ApprovalId): Promise<HttpAnswer> {
  return (
    (await standing.refuse(campaign.proposal.organisationId)) ??
    anotherRound(campaign, id) ??
    problem(409, 'nothing-to-decide', `No decision is waiting: the campaign is ${campaign.status}.`)
  );
}

function anotherRound({ round }: Campaign, id: ApprovalId): HttpAnswer | undefined {
  if (id.subject !== 'campaign' || id.round === round) return undefined;
  const detail = `This campaign is in round ${round}. Read the proposal as it is now, then decide.`;
  return problem(409, 'another-round', detail);
}

/** What happened instead, with who said what. */
function alreadyOver(approval: Approval): HttpAnswer {
  const { state, finishedAt, decideBy } = approval;
  const answer =
    state === 'expired'
      ? problem(409, 'expired', `Nobody decided before ${decideBy}, and so it was returned.`)
      : problem(
          409,
          'already-decided',
          `This was ${state} on ${finishedAt ?? 'an earlier day'}, by somebody else or otherwise.`,
        );
  return { ...answer, body: { ...(answer.body as object), stands: standingView(approval) } };
}

/** The approval is what was decided; the workflow that cannot be told looks by itself within the hour. */
async function tellWorkflow({ table, tellApprovalTask }: DecideUse, id: ApprovalId): Promise<void> {
  const taskToken = await findTaskToken(table, id);
  if (taskToken === undefined) return;
  try {
    await tellApprovalTask(taskToken);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    log.warn('the workflow of an approval could not be told', { ...id, reason: error.message });
  }
}

function decisionView({
  approval,
  decision,
  step,
}: Extract<DecideOutcome, { kind: 'decided' | 'already-decided-so' }>) {
  const { campaignId, subject, round } = approval;
  return {
    campaignId,
    subject,
    round,
    step,
    decision: decision.decision,
    decidedAt: decision.at,
    onBehalfOf: decision.onBehalfOf ?? null,
    stands: standingView(approval),
  };
}

export const definition: StaffDefinition<DecideUse> = {
  name: 'decide-approval',
  access: { 'POST /campaigns/{campaignId}/decisions': { roles: ROLES, of: 'handler' } },
  open: () => ({ table: openTable(), tellApprovalTask: openApprovalTask() }),
  handle: answerDecide,
};
export const handler = staffFunction(definition);
