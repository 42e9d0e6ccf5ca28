import * as z from 'zod';
import { earliestOpening, lastEmergencyFilingDay, lastFilingDay } from '../filing/filing.ts';
import {
  type CampaignWindow,
  dayCount,
  type Instant,
  instantSchema,
  type LocalDate,
  localDateOf,
  localDateSchema,
  plusDays,
  plusMonths,
  timeZoneSchema,
} from '../kernel/time.ts';
import { DUTY_KINDS, type DutyKind } from './duty-kind.ts';

/** From how many days before its day on a duty is near. */
export const NEAR_DAYS = 14;
const PROGRESS_MONTHS = 3;
/** A campaign that lasts longer reports while it lasts (Charity Law art. 79); exactly six months do not. */
const LONG_CAMPAIGN_MONTHS = 6;
const DISCLOSURE_MONTHS = 3;
const CLOSEOUT_DAYS = 30;
/** Ten years: what a plan may lay out at most, 120 monthly reports. */
export const LONGEST_PROJECT_MONTHS = 120;
/** Settling takes a day and a half after the last one; the public notice of matches ten whole days after that. */
const SETTLING_DAYS = 2;
const NOTICE_DAYS = 11;
export const EVENT_DAYS = 30;

export const DUTY_STATES = ['done', 'waiting', 'near', 'overdue'] as const;
export type DutyState = (typeof DUTY_STATES)[number];

/** One duty of a campaign or an organisation. Days are those of its own zone. */
export type Duty = {
  /** Stable: the same duty keeps its id when its day moves. */
  readonly id: string;
  readonly kind: DutyKind;
  readonly dueOn: LocalDate;
  /** Where it is written. */
  readonly rule: string;
  readonly state: DutyState;
  readonly doneOn?: LocalDate;
  /** Who said that it is done; `workflow` where the system did it. */
  readonly by?: string;
  /** What it is about, where the kind does not say it all. */
  readonly about?: string;
};

/** That a person says a duty is done. */
export const completionSchema = z.object({
  on: localDateSchema,
  by: z.string(),
  note: z.string(),
  evidence: z.string().optional(),
  at: instantSchema,
});
export type Completion = z.infer<typeof completionSchema>;
export type Completions = Readonly<Record<string, Completion>>;

/** As much of a campaign as its duties follow from; kept beside it as its calendar. */
export const dutyFactsSchema = z.object({
  window: z.object({ firstDay: localDateSchema, lastDay: localDateSchema, zone: timeZoneSchema }),
  filedOn: localDateSchema.optional(),
  filedBy: z.string().optional(),
  isEmergency: z.boolean(),
  openedOn: localDateSchema.optional(),
  cancelledOn: localDateSchema.optional(),
  finalisedOn: localDateSchema.optional(),
  reportedOn: localDateSchema.optional(),
  /**
   * Carrying the programme out, by the plan as it was filed; absent in calendars of before it was kept, until the campaign is
   * written again.
   */
  project: z
    .object({
      firstDay: localDateSchema,
      lastDay: localDateSchema,
      reportMonths: z.number().int().min(1).max(PROGRESS_MONTHS),
    })
    .optional(),
  /** Whether others raise money with the organisation (Charity Law art. 26). */
  hasPartner: z.boolean(),
});
export type DutyFacts = z.infer<typeof dutyFactsSchema>;

type Planned = Pick<Duty, 'id' | 'kind' | 'dueOn'> & { readonly doneOn?: LocalDate | undefined; readonly by?: string };

/** Every duty of a campaign with its day and its state today, in order of their days. */
export function dutiesOf(facts: DutyFacts, completions: Completions, today: LocalDate): Duty[] {
  return withStates(plannedDuties(facts, completions), completions, today);
}

function plannedDuties(facts: DutyFacts, completions: Completions): Planned[] {
  const { window, cancelledOn, openedOn, project } = facts;
  const filing = filingDuty(facts);
  // What never opened took nothing, and owes nobody an account of it.
  if (cancelledOn !== undefined && openedOn === undefined) return facts.filedOn === undefined ? [] : [filing];
  const endedOn = cancelledOn ?? window.lastDay;
  const settledOn = plusDays(endedOn, SETTLING_DAYS);
  const disclosedBy = plusMonths(endedOn, DISCLOSURE_MONTHS);
  return [
    filing,
    ...progressDuties({ firstDay: window.firstDay, lastDay: endedOn }, completions),
    // What was cancelled carries no project out: its account in full says where the money went.
    ...(project === undefined || cancelledOn !== undefined ? [] : projectDuties(project, endedOn, completions)),
    own('settling', settledOn, facts.finalisedOn),
    own('match-notice', plusDays(facts.finalisedOn ?? settledOn, NOTICE_DAYS), facts.reportedOn),
    own('closeout', plusDays(endedOn, CLOSEOUT_DAYS), facts.reportedOn),
    single('full-disclosure', disclosedBy),
    single('surplus', disclosedBy),
    single('report-back', disclosedBy),
    ...(facts.hasPartner ? [single('partner-evaluation', disclosedBy)] : []),
  ];
}

