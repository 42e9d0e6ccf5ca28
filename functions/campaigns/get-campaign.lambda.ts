import * as z from 'zod';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findApproval } from '../approvals/approval.store.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { organisationIdSchema } from '../organisations/organisation.ts';
import { type HttpAnswer, problem, problemsOf } from '../platform/http.ts';
import { etagOf } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { transitionsOf } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';
import { type AnyCampaign, findAnyCampaign, statusOf } from './campaign-draft.store.ts';
import { listCampaigns } from './campaign-list.store.ts';
import { CAMPAIGN_STATUSES } from './campaign-state.ts';
import { campaignView } from './campaign-view.ts';
import { draftView } from './draft-view.ts';

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

async function answerGetCampaign(request: StaffRequest, use: { table: Table }): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'];
  return campaignId === undefined ? list(request, use.table) : show(use.table, campaignId);
}

async function show(table: Table, campaignId: string): Promise<HttpAnswer> {
  const any = await findAnyCampaign(table, campaignId);
  if (any === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (any.kind === 'draft')
    return { status: 200, headers: { etag: etagOf(any.draft.version) }, body: draftView(any.draft) };
  return showCampaign(table, any.campaign);
}

async function showCampaign(table: Table, campaign: Campaign): Promise<HttpAnswer> {
  const [transitions, approval] = await Promise.all([
    transitionsOf(table, campaign.campaignId),
    findApproval(table, { campaignId: campaign.campaignId, subject: 'campaign', round: campaign.round }),
  ]);
  return {
    status: 200,
    headers: { etag: etagOf(campaign.version) },
    body: campaignView(campaign, transitions, approval),
  };
}

const LONGEST_POSITION = 600;
export const listQuerySchema = z.strictObject({
  organisationId: organisationIdSchema,
  /** `and-below`: of all organisations below it too. */
  reach: z.enum(['here', 'and-below']).default('here'),
  status: z.enum(CAMPAIGN_STATUSES).optional(),
  after: z.string().max(LONGEST_POSITION).optional(),
});

async function list(request: StaffRequest, table: Table): Promise<HttpAnswer> {
  const query = listQuerySchema.safeParse(request.query);
  if (!query.success) return problem(422, 'invalid', 'The list cannot be made.', problemsOf(query.error));
  const { organisationId, reach, status, after } = query.data;
  const refused = await request.standing.refuse(organisationId);
  if (refused !== undefined) return refused;
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) return problem(404, 'unknown-organisation', 'There is no such organisation.');
  const page = await listCampaigns(table, { path: organisation.path, reach, status, after });
  if (page === undefined) {
    return problem(422, 'invalid', 'The list cannot be made.', [
      { field: 'after', problem: 'is not of this list', fix: 'send the next of an answer to the same question' },
    ]);
  }
  return { status: 200, body: { campaigns: page.campaigns.map(summaryOf), next: page.next } };
}

/** A campaign in a list: enough to choose one. */
function summaryOf(any: AnyCampaign) {
  const { campaignId, proposal, createdAt, updatedAt } = any.kind === 'draft' ? any.draft : any.campaign;
  return {
    campaignId,
    status: statusOf(any),
    organisationId: proposal.organisationId,
    title: proposal['title'] ?? null,
    window: proposal['window'] ?? null,
    targetMinor: proposal['targetMinor'] ?? null,
    parentCampaignId: proposal['parentCampaignId'] ?? null,
    createdAt,
    updatedAt,
  };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'get-campaign',
  access: {
    'GET /campaigns': { roles: READERS, of: 'handler' },
    'GET /campaigns/{campaignId}': { roles: READERS, of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerGetCampaign,
};
export const handler = staffFunction(definition);
