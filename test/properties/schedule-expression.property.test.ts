import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { lastDueAt, nextDueAt, readScheduleExpression } from '../../functions/kernel/schedule-expression.ts';
import { type Instant, instantOf, plusSeconds } from '../../functions/kernel/time.ts';

/** Zones with the day before a change of their clocks in 2026: north and south, by an hour and by half of one, and one without. */
const CHANGES = [
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['Europe/Berlin', '2026-03-28'],
  ['Europe/Berlin', '2026-10-24'],
  ['Australia/Lord_Howe', '2026-04-03'],
  ['Australia/Lord_Howe', '2026-10-02'],
  ['America/Santiago', '2026-04-03'],
  ['America/Santiago', '2026-09-04'],
  ['Asia/Shanghai', '2026-06-10'],
] as const;
const SPAN_MINUTES = 3 * 24 * 60;

const list = (from: number, to: number, most: number) =>
  fc
    .uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: most })
    .map((all) => all.toSorted((a, b) => a - b));
const cron = fc.record({
  minutes: list(0, 59, 3),
  hours: fc.oneof(list(0, 23, 4), list(0, 3, 4)),
  /** Days of the week by Temporal's count, Monday is 1; none: every day. */
  weekdays: fc.oneof(fc.constant(undefined), list(1, 7, 5)),
});

/**
 * The plainest reading: every minute of the span is looked up on the wall clock. The same wall-clock minute a second time is
 * a repeated hour, and does not count.
 */
function scan(
  { minutes, hours, weekdays }: { minutes: number[]; hours: number[]; weekdays: number[] | undefined },
  zone: string,
  from: Instant,
): Instant[] {
  const due: Instant[] = [];
  const seen = new Set<string>();
  // An hour before the span may have shown the same wall-clock minutes.
  for (let minute = -180; minute <= SPAN_MINUTES; minute += 1) {
    const at = plusSeconds(from, minute * 60);
    const local = Temporal.Instant.from(at).toZonedDateTimeISO(zone);
    const shown = local.toPlainDateTime().toString();
    const isRepeat = seen.has(shown);
    seen.add(shown);
    const isDay = weekdays === undefined || weekdays.includes(local.dayOfWeek);
    if (!isRepeat && minute > 0 && isDay && minutes.includes(local.minute) && hours.includes(local.hour)) due.push(at);
  }
  return due;
}

describe('a cron expression, in any zone and across its changes of clocks', () => {
  it('is due at just those minutes that somebody finds who looks at the wall clock every minute', () => {
    fc.assert(
      fc.property(cron, fc.constantFrom(...CHANGES), (fields, [zone, start]) => {
        const { minutes, hours, weekdays } = fields;
        const days = weekdays === undefined ? '* * ?' : `? * ${weekdays.map((day) => (day % 7) + 1).join(',')}`;
        const text = `cron(${minutes.join(',')} ${hours.join(',')} ${days} *)`;
        const read = readScheduleExpression(text);
        if (read.kind === 'bad') throw new Error(`${text} ${read.problem}`);
        const from = instantOf(`${start}T00:00:00Z`);
        const end = plusSeconds(from, SPAN_MINUTES * 60);
        const expected = scan({ minutes, hours, weekdays }, zone, from);

        const found: Instant[] = [];
        for (let at = nextDueAt(read.expression, zone, from); at !== undefined && at <= end; ) {
          found.push(at);
          at = nextDueAt(read.expression, zone, at);
        }
        expect(found).toEqual(expected);

        const backwards: Instant[] = [];
        for (let at = lastDueAt(read.expression, zone, end); at !== undefined && at > from; ) {
          backwards.unshift(at);
          at = lastDueAt(read.expression, zone, plusSeconds(at, -1));
        }
        expect(backwards).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
