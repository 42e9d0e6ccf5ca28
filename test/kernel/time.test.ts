import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  daysBetween,
  instantOf,
  instantSchema,
  isWithin,
  localDateOf,
  localDateSchema,
  localHourOf,
  localTimeText,
  plusDays,
  secondsUntil,
  startOfDay,
  timeZoneSchema,
  windowBounds,
} from '../../functions/kernel/time.ts';

const day = (text: string) => localDateSchema.parse(text);
const shanghai = { firstDay: day('2026-09-07'), lastDay: day('2026-09-09'), zone: 'Asia/Shanghai' };

describe('a campaign of 7 to 9 September in Shanghai', () => {
  it('opens at 00:00 of the first day and closes at 24:00 of the last, where it lives', () => {
    expect(windowBounds(shanghai)).toEqual({
      opensAt: '2026-09-06T16:00:00.000Z',
      closesAt: '2026-09-09T16:00:00.000Z',
    });
  });

  it('takes a gift at 23:59:59 of the last day, and not one at 24:00', () => {
    expect(isWithin(instantOf('2026-09-09T23:59:59+08:00'), shanghai)).toBe(true);
    expect(isWithin(instantOf('2026-09-10T00:00:00+08:00'), shanghai)).toBe(false);
    expect(isWithin(instantOf('2026-09-06T23:59:59+08:00'), shanghai)).toBe(false);
    expect(isWithin(instantOf('2026-09-07T00:00:00+08:00'), shanghai)).toBe(true);
  });

  it('counts an evening gift on its own day, whatever the machine’s zone', () => {
    const evening = instantOf('2026-09-07T23:27:00+08:00');
    expect(localDateOf(evening, 'Asia/Shanghai')).toBe('2026-09-07');
    expect(localHourOf(evening, 'Asia/Shanghai')).toBe(23);
    expect(localTimeText(evening, 'Asia/Shanghai')).toBe('2026-09-07 23:27:00');
    expect(localDateOf(instantOf('2026-09-08T00:27:00+08:00'), 'Asia/Shanghai')).toBe('2026-09-08');
  });
});

describe('an instant from outside', () => {
  it('is read with any offset and any number of fractional digits, and refused otherwise without throwing', () => {
    expect(instantSchema.parse('2026-09-07T10:00:00+08:00')).toBe('2026-09-07T02:00:00.000Z');
    expect(instantSchema.parse('2026-09-07T10:00:00.1234567891234Z')).toBe('2026-09-07T10:00:00.123Z');
    for (const text of ['2026-09-07', '2026-09-07T25:00:00Z', '2026-09-07T10:00:00', 'now', '']) {
      expect(instantSchema.safeParse(text).success, text).toBe(false);
    }
  });

  it('keeps milliseconds of a fraction of any length, where a Date passes over its leading zeros', () => {
    expect(instantSchema.parse('2026-09-07T10:00:00.0021030102Z')).toBe('2026-09-07T10:00:00.002Z');
    expect(instantSchema.parse('2026-09-07T00:00:00.0021030102+08:00')).toBe('2026-09-06T16:00:00.002Z');
  });

  it('is the same moment that a Date makes of the same text, whatever the day, the offset and the fraction', () => {
    const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
    const day = fc
      .date({ min: new Date('0000-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const fraction = fc.oneof(
      fc.constant(''),
      fc.stringMatching(/^\d{1,9}$/).map((digits) => `.${digits}`),
    );
    const offset = fc.oneof(
      fc.constantFrom('Z', '+08:00', '+00:00', '-00:00'),
      fc.tuple(fc.constantFrom('+', '-'), two(23), two(59)).map(([sign, hour, minute]) => `${sign}${hour}:${minute}`),
    );
    fc.assert(
      fc.property(day, two(23), two(59), two(59), fraction, offset, (date, hour, minute, second, part, zone) => {
        const text = `${date}T${hour}:${minute}:${second}${part}${zone}`;
        expect(instantSchema.parse(text)).toBe(new Date(text).toISOString());
      }),
      { numRuns: 2_000 },
    );
  });
});

const SINCE_1972 = { min: Date.UTC(1972, 6, 1), max: Date.UTC(2099, 11, 31) };

describe('an instant of ours', () => {
  it('is read as itself, and any way of writing it as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2199, 11, 31) }), (ms) => {
        const text = new Date(ms).toISOString();
        expect(instantSchema.parse(text)).toBe(text);
        expect(instantSchema.parse(text.replace('Z', '+00:00'))).toBe(text);
        expect(instantSchema.parse(text.replace('Z', '000Z'))).toBe(text);
      }),
    );
    expect(instantSchema.safeParse('2026-02-30T10:00:00.000Z').success).toBe(false);
  });
});

