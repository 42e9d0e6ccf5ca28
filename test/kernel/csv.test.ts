import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, csvOf } from '../../functions/kernel/csv.ts';
import { minor } from '../../functions/kernel/money.ts';
import { spreadsheetText } from '../../functions/kernel/spreadsheet-text.ts';

const FORMULAS = [
  '=HYPERLINK("http://x","y")',
  '+1',
  '-1+cmd|/c calc',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  ' =1',
  '\u00a0=1',
  '\u200b=1',
  '\ufeff=1',
  '\u0000=1',
  '＝1',
  '＋1',
  '－1',
  '＠A1',
  '﹦1',
  '﹢1',
  '﹣1',
  '﹫A1',
];

describe('text for a spreadsheet', () => {
  it.each(FORMULAS)('gets an apostrophe in front of %j', (typed) => {
    expect(spreadsheetText(typed)).toBe(`'${typed}`);
  });

  it.each(['', '李雷', 'a=b', '3-4', '‐ a hyphen', "'quoted", '🎁=1', '100%'])('is left as it is: %j', (typed) => {
    expect(spreadsheetText(typed)).toBe(typed);
  });
});

describe('a CSV', () => {
  it('quotes what would part cells or lines, in whatever dialect it is read', () => {
    expect(csvLine(['a,b', 'a;=1', 'say "hi"', 'two\nlines', 'plain'])).toBe(
      '"a,b","a;=1","say ""hi""","two\nlines",plain\r\n',
    );
  });

  it('writes amounts and numbers as numbers, negative ones too', () => {
    expect(csvLine([-3, { amountMinor: minor(-1770), currency: 'CNY' }, '-17.70'])).toBe("-3,-17.70,'-17.70\r\n");
    expect(() => csvLine([Number.NaN])).toThrow(RangeError);
  });

  it('begins with a byte order mark only where one is asked for', () => {
    expect(csvOf([['a']], { bom: true })).toBe('\ufeffa\r\n');
    expect(csvOf([['a']], { bom: false })).toBe('a\r\n');
  });

  it('is read back as it was written, with nothing in it that would run', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...FORMULAS)), {
            minLength: 2,
            maxLength: 2,
          }),
          {
            minLength: 1,
          },
        ),
        (rows) => {
          const read: string[][] = parse(csvOf(rows, { bom: true }), { bom: true, record_delimiter: '\r\n' });
          expect(read).toEqual(rows.map((row) => row.map((typed) => spreadsheetText(typed.toWellFormed()))));
          for (const cell of read.flat()) expect(cell).not.toMatch(/^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]/u);
        },
      ),
    );
  });
});
