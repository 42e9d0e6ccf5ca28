import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { campaignView } from '../campaigns/campaign-view.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { isRecorded, recordFiling } from './filing.store.ts';
import { filingRequestSchema } from './filing.ts';

type FilingUse = { readonly table: Table };

async function answerRecordFiling(request: StaffRequest, use: FilingUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, filingRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  // A repeat whose first answer was lost finds what it asked for, under whatever version that is now.
  const stale = refuseUnlessCurrent(request, campaign.version);
  if (stale !== undefined && (stale.status !== 412 || !isRecorded(campaign, body.value))) return stale;
  const outcome = await recordFiling(use.table, campaign, body.value, request.actor.id, now);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'impossible-filing' ? 422 : 409, outcome);
  return {
    status: 200,
    headers: { etag: etagOf(outcome.campaign.version) },
    body: campaignView(outcome.campaign),
  };
}

export const definition: StaffDefinition<FilingUse> = {
  name: 'record-filing',
  access: {
    'PUT /campaigns/{campaignId}/filing': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerRecordFiling,
};
export const handler = staffFunction(definition);
