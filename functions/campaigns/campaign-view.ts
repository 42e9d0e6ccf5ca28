import type { Approval } from '../approvals/approval.ts';
import { standingView } from '../approvals/approval-view.ts';
import type { Campaign, Transition } from './campaign.ts';

/** A campaign as staff see it, with how its approval stands. */
export function campaignView(campaign: Campaign, transitions: readonly Transition[] = [], approval?: Approval) {
  const { campaignId, status, round, proposal, submittedBy, createdAt, updatedAt, returnReason, attention } = campaign;
  return {
    campaignId,
    status,
    round,
    proposal,
    submittedBy,
    createdAt,
    updatedAt,
    returnReason: returnReason ?? null,
    draft: campaign.draft ?? null,
    attention: attention ?? null,
    approval: approval === undefined ? null : standingView(approval),
    history: transitions.map(({ from, to, at, by, reason }) => ({ from, to, at, by, reason: reason ?? null })),
  };
}
