import type { Instant, LocalDate } from '../kernel/time.ts';
import { plusDays } from '../kernel/time.ts';

/** One whole day in a calendar program. */
export type CalendarDay = {
  /** The same for ever, so that a day that moves is moved and not doubled. */
  readonly uid: string;
  readonly day: LocalDate;
  readonly summary: string;
  readonly description: string;
  readonly isDone: boolean;
};

/** RFC 5545, 3.1: a line has at most 75 octets, its end not counted. */
const LONGEST_LINE_OCTETS = 75;
const PRODUCT = '-//Yiqi//Duties//EN';

/**
 * A calendar as text/calendar (RFC 5545): whole days, which stand on their day wherever they are read. `now` is when the
 * calendar was made.
 */
export function icalendarOf(name: string, days: readonly CalendarDay[], now: Instant): string {
  const stamp = now.replaceAll(/[-:]|\.\d+/g, '');
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    `PRODID:${PRODUCT}`,
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    // Both names, because programs read one or the other (RFC 7986, 5.1).
    `NAME:${escaped(name)}`,
    `X-WR-CALNAME:${escaped(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    ...days.flatMap((day) => eventLines(day, stamp)),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

function eventLines({ uid, day, summary, description, isDone }: CalendarDay, stamp: string): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uid)}`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${compact(day)}`,
    // The end is the first day that no longer belongs to it.
    `DTEND;VALUE=DATE:${compact(plusDays(day, 1))}`,
    `SUMMARY:${escaped(isDone ? `✓ ${summary}` : summary)}`,
    `DESCRIPTION:${escaped(description)}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

const compact = (day: LocalDate): string => day.replaceAll('-', '');

/** RFC 5545, 3.3.11: what would end a value or a line is marked; other control characters may not stand in one at all. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\r\n|\r|\n/g, '\n')
    .replaceAll(/[\\;,]/g, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, ' ');

/** A long line goes on in the next one after a space. Counted in octets, and never cut inside a character. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LONGEST_LINE_OCTETS) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
