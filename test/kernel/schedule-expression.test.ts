import { describe, expect, it } from 'vitest';
import {
  lastDueAt,
  nextDueAt,
  readScheduleExpression,
  type ScheduleExpression,
  timesDue,
} from '../../functions/kernel/schedule-expression.ts';
import { type Instant, instantOf, localTimeText } from '../../functions/kernel/time.ts';

const read = (text: string): ScheduleExpression => {
  const outcome = readScheduleExpression(text);
  if (outcome.kind === 'bad') throw new Error(`${text} ${outcome.problem}`);
  return outcome.expression;
};
/** The next times as the people of the zone read them. */
const next = (text: string, zone: string, from: string, times = 3): string[] => {
  const found: string[] = [];
  let at: Instant | undefined = instantOf(from);
  while (found.length < times) {
    at = nextDueAt(read(text), zone, at);
    if (at === undefined) break;
    found.push(localTimeText(at, zone));
  }
  return found;
};

describe('a cron expression', () => {
  it('is a wall-clock time in its zone', () => {
    expect(next('cron(0 9 * * ? *)', 'Asia/Shanghai', '2026-09-07T01:00:00Z')).toEqual([
      '2026-09-08 09:00:00',
      '2026-09-09 09:00:00',
      '2026-09-10 09:00:00',
    ]);
  });

  it.each([
    ['cron(0 3 1 * ? *)', ['2026-12-01 03:00:00', '2027-01-01 03:00:00']],
    ['cron(30 8 ? * MON *)', ['2026-11-30 08:30:00', '2026-12-07 08:30:00']],
    ['cron(0 8 L * ? *)', ['2026-11-30 08:00:00', '2026-12-31 08:00:00']],
    ['cron(0 8 ? * 6L *)', ['2026-11-27 08:00:00', '2026-12-25 08:00:00']],
    ['cron(0 8 ? * TUE#1 *)', ['2026-12-01 08:00:00', '2027-01-05 08:00:00']],
    // 1 May 2027 is a Saturday: the working day near it is Monday the third, for Friday is in April.
    ['cron(0 8 1W MAY ? 2027)', ['2027-05-03 08:00:00']],
    // 28 February 2027 is a Sunday and the month's last day: Friday the 26th.
    ['cron(0 8 28W FEB ? 2027)', ['2027-02-26 08:00:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29 00:00:00', '2032-02-29 00:00:00']],
    [
      'cron(0/20 9-10 24 11 ? 2026)',
      ['2026-11-24 09:00:00', '2026-11-24 09:20:00', '2026-11-24 09:40:00', '2026-11-24 10:00:00'],
    ],
    ['cron(0 0 30 2 ? *)', []],
    ['cron(0 9 * * ? 2025)', []],
  ])('%s comes when its people expect it', (text, expected) => {
    expect(next(text, 'Asia/Shanghai', '2026-11-23T16:00:00Z', Math.max(1, expected.length))).toEqual(expected);
  });

  it('skips the hour that clocks skip, as EventBridge Scheduler does', () => {
    // New York springs from 02:00 to 03:00 on 8 March 2026, Berlin on 29 March.
    expect(next('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00:00Z')).toEqual([
      '2026-03-07 02:30:00',
      '2026-03-09 02:30:00',
      '2026-03-10 02:30:00',
    ]);
    expect(next('cron(30 2 * * ? *)', 'Europe/Berlin', '2026-03-27T12:00:00Z', 2)).toEqual([
      '2026-03-28 02:30:00',
      '2026-03-30 02:30:00',
    ]);
  });

  it('runs once in the hour that clocks repeat, the first time', () => {
    // Berlin falls back from 03:00 to 02:00 on 25 October 2026: 02:30 is 00:30Z and again 01:30Z.
    const daily = read('cron(30 2 * * ? *)');
    expect(nextDueAt(daily, 'Europe/Berlin', instantOf('2026-10-24T12:00:00Z'))).toBe('2026-10-25T00:30:00.000Z');
    expect(nextDueAt(daily, 'Europe/Berlin', instantOf('2026-10-25T00:30:00Z'))).toBe('2026-10-26T01:30:00.000Z');
    expect(lastDueAt(daily, 'Europe/Berlin', instantOf('2026-10-25T01:45:00Z'))).toBe('2026-10-25T00:30:00.000Z');
  });

  it('knows when it was last due, and how often it was due in between', () => {
    const daily = read('cron(0 9 * * ? *)');
    const upTo = instantOf('2026-11-24T00:59:00Z');
    expect(lastDueAt(daily, 'Asia/Shanghai', upTo)).toBe('2026-11-23T01:00:00.000Z');
    expect(lastDueAt(daily, 'Asia/Shanghai', instantOf('2026-11-24T01:00:00Z'))).toBe('2026-11-24T01:00:00.000Z');
    const span = { after: instantOf('2026-11-20T01:00:00Z'), upTo, most: 100 };
    expect(timesDue(daily, 'Asia/Shanghai', span)).toBe(3);
    expect(timesDue(daily, 'Asia/Shanghai', { ...span, most: 2 })).toBe(2);
  });
});

