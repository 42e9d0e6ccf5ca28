import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  instantOf,
  type LocalDateTime,
  localDateTimeSchema,
  plusSeconds,
  SECONDS_PER_DAY,
} from '../../../functions/kernel/time.ts';
import { openWindows, type RuleWindow, windowAt, windowFinder } from '../../../functions/matching/rules/windows.ts';

const CAMPAIGN = {
  zone: 'Asia/Shanghai',
  opensAt: instantOf('2026-09-07T00:00:00+08:00'),
  closesAt: instantOf('2026-09-10T00:00:00+08:00'),
};
const local = (text: string): LocalDateTime => localDateTimeSchema.parse(text);
const window = (from: string, until: string, subPoolId?: string): RuleWindow => ({
  from: local(from),
  until: local(until),
  subPoolId,
});
const partAt = (windows: readonly RuleWindow[], moment: string, zone = CAMPAIGN.zone) =>
  windowAt(openWindows(windows, { ...CAMPAIGN, zone }), instantOf(moment))?.subPoolId;

describe('a rule with windows', () => {
  const DAYS = [
    // Listed out of order, as people do.
    window('2026-09-08T10:00', '2026-09-09T00:00', 'second'),
    window('2026-09-07T10:00', '2026-09-08T00:00', 'first'),
    window('2026-09-09T10:00', '2026-09-10T00:00', 'third'),
  ];

  it.each([
    ['2026-09-07T09:59:59.999+08:00', undefined],
    ['2026-09-07T10:00:00+08:00', 'first'],
    ['2026-09-07T23:59:59.999+08:00', 'first'],
    // Midnight belongs to the day that begins, and the second day’s window has not opened yet.
    ['2026-09-08T00:00:00+08:00', undefined],
    ['2026-09-08T10:00:00+08:00', 'second'],
    ['2026-09-09T23:59:59.999+08:00', 'third'],
    ['2026-09-10T00:00:00+08:00', undefined],
  ])('at %s draws from %s', (moment, part) => {
    expect(partAt(DAYS, moment)).toBe(part);
  });

  it('passes from one window to the next without a moment that is in neither or both', () => {
    const joined = [
      window('2026-09-07T10:00', '2026-09-08T00:00', 'first'),
      window('2026-09-08T00:00', '2026-09-08T01:00', 'second'),
    ];
    expect(partAt(joined, '2026-09-07T23:59:59.999+08:00')).toBe('first');
    expect(partAt(joined, '2026-09-08T00:00:00+08:00')).toBe('second');
  });

  it('counts in the campaign’s zone, whatever the zone of the payment’s time', () => {
    expect(partAt(DAYS, '2026-09-07T02:00:00Z')).toBe('first');
    expect(partAt(DAYS, '2026-09-07T01:59:59Z')).toBeUndefined();
  });

  it('without any is in force for the whole campaign, and not a moment longer', () => {
    const whole = openWindows(undefined, CAMPAIGN);
    expect(windowAt(whole, instantOf('2026-09-06T23:59:59.999+08:00'))).toBeUndefined();
    expect(windowAt(whole, CAMPAIGN.opensAt)).toBeDefined();
    expect(windowAt(whole, instantOf('2026-09-09T23:59:59.999+08:00'))).toBeDefined();
    expect(windowAt(whole, CAMPAIGN.closesAt)).toBeUndefined();
  });
});

describe('where the clocks change', () => {
  // In 2026 Berlin skips 02:00 to 03:00 on 29 March and has 02:00 to 03:00 twice on 25 October.
  const BERLIN = 'Europe/Berlin';

  it('a window over the skipped hour is an hour shorter', () => {
    const night = [window('2026-03-29T01:00', '2026-03-29T04:00', 'night')];
    expect(partAt(night, '2026-03-29T00:00:00Z', BERLIN)).toBe('night');
    expect(partAt(night, '2026-03-29T01:59:59Z', BERLIN)).toBe('night');
    expect(partAt(night, '2026-03-29T02:00:00Z', BERLIN)).toBeUndefined();
  });

  it('a window over the doubled hour is an hour longer', () => {
    const night = [window('2026-10-25T01:00', '2026-10-25T04:00', 'night')];
    expect(partAt(night, '2026-10-24T23:00:00Z', BERLIN)).toBe('night');
    expect(partAt(night, '2026-10-25T02:59:59Z', BERLIN)).toBe('night');
    expect(partAt(night, '2026-10-25T03:00:00Z', BERLIN)).toBeUndefined();
  });

  it('a window that begins in the doubled hour begins the first time that the clocks show it', () => {
    const night = [window('2026-10-25T02:30', '2026-10-25T04:00', 'night')];
    expect(partAt(night, '2026-10-25T00:30:00Z', BERLIN)).toBe('night');
    expect(partAt(night, '2026-10-25T00:29:59Z', BERLIN)).toBeUndefined();
  });
});

describe('the window of each of very many moments', () => {
  // Windows that touch, with gaps, before and after them: every boundary is a whole hour.
  const windows = openWindows(
    [
      window('2026-09-07T09:00', '2026-09-07T12:00', 'first'),
      window('2026-09-07T12:00', '2026-09-07T15:00', 'second'),
      window('2026-09-08T09:00', '2026-09-08T10:00', 'third'),
    ],
    CAMPAIGN,
  );
  const HALF_HOUR_SECONDS = 1_800;
  const moments = fc
    .array(fc.integer({ min: -2, max: (3 * SECONDS_PER_DAY) / HALF_HOUR_SECONDS }), { maxLength: 60, size: 'max' })
    .map((halfHours) => halfHours.map((n) => plusSeconds(CAMPAIGN.opensAt, n * HALF_HOUR_SECONDS)));

  it('is the one that each moment has by itself, whatever came before it', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 3 }), (some, count) => {
        const own = windows.slice(0, count);
        const find = windowFinder(own);
        for (const moment of some) expect(find(moment)).toBe(windowAt(own, moment));
      }),
      { numRuns: 1_000 },
    );
  });
});
