import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, refusalAnswer } from '../platform/http.ts';
import { etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import type { Campaign } from './campaign.ts';
import {
  type AnyCampaign,
  findAnyCampaign,
  statusOf,
  submitProposal,
  versionOf,
  workingCopy,
} from './campaign-draft.store.ts';
import { illegalStepReason } from './campaign-state.ts';
import { campaignView } from './campaign-view.ts';
import { type Lifecycle, openLifecycle } from './lifecycle.gateway.ts';
import { wholeProposal } from './proposal-draft.ts';
import { organisationOf, surroundingProblems } from './submission.store.ts';

export type SubmitUse = { readonly table: Table; readonly lifecycle: Lifecycle };

/**
 * Hands a proposal in, or says everything that is wrong with it at once. If-Match is welcome and not needed: what is handed in
 * is what is stored.
 */
async function answerSubmitCampaign(request: StaffRequest, use: SubmitUse, now: Instant): Promise<HttpAnswer> {
  const { table, lifecycle } = use;
  const any = await findAnyCampaign(table, request.parameters['campaignId'] ?? '');
  if (any === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const earlier = alreadySubmitted(any);
  if (earlier !== undefined) {
    // The first call may have written the campaign and died before it started the workflow.
    await lifecycle.start(earlier.campaignId, earlier.round);
    return shown(200, earlier);
  }
  const stale = request.headers['if-match'] === undefined ? undefined : refuseUnlessCurrent(request, versionOf(any));
  if (stale !== undefined) return stale;
  return submit(any, request.actor.id, use, now);
}

async function submit(
  any: AnyCampaign,
  by: string,
  { table, lifecycle }: SubmitUse,
  now: Instant,
): Promise<HttpAnswer> {
  const copy = workingCopy(any);
  if (copy === undefined) return problem(409, 'illegal-step', illegalStepReason(statusOf(any), 'submitted'));
  const campaignId = any.kind === 'draft' ? any.draft.campaignId : any.campaign.campaignId;
  const organisation = await organisationOf(table, copy.draft);
  if (organisation === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const whole = wholeProposal(copy.draft, copy.lookAgain);
  const around = await surroundingProblems(table, campaignId, copy.draft, organisation, now);
  if (whole.kind === 'unfinished' || around.length > 0) {
    const problems = [...(whole.kind === 'unfinished' ? whole.problems : []), ...around];
    return problem(422, 'invalid', 'The proposal cannot be submitted as it is.', problems);
  }
  const outcome = await submitProposal(table, any, whole.proposal, organisation.path, by, now);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  await lifecycle.start(outcome.campaign.campaignId, outcome.campaign.round);
  return shown(outcome.kind === 'submitted' ? 201 : 200, outcome.campaign);
}

/** A campaign that was handed in and on which nobody has decided: handing it in again changes nothing. */
const alreadySubmitted = (any: AnyCampaign): Campaign | undefined =>
  any.kind === 'campaign' && ['submitted', 'awaiting-approval'].includes(any.campaign.status)
    ? any.campaign
    : undefined;

const shown = (status: number, campaign: Campaign): HttpAnswer => ({
  status,
  headers: { etag: etagOf(campaign.version) },
  body: campaignView(campaign),
});

export const definition: StaffDefinition<SubmitUse> = {
  name: 'submit-campaign',
  access: {
    'POST /campaigns/{campaignId}/submissions': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), lifecycle: openLifecycle() }),
  handle: answerSubmitCampaign,
};
export const handler = staffFunction(definition);
