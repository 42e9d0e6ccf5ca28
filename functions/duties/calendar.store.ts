import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import { type Instant, type LocalDate, localDateOf } from '../kernel/time.ts';
import {
  allCalendars,
  calendarIndexKey,
  calendarKey,
  calendarsOfOrganisation,
  type Key,
  organisationCalendarKey,
} from '../platform/keys.ts';
import { type Condition, everyItem, type Table, type Update, type Value } from '../platform/table.ts';
import {
  type Calendar,
  calendarSchema,
  dutiesIn,
  type OrganisationCalendar,
  organisationCalendarSchema,
  type PlacedDuty,
} from './calendar.ts';
import { type Completion, type Completions, type Duty, type DutyEvent, organisationDutiesOf, yearsOf } from './duty.ts';
import { DUTY_KINDS } from './duty-kind.ts';
import type { CompletionRequest } from './duty-request.ts';

/** An organisation keeps its days by the clock of the authorities that it reports to. */
export const ORGANISATION_ZONE = 'Asia/Shanghai';
/** Published events of one organisation: some a year; at this many something else is wrong. */
const MOST_EVENTS = 500;

export async function findCalendar(table: Table, campaignId: string): Promise<Calendar | undefined> {
  return calendarSchema.optional().parse(await table.get(calendarKey(campaignId)));
}

/** Every calendar of campaigns, of one organisation or of all. Eventually consistent, as an index is. */
export async function* calendarsOf(table: Table, organisationId?: string): AsyncGenerator<Calendar> {
  const question = organisationId === undefined ? allCalendars : calendarsOfOrganisation(organisationId);
  for await (const item of everyItem(table, question)) if (item.type === 'calendar') yield calendarSchema.parse(item);
}

const emptyCalendar = (organisationId: string): OrganisationCalendar => ({
  type: 'organisation-calendar',
  organisationId,
  events: [],
  completions: {},
  recorded: 0,
});

async function readOrganisationCalendar(table: Table, organisationId: string): Promise<OrganisationCalendar> {
  const item = await table.get(organisationCalendarKey(organisationId));
  return item === undefined ? emptyCalendar(organisationId) : organisationCalendarSchema.parse(item);
}

/** Everything that an organisation has to do, in order of the days: for its campaigns and for itself. */
export async function organisationDuties(table: Table, organisationId: string, now: Instant): Promise<PlacedDuty[]> {
  const duties: PlacedDuty[] = [];
  const years = new Set<number>();
  for await (const calendar of calendarsOf(table, organisationId)) {
    for (const year of yearsOf(calendar.facts)) years.add(year);
    const { campaignId, title } = calendar;
    duties.push(...dutiesIn(calendar, now).map((duty) => ({ ...duty, campaignId, title })));
  }
  const own = await ownDuties(table, organisationId, years, now);
  duties.push(...own.map((duty) => ({ ...duty, campaignId: null, title: null })));
  return duties.sort((a, b) => (a.dueOn < b.dueOn ? -1 : Number(a.dueOn > b.dueOn)));
}

/** What an organisation has to do for itself; `years`: those in which it took gifts. */
export async function ownDuties(
  table: Table,
  organisationId: string,
  years: ReadonlySet<number>,
  now: Instant,
): Promise<Duty[]> {
  const own = await readOrganisationCalendar(table, organisationId);
  return organisationDutiesOf({ years, events: own.events }, own.completions, organisationDay(now));
}

const organisationDay = (now: Instant): LocalDate => localDateOf(now, ORGANISATION_ZONE);

export type CompleteOutcome = { readonly kind: 'done' | 'already-done'; readonly duty: Duty } | Refusal;
type Said = { readonly by: string; readonly now: Instant };

/** Records that a person says a campaign's duty is done, once. Throws TransientError when others recorded at the same time. */
export async function completeCampaignDuty(
  table: Table,
  calendar: Calendar,
  dutyId: string,
  request: CompletionRequest,
  said: Said,
): Promise<CompleteOutcome> {
  return complete(table, ...campaignCompletion(calendar, said), dutyId, request, saidInZone(calendar, said));
}

/**
 * The write by which a campaign's duty is done in the same transaction as what does it, such as a publication; `undefined` where
 * it is done already, or is none of this campaign's.
 */
export function dutyDoneBy(
  calendar: Calendar,
  dutyId: string,
  request: CompletionRequest,
  said: Said,
): Update | undefined {
  const planned = completionPlan(...campaignCompletion(calendar, said), dutyId, request, saidInZone(calendar, said));
  return planned.kind === 'write' ? planned.write : undefined;
}

const saidInZone = ({ facts }: Calendar, said: Said): SaidToday => ({
  ...said,
  today: localDateOf(said.now, facts.window.zone),
});

function campaignCompletion(
  calendar: Calendar,
  { now }: Said,
): [about: CompletionAbout, dutiesWith: (done: Completions) => Duty[]] {
  const { campaignId, completions, recorded } = calendar;
  const about = { key: calendarKey(campaignId), completions, recorded, isNew: false };
  return [about, (done) => dutiesIn({ ...calendar, completions: done }, now)];
}