function filingDuty({ window, isEmergency, openedOn, filedOn, filedBy }: DutyFacts): Planned {
  const kind = isEmergency ? 'emergency-filing' : 'filing';
  const dueOn = isEmergency ? lastEmergencyFilingDay(openedOn ?? window.firstDay) : lastFilingDay(window.firstDay);
  // A day that was moved forward may leave a filing that no longer counts: the duty is open again.
  const counts = filedOn !== undefined && (isEmergency || earliestOpening(filedOn) <= window.firstDay);
  return {
    id: kind,
    kind,
    dueOn,
    ...(counts ? { doneOn: filedOn } : {}),
    ...(filedBy === undefined ? {} : { by: filedBy }),
  };
}

const single = (kind: DutyKind, dueOn: LocalDate): Planned => ({ id: kind, kind, dueOn });
const own = (kind: DutyKind, dueOn: LocalDate, doneOn: LocalDate | undefined): Planned => ({
  id: kind,
  kind,
  dueOn,
  ...(doneOn === undefined ? {} : { doneOn, by: 'workflow' }),
});

/**
 * The reports while a long campaign lasts: three months after the one before, or after the first day; published early, the
 * next is due earlier too.
 */
function progressDuties(
  { firstDay, lastDay }: Pick<CampaignWindow, 'firstDay' | 'lastDay'>,
  done: Completions,
): Planned[] {
  if (!isLongerThan(LONG_CAMPAIGN_MONTHS, firstDay, lastDay)) return [];
  return reportsInARow('progress-disclosure', { firstDay, lastDay, months: PROGRESS_MONTHS }, done);
}

/**
 * The reports while a project is carried out, as often as the filed plan promises and never less than every three months, and
 * its account in full. A project of six months or less owes none by the law, and owes its promise all the same.
 */
function projectDuties(
  { firstDay, lastDay, reportMonths }: NonNullable<DutyFacts['project']>,
  endedOn: LocalDate,
  done: Completions,
): Planned[] {
  // A plan may end before the last gift; nothing is accounted for in full while gifts still come.
  const overOn = lastDay < endedOn ? endedOn : lastDay;
  return [
    ...reportsInARow('project-progress', { firstDay, lastDay, months: reportMonths }, done),
    single('project-full', plusMonths(overOn, DISCLOSURE_MONTHS)),
  ];
}

/** Reports that follow each other by so many months, as long as the time that they tell of lasts. */
function reportsInARow(
  kind: DutyKind,
  { firstDay, lastDay, months }: { readonly firstDay: LocalDate; readonly lastDay: LocalDate; readonly months: number },
  done: Completions,
): Planned[] {
  const duties: Planned[] = [];
  let dueOn = plusMonths(firstDay, months);
  for (let number = 1; dueOn <= lastDay; number += 1) {
    const id = `${kind}-${number}`;
    duties.push({ id, kind, dueOn });
    dueOn = plusMonths(done[id]?.on ?? dueOn, months);
  }
  return duties;
}

/** Whether a period of whole days, both included, lasts longer than that many months. */
export const isLongerThan = (months: number, firstDay: LocalDate, lastDay: LocalDate): boolean =>
  plusDays(lastDay, 1) > plusMonths(firstDay, months);

/** Something about an organisation that has to be published within 30 days (MCA Order 81 arts 13 and 14). */
export const dutyEventSchema = z.object({
  eventId: z.string(),
  about: z.string(),
  happenedOn: localDateSchema,
  by: z.string(),
  at: instantSchema,
});
export type DutyEvent = z.infer<typeof dutyEventSchema>;

/** The duties of an organisation itself: a report for every year in which it took gifts, and what has happened. */
export function organisationDutiesOf(
  about: { readonly years: ReadonlySet<number>; readonly events: readonly DutyEvent[] },
  completions: Completions,
  today: LocalDate,
): Duty[] {
  const reports = [...about.years].map(
    (year): Planned => ({
      id: `annual-report-${year}`,
      kind: 'annual-report',
      dueOn: localDateSchema.parse(`${year + 1}-05-31`),
    }),
  );
  const events = about.events.map(({ eventId, happenedOn, about: text }): Planned & { about: string } => ({
    id: eventId,
    kind: 'event',
    dueOn: plusDays(happenedOn, EVENT_DAYS),
    about: text,
  }));
  return withStates([...reports, ...events], completions, today);
}

