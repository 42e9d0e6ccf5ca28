import type { LegacyFacts } from '../../functions/legacy/legacy-project.ts';
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