describe('days and zones', () => {
  it('finds the day that the calendar has, on whatever side of midnight and of a change of clocks, asked once or again', () => {
    const zones = [
      'Asia/Shanghai',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'UTC',
    ];
    const msOf = fc.oneof(
      fc.integer(SINCE_1972),
      // Canada's Newfoundland put its clocks back a minute after midnight, to the day before.
      fc.integer({ min: Date.UTC(2006, 9, 29, 2, 29), max: Date.UTC(2006, 9, 29, 3, 32) }),
    );
    fc.assert(
      fc.property(msOf, fc.constantFrom(...zones), (ms, zone) => {
        const calendar = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate().toString();
        expect(localDateOf(instantOf(ms), zone)).toBe(calendar);
        expect(localDateOf(instantOf(ms), zone)).toBe(calendar);
      }),
      { numRuns: 500 },
    );
  });

  it('finds a day of old, when clocks differed by seconds', () => {
    // Monrovia was 44 minutes and 30 seconds behind until 1972.
    expect(localDateOf(instantOf('1971-06-01T00:44:29Z'), 'Africa/Monrovia')).toBe('1971-05-31');
    expect(localDateOf(instantOf('1971-06-01T00:44:30Z'), 'Africa/Monrovia')).toBe('1971-06-01');
  });

  it('goes from day to day as the calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: -400, max: 400 }), (from, days) => {
        const start = Temporal.PlainDate.from('2004-01-01').add({ days: from });
        expect(plusDays(day(start.toString()), days)).toBe(start.add({ days }).toString());
      }),
    );
  });

  it('gives a day of 25 hours where clocks are put back', () => {
    const from = startOfDay(day('2026-11-01'), 'America/New_York');
    const to = startOfDay(day('2026-11-02'), 'America/New_York');
    expect(secondsUntil(to, from)).toBe(25 * 3600);
  });

  it('begins a day at 01:00 where midnight does not exist', () => {
    expect(startOfDay(day('2026-04-24'), 'Africa/Cairo')).toBe('2026-04-23T22:00:00.000Z');
  });

  it('lists days over month and leap ends', () => {
    expect(daysBetween(day('2028-02-28'), day('2028-03-01'))).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(daysBetween(day('2026-09-09'), day('2026-09-07'))).toEqual([]);
    expect(plusDays(day('2026-12-31'), 1)).toBe('2027-01-01');
  });

  it('never tells somebody who waits to come early', () => {
    expect(secondsUntil(instantOf('2026-09-07T00:00:00.001Z'), instantOf('2026-09-07T00:00:00.000Z'))).toBe(1);
  });

  it('knows real zones and real days only', () => {
    expect(timeZoneSchema.safeParse('Asia/Shanghai').success).toBe(true);
    for (const zone of ['Asia/Dazhou', '+08:00', 'CST', '', '../../etc/passwd'])
      expect(timeZoneSchema.safeParse(zone).success, zone).toBe(false);
    for (const text of ['2026-02-30', '2026-9-7', '20260907', '2026-09-07T00:00:00Z'])
      expect(localDateSchema.safeParse(text).success, text).toBe(false);
  });
});
