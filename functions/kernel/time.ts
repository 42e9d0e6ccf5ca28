import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';

/** A moment: ISO 8601 in UTC with milliseconds, e.g. `2026-09-07T00:00:00.000Z`. Sorts as text. */
export type Instant = string & { readonly __instant: unique symbol };
/** A calendar day without a zone, e.g. `2026-09-07`. */
export type LocalDate = string & { readonly __localDate: unique symbol };
/** Where "now" comes from. An argument everywhere: rules never look at the machine's clock. */
export type Clock = () => Instant;

export const SECONDS_PER_MINUTE = 60;
export const SECONDS_PER_HOUR = 60 * SECONDS_PER_MINUTE;
export const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

export const instantSchema = z.iso
  .datetime({
    offset: true,
    message: 'must be an ISO 8601 date and time with an offset, e.g. 2026-09-07T10:00:00+08:00',
  })
  .transform(canonicalInstant);

const MINUTES_PER_DAY = 24 * 60;
const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const twoDigitsAt = (text: string, at: number): number => Number(text.slice(at, at + 2));

/**
 * An instant out of what the pattern of {@link instantSchema} has accepted. Where the offset leaves the day as it is, only hour
 * and minute change, and no Date need be made: every notification has such a time, and a Date takes four times as long. Not by
 * Temporal, which throws on more than nine fractional digits where a schema must only refuse or accept.
 */
function canonicalInstant(text: string): Instant {
  if (isInstant(text)) return text;
  const zoneAt = text.endsWith('Z') ? text.length - 1 : text.length - '+08:00'.length;
  const offset = zoneAt === text.length - 1 ? 0 : twoDigitsAt(text, zoneAt + 1) * 60 + twoDigitsAt(text, zoneAt + 4);
  const minute = twoDigitsAt(text, 11) * 60 + twoDigitsAt(text, 14) + (text.charAt(zoneAt) === '-' ? offset : -offset);
  const milliseconds = zoneAt > 19 ? text.slice(20, Math.min(zoneAt, 23)).padEnd(3, '0') : '000';
  // A Date reads no more than three digits, because it misreads ten and more that begin with zeros.
  if (minute < 0 || minute >= MINUTES_PER_DAY)
    return new Date(`${text.slice(0, 19)}.${milliseconds}${text.slice(zoneAt)}`).toISOString() as Instant;
  const time = `${TWO_DIGITS[Math.floor(minute / 60)]}:${TWO_DIGITS[minute % 60]}${text.slice(16, 19)}`;
  return `${text.slice(0, 11)}${time}.${milliseconds}Z` as Instant;
}

const INSTANT_LENGTH = '2026-09-07T00:00:00.000Z'.length;
/** Of a date and time known to be one: whether it is written as we write it, as all are that we read back. */
const isInstant = (dateTime: string): dateTime is Instant =>
  dateTime.length === INSTANT_LENGTH && dateTime.endsWith('Z') && dateTime.startsWith('.', INSTANT_LENGTH - 5);

export const localDateSchema = z.iso
  .date('must be a calendar day such as 2026-09-07')
  .refine((day) => day >= '2000-01-01' && day <= '2199-12-31', { message: 'must be a day of the years 2000 to 2199' })
  .transform((text) => text as LocalDate);

/** A wall-clock time without a zone, to the minute, e.g. `2026-09-07T10:00`. Sorts as text; 24:00 is the next day's 00:00. */
export type LocalDateTime = string & { readonly __localDateTime: unique symbol };
const LOCAL_DATE_TIME = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/;
export const localDateTimeSchema = z
  .string()
  .refine((text) => LOCAL_DATE_TIME.test(text) && localDateSchema.safeParse(text.slice(0, 10)).success, {
    message: 'must be a local date and time such as 2026-09-07T10:00',
  })
  .transform((text) => text as LocalDateTime);

export const timeZoneSchema = z
  .string()
  .max(64)
  .refine((zone) => /^[A-Za-z]+(\/[A-Za-z0-9_+-]+)+$|^UTC$/.test(zone) && isTimeZone(zone), {
    message: 'must be an IANA time zone such as Asia/Shanghai',
  });

/** So many answers of the calendar are kept: the days, windows and minutes of the few campaigns that are busy at one time. */
const MOST_REMEMBERED = 50_000;

/**
 * Remembers what a question to the calendar was answered: a payment asks some ten of them, nearly always the same ones as
 * the payment before it, and each costs as much as all the rest of booking it.
 */
function remembered<Answer>(ask: (moment: string, zone: string) => Answer): (moment: string, zone: string) => Answer {
  const known = new Map<string, Answer>();
  return (moment, zone) => {
    const question = `${moment} ${zone}`;
    let answer = known.get(question);
    if (answer === undefined) {
      answer = ask(moment, zone);
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(question, answer);
    }
    return answer;
  };
}

const isTimeZone = (zone: string): boolean => isRealZone('', zone);
const isRealZone = remembered((_, zone) => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
});

/** Any ISO date-time with an offset, or epoch milliseconds, as an {@link Instant}. Throws RangeError on nonsense. */
export function instantOf(moment: string | number): Instant {
  // Milliseconds are what a Date holds, and making one costs a tenth of what Temporal's does.
  if (typeof moment === 'number' && Number.isInteger(moment)) return new Date(moment).toISOString() as Instant;
  const instant =
    typeof moment === 'number' ? Temporal.Instant.fromEpochMilliseconds(moment) : Temporal.Instant.from(moment);
  return new Date(instant.epochMilliseconds).toISOString() as Instant;
}