/** The same of one of the organisation's own duties. */
export async function completeOrganisationDuty(
  table: Table,
  organisationId: string,
  dutyId: string,
  request: CompletionRequest,
  said: Said,
): Promise<CompleteOutcome> {
  const own = await readOrganisationCalendar(table, organisationId);
  const years = new Set<number>();
  for await (const { facts } of calendarsOf(table, organisationId)) for (const year of yearsOf(facts)) years.add(year);
  const today = organisationDay(said.now);
  const dutiesWith = (done: Completions): Duty[] => organisationDutiesOf({ years, events: own.events }, done, today);
  const about = {
    key: organisationCalendarKey(organisationId),
    completions: own.completions,
    recorded: own.recorded,
    isNew: own.recorded === 0,
    set: organisationAttributes(organisationId),
  };
  return complete(table, about, dutiesWith, dutyId, request, { ...said, today });
}

const organisationAttributes = (organisationId: string): Record<string, Value> => ({
  type: 'organisation-calendar',
  organisationId,
  ...calendarIndexKey(organisationId),
});

type CompletionAbout = {
  readonly key: Key;
  readonly completions: Completions;
  readonly recorded: number;
  readonly isNew: boolean;
  readonly set?: Readonly<Record<string, Value>>;
};
type SaidToday = Said & { readonly today: LocalDate };
type CompletionPlan =
  | { readonly kind: 'write'; readonly write: Update; readonly duty: Duty }
  | { readonly kind: 'already-done'; readonly duty: Duty }
  | Refusal;

/** The write that records a completion, or why there is none to make. */
function completionPlan(
  about: CompletionAbout,
  dutiesWith: (done: Completions) => Duty[],
  dutyId: string,
  request: CompletionRequest,
  { by, now, today }: SaidToday,
): CompletionPlan {
  const duty = dutiesWith(about.completions).find(({ id }) => id === dutyId);
  if (duty === undefined) return refuse('unknown-duty', 'There is no such duty in this calendar.');
  if (!DUTY_KINDS[duty.kind].byHand)
    return refuse('done-by-itself', 'This duty is done when the system or the filing says so; nobody ticks it off.');
  if (about.completions[dutyId] !== undefined) return { kind: 'already-done', duty };
  if (request.on > today)
    return refuse('not-yet', 'A duty is done on a day that has come.', [
      { field: 'on', problem: `is after today, ${today}`, fix: 'record it once it is done' },
    ]);
  const completion: Completion = {
    on: request.on,
    by,
    note: request.note,
    ...(request.evidence === undefined ? {} : { evidence: request.evidence }),
    at: now,
  };
  const completions = { ...about.completions, [dutyId]: completion };
  const { key, recorded, isNew, set = {} } = about;
  const write = {
    update: key,
    set: { ...set, completions, recorded: recorded + 1 },
    when: unchanged(recorded, isNew),
  };
  const done = dutiesWith(completions).find(({ id }) => id === dutyId);
  return { kind: 'write', write, duty: done ?? duty };
}

async function complete(table: Table, ...plan: Parameters<typeof completionPlan>): Promise<CompleteOutcome> {
  const planned = completionPlan(...plan);
  if (planned.kind !== 'write') return planned;
  const written = await table.write(planned.write);
  if (written.kind !== 'written') throw new TransientError('the calendar was changed at the same time');
  return { kind: 'done', duty: planned.duty };
}

/** A campaign's calendar is there before anything is recorded in it; an organisation's begins with its first record. */
function unchanged(recorded: number, isNew: boolean): Condition {
  if (recorded > 0) return { equals: { recorded } };
  return isNew ? { absent: true } : { equals: { recorded: null } };
}

export type EventOutcome = { readonly kind: 'recorded' | 'already-recorded'; readonly event: DutyEvent } | Refusal;

/** Records what has to be published within 30 days, once by its id. Throws TransientError as {@link completeCampaignDuty} does. */
export async function recordDutyEvent(table: Table, organisationId: string, event: DutyEvent): Promise<EventOutcome> {
  const { events, recorded } = await readOrganisationCalendar(table, organisationId);
  const existing = events.find(({ eventId }) => eventId === event.eventId);
  if (existing !== undefined) {
    const isSame = existing.about === event.about && existing.happenedOn === event.happenedOn;
    return isSame
      ? { kind: 'already-recorded', event: existing }
      : refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another event. Use a new one.');
  }
  if (events.length >= MOST_EVENTS)
    return refuse('too-many-events', `An organisation has at most ${MOST_EVENTS} events.`);
  const today = organisationDay(event.at);
  if (event.happenedOn > today)
    return refuse('not-yet', 'An event is recorded once it has happened.', [
      { field: 'happenedOn', problem: `is after today, ${today}`, fix: 'record it on its day' },
    ]);
  const written = await table.write({
    update: organisationCalendarKey(organisationId),
    set: { ...organisationAttributes(organisationId), events: [...events, event], recorded: recorded + 1 },
    when: unchanged(recorded, recorded === 0),
  });
  if (written.kind !== 'written') throw new TransientError('the calendar was changed at the same time');
  return { kind: 'recorded', event };
}
