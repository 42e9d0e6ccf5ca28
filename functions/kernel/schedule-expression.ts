import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { type CronDays, readCronDays, readCronField, runsOn } from './cron-field.ts';
import { type Instant, instantOf, type LocalDate, plusDays, SECONDS_PER_MINUTE } from './time.ts';

/**
 * When something runs again and again, as EventBridge Scheduler writes it (docs.aws.amazon.com, "Schedule types in EventBridge
 * Scheduler"): `rate(5 minutes)`, `cron(0 9 1 * ? *)`, `at(2026-12-31T09:00:00)`. What falls into the hour that clocks skip in
 * spring is not run, and what falls into the hour that they repeat in autumn is run once, the first time.
 */
export type ScheduleExpression =
  | { readonly kind: 'rate'; readonly everyMinutes: number }
  | { readonly kind: 'at'; readonly local: string }
  | {
      readonly kind: 'cron';
      readonly minutes: readonly number[];
      readonly hours: readonly number[];
      readonly days: CronDays;
      readonly months: readonly number[];
      readonly years: readonly number[];
    };

export type ReadExpression =
  | { readonly kind: 'read'; readonly expression: ScheduleExpression }
  | { readonly kind: 'bad'; readonly problem: string; readonly fix: string };

const bad = (problem: string, fix: string): ReadExpression => ({ kind: 'bad', problem, fix });

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;
/** EventBridge Scheduler knows no later year. */
const LAST_YEAR = 2199;
const UNIT_MINUTES: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };

/** Reads an expression, or says what is wrong with it and how it is put right. */
export function readScheduleExpression(text: string): ReadExpression {
  const [, kind = '', inner = ''] = /^(rate|cron|at)\(([^()]*)\)$/.exec(text.trim()) ?? [];
  if (kind === 'rate') return readRate(inner);
  if (kind === 'at') return readAt(inner);
  if (kind === 'cron') return readCron(inner);
  return bad(
    'is no schedule',
    'Write cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss), such as cron(0 9 1 * ? *).',
  );
}

function readRate(inner: string): ReadExpression {
  const [, value = '', unit = '', plural = ''] = /^([1-9]\d{0,4}) (minute|hour|day)(s?)$/.exec(inner.trim()) ?? [];
  const minutes = Number(value) * (UNIT_MINUTES[unit] ?? Number.NaN);
  if (!Number.isInteger(minutes) || (value === '1') !== (plural === ''))
    return bad('is no rate', 'Write a number and minutes, hours or days, such as rate(1 hour) or rate(5 minutes).');
  return { kind: 'read', expression: { kind: 'rate', everyMinutes: minutes } };
}

function readAt(inner: string): ReadExpression {
  const local = inner.trim();
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(local) && isPlainDateTime(local);
  if (!isMoment) return bad('is no moment', 'Write a local date and time, such as at(2026-12-31T09:00:00).');
  return { kind: 'read', expression: { kind: 'at', local } };
}

function isPlainDateTime(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function readCron(inner: string): ReadExpression {
  const fields = inner.trim().split(/\s+/);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6)
    return bad(
      `has ${fields.length} fields where cron has six`,
      'Write minutes, hours, day of month, month, day of week and year, such as cron(0 9 1 * ? *).',
    );
  const minutes = readCronField(minute, { what: 'minutes', from: 0, to: 59 });
  const hours = readCronField(hour, { what: 'hours', from: 0, to: 23 });
  const months = readCronField(month, { what: 'month', from: 1, to: 12, names: MONTHS });
  const years = readCronField(year, { what: 'year', from: 1970, to: LAST_YEAR });
  const days = readCronDays(dayOfMonth, dayOfWeek);
  if (minutes.kind === 'bad') return minutes;
  if (hours.kind === 'bad') return hours;
  if (days.kind === 'bad') return days;
  if (months.kind === 'bad') return months;
  if (years.kind === 'bad') return years;
  return {
    kind: 'read',
    expression: {
      kind: 'cron',
      minutes: minutes.values,
      hours: hours.values,
      days: days.days,
      months: months.values,
      years: years.values,
    },
  };
}

/** An expression within something that is sent: the problem names its fix. */
export const expressionSchema = z
  .string()
  .max(256)
  .transform((text, context): ScheduleExpression => {
    const read = readScheduleExpression(text);
    if (read.kind === 'read') return read.expression;
    context.addIssue({ code: 'custom', message: `${read.problem}. ${read.fix}` });
    return z.NEVER;
  });

