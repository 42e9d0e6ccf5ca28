import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import {
  type CompleteOutcome,
  completeCampaignDuty,
  completeOrganisationDuty,
  findCalendar,
  recordDutyEvent,
} from './calendar.store.ts';
import { completionRequestSchema, eventRequestSchema } from './duty-request.ts';
import { dutyView } from './duty-view.ts';

type DutyUse = { readonly table: Table };

async function answerCompleteDuty(request: StaffRequest, use: DutyUse, now: Instant): Promise<HttpAnswer> {
  const by = request.actor.id;
  if (request.path.endsWith('/duty-events')) return answerEvent(request, use, by, now);
  const body = readJsonBody(request, completionRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId, organisationId = '', dutyId = '' } = request.parameters;
  if (campaignId === undefined)
    return answerOf(await completeOrganisationDuty(use.table, organisationId, dutyId, body.value, { by, now }));
  const calendar = await findCalendar(use.table, campaignId);
  if (calendar === undefined)
    return problem(404, 'no-calendar', 'There is no such campaign, or it has not been approved yet.');
  return answerOf(await completeCampaignDuty(use.table, calendar, dutyId, body.value, { by, now }));
}

function answerOf(outcome: CompleteOutcome): HttpAnswer {
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  return { status: outcome.kind === 'done' ? 201 : 200, body: dutyView(outcome.duty) };
}
const STATUSES: Readonly<Record<string, number>> = { 'unknown-duty': 404, 'not-yet': 422 };

async function answerEvent(request: StaffRequest, use: DutyUse, by: string, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, eventRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { organisationId = '' } = request.parameters;
  const eventId = derivedId('event', organisationId, idempotency.key);
  const outcome = await recordDutyEvent(use.table, organisationId, { eventId, ...body.value, by, at: now });
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  return { status: outcome.kind === 'recorded' ? 201 : 200, body: outcome.event };
}

export const definition: StaffDefinition<DutyUse> = {
  name: 'complete-duty',
  access: {
    'POST /campaigns/{campaignId}/duties/{dutyId}/completions': {
      roles: ['manager', 'finance', 'admin'],
      of: 'campaign',
    },
    'POST /organisations/{organisationId}/duties/{dutyId}/completions': {
      roles: ['manager', 'finance', 'admin'],
      of: 'organisation',
    },
    'POST /organisations/{organisationId}/duty-events': { roles: ['manager', 'finance', 'admin'], of: 'organisation' },
  },
  open: () => ({ table: openTable() }),
  handle: answerCompleteDuty,
};
export const handler = staffFunction(definition);
