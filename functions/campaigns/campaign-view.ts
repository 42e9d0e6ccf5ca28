import type { Approval } from '../approvals/approval.ts';
import { standingView } from '../approvals/approval-view.ts';
import type { Campaign, Transition } from './campaign.ts';

/** A campaign as staff see it, with how its approval stands. */
export function campaignView(campaign: Campaign, transitions: readonly Transition[] = [], approval?: Approval) {
  const { campaignId, status, round, proposal, submittedBy, createdAt, updatedAt, returnReason, attention } = campaign;
  const { openedAt, filing, emergency, pauseReason, cancellation } = campaign;
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
    openedAt: openedAt ?? null,
    filing: filing ?? null,
    emergency: emergency ?? null,
    pauseReason: pauseReason ?? null,
    cancellation: cancellation ?? null,
    approval: approval === undefined ? null : standingView(approval),
    history: transitions.map(({ from, to, at, by, reason }) => ({ from, to, at, by, reason: reason ?? null })),
  };
}