/** The years in which a campaign takes gifts, of all that were not cancelled before they opened. */
export function yearsOf(facts: DutyFacts): number[] {
  const { window, cancelledOn, openedOn } = facts;
  if (cancelledOn !== undefined && openedOn === undefined) return [];
  const first = Number(window.firstDay.slice(0, 4));
  const last = Number((cancelledOn ?? window.lastDay).slice(0, 4));
  return Array.from({ length: last - first + 1 }, (_, number) => first + number);
}

function withStates(planned: readonly Planned[], completions: Completions, today: LocalDate): Duty[] {
  const duties = planned.map(({ doneOn, by, ...duty }): Duty => {
    const completion = completions[duty.id];
    const done = doneOn ?? completion?.on;
    const sayer = doneOn === undefined ? completion?.by : by;
    return {
      ...duty,
      rule: DUTY_KINDS[duty.kind].rule,
      state: stateOf(duty.dueOn, done, today),
      ...(done === undefined ? {} : { doneOn: done }),
      ...(done === undefined || sayer === undefined ? {} : { by: sayer }),
    };
  });
  return duties.sort((a, b) => compare(a.dueOn, b.dueOn) || compare(a.id, b.id));
}

function stateOf(dueOn: LocalDate, doneOn: LocalDate | undefined, today: LocalDate): DutyState {
  if (doneOn !== undefined) return 'done';
  const left = daysLeft(dueOn, today);
  if (left < 0) return 'overdue';
  return left <= NEAR_DAYS ? 'near' : 'waiting';
}

/** Days from today until a duty's day: 0 on the day itself, negative once it has passed. */
export const daysLeft = (dueOn: LocalDate, today: LocalDate): number => dayCount(today, dueOn) - 1;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The facts of a campaign that its duties follow from. */
export function dutyFactsOf(campaign: {
  readonly proposal: {
    readonly window: CampaignWindow;
    readonly executionPlan: readonly { readonly fromDay: LocalDate; readonly untilDay: LocalDate }[];
    readonly progressReportMonths: number;
    readonly partner?: object | undefined;
    readonly partnerOrganisationIds?: readonly string[] | undefined;
  };
  readonly filing?: { readonly filedOn: LocalDate; readonly recordedBy: string } | null | undefined;
  readonly emergency?: object | null | undefined;
  readonly openedAt?: Instant | null | undefined;
  readonly cancellation?: { readonly at: Instant } | null | undefined;
  readonly reached?: { readonly finalised?: Instant | undefined; readonly reported?: Instant | undefined } | undefined;
}): DutyFacts {
  const { filing, emergency, openedAt, cancellation, reached, proposal } = campaign;
  const { window } = proposal;
  const day = (at: Instant): LocalDate => localDateOf(at, window.zone);
  return {
    window,
    ...(filing == null ? {} : { filedOn: filing.filedOn, filedBy: filing.recordedBy }),
    isEmergency: emergency != null,
    ...(openedAt == null ? {} : { openedOn: day(openedAt) }),
    ...(cancellation == null ? {} : { cancelledOn: day(cancellation.at) }),
    ...(reached?.finalised === undefined ? {} : { finalisedOn: day(reached.finalised) }),
    ...(reached?.reported === undefined ? {} : { reportedOn: day(reached.reported) }),
    project: projectOf(proposal),
    hasPartner: proposal.partner !== undefined || proposal.partnerOrganisationIds !== undefined,
  };
}

/** From the first stage of the plan to the end of its last, and not before the first gift. */
function projectOf({
  window,
  executionPlan,
  progressReportMonths,
}: Parameters<typeof dutyFactsOf>[0]['proposal']): NonNullable<DutyFacts['project']> {
  const begins = executionPlan.map(({ fromDay }) => fromDay).sort()[0] ?? window.firstDay;
  const ends =
    executionPlan
      .map(({ untilDay }) => untilDay)
      .sort()
      .at(-1) ?? window.lastDay;
  const longest = plusMonths(window.lastDay, LONGEST_PROJECT_MONTHS);
  return {
    firstDay: begins < window.firstDay ? window.firstDay : begins,
    // Plans of before there was a longest one may name any day.
    lastDay: ends < longest ? ends : longest,
    reportMonths: progressReportMonths,
  };
}
