import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, type LocalDate, plusDays, plusSeconds } from '../../functions/kernel/time.ts';
import { BankDays, type BankRowTaken, type StatedDay } from '../../functions/statements/bank-days.ts';

const FIRST = '2026-09-01' as LocalDate;
const BEGIN = instantOf('2026-09-01T00:00:00+08:00');
const HOUR_SECONDS = 3600;

type World = { readonly openingMinor: number; readonly rows: readonly BankRowTaken[] };
const anyWorld = fc
  .record({
    openingMinor: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    moves: fc.array(
      fc.record({
        hour: fc.integer({ min: 0, max: 239 }),
        isIn: fc.boolean(),
        amount: fc.integer({ min: 1, max: 90_000 }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  })
  .map(({ openingMinor, moves }): World => {
    let held = openingMinor;
    const rows = moves
      .toSorted((a, b) => a.hour - b.hour)
      .map(({ hour, isIn, amount }, index): BankRowTaken => {
        held += isIn ? amount : -amount;
        return {
          line: index + 2,
          paidAt: plusSeconds(BEGIN, hour * HOUR_SECONDS),
          kind: isIn ? 'gift' : 'outgoing',
          direction: isIn ? 'in' : 'out',
          amountMinor: minor(amount),
          balanceMinor: minor(held),
        };
      });
    return { openingMinor, rows };
  });

function read(rows: readonly BankRowTaken[]): BankDays {
  const days = new BankDays({
    zone: 'Asia/Shanghai',
    currency: 'CNY',
    uploadedAt: plusSeconds(BEGIN, 30 * 24 * HOUR_SECONDS),
    covers: { from: FIRST, to: plusDays(FIRST, 9) },
  });
  for (const row of rows) days.take(row);
  return days;
}
const deltaOf = ({ moved }: StatedDay): number =>
  Object.values(moved).reduce((sum, one) => sum + (one?.inMinor ?? 0) - (one?.outMinor ?? 0), 0);

describe('the days of an account at the bank', () => {
  it('each end with what they began with and what moved, and begin with what the day before ended with', () => {
    fc.assert(
      fc.property(anyWorld, fc.boolean(), ({ openingMinor, rows }, isNewestFirst) => {
        const days = read(isNewestFirst ? rows.toReversed() : rows);
        expect(days.refusal).toBeUndefined();
        const stated = days.stated();
        expect(stated).toHaveLength(10);
        let held = openingMinor;
        for (const day of stated) {
          expect(day.openingMinor).toBe(held);
          held += deltaOf(day);
          expect(day.closingMinor).toBe(held);
          expect(day.isWhole).toBe(true);
        }
        expect(held).toBe(rows.at(-1)?.balanceMinor);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused when any row between the first and the last is taken out, doubled, or has another amount', () => {
    const spoilt = fc.tuple(anyWorld, fc.nat(), fc.constantFrom('out', 'twice', 'amount'), fc.boolean());
    fc.assert(
      fc.property(spoilt, ([{ rows }, at, how, isNewestFirst]) => {
        fc.pre(rows.length >= 4);
        const place = 1 + (at % (rows.length - 2));
        const row = rows[place];
        if (row === undefined) return;
        const changed = { out: [], twice: [row, row], amount: [{ ...row, amountMinor: minor(row.amountMinor + 1) }] }[
          how
        ];
        const file = [...rows.slice(0, place), ...changed, ...rows.slice(place + 1)];
        const days = read(isNewestFirst ? file.toReversed() : file);
        expect(days.refusal?.problem).toContain('does not add up');
      }),
      { numRuns: 500 },
    );
  });

  it('are not whole while the day is not over, or while a row cannot be read', () => {
    const row: BankRowTaken = {
      line: 2,
      paidAt: plusSeconds(BEGIN, HOUR_SECONDS),
      kind: 'gift',
      direction: 'in',
      amountMinor: minor(5),
    };
    const terms = { zone: 'Asia/Shanghai', currency: 'CNY', covers: { from: FIRST, to: plusDays(FIRST, 1) } } as const;
    const early = new BankDays({ ...terms, uploadedAt: instantOf('2026-09-02T12:00:00+08:00') });
    early.take(row);
    expect(early.stated().map(({ isWhole }) => isWhole)).toEqual([true, false]);
    const torn = new BankDays({ ...terms, uploadedAt: instantOf('2026-09-09T12:00:00+08:00') });
    torn.take(row);
    torn.skip();
    expect(torn.stated().map(({ isWhole }) => isWhole)).toEqual([false, false]);
  });
});
