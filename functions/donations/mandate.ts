import * as z from 'zod';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema, type LocalDate, localDateOf, localDateSchema, plusDays } from '../kernel/time.ts';
import { type Provider, providerSchema } from './payment-event.ts';
import type { MandateState, RegularGiftEvent } from './regular-gift-event.ts';

/**
 * How a regular gift stands with us. `awaiting-provider`: agreed here, but no provider has told of it. `active`: the last period
 * that was due is paid. `missed`: it is not, and is tried again or was skipped. `lapsed`: nothing is collected any more until a
 * charge succeeds. `cancelling`: by the donor, and the provider that collects it has not said yet that it has ended. `cancelled`: by
 * the donor, or ended at the provider.
 */
export const MANDATE_STANDINGS = [
  'awaiting-provider',
  'active',
  'missed',
  'lapsed',
  'cancelling',
  'cancelled',
] as const;

/** Providers that end a mandate when we ask them. At others a person does, and a donor's word is all that there is to wait for. */
const ENDED_BY_ASKING: ReadonlySet<Provider> = new Set(['stripe']);

/**
 * A charge that fails is tried on three days in all, the due day included; then its period is skipped, and the next month's is due
 * (the rule of the platforms that donors know: https://help.lingxi360.com/content/772).
 */
export const DAYS_TRIED = 3;
/** After so many skipped periods in a row nobody expects another charge. */
export const SKIPS_TO_LAPSE = 3;
/** The last day that every month has: a mandate of the 31st would jump months, or move. */
export const LAST_DAY_OF_MONTH = 28;

/** The calendar month that a charge is for, such as `2026-09`: with the mandate, what can be paid once. */
export type Period = string & { readonly __period: unique symbol };

export const mandateStandingSchema = z.object({
  state: z.enum(MANDATE_STANDINGS),
  /** The day of the next charge or of the next attempt; left out where none follows. */
  nextOn: localDateSchema.optional(),
  /** How often the charge that is due has failed. */
  retries: z.number().int().min(0),
  skippedInARow: z.number().int().min(0),
  /** Periods that were paid: each counts once, by however many charges. */
  paidPeriods: z.number().int().min(0),
  /** The provider took money after the donor had cancelled: the gift is kept, and a person asks whether to give it back. */
  chargedAfterCancellation: z.literal(true).optional(),
});
export type MandateStanding = z.infer<typeof mandateStandingSchema>;

