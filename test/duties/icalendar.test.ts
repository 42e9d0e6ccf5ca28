import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { icalendarOf } from '../../functions/duties/icalendar.ts';
import { instantOf, localDateSchema } from '../../functions/kernel/time.ts';
import { readICalendar } from './icalendar-reader.ts';

const NOW = instantOf('2026-08-20T01:02:03Z');
const FILING = {
  uid: 'cmp_1-filing@yiqi',
  day: localDateSchema.parse('2026-08-31'),
  summary: '向民政部门备案公开募捐方案：困难党员帮扶计划',
  description: 'Charity Law art. 24; MCA Order 74 art. 11\n首日前十日',
  isDone: false,
};

describe('a calendar for calendar programs', () => {
  it('has a whole day for every duty, which ends where the next day begins', () => {
    const { properties, events } = readICalendar(icalendarOf('达州市红十字会', [FILING], NOW));
    expect(properties).toMatchObject({ VERSION: '2.0', NAME: '达州市红十字会', METHOD: 'PUBLISH' });
    expect(events).toEqual([
      {
        UID: FILING.uid,
        DTSTAMP: '20260820T010203Z',
        'DTSTART;VALUE=DATE': '20260831',
        'DTEND;VALUE=DATE': '20260901',
        SUMMARY: FILING.summary,
        DESCRIPTION: FILING.description,
        TRANSP: 'TRANSPARENT',
      },
    ]);
  });

  it('ticks what is done, under the same identity', () => {
    const [open] = readICalendar(icalendarOf('x', [FILING], NOW)).events;
    const [done] = readICalendar(icalendarOf('x', [{ ...FILING, isDone: true }], NOW)).events;
    expect([done?.['UID'], done?.['SUMMARY']]).toEqual([open?.['UID'], `✓ ${FILING.summary}`]);
  });

  it('is readable whatever people wrote, and no text becomes a line of its own', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 200 }),
        (a, b) => {
          const summary = a.toWellFormed();
          const description = `${b.toWellFormed()}\r\nEND:VEVENT\r\nBEGIN:VALARM`;
          const { events } = readICalendar(icalendarOf('x', [{ ...FILING, summary, description }], NOW));
          expect(events).toHaveLength(1);
          const visible = (text: string): string => text.replaceAll(/\r\n|\r/g, '\n').replaceAll(/[^\P{Cc}\n]/gu, ' ');
          expect(events[0]?.['SUMMARY']).toBe(visible(summary));
          expect(events[0]?.['DESCRIPTION']).toBe(visible(description));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('folds long lines by octets: a hundred Chinese characters, and emoji of four octets', () => {
    const long = `${'捐'.repeat(100)}${'🎗'.repeat(60)}`;
    expect(readICalendar(icalendarOf(long, [{ ...FILING, summary: long }], NOW)).events[0]?.['SUMMARY']).toBe(long);
  });
});
