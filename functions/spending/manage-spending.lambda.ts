import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideSpending, enterSpending } from './spending.store.ts';
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
  if (terms === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (requestId !== undefined) return decide(request, table, campaignId, requestId, now);
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
  campaignId: string,
  requestId: string,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, spendingDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await decideSpending(table, campaignId, requestId, body.value, { by: request.actor.id, now });
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
    'POST /campaigns/{campaignId}/spending-requests/{requestId}/decisions': {
      roles: ['finance', 'approver'],
      of: 'campaign',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerSpending,
};
export const handler = staffFunction(definition);