/** A donor's agreement to give every month, and how it stands by all that is known of it. Holds no contact data. */
export const mandateSchema = mandateStandingSchema.extend({
  type: z.literal('mandate'),
  mandateId: z.string(),
  /** How often this item was written: the guard of the next write. */
  version: z.number().int().min(1),
  /** Our order by which its charges are booked, where it was agreed here. */
  orderNo: z.string().optional(),
  provider: providerSchema.optional(),
  /** The provider's own id of the mandate. */
  mandateReference: z.string().optional(),
  /** Our account at the provider that collects it. */
  merchantId: z.string().optional(),
  campaignId: z.string().optional(),
  unitId: z.string().optional(),
  teamId: z.string().optional(),
  amountMinor: positiveAmountMinorSchema.optional(),
  currency: currencySchema.optional(),
  zone: z.string(),
  dayOfMonth: z.number().int().min(1).max(LAST_DAY_OF_MONTH),
  firstOn: localDateSchema,
  /** Agreed here, so that day and first charge are what the donor was told; else they follow from the provider's events. */
  agreed: z.literal(true).optional(),
  cancelledAt: instantSchema.optional(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Mandate = z.infer<typeof mandateSchema>;

/** Stands where a mandate stood until one of its events named the order that it belongs to. */
export const mandateAliasSchema = z.object({ type: z.literal('mandate-alias'), mandateId: z.string() });
/** What of a mandate says when its charges are due. */
export type Schedule = Pick<Mandate, 'dayOfMonth' | 'firstOn' | 'zone' | 'cancelledAt' | 'provider'>;

export const periodOf = (day: LocalDate): Period => day.slice(0, 7) as Period;
const FIRST_DAYS = 31;
const nextPeriod = (period: Period): Period => periodOf(plusDays(`${period}-01` as LocalDate, FIRST_DAYS));
export const dueDayOf = (period: Period, dayOfMonth: number): LocalDate =>
  `${period}-${String(dayOfMonth).padStart(2, '0')}` as LocalDate;
export const dayOfMonthOf = (day: LocalDate): number => Math.min(LAST_DAY_OF_MONTH, Number(day.slice(8)));

/** The first two charges of a mandate that is agreed today: the coming day of that number, today included, and a month later. */
export function firstCharges(today: LocalDate, dayOfMonth: number): { firstOn: LocalDate; secondOn: LocalDate } {
  const inThisMonth = dueDayOf(periodOf(today), dayOfMonth);
  const firstOn = inThisMonth >= today ? inThisMonth : dueDayOf(nextPeriod(periodOf(today)), dayOfMonth);
  return { firstOn, secondOn: dueDayOf(nextPeriod(periodOf(firstOn)), dayOfMonth) };
}

/**
 * How a mandate stands, out of everything that was ever said of it, in any order and however often: a charge is of its period,
 * whenever it is told, so that an older message undoes nothing, and no period is paid twice. `today` in the mandate's zone.
 */
export function standingOf(schedule: Schedule, events: readonly RegularGiftEvent[], today: LocalDate): MandateStanding {
  const { paid, failures } = periodsOf(events, schedule.zone);
  const course = courseOf(schedule, paid, failures, resumedOn(events, schedule.zone), today);
  const { cancelledAt } = schedule;
  const isAfter = ({ occurredAt }: RegularGiftEvent): boolean => cancelledAt !== undefined && occurredAt > cancelledAt;
  const taken = events.some((event) => event.kind === 'charged' && isAfter(event));
  const figures = {
    retries: 0,
    skippedInARow: course.skippedInARow,
    paidPeriods: paid.size,
    ...(taken ? { chargedAfterCancellation: true as const } : {}),
  };
  const end = endOf(events, schedule);
  if (end !== undefined) return { ...figures, state: end };
  if (events.length === 0) return { ...figures, state: 'awaiting-provider', nextOn: schedule.firstOn };
  return { ...figures, ...course };
}

function periodsOf(events: readonly RegularGiftEvent[], zone: string) {
  const paid = new Set<Period>();
  const failures = new Map<Period, Set<string>>();
  for (const event of events) {
    if (event.kind === 'mandate') continue;
    const period = periodOf(localDateOf(event.periodStart, zone));
    if (event.kind === 'charged') paid.add(period);
    else failures.set(period, (failures.get(period) ?? new Set()).add(`${event.chargeReference} ${event.attempt}`));
  }
  return { paid, failures: new Map([...failures].map(([period, attempts]) => [period, attempts.size])) };
}

type MandateEvent = Extract<RegularGiftEvent, { kind: 'mandate' }>;
/** What the provider said of the mandate itself, in order of time; what is of one second always in the same order. */
const saidOf = (events: readonly RegularGiftEvent[]): MandateEvent[] =>
  events
    .filter((event): event is MandateEvent => event.kind === 'mandate')
    .sort((a, b) => compare(a.occurredAt, b.occurredAt) || rank(a) - rank(b) || compare(a.endedBy, b.endedBy));
const compare = (left = '', right = ''): number => (left < right ? -1 : left > right ? 1 : 0);
/** Of two messages of one second the one that ends more is taken for the later: it is the safe mistake to expect no money. */
const RANKS: readonly MandateState[] = ['active', 'incomplete', 'past-due', 'paused', 'ended'];
const rank = ({ state }: MandateEvent): number => RANKS.indexOf(state);

/** Since when charges are expected again after a pause; what fell due before was not skipped. */
function resumedOn(events: readonly RegularGiftEvent[], zone: string): LocalDate | undefined {
  const said = saidOf(events);
  const resumed = said.findLast(({ state }, n) => state === 'active' && said[n - 1]?.state === 'paused');
  return resumed === undefined ? undefined : localDateOf(resumed.occurredAt, zone);
}

/**
 * Whether, and how, a mandate is over or at rest. What has ended at the provider stays so. So does a donor's word: a message that it is
 * active, of a charge that was under way, takes it back no more than a charge does. Who wants to give again agrees to a new one.
 */
function endOf(
  events: readonly RegularGiftEvent[],
  { cancelledAt, provider }: Schedule,
): 'cancelling' | 'cancelled' | 'lapsed' | undefined {
  const said = saidOf(events);
  const ended = said.find(({ state }) => state === 'ended');
  if (ended !== undefined) return ended.endedBy === 'provider' && cancelledAt === undefined ? 'lapsed' : 'cancelled';
  if (cancelledAt !== undefined)
    return provider !== undefined && ENDED_BY_ASKING.has(provider) ? 'cancelling' : 'cancelled';
  return said.at(-1)?.state === 'paused' ? 'lapsed' : undefined;
}

type Course = Pick<MandateStanding, 'state' | 'nextOn' | 'retries' | 'skippedInARow'>;

/** Goes from period to period until the one that is still to be charged. */
function courseOf(
  { dayOfMonth, firstOn }: Schedule,
  paid: ReadonlySet<Period>,
  failures: ReadonlyMap<Period, number>,
  resumed: LocalDate | undefined,
  today: LocalDate,
): Course {
  const first = [...paid, periodOf(firstOn)].reduce((least, period) => (period < least ? period : least));
  let skippedInARow = 0;
  for (let period = first; ; period = nextPeriod(period)) {
    const dueOn = dueDayOf(period, dayOfMonth);
    const failed = failures.get(period) ?? 0;
    if (paid.has(period)) skippedInARow = 0;
    else if (resumed === undefined || dueOn >= resumed) {
      const isOver = failed >= DAYS_TRIED || today > plusDays(dueOn, DAYS_TRIED - 1);
      if (!isOver) return { ...pending(dueOn, failed, skippedInARow, today), skippedInARow };
      skippedInARow += 1;
    }
    // Nothing of a mandate that nobody expects money from is due; a later charge is found by going on to it.
    if (skippedInARow >= SKIPS_TO_LAPSE && ![...paid].some((later) => later > period))
      return { state: 'lapsed', retries: 0, skippedInARow };
  }
}

function pending(dueOn: LocalDate, failed: number, skipped: number, today: LocalDate): Omit<Course, 'skippedInARow'> {
  const isLate = failed > 0 || today > dueOn;
  const tryOn = plusDays(dueOn, failed);
  return {
    state: isLate || skipped > 0 ? 'missed' : 'active',
    nextOn: tryOn < today ? today : tryOn,
    retries: failed,
  };
}
