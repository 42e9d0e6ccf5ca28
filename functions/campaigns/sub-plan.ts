import type { FieldProblem } from '../kernel/errors.ts';
import type { Campaign } from './campaign.ts';
import { campaignProposalSchema } from './campaign-proposal.ts';
import type { ProposalDraft } from './proposal-draft.ts';

const FIELD = 'parentCampaignId';

/**
 * What stands against a campaign's becoming a sub-plan (子计划) of a parent project (母项目). Two levels and no more: the parent is
 * nobody's sub-plan. Its organisation has to stand above the sub-plan's, or its approved plan has to name that one as a partner.
 */
export function subPlanProblems(
  draft: ProposalDraft,
  path: readonly string[],
  parent: Campaign | undefined,
): FieldProblem[] {
  if (parent === undefined || !mayJoin(path, parent)) {
    // The same for a project that is not there and for one of strangers.
    const problem = 'is not a project that this organisation may join';
    return [{ field: FIELD, problem, fix: 'ask the project’s organisation to name yours as a partner in its plan' }];
  }
  if (parent.proposal.parentCampaignId !== undefined)
    return [{ field: FIELD, problem: 'is itself a sub-plan', fix: `join ${parent.proposal.parentCampaignId} instead` }];
  if (!TAKES_SUB_PLANS.has(parent.status))
    return [
      {
        field: FIELD,
        problem: `is ${parent.status}`,
        fix: 'join a project that is approved and not over',
      },
    ];
  return outsideProjectProblems(draft, parent);
}

const TAKES_SUB_PLANS: ReadonlySet<string> = new Set(['approved', 'filed', 'open', 'paused']);

const mayJoin = (path: readonly string[], { proposal }: Campaign): boolean =>
  path.includes(proposal.organisationId) ||
  path.some((organisationId) => proposal.partnerOrganisationIds?.includes(organisationId) === true);

/** A sub-plan takes gifts only on days on which its project does. */
export function outsideProjectProblems(draft: ProposalDraft, { proposal }: Campaign): FieldProblem[] {
  const window = campaignProposalSchema.shape.window.safeParse(draft['window']).data;
  if (window === undefined) return [];
  const { firstDay, lastDay } = proposal.window;
  if (firstDay <= window.firstDay && window.lastDay <= lastDay) return [];
  return [
    {
      field: 'window',
      problem: `is not within the project’s days, ${firstDay} to ${lastDay}`,
      fix: 'choose days on which the project takes gifts',
    },
  ];
}

/** Without gifts now or later: turned down, taken back, or to be handed in again, when its days are looked at again. */
const TAKES_NO_GIFTS: ReadonlySet<string> = new Set(['returned', 'rejected', 'withdrawn']);

/**
 * Which sub-plans a project would leave outside its days: those that take gifts, have taken any or are about to be approved. One
 * that was cancelled took none after that, whatever its window says.
 */
export function leftOutProblems(
  { firstDay, lastDay }: Campaign['proposal']['window'],
  subPlans: readonly Pick<Campaign, 'campaignId' | 'status' | 'proposal' | 'cancellation'>[],
): FieldProblem[] {
  const leftOut = subPlans.filter(
    ({ status, cancellation, proposal: { window } }) =>
      !TAKES_NO_GIFTS.has(status) && cancellation == null && (window.firstDay < firstDay || lastDay < window.lastDay),
  );
  if (leftOut.length === 0) return [];
  const first = leftOut.reduce((day, { proposal }) => min(day, proposal.window.firstDay), firstDay);
  const last = leftOut.reduce((day, { proposal }) => max(day, proposal.window.lastDay), lastDay);
  const named = leftOut
    .slice(0, MOST_NAMED)
    .map(({ campaignId, proposal: { window } }) => `${campaignId} (${window.firstDay} to ${window.lastDay})`);
  const more = leftOut.length > named.length ? ` and ${leftOut.length - named.length} more` : '';
  return [
    {
      field: 'window',
      problem: `leaves out days of sub-plans: ${named.join(', ')}${more}`,
      fix: `keep ${first} to ${last}, or amend those sub-plans first`,
    },
  ];
}
/** A message names so many and counts the rest. */
const MOST_NAMED = 5;
const min = <Day extends string>(left: Day, right: Day): Day => (left < right ? left : right);
const max = <Day extends string>(left: Day, right: Day): Day => (left < right ? right : left);
