import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { confirmerOf } from '../approvals/confirming.store.ts';
import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideSpending, enterSpending, findSpendingRequest } from './spending.store.ts';
import { WAITING_PLACE, waitingRequests } from './spending-request.store.ts';
import { requestIdOf, spendingDecisionSchema, spendingRequestSchema } from './spending-request.ts';
import { requestView } from './spending-view.ts';

type SpendingUse = { readonly table: Table };

/** What is wrong with a field is 422, who may not is 403, what is not there is 404; everything else depends on how things stand. */
const STATUSES: Readonly<Record<string, number>> = {
  'impossible-spending': 422,
  'minutes-needed': 422,
  'own-entry': 403,
  'unknown-request': 404,
};

async function answerSpending(request: StaffRequest, { table }: SpendingUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', requestId } = request.parameters;
  const terms = await findCampaignTerms(table, campaignId);
  if (requestId !== undefined) return terms === undefined ? FORBIDDEN : decide(request, table, terms, requestId, now);
  if (terms === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (request.method === 'GET') return list(request, table, campaignId);
  if (!terms.hasOpened)
    return problem(409, 'campaign-not-open', 'This campaign has not opened yet, so there is nothing to spend.');
  return enter(request, table, campaignId, now);
}

async function enter(request: StaffRequest, table: Table, campaignId: string, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, spendingRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const requestId = requestIdOf(campaignId, idempotency.key);
  const outcome = await enterSpending(table, campaignId, body.value, { requestId, by: request.actor.id, now });
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  return { status: outcome.kind === 'entered' ? 201 : 200, body: requestView(outcome.request) };
}

async function decide(
  request: StaffRequest,
  table: Table,
  { campaignId, organisationId }: CampaignTerms,
  requestId: string,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, spendingDecisionSchema);
  // Whether the campaign exists is not told to strangers by what is wrong with their body.
  if (body.kind === 'unreadable') return (await request.standing.refuse(organisationId)) ?? body.answer;
  const decided = await findSpendingRequest(table, campaignId, requestId);
  const about = { subject: 'spending', campaignId, organisationId, requestId, decided } as const;
  const confirmer = await confirmerOf(request, table, about, body.value.onBehalfOf, now);
  if (confirmer.kind === 'no') return confirmer.answer;
  const outcome = await decideSpending(table, campaignId, requestId, body.value, { ...confirmer.by, now });
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  return { status: 200, body: requestView(outcome.request) };
}

async function list(request: StaffRequest, table: Table, campaignId: string): Promise<HttpAnswer> {
  const after = request.query['after'];
  if (after !== undefined && !WAITING_PLACE.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { requests, next } = await waitingRequests(table, campaignId, after);
  return {
    status: 200,
    body: {
      campaignId,
      waiting: requests.map(requestView),
      next: next === undefined ? null : `?after=${encodeURIComponent(next)}`,
    },
  };
}

export const definition: StaffDefinition<SpendingUse> = {
  name: 'manage-spending',
  access: {
    'POST /campaigns/{campaignId}/spending-requests': { roles: ['finance', 'manager', 'admin'], of: 'campaign' },
    'GET /campaigns/{campaignId}/spending-requests': {
      roles: ['finance', 'manager', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
    // Finance and approvers; and whoever decides for one of them, or is brought in by an escalation, whatever their role.
    'POST /campaigns/{campaignId}/spending-requests/{requestId}/decisions': { roles: ROLES, of: 'handler' },
  },
  open: () => ({ table: openTable() }),
  handle: answerSpending,
};
export const handler = staffFunction(definition);
