import { describe, expect, it } from 'vitest';
import { minor } from '../../../functions/kernel/money.ts';
import { localDateSchema } from '../../../functions/kernel/time.ts';
import { perDonorSchema, programmeYearOf, unitCapMinor } from '../../../functions/matching/rules/caps.ts';

const yearOf = (day: string, startsOn: string): string => programmeYearOf(localDateSchema.parse(day), startsOn);

describe('the year of a programme', () => {
  it('is the calendar year where it begins on 1 January', () => {
    expect(yearOf('2026-01-01', '01-01')).toBe('2026');
    expect(yearOf('2026-12-31', '01-01')).toBe('2026');
  });

  it('is named after the calendar year in which it began', () => {
    expect(yearOf('2026-03-31', '04-01')).toBe('2025');
    expect(yearOf('2026-04-01', '04-01')).toBe('2026');
    expect(yearOf('2027-03-31', '04-01')).toBe('2026');
  });

  it('may begin on the last day of a calendar year', () => {
    expect(yearOf('2026-12-30', '12-31')).toBe('2025');
    expect(yearOf('2026-12-31', '12-31')).toBe('2026');
  });

  it('has its leap day in the year around it', () => {
    expect(yearOf('2028-02-29', '03-01')).toBe('2027');
    expect(yearOf('2028-02-29', '02-28')).toBe('2028');
  });

  const startingOn = (startsOn: string) =>
    perDonorSchema.safeParse({ perYear: { capMinor: 1, programmeId: 'p', startsOn } }).success;

  it('begins on a day that every year has', () => {
    for (const day of ['01-01', '02-28', '04-30', '12-31']) expect(startingOn(day)).toBe(true);
    for (const day of ['02-29', '04-31', '13-01', '00-10', '4-1', '']) expect(startingOn(day)).toBe(false);
  });

  it('begins on 1 January where nothing else is said', () => {
    expect(perDonorSchema.parse({ perYear: { capMinor: 1, programmeId: 'p' } }).perYear?.startsOn).toBe('01-01');
  });
});

describe('what a unit may draw', () => {
  it('is an amount, whatever the pool', () => {
    expect(unitCapMinor({ capMinor: minor(700) }, minor(100_000))).toBe(700);
  });

  it('is a share of the pool as it is now, cut to a whole fen', () => {
    expect(unitCapMinor({ shareBasisPoints: 2_000 }, minor(99_999))).toBe(19_999);
    expect(unitCapMinor({ shareBasisPoints: 2_000 }, minor(199_999))).toBe(39_999);
    expect(unitCapMinor({ shareBasisPoints: 10_000 }, minor(99_999))).toBe(99_999);
  });
});
