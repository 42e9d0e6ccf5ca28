import { Temporal } from 'temporal-polyfill';
import type { LocalDate } from './time.ts';

/** One field of a cron expression: what it is called, and which numbers and names it knows. */
export type CronField = {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** Names of the numbers from `from` on. */
  readonly names?: readonly string[];
};
type Bad = { readonly kind: 'bad'; readonly problem: string; readonly fix: string };

/** Which days of a month: of their number, or of their weekday. One of them, for EventBridge takes no two together. */
export type CronDays =
  | { readonly of: 'every' }
  | {
      readonly of: 'month';
      readonly days: readonly number[];
      readonly isLast: boolean;
      readonly nearest: readonly number[];
    }
  | {
      readonly of: 'week';
      /** 1 is Sunday, 7 is Saturday. */
      readonly weekdays: readonly number[];
      readonly last: readonly number[];
      readonly nth: readonly { readonly weekday: number; readonly number: number }[];
    };

const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const DAY_OF_MONTH: CronField = { what: 'day of month', from: 1, to: 31 };
const DAY_OF_WEEK: CronField = { what: 'day of week', from: 1, to: 7, names: WEEKDAYS };
/** A month has no more than five of one weekday. */
const MOST_OF_A_WEEKDAY = 5;
/** Every month has this day, so that a working day near it is always found in the month. */
const LAST_DAY_OF_EVERY_MONTH = 28;

const bad = (field: CronField, part: string): Bad => ({
  kind: 'bad',
  problem: `has ${part === '' ? 'nothing' : `"${part}"`} as ${field.what}`,
  fix: `Write ${field.from} to ${field.to}${field.names === undefined ? '' : ` or ${field.names[0]} to ${field.names.at(-1)}`}, lists (1,15), rising ranges (1-5), steps (0/15) or *.`,
});

/** The numbers of a field, in order, each once. */
export function readCronField(
  text: string,
  field: CronField,
): { readonly kind: 'read'; readonly values: readonly number[] } | Bad {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = rangeOf(part, field);
    if (range === undefined) return bad(field, part);
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return { kind: 'read', values: [...values].toSorted((a, b) => a - b) };
}

function rangeOf(part: string, field: CronField): { from: number; to: number; step: number } | undefined {
  const [, span = '', stepText] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(part) ?? [];
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1 || step > field.to) return undefined;
  if (span === '*') return { from: field.from, to: field.to, step };
  const [first = '', last, ...more] = span.split('-');
  const from = numberOf(first, field);
  if (from === undefined || more.length > 0) return undefined;
  // A step without an end goes on to the end of the field, as 0/15 does.
  const to = last === undefined ? (stepText === undefined ? from : field.to) : numberOf(last, field);
  return to === undefined || to < from ? undefined : { from, to, step };
}

function numberOf(text: string, { from, to, names = [] }: CronField): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return from + named;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return number >= from && number <= to ? number : undefined;
}

/** Which days: exactly one of the two fields must be `?`. */
export function readCronDays(
  dayOfMonth: string,
  dayOfWeek: string,
): { readonly kind: 'read'; readonly days: CronDays } | Bad {
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    return {
      kind: 'bad',
      problem: 'must have ? as day of month or as day of week, and not as both',
      fix: 'Say which days by one of the two and write ? for the other, such as cron(0 9 1 * ? *) or cron(0 9 ? * MON *).',
    };
  return dayOfWeek === '?' ? readMonthDays(dayOfMonth) : readWeekdays(dayOfWeek);
}

function readMonthDays(text: string): { readonly kind: 'read'; readonly days: CronDays } | Bad {
  if (text === '*') return { kind: 'read', days: { of: 'every' } };
  const plain: string[] = [];
  const nearest: number[] = [];
  let isLast = false;
  for (const part of text.split(',')) {
    const near = /^(\d{1,2})W$/i.exec(part)?.[1];
    if (part.toUpperCase() === 'L') isLast = true;
    else if (near === undefined) plain.push(part);
    else if (Number(near) >= 1 && Number(near) <= LAST_DAY_OF_EVERY_MONTH) nearest.push(Number(near));
    else
      return {
        kind: 'bad',
        problem: `has "${part}" as day of month`,
        fix: `Write 1W to ${LAST_DAY_OF_EVERY_MONTH}W: not every month has a later day to be near to.`,
      };
  }
  const days =
    plain.length === 0 ? { kind: 'read' as const, values: [] } : readCronField(plain.join(','), DAY_OF_MONTH);
  return days.kind === 'bad' ? days : { kind: 'read', days: { of: 'month', days: days.values, isLast, nearest } };
}

function readWeekdays(text: string): { readonly kind: 'read'; readonly days: CronDays } | Bad {
  if (text === '*') return { kind: 'read', days: { of: 'every' } };
  const plain: string[] = [];
  const last: number[] = [];
  const nth: { weekday: number; number: number }[] = [];
  for (const part of text.split(',')) {
    const [, lastDay] = /^([1-7]|[A-Za-z]{3})L$/i.exec(part) ?? [];
    const [, day, number = ''] = /^([1-7]|[A-Za-z]{3})#([1-9])$/.exec(part) ?? [];
    const weekday = numberOf(lastDay ?? day ?? '', DAY_OF_WEEK);
    if (weekday === undefined) plain.push(part.toUpperCase() === 'L' ? 'SAT' : part);
    else if (lastDay !== undefined) last.push(weekday);
    else if (Number(number) <= MOST_OF_A_WEEKDAY) nth.push({ weekday, number: Number(number) });
    else return bad(DAY_OF_WEEK, part);
  }
  const weekdays =
    plain.length === 0 ? { kind: 'read' as const, values: [] } : readCronField(plain.join(','), DAY_OF_WEEK);
  return weekdays.kind === 'bad'
    ? weekdays
    : { kind: 'read', days: { of: 'week', weekdays: weekdays.values, last, nth } };
}

/** Whether it runs on a day. */
export function runsOn(days: CronDays, day: LocalDate): boolean {
  if (days.of === 'every') return true;
  const date = Temporal.PlainDate.from(day);
  if (days.of === 'month')
    return (
      days.days.includes(date.day) ||
      (days.isLast && date.day === date.daysInMonth) ||
      days.nearest.some((wanted) => workingDayNear(date, wanted) === date.day)
    );
  // Temporal counts from Monday, 1, to Sunday, 7.
  const weekday = (date.dayOfWeek % 7) + 1;
  return (
    days.weekdays.includes(weekday) ||
    (days.last.includes(weekday) && date.day > date.daysInMonth - 7) ||
    days.nth.some((one) => one.weekday === weekday && Math.ceil(date.day / 7) === one.number)
  );
}

/** The working day nearest to a day, in its own month: a Saturday's is the Friday before, but the first's is the Monday after. */
function workingDayNear(month: Temporal.PlainDate, wanted: number): number {
  const { dayOfWeek } = month.with({ day: wanted });
  if (dayOfWeek === 6) return wanted === 1 ? 3 : wanted - 1;
  // Sunday; the last day that may be asked for is no February's last but the 28th, whose Monday would be of March.
  if (dayOfWeek === 7) return wanted + 1 > month.daysInMonth ? wanted - 2 : wanted + 1;
  return wanted;
}
