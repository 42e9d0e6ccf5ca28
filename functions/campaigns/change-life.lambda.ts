import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCampaign, readCampaign, transitionsOf } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';
import { campaignView } from './campaign-view.ts';
import { type Change, cancelCampaign, type LifeOutcome, pauseCampaign, resumeCampaign } from './life.store.ts';
import { cancellationRequestSchema, pauseRequestSchema } from './life.ts';

type LifeUse = { readonly table: Table };
type Ask = (
  request: StaffRequest,
  table: Table,
  campaign: Campaign,
  change: Change,
) => Promise<LifeOutcome | HttpAnswer>;

/** By the last part of the path. */
const CHANGES: Readonly<Record<string, Ask>> = {
  pauses: async (request, table, campaign, change) => {
    const body = readJsonBody(request, pauseRequestSchema);
    return body.kind === 'unreadable' ? body.answer : pauseCampaign(table, campaign, body.value, change);
  },
  resumptions: async (_request, table, campaign, change) => resumeCampaign(table, campaign, change),
  cancellations: async (request, table, campaign, change) => {
    const body = readJsonBody(request, cancellationRequestSchema);
    return body.kind === 'unreadable' ? body.answer : cancelCampaign(table, campaign, body.value, change);
  },
};

async function answerChangeLife(request: StaffRequest, use: LifeUse, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  const change = CHANGES[request.path.split('/').at(-1) ?? ''];
  if (campaign === undefined || change === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const outcome = await change(request, use.table, campaign, { by: request.actor.id, now });
  if ('status' in outcome) return outcome;
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  const [changed, transitions] = await Promise.all([
    readCampaign(use.table, campaign.campaignId),
    transitionsOf(use.table, campaign.campaignId),
  ]);
  return { status: 200, body: campaignView(changed, transitions) };
}

export const definition: StaffDefinition<LifeUse> = {
  name: 'change-life',
  access: {
    'POST /campaigns/{campaignId}/pauses': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/resumptions': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/cancellations': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerChangeLife,
};
export const handler = staffFunction(definition);
