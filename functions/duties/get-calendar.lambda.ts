import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findCalendar, organisationDuties } from './calendar.store.ts';
import { dutiesIn, type PlacedDuty } from './calendar.ts';
import { dutyView } from './duty-view.ts';

type CalendarUse = { readonly table: Table };
const PAGE_SIZE = 100;

async function answerCalendar(request: StaffRequest, use: CalendarUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId, organisationId } = request.parameters;
  if (organisationId !== undefined) return answerOrganisation(request, organisationId, use, now);
  const calendar = await findCalendar(use.table, campaignId ?? '');
  if (calendar === undefined)
    return problem(404, 'no-calendar', 'There is no such campaign, or it has not been approved yet.');
  return {
    status: 200,
    body: { campaignId: calendar.campaignId, duties: dutiesIn(calendar, now).map(dutyView) },
  };
}

/** The place of a duty in the list: its day first, because that is the order. */
const placeOf = ({ dueOn, campaignId, id }: PlacedDuty): string => `${dueOn}~${campaignId ?? ''}~${id}`;
const PLACE = /^\d{4}-\d{2}-\d{2}~[a-z0-9_]{0,64}~[a-z0-9_-]{1,80}$/;

async function answerOrganisation(
  request: StaffRequest,
  organisationId: string,
  use: CalendarUse,
  now: Instant,
): Promise<HttpAnswer> {
  const { after } = request.query;
  if (after !== undefined && !PLACE.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const all = await organisationDuties(use.table, organisationId, now);
  const ordered = all.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const rest = after === undefined ? ordered : ordered.filter((duty) => placeOf(duty) >= after);
  const next = rest[PAGE_SIZE];
  return {
    status: 200,
    body: {
      organisationId,
      duties: rest.slice(0, PAGE_SIZE).map((duty) => ({
        campaignId: duty.campaignId,
        campaignTitle: duty.title,
        ...dutyView(duty),
      })),
      next: next === undefined ? null : `?after=${encodeURIComponent(placeOf(next))}`,
    },
  };
}

export const definition: StaffDefinition<CalendarUse> = {
  name: 'get-calendar',
  access: {
    'GET /campaigns/{campaignId}/calendar': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
    'GET /organisations/{organisationId}/calendar': {
      roles: ['manager', 'finance', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable() }),
  handle: answerCalendar,
};
export const handler = staffFunction(definition);
