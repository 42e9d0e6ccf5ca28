import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { amendmentFilingRequestSchema } from '../filing/filing.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import {
  amendmentsOf,
  fileAmendment,
  findAmendment,
  proposeAmendment,
  settleAmendment,
  withdrawAmendment,
} from './amendment.store.ts';
import { type Amendment, amendmentRequestSchema, amendmentView } from './amendment.ts';
import { type AmendmentWorkflow, openAmendmentWorkflow } from './amendment-workflow.gateway.ts';
import { findCampaign, readCampaign } from './campaign.store.ts';
import type { Campaign } from './campaign.ts';

export type AmendUse = { readonly table: Table; readonly amendments: AmendmentWorkflow };

async function answerAmendments(request: StaffRequest, use: AmendUse, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const { number } = request.parameters;
  if (number !== undefined) return answerOne(request, campaign, number, use, now);
  if (request.method === 'POST') return answerProposal(request, campaign, use, now);
  const amendments = await amendmentsOf(use.table, campaign.campaignId);
  return { status: 200, body: { campaignId: campaign.campaignId, amendments: amendments.map(amendmentView) } };
}

async function answerProposal(
  request: StaffRequest,
  campaign: Campaign,
  use: AmendUse,
  now: Instant,
): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, amendmentRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const by = { by: request.actor.id, key: idempotency.key, now };
  const outcome = await proposeAmendment(use.table, campaign, body.value, by);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'impossible-amendment' ? 422 : 409, outcome);
  const { amendment } = outcome;
  // Also after a repeat: the first call may have written it and died before it started the workflow.
  await use.amendments.start(amendment.campaignId, amendment.number);
  return { status: outcome.kind === 'proposed' ? 201 : 200, body: amendmentView(amendment) };
}

const NUMBER = /^[1-9]\d{0,5}$/;

async function answerOne(
  request: StaffRequest,
  campaign: Campaign,
  number: string,
  use: AmendUse,
  now: Instant,
): Promise<HttpAnswer> {
  const amendment = NUMBER.test(number)
    ? await findAmendment(use.table, campaign.campaignId, Number(number))
    : undefined;
  if (amendment === undefined) return problem(404, 'unknown-amendment', 'This campaign has no such amendment.');
  if (request.method === 'PUT') return answerFiling(request, campaign, amendment, use, now);
  const outcome = await withdrawAmendment(use.table, amendment, now);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  return { status: 200, body: amendmentView({ ...amendment, state: 'withdrawn' }) };
}

/** With the authority's word an approved change needs nothing more: it is applied at once, and its workflow finds it done. */
async function answerFiling(
  request: StaffRequest,
  campaign: Campaign,
  amendment: Amendment,
  use: AmendUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, amendmentFilingRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const stale = refuseUnlessCurrent(request, campaign.version);
  if (stale !== undefined && (stale.status !== 412 || amendment.filing == null)) return stale;
  const filed = await fileAmendment(use.table, campaign, amendment, body.value, { by: request.actor.id, now });
  if (filed.kind === 'refused') return refusalAnswer(filed.code === 'impossible-filing' ? 422 : 409, filed);
  const current = await readCampaign(use.table, campaign.campaignId);
  await settleAmendment(use.table, current, filed.amendment, { kind: 'approved' }, now);
  const settled = await findAmendment(use.table, campaign.campaignId, amendment.number);
  return { status: 200, body: amendmentView(settled ?? filed.amendment) };
}

export const definition: StaffDefinition<AmendUse> = {
  name: 'amend-campaign',
  access: {
    'POST /campaigns/{campaignId}/amendments': { roles: ['manager', 'admin'], of: 'campaign' },
    'GET /campaigns/{campaignId}/amendments': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
    'PUT /campaigns/{campaignId}/amendments/{number}/filing': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/amendments/{number}/withdrawals': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), amendments: openAmendmentWorkflow() }),
  handle: answerAmendments,
};
export const handler = staffFunction(definition);
