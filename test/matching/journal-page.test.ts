import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giftMaker } from '../../bench/gifts.ts';
import { PermanentError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { journalPageItem, journalPageOf } from '../../functions/matching/journal-page.ts';
import type { JournalLine } from '../../functions/matching/match-entry.ts';

const CAMPAIGN = 'cmp_0123456789abcdefghjk';
const LINES = giftMaker(CAMPAIGN)(91, 0.5).map(({ entry }): JournalLine => {
  const { giftId, orderNo, donorId, unitId, anonymous, thankYouDue, amountMinor, occurredAt, day } = entry;
  const given = { outcome: 'matched', matchMinor: amountMinor } as const;
  return {
    ...{ giftId, orderNo, donorId, unitId, anonymous, thankYouDue, amountMinor, occurredAt, day, ...given },
    draws: [{ ruleId: 'main', ...given }],
  };
});
const page = (lines: readonly JournalLine[]) => ({ campaignId: CAMPAIGN, firstSequence: 7, lines });

describe('a page of the journal', () => {
  it('is read as it was written, whatever its gifts are', () => {
    const line = fc.record({
      line: fc.constantFrom(...LINES),
      unitId: fc.string({ unit: 'grapheme', maxLength: 20 }),
      amountMinor: fc.integer({ min: 1, max: 1_000_000_000_000 }).map(minor),
      reach: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 100 }), (some) => {
        const lines = some.map(({ line: one, unitId, amountMinor, reach }) => ({
          ...one,
          unitId,
          amountMinor,
          ...(reach === undefined ? {} : { standing: { reach } }),
        }));
        expect(journalPageOf(journalPageItem(page(lines)))).toEqual(page(lines));
      }),
      { numRuns: 50 },
    );
  });

  it('of a full transaction is less than a third of its lines, so that a gift costs a sixth of a write unit and not half', () => {
    const packed = String(journalPageItem(page(LINES))['packedLines']);
    expect(packed.length).toBeLessThan(8 * 1024);
    expect(3 * packed.length).toBeLessThan(JSON.stringify(LINES).length);
  });

  it('that somebody has spoilt is an error for a person, and never an empty page', () => {
    const item = journalPageItem(page(LINES));
    const packed = String(item['packedLines']);
    for (const packedLines of ['', packed.slice(0, -40), `${packed.slice(0, 200)}AAAA${packed.slice(204)}`, 'no page'])
      expect(() => journalPageOf({ ...item, packedLines })).toThrow();
    expect(() => journalPageOf({ ...item, packedLines: packed.slice(0, -40) })).toThrow(PermanentError);
    expect(() => journalPageOf(journalPageItem(page([])))).toThrow();
  });
});