type Cron = Extract<ScheduleExpression, { kind: 'cron' }>;

/** The first instant after `after` at which it is due; none where there is no more, or where it is a rate, which names no instants. */
export function nextDueAt(expression: ScheduleExpression, zone: string, after: Instant): Instant | undefined {
  if (expression.kind === 'rate') return undefined;
  if (expression.kind === 'at') {
    const at = instantIn(zone, expression.local);
    return at !== undefined && at > after ? at : undefined;
  }
  for (const day of daysOf(expression, localDay(after, zone), 1))
    for (const at of instantsOf(expression, day, zone)) if (at > after) return at;
  return undefined;
}

/** The last instant at which it was due, `upTo` included; none where there was none. */
export function lastDueAt(expression: ScheduleExpression, zone: string, upTo: Instant): Instant | undefined {
  if (expression.kind === 'rate') return undefined;
  if (expression.kind === 'at') {
    const at = instantIn(zone, expression.local);
    return at !== undefined && at <= upTo ? at : undefined;
  }
  // Where clocks are put back across midnight, the next day may have begun before and still be to come.
  for (const day of daysOf(expression, plusDays(localDay(upTo, zone), 1), -1)) {
    const due = instantsOf(expression, day, zone).filter((at) => at <= upTo);
    if (due.length > 0) return due.at(-1);
  }
  return undefined;
}

/** How often it was due after `after` and no later than `upTo`, counted no further than `most`. */
export function timesDue(
  expression: ScheduleExpression,
  zone: string,
  { after, upTo, most }: { readonly after: Instant; readonly upTo: Instant; readonly most: number },
): number {
  let times = 0;
  let at = nextDueAt(expression, zone, after);
  while (at !== undefined && at <= upTo && times < most) {
    times += 1;
    at = nextDueAt(expression, zone, at);
  }
  return times;
}

const localDay = (instant: Instant, zone: string): LocalDate =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString() as LocalDate;

/** The days of a cron expression from one on, forwards or backwards, whole months and years that are not in it leapt over. */
function* daysOf(cron: Cron, from: LocalDate, step: 1 | -1): Generator<LocalDate> {
  let day = from;
  const [firstYear = 0, lastYear = 0] = [cron.years[0], cron.years.at(-1)];
  for (;;) {
    const year = Number(day.slice(0, 4));
    const month = Number(day.slice(5, 7));
    if (step === 1 ? year > lastYear : year < firstYear) return;
    if (!cron.years.includes(year)) day = step === 1 ? dayOf(year + 1, 1, 1) : dayOf(year - 1, 12, 31);
    else if (!cron.months.includes(month))
      day = step === 1 ? firstOfNextMonth(year, month) : plusDays(dayOf(year, month, 1), -1);
    else {
      if (runsOn(cron.days, day)) yield day;
      day = plusDays(day, step);
    }
  }
}

const digits = (number: number, width: number): string => String(number).padStart(width, '0');
const dayOf = (year: number, month: number, day: number): LocalDate =>
  `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}` as LocalDate;
const firstOfNextMonth = (year: number, month: number): LocalDate =>
  month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);

/** The instants of one local day, in order: those that its clocks skip are missing, those that they repeat stand once. */
function instantsOf(cron: Cron, day: LocalDate, zone: string): Instant[] {
  const found: Instant[] = [];
  for (const hour of cron.hours)
    for (const minute of cron.minutes) {
      const at = instantIn(zone, `${day}T${digits(hour, 2)}:${digits(minute, 2)}:00`);
      if (at !== undefined) found.push(at);
    }
  return found;
}

/** The instant of a wall-clock time, the first where there are two, none where clocks skip it. */
function instantIn(zone: string, local: string): Instant | undefined {
  const plain = Temporal.PlainDateTime.from(local);
  const zoned = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return zoned.toPlainDateTime().equals(plain) ? instantOf(zoned.epochMilliseconds) : undefined;
}

/** How long after a run of a rate the next one is due, in seconds. */
export const rateSeconds = (expression: Extract<ScheduleExpression, { kind: 'rate' }>): number =>
  expression.everyMinutes * SECONDS_PER_MINUTE;
