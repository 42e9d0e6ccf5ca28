import type { LegacyFacts, Told } from '../../../functions/legacy/legacy-project.ts';
import type { LegacyFiles } from './legacy-files.ts';
import type { TrueProject } from './true-projects.ts';

/** One value that a list, as it was read, does not say as it is. */
export type WrongValue = { readonly field: string; readonly told: Told<unknown>; readonly truth: unknown };

/**
 * What of a project is not as it is in the books: what a person would find who looks everything up.
 * `isCopy`: the row is another list's copy of the project, under a name of its own.
 */
export function wrongValues(truth: TrueProject, isCopy: boolean, facts: LegacyFacts): WrongValue[] {
  const { year, month, day } = truth;
  const iso = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const compared: [string, Told<unknown> | undefined, unknown][] = [
    ['year', facts.year, year],
    ['county', facts.county, truth.county],
    ['source', facts.source, truth.source],
    ['kind', facts.kind, truth.kindId],
    ['startedOn', facts.startedOn, iso.slice(0, facts.startedOn?.value.length)],
    ['moneyMinor', facts.moneyMinor, truth.moneyMinor],
    ['goodsMinor', facts.goodsMinor, truth.goodsMinor],
    ['name', facts.name, isCopy ? truth.name.replace('项目', '') : truth.name],
  ];
  return compared.flatMap(([field, told, so]) =>
    told === undefined || told.value === so || isSameText(told.value, so) ? [] : [{ field, told, truth: so }],
  );
}

const isSameText = (left: unknown, right: unknown): boolean =>
  typeof left === 'string' && typeof right === 'string' && packed(left) === packed(right);
const packed = (text: string): string => text.normalize('NFKC').replaceAll(' ', '');

/** The row that a project was read from, and what is true of it. */
export function truthOf(
  made: LegacyFiles,
  fileName: string | undefined,
  at: { readonly sheet: string; readonly row: number },
): { readonly truth: TrueProject; readonly isCopy: boolean } | undefined {
  const row = made.rows.find((one) => one.fileName === fileName && one.sheet === at.sheet && one.row === at.row);
  const truth = made.projects.find(({ number }) => number === row?.projectNumber);
  return row === undefined || truth === undefined ? undefined : { truth, isCopy: row.isCopy };
}

/** What the person writes in place of what a list says; a day is no matter for that. */
export const correctionsFor = (wrong: readonly WrongValue[]): Record<string, unknown> =>
  Object.fromEntries(wrong.filter(({ field }) => field !== 'startedOn').map(({ field, truth }) => [field, truth]));
