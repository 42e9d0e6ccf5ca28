import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueAt, dueOrWait, LONGEST_WAIT_SECONDS } from '../../functions/campaigns/campaign-calendar.ts';
import { instantOf, localDateSchema, plusDays, plusSeconds, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';

const windowOf = (firstDay: string, lastDay: string, zone: string) => ({
  firstDay: localDateSchema.parse(firstDay),
  lastDay: localDateSchema.parse(lastDay),
  zone,
});
const dazhou = windowOf('2026-09-07', '2026-09-09', 'Asia/Shanghai');

const PHASES = ['opening', 'closing', 'settling'] as const;

describe('the calendar of a campaign of 7 to 9 September in Dazhou', () => {
  it('opens at midnight there, closes at the midnight after the last day, and settles 35 hours later', () => {
    expect(PHASES.map((phase) => dueAt(phase, dazhou))).toEqual([
      '2026-09-06T16:00:00.000Z',
      '2026-09-09T16:00:00.000Z',
      '2026-09-11T03:00:00.000Z',
    ]);
  });

  it('is due at the instant itself and not a millisecond before', () => {
    const opening = dueAt('opening', dazhou);
    expect(dueOrWait(dueAt('opening', dazhou), opening)).toEqual({ kind: 'due' });
    const before = instantOf(Date.parse(opening) - 1);
    expect(dueOrWait(dueAt('opening', dazhou), before)).toEqual({ kind: 'wait', waitSeconds: 1 });
  });

  it('asks again after six hours at most, however far the day', () => {
    const longBefore = instantOf('2026-08-01T00:00:00Z');
    expect(dueOrWait(dueAt('opening', dazhou), longBefore)).toEqual({
      kind: 'wait',
      waitSeconds: 6 * SECONDS_PER_HOUR,
    });
  });

  it('stays due for ever', () => {
    expect(dueOrWait(dueAt('closing', dazhou), instantOf('2036-01-01T00:00:00Z'))).toEqual({ kind: 'due' });
  });
});

describe('the calendar elsewhere', () => {
  const hoursOf = (firstDay: string, lastDay: string, zone: string): number => {
    const window = windowOf(firstDay, lastDay, zone);
    return (Date.parse(dueAt('closing', window)) - Date.parse(dueAt('opening', window))) / 3_600_000;
  };

  it('knows days of 23 and 25 hours', () => {
    expect(hoursOf('2026-03-29', '2026-03-29', 'Europe/Berlin')).toBe(23);
    expect(hoursOf('2026-10-25', '2026-10-25', 'Europe/Berlin')).toBe(25);
    expect(hoursOf('2026-10-25', '2026-10-25', 'Asia/Shanghai')).toBe(24);
  });

  it('opens where midnight does not exist when the day begins there', () => {
    // Cairo's clocks jump from 00:00 to 01:00 on the last Friday of April.
    expect(dueAt('opening', windowOf('2026-04-24', '2026-04-24', 'Africa/Cairo'))).toBe('2026-04-23T22:00:00.000Z');
  });

  it('is counted by the campaign’s own zone: Ürümqi by its own clock opens two hours after Beijing', () => {
    const [beijing, urumqi] = ['Asia/Shanghai', 'Asia/Urumqi'].map((zone) =>
      dueAt('opening', windowOf('2026-09-07', '2026-09-09', zone)),
    );
    expect(urumqi).toBe(plusSeconds(beijing ?? instantOf(0), 2 * SECONDS_PER_HOUR));
  });

  it('is never early, never waits for nothing, and comes to the instant by waiting, anywhere at any time', () => {
    const zones = fc.constantFrom(
      'Asia/Shanghai',
      'Europe/Berlin',
      'America/New_York',
      'Pacific/Apia',
      'Africa/Cairo',
      'UTC',
    );
    const day = fc.integer({ min: 0, max: 3650 }).map((days) => plusDays(localDateSchema.parse('2024-01-01'), days));
    const milliseconds = fc.integer({ min: 0, max: 3 * 86_400_000 });
    fc.assert(
      fc.property(zones, day, fc.constantFrom(...PHASES), milliseconds, (zone, firstDay, phase, before) => {
        const window = { firstDay, lastDay: plusDays(firstDay, 2), zone };
        const due = dueAt(phase, window);
        let now = instantOf(Date.parse(due) - before);
        for (let asked = 0; asked < 20; asked += 1) {
          const answer = dueOrWait(due, now);
          if (answer.kind === 'due') {
            expect(now >= due).toBe(true);
            // Step Functions waits whole seconds: at most one is lost.
            expect(Date.parse(now) - Date.parse(due)).toBeLessThan(1_000);
            return;
          }
          expect(now < due).toBe(true);
          expect(answer.waitSeconds).toBeGreaterThanOrEqual(1);
          expect(answer.waitSeconds).toBeLessThanOrEqual(LONGEST_WAIT_SECONDS);
          now = plusSeconds(now, answer.waitSeconds);
        }
        throw new Error('three days were not over after twenty waits of up to six hours');
      }),
      { numRuns: 200 },
    );
  });
});
