import { moveCampaign, readCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { calendarUpdate } from '../duties/calendar.ts';
import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { campaignKey } from '../platform/keys.ts';
import type { Table, Value } from '../platform/table.ts';
import {
  type Emergency,
  type Filing,
  type FilingRequest,
  filedIn,
  filingOf,
  filingProblems,
  isSameFiling,
} from './filing.ts';

export type FileOutcome = { readonly kind: 'filed' | 'already-filed'; readonly campaign: Campaign } | Refusal;

/** States in which a campaign's filing is recorded: from its approval until it is over. */
const TO_BE_FILED: ReadonlySet<string> = new Set(['approved', 'filed', 'open', 'paused']);

/**
 * Records that the authority has a campaign's plan, or that an emergency does not wait for it. One that was approved is
 * `filed` with it. A number that was mistyped is corrected until the campaign opens; afterwards it stands.
 * Throws TransientError when somebody else changed the campaign meanwhile.
 */
export async function recordFiling(
  table: Table,
  campaign: Campaign,
  request: FilingRequest,
  by: string,
  now: Instant,
): Promise<FileOutcome> {
  if (!TO_BE_FILED.has(campaign.status))
    return refuse(
      'nothing-to-file',
      `A campaign that is ${campaign.status} is not filed: it has to be approved, and not over.`,
    );
  const filed = filedIn(request);
  if (isRecorded(campaign, request)) return { kind: 'already-filed', campaign };
  const refused = refusedNow(campaign, request);
  if (refused !== undefined) return refused;
  const problems = filingProblems(request, campaign, now);
  if (problems.length > 0) return refuse('impossible-filing', 'The campaign cannot be filed like this.', problems);
  const set: { filing?: Filing; emergency?: Emergency } = {
    ...(filed === undefined ? {} : { filing: filingOf(filed, by, now) }),
    ...(request.emergency === undefined
      ? {}
      : { emergency: { ...request.emergency, declaredBy: by, declaredAt: now } }),
  };
  if (filed !== undefined && campaign.status === 'approved') {
    const moved = await moveCampaign(table, campaign, 'filed', { by, now, reason: filed.number, set });
    if (moved.kind === 'refused') return moved;
  } else await changeCampaign(table, campaign, set, now);
  return { kind: 'filed', campaign: await readCampaign(table, campaign.campaignId) };
}

/** Whether the campaign says already all that a request says, so that a lost answer does no harm. */
export function isRecorded({ filing, emergency }: Campaign, request: FilingRequest): boolean {
  const filed = filedIn(request);
  const filingStands = filed === undefined || (filing != null && isSameFiling(filing, filed));
  const { sinceOn, reason } = request.emergency ?? {};
  const emergencyStands =
    request.emergency === undefined || (emergency?.sinceOn === sinceOn && emergency?.reason === reason);
  return filingStands && emergencyStands;
}

function refusedNow({ status, filing }: Campaign, request: FilingRequest): Refusal | undefined {
  const hasOpened = status === 'open' || status === 'paused';
  if (hasOpened && request.emergency !== undefined)
    return refuse('already-open', 'This campaign has opened. An emergency can be declared only before that.');
  if (hasOpened && filing != null)
    return refuse('already-filed', `This campaign is filed under ${filing.number}, and has opened under it.`);
  return undefined;
}

/** Changes a campaign without a step, together with its calendar. */
async function changeCampaign(
  table: Table,
  campaign: Campaign,
  set: { readonly filing?: Filing; readonly emergency?: Emergency },
  now: Instant,
): Promise<void> {
  const { campaignId, status, version } = campaign;
  const outcome = await table.transact([
    {
      update: campaignKey(campaignId),
      set: { ...(set as Record<string, Value>), version: version + 1, updatedAt: now },
      when: { equals: { status, version } },
    },
    calendarUpdate({ ...campaign, ...set }),
  ]);
  if (outcome.kind !== 'committed') throw new TransientError(`campaign ${campaignId} changed while it was being filed`);
}
