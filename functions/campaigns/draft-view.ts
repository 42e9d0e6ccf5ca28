import type { CampaignDraft } from './campaign-draft.ts';
import { wholeProposal } from './proposal-draft.ts';

/** A draft as its organisation's staff see it, with everything that stands between it and its submission. */
export function draftView({ campaignId, status, proposal, lookAgain, createdBy, createdAt, updatedAt }: CampaignDraft) {
  const whole = status === 'draft' ? wholeProposal(proposal, lookAgain) : undefined;
  return {
    campaignId,
    status,
    round: 0,
    proposal,
    createdBy,
    createdAt,
    updatedAt,
    problems: whole?.kind === 'unfinished' ? whole.problems : [],
  };
}
