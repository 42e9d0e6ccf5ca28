import { describe, expect, test } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { aidFigure, publishedAid, shownAid } from '../../functions/spending/aid-figures.ts';
import { bookWith, emptyBook, standingLines } from '../../functions/spending/spending-book.ts';
import { spendingFigures } from '../../functions/spending/spending-figures.ts';
import { entry } from './sample-entries.ts';

const line = (item: string, amount: number, kind: 'programme' | 'management' = 'programme') => ({
  item,
  kind,
  unit: '项',
  quantity: 1,
  unitPriceMinor: minor(amount),
  amountMinor: minor(amount),
  basis: '询价',
});
const BOXES = line('急救箱', 60_000);
const AID = line('困难党员帮扶', 40_000);
const OFFICE = line('办公', 5_000, 'management');
const EMPTY = emptyBook('cmp_1');

describe('the lines of a budget', () => {
  test('are numbered as the plan lists them, and planned is what may be spent', () => {
    expect(standingLines(EMPTY, [BOXES, AID])).toMatchObject([
      { lineNo: 1, item: '急救箱', plannedMinor: 60_000, currentMinor: 60_000, spentMinor: 0 },
      { lineNo: 2, item: '困难党员帮扶', plannedMinor: 40_000 },
    ]);
  });

  test('keep their numbers and sums through an amendment that sends them in another order, with one more in front', () => {
    const book = bookWith(EMPTY, [BOXES, AID], entry('aid', 1, { lineNo: 2, amountMinor: 7_000 }));
    expect(standingLines(book, [OFFICE, { ...AID, amountMinor: minor(50_000) }, BOXES])).toMatchObject([
      { lineNo: 1, item: '急救箱', spentMinor: 0 },
      { lineNo: 2, item: '困难党员帮扶', plannedMinor: 50_000, spentMinor: 7_000 },
      { lineNo: 3, item: '办公', kind: 'management' },
    ]);
  });

  test('of one name are told apart by which comes first', () => {
    const book = bookWith(EMPTY, [BOXES, BOXES], entry('expenditure', 1, { lineNo: 2, amountMinor: 100 }));
    expect(standingLines(book, [BOXES, BOXES]).map(({ spentMinor }) => spentMinor)).toEqual([0, 100]);
  });

  test('stay when a plan drops them, with nothing planned', () => {
    const book = bookWith(EMPTY, [BOXES, AID], entry('expenditure', 1));
    expect(standingLines(book, [AID])).toMatchObject([
      { lineNo: 1, plannedMinor: 0, currentMinor: 0, spentMinor: 10_000 },
      { lineNo: 2, plannedMinor: 40_000 },
    ]);
  });
});

describe('the figures of a campaign', () => {
  test('are what its entries add up to: reversals taken off, transfers moved, the last reason of a line', () => {
    const entries = [
      entry('expenditure', 1, { amountMinor: 30_000 }),
      entry('transfer', 2, { fromLineNo: 1, toLineNo: 2, amountMinor: 5_000 }),
      entry('reversal', 3, { of: 1, amountMinor: 10_000 }),
      entry('variance-note', 4, { reason: '涨价' }),
      entry('variance-note', 5, { reason: '退回一批' }),
    ];
    const figures = spendingFigures([BOXES, AID], entries, [], EMPTY);
    expect(figures).toMatchObject({
      spentMinor: 20_000,
      lines: [
        { transferredMinor: -5_000, currentMinor: 55_000, spentMinor: 20_000, varianceReason: '退回一批' },
        { transferredMinor: 5_000, currentMinor: 45_000, spentMinor: 0 },
      ],
      entries: 5,
    });
    expect(figures.lines[1]).not.toHaveProperty('varianceReason');
    expect(figures).not.toHaveProperty('surplus');
  });

  test('tell all that was decided of a surplus, and where the last decision sent it', () => {
    const entries = [
      entry('surplus-out', 1, { amountMinor: 3_000 }),
      entry('surplus-out', 2, { amountMinor: 500, destinationName: '小天使基金' }),
    ];
    expect(spendingFigures([BOXES], entries, [], EMPTY).surplus).toEqual({
      amountMinor: 3_500,
      destination: '小天使基金',
      decidedOn: '2026-12-01',
    });
  });
});

describe('aid to people', () => {
  const aid = (number: number, person: number, lineNo = 1, amountMinor = 100) =>
    entry('aid', number, { lineNo, amountMinor, beneficiaryId: `bnf_0000000000000000000${person}` });

  test('counts a person who was paid twice once, and not one whose payment came back whole', () => {
    const entries = [
      aid(1, 1),
      aid(2, 1),
      aid(3, 2),
      aid(4, 3),
      entry('reversal', 5, { of: 3, amountMinor: 100, beneficiaryId: 'bnf_00000000000000000002' }),
      entry('reversal', 6, { of: 4, amountMinor: 40, beneficiaryId: 'bnf_00000000000000000003' }),
    ];
    expect(aidFigure(entries)).toEqual({ beneficiaries: 2, payments: 3, amountMinor: 260 });
  });

  test.each([
    [0, 'said to be nobody'],
    [1, null],
    [2, null],
    [3, 'shown'],
  ])('of a whole campaign, to %i people, is %s', (beneficiaries, shown) => {
    const figure = { beneficiaries, payments: beneficiaries, amountMinor: minor(beneficiaries * 100) };
    expect(shownAid(figure)).toEqual(shown === null ? null : figure);
  });

  const group = (lineNo: number, beneficiaries: number) => ({
    lineNo,
    beneficiaries,
    payments: beneficiaries,
    amountMinor: minor(beneficiaries * 100),
  });

  test.each([
    { what: 'groups of three and more are shown as they are', lines: [3, 17], shown: [3, 17], together: undefined },
    {
      what: 'a small group takes the next one with it, lest it be what is left of the whole',
      lines: [2, 17, 5],
      shown: [17],
      together: 7,
    },
    {
      what: 'two small groups take one too, while neither hides the other',
      lines: [1, 2, 9, 4],
      shown: [9],
      together: 7,
    },
    { what: 'nobody is shown where all are small', lines: [2, 1], shown: [], together: undefined },
    { what: 'lines without aid say nothing', lines: [0, 4], shown: [4], together: undefined },
  ])('by line: $what', ({ lines, shown, together }) => {
    const published = publishedAid(lines.map((people, index) => group(index + 1, people)));
    expect(published.filter(({ lineNo }) => lineNo !== undefined).map(({ beneficiaries }) => beneficiaries)).toEqual(
      shown,
    );
    expect(published.find(({ lineNo }) => lineNo === undefined)?.beneficiaries).toBe(together);
  });
});
