import type { LegacyFacts, Told } from '../../functions/legacy/legacy-project.ts';
import { defaultSettings, type LegacySettings } from '../../functions/legacy/legacy-settings.ts';
import type { CellEntry } from '../../functions/legacy/preview.ts';
import { readLegacyFile } from '../../functions/legacy/read-file.ts';
import type { LegacyFiles } from '../../local/demo/legacy/legacy-files.ts';
import { PLACES, type TrueProject } from '../../local/demo/legacy/true-projects.ts';

export const SETTINGS: LegacySettings = {
  ...defaultSettings(''),
  places: PLACES.map(({ name, otherNames }) => ({ name, otherNames: [...otherNames] })),
};

/** One row as it was read, beside the project that it is about. */
export type Held = {
  readonly fileName: string;
  readonly sheet: string;
  readonly row: number;
  readonly truth: TrueProject;
  readonly isCopy: boolean;
  readonly facts: LegacyFacts;
};

/** Reads all files of a made-up office, and holds every project against the truth. */
export function readAll(made: LegacyFiles, entries: LegacyFiles['entries']) {
  const held: Held[] = [];
  const strange: string[] = [];
  const problems: { fileName: string; sheet: string; row: number; field: string; problem: string }[] = [];
  for (const [at, { fileName, bytes }] of made.files.entries()) {
    const own = entries
      .filter((entry) => entry.fileName === fileName)
      .map(({ fileName: _, ...entry }): CellEntry => entry);
    const { reading } = readLegacyFile(bytes, { fileId: `file-${at}`, fileName }, SETTINGS, own);
    problems.push(...reading.problems.map((problem) => ({ fileName, ...problem })));
    for (const { sheet, row, facts } of reading.projects) {
      const written = made.rows.find((one) => one.fileName === fileName && one.sheet === sheet && one.row === row);
      const truth = made.projects.find(({ number }) => number === written?.projectNumber);
      if (written === undefined || truth === undefined) strange.push(`${fileName} ${sheet} ${row}`);
      else held.push({ fileName, sheet, row, truth, isCopy: written.isCopy, facts });
    }
  }
  return { held, strange, problems };
}

/** What of a project is not as it is in truth, with how it was told. */
export function wrongValues({ truth, facts, isCopy }: Held): { field: string; told: Told<unknown>; truth: unknown }[] {
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
  return compared.flatMap(([field, told, true_]) =>
    told === undefined || told.value === true_ || samePlainText(told.value, true_)
      ? []
      : [{ field, told, truth: true_ }],
  );
}

const samePlainText = (left: unknown, right: unknown): boolean =>
  typeof left === 'string' &&
  typeof right === 'string' &&
  left.normalize('NFKC').replaceAll(' ', '') === right.normalize('NFKC').replaceAll(' ', '');