export const epochSeconds = (instant: Instant): number => Math.floor(Date.parse(instant) / 1000);

export function plusSeconds(instant: Instant, seconds: number): Instant {
  return instantOf(Date.parse(instant) + seconds * 1000);
}

/** Whole seconds from `from` to `to`, rounded up, so that who waits them is never early. Negative once `to` has passed. */
export function secondsUntil(to: Instant, from: Instant): number {
  return Math.ceil((Date.parse(to) - Date.parse(from)) / 1000);
}

/** The calendar day on which an instant falls for people living in `zone`. The one place where days are counted. */
export function localDateOf(instant: Instant, zone: string): LocalDate {
  // Clocks have only been changed on whole minutes since 1972 (tzdata), so that a day begins with a minute in every zone.
  return instant >= FIRST_WHOLE_MINUTES ? dateOfMinute(instant.slice(0, MINUTE_LENGTH), zone) : dateOf(instant, zone);
}
const FIRST_WHOLE_MINUTES = '1972-07';
const MINUTE_LENGTH = '2026-09-07T00:00'.length;
const dateOf = (instant: string, zone: string): LocalDate =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString() as LocalDate;
const dateOfMinute = remembered((minute, zone) => dateOf(`${minute}Z`, zone));

/** The hour of the day (0-23) at which an instant falls in `zone`. */
export function localHourOf(instant: Instant, zone: string): number {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).hour;
}

type LocalQuarter = { readonly from: Instant; readonly until: Instant; readonly day: LocalDate; readonly hour: number };
const MS_PER_QUARTER = 15 * SECONDS_PER_MINUTE * 1000;

/**
 * Day and hour of very many instants in one zone. Zones differ from UTC by whole quarters of an hour (all of them do since
 * 1972), so that what holds for one moment holds for its quarter, and each quarter is looked up once.
 */
export function localHours(zone: string): (instant: Instant) => { readonly day: LocalDate; readonly hour: number } {
  const known = new Map<number, LocalQuarter>();
  let last: LocalQuarter | undefined;
  return (instant) => {
    // Instants mostly come in order, and comparing texts is much less than parsing one.
    if (last !== undefined && last.from <= instant && instant < last.until) return last;
    const number = Math.floor(Date.parse(instant) / MS_PER_QUARTER);
    last = known.get(number) ?? {
      from: instantOf(number * MS_PER_QUARTER),
      until: instantOf((number + 1) * MS_PER_QUARTER),
      day: localDateOf(instant, zone),
      hour: localHourOf(instant, zone),
    };
    known.set(number, last);
    return last;
  };
}

/** `2026-09-07 10:00:00` as people in `zone` read it. */
export function localTimeText(instant: Instant, zone: string): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime();
  return local.toString({ smallestUnit: 'second' }).replace('T', ' ');
}

export function plusDays(day: LocalDate, days: number): LocalDate {
  // A day without a zone is a day of UTC, which has no clocks to change: 24 hours always.
  return instantOf(Date.parse(day) + days * SECONDS_PER_DAY * 1000).slice(0, day.length) as LocalDate;
}

/** Calendar months later; the last day of a month that is too short: 31 August and three months are 30 November. */
export function plusMonths(day: LocalDate, months: number): LocalDate {
  return Temporal.PlainDate.from(day).add({ months }, { overflow: 'constrain' }).toString() as LocalDate;
}

/** How many days from `first` to `last`, both included; 0 or less when `last` is before `first`. */
export function dayCount(first: LocalDate, last: LocalDate): number {
  return Temporal.PlainDate.from(first).until(Temporal.PlainDate.from(last), { largestUnit: 'day' }).days + 1;
}

/** Both days included; empty when `last` is before `first`. */
export function daysBetween(first: LocalDate, last: LocalDate): LocalDate[] {
  const days: LocalDate[] = [];
  for (let day = first; day <= last; day = plusDays(day, 1)) days.push(day);
  return days;
}

/** The instant at which `day` begins in `zone`; the end of a day is the start of the next one. */
export const startOfDay: (day: LocalDate, zone: string) => Instant = remembered((day, zone) =>
  instantOf(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds),
);

/** The instant of a wall-clock time in `zone`; one that a change of clocks skips is the one after, a doubled one the first. */
export const instantOfLocal: (moment: LocalDateTime, zone: string) => Instant = remembered((moment, zone) =>
  instantOf(Temporal.PlainDateTime.from(moment).toZonedDateTime(zone).epochMilliseconds),
);

/**
 * When a campaign takes gifts: whole local days, both included. People read "until 9 September" as until 24:00 of
 * that day in the campaign's own zone, whatever the zone of whoever looks.
 */
export type CampaignWindow = { readonly firstDay: LocalDate; readonly lastDay: LocalDate; readonly zone: string };

/** The window as instants, half-open: `[opensAt, closesAt)`. */
export function windowBounds(window: CampaignWindow): { opensAt: Instant; closesAt: Instant } {
  return {
    opensAt: startOfDay(window.firstDay, window.zone),
    closesAt: startOfDay(plusDays(window.lastDay, 1), window.zone),
  };
}

export function isWithin(instant: Instant, window: CampaignWindow): boolean {
  const { opensAt, closesAt } = windowBounds(window);
  return opensAt <= instant && instant < closesAt;
}