describe('a moment and a rate', () => {
  it('come once, and without a moment of their own', () => {
    const once = read('at(2026-12-31T09:00:00)');
    expect(nextDueAt(once, 'Asia/Shanghai', instantOf('2026-12-01T00:00:00Z'))).toBe('2026-12-31T01:00:00.000Z');
    expect(nextDueAt(once, 'Asia/Shanghai', instantOf('2026-12-31T01:00:00Z'))).toBeUndefined();
    expect(lastDueAt(once, 'Asia/Shanghai', instantOf('2027-01-01T00:00:00Z'))).toBe('2026-12-31T01:00:00.000Z');
    // A wall-clock time that its zone never shows.
    expect(
      nextDueAt(read('at(2026-03-29T02:30:00)'), 'Europe/Berlin', instantOf('2026-01-01T00:00:00Z')),
    ).toBeUndefined();
    expect(read('rate(6 hours)')).toEqual({ kind: 'rate', everyMinutes: 360 });
    expect(nextDueAt(read('rate(6 hours)'), 'UTC', instantOf('2026-01-01T00:00:00Z'))).toBeUndefined();
  });
});

describe('what EventBridge Scheduler would not take', () => {
  it.each([
    ['every day at nine', /is no schedule.*Write cron/],
    ['cron(0 9 * * *)', /has 5 fields/],
    ['cron(0 9 * * * *)', /must have \? as day of month or as day of week/],
    ['cron(0 9 ? * ? *)', /must have \?/],
    ['cron(60 9 * * ? *)', /has "60" as minutes/],
    ['cron(0 24 * * ? *)', /has "24" as hours/],
    ['cron(0 9 0 * ? *)', /has "0" as day of month/],
    ['cron(0 9 31W * ? *)', /Write 1W to 28W/],
    ['cron(0 9 * 13 ? *)', /has "13" as month/],
    ['cron(0 9 ? * MON#6 *)', /has "MON#6" as day of week/],
    ['cron(0 9 ? * FRI-MON *)', /has "FRI-MON" as day of week.*rising ranges/],
    ['cron(0/0 9 * * ? *)', /has "0\/0" as minutes/],
    ['cron(0 9 * * ? 2200)', /has "2200" as year/],
    ['cron(, 9 * * ? *)', /has nothing as minutes/],
    ['rate(1 hours)', /is no rate/],
    ['rate(0 minutes)', /is no rate/],
    ['rate(5 seconds)', /is no rate/],
    ['at(2026-02-30T09:00:00)', /is no moment/],
    ['at(2026-12-31T09:00)', /is no moment/],
  ])('%s is refused with what is wrong and how it is put right', (text, says) => {
    const outcome = readScheduleExpression(text);
    expect(outcome.kind === 'bad' ? `${outcome.problem}. ${outcome.fix}` : 'read').toMatch(says);
  });
});
