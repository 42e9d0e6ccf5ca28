import { type Minutes, minutesSchema } from '../approvals/approval.ts';
import { routeInForce } from '../approvals/approval-route.store.ts';
import type { RouteStep } from '../approvals/approval-route.ts';
import { findAttachment } from '../campaigns/attachment.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { type Refusal, refuse } from '../kernel/errors.ts';
import { formatMoney, type Minor } from '../kernel/money.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Table } from '../platform/table.ts';
import type { StandingRequest } from './spending-request.ts';

/**
 * From which amount on an organisation has sums decided by a meeting: the lowest amount of a collective step of its route
 * for campaigns. A collective step without an amount is about campaigns as such, and says nothing of single sums.
 */
export function collectiveFrom(steps: readonly Pick<RouteStep, 'collective' | 'aboveMinor'>[]): Minor | undefined {
  const amounts = steps.flatMap(({ collective, aboveMinor }) =>
    collective && aboveMinor !== undefined ? [aboveMinor] : [],
  );
  return amounts.length === 0 ? undefined : (Math.min(...amounts) as Minor);
}

/**
 * Large sums are decided collectively (三重一大): a surplus always, anything else from the amount on from which the organisation
 * has campaigns decided by a meeting. Refuses what is confirmed without the meeting's minutes, or with minutes that are none.
 */
export async function refuseWithoutMinutes(
  table: Table,
  campaign: Campaign,
  request: StandingRequest,
  now: Instant,
): Promise<Refusal | undefined> {
  const { minutes } = request;
  if (minutes !== undefined) return refuseMinutes(table, campaign, minutesSchema.parse(minutes), now);
  if (request.kind === 'variance-note') return undefined;
  const from = request.kind === 'surplus' ? undefined : await collectiveFromOf(table, campaign);
  if (request.kind !== 'surplus' && (from === undefined || request.amountMinor < from)) return undefined;
  const why = from === undefined ? 'A surplus' : `What is ${formatMoney(from, campaign.proposal.currency)} or more`;
  return refuse('minutes-needed', `${why} is decided by a meeting: attach its minutes.`, [
    { field: 'minutes', problem: 'is missing', fix: 'give attachmentId, heldOn and attendees' },
  ]);
}

async function collectiveFromOf(table: Table, { proposal }: Campaign): Promise<Minor | undefined> {
  const organisation = await findOrganisation(table, proposal.organisationId);
  const { route } = await routeInForce(table, organisation?.path ?? [proposal.organisationId], 'campaign');
  return collectiveFrom(route.steps);
}

/** Minutes are a file that was uploaded for this campaign as minutes, of a meeting that was held. */
async function refuseMinutes(
  table: Table,
  { campaignId, proposal }: Campaign,
  { attachmentId, heldOn }: Minutes,
  now: Instant,
): Promise<Refusal | undefined> {
  if (heldOn > localDateOf(now, proposal.window.zone))
    return refuse('minutes-needed', 'The meeting lies ahead.', [
      { field: 'minutes.heldOn', problem: 'lies ahead', fix: 'give the day on which the meeting was held' },
    ]);
  const found = await findAttachment(table, campaignId, attachmentId);
  if (found?.kind === 'minutes' && found.state === 'stored') return undefined;
  return refuse('minutes-needed', 'These minutes are no file of this campaign.', [
    {
      field: 'minutes.attachmentId',
      problem: 'is no confirmed attachment of kind minutes of this campaign',
      fix: 'upload and confirm the minutes, then name their id',
    },
  ]);
}
