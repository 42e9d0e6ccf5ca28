import { refuseUnfiled } from '../filing/filing.ts';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { type Instant, windowBounds } from '../kernel/time.ts';
import type { Table } from '../platform/table.ts';
import { moveCampaign } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';
import { illegalStepReason, isLegalStep } from './campaign-state.ts';
import type { CancellationRequest, PauseRequest } from './life.ts';

/** Who changes a campaign's life, and when. */
export type Change = { readonly by: string; readonly now: Instant };
export type LifeOutcome = { readonly kind: 'moved' | 'already-there' } | Refusal;

/** Stops new orders for the time being. What is paid is kept and counted, and the campaign still closes at its end. */
export function pauseCampaign(
  table: Table,
  campaign: Campaign,
  { reason }: PauseRequest,
  { by, now }: Change,
): Promise<LifeOutcome> {
  return moveCampaign(table, campaign, 'paused', { by, now, reason, set: { pauseReason: reason } });
}

/** Takes orders again, unless the campaign is over or must not run unfiled. */
export async function resumeCampaign(table: Table, campaign: Campaign, { by, now }: Change): Promise<LifeOutcome> {
  if (campaign.status !== 'open' && campaign.status !== 'paused')
    return refuse(
      'illegal-step',
      `A campaign that is ${campaign.status} cannot be resumed; only one that is paused can.`,
    );
  if (windowBounds(campaign.proposal.window).closesAt <= now)
    return refuse('window-over', 'The last day of this campaign is over; it is being closed.');
  const unfiled = refuseUnfiled(campaign, now);
  if (unfiled !== undefined) return unfiled;
  return moveCampaign(table, campaign, 'open', { by, now, set: { pauseReason: null } });
}

/**
 * Ends a campaign before its time. From this moment every door refuses new orders; what was paid is settled, and goes back
 * or is used as the refund policy says. Its workflow notices within six hours.
 */
export async function cancelCampaign(
  table: Table,
  campaign: Campaign,
  { reason, refundPolicy }: CancellationRequest,
  { by, now }: Change,
): Promise<LifeOutcome> {
  if (campaign.status === 'cancelled') {
    const isSame = campaign.cancellation?.refundPolicy === refundPolicy;
    return isSame
      ? { kind: 'already-there' }
      : refuse('already-cancelled', 'This campaign was cancelled with another refund policy, which stands.');
  }
  if (!isLegalStep(campaign.status, 'cancelled'))
    return refuse('illegal-step', illegalStepReason(campaign.status, 'cancelled'));
  const cancellation = { at: now, by, reason, refundPolicy };
  return moveCampaign(table, campaign, 'cancelled', { by, now, reason, set: { cancellation, pauseReason: null } });
}
