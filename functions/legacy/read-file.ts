import { add, type Minor, ZERO } from '../kernel/money.ts';
import { withEntries } from './cell-grid.ts';
import type { ReadingTerms } from './place-of.ts';
import { type CellEntry, type KeptEntry, type LegacyReading, type Preview, readingSchema } from './preview.ts';
import { readGrid } from './read-grid.ts';
import { type ReadSheet, readSheet } from './read-sheet.ts';

const SHOWN_PROBLEMS = 50;
/** An item holds 400 KB: the preview is cut where a file has hundreds of odd rows. The file of problems has all. */
const SHOWN_ROWS = 60;

/** Reads a whole file and imports nothing. Throws UnreadableFile for what is wrong with it as a whole. */
export function readLegacyFile(
  bytes: Uint8Array,
  file: { readonly fileId: string; readonly fileName: string },
  terms: ReadingTerms,
  entries: readonly (CellEntry | KeptEntry)[],
): { readonly preview: Preview; readonly reading: LegacyReading } {
  const grid = withEntries(readGrid(bytes, file.fileName), entries);
  const sheets = grid.sheets
    .filter(({ rows }) => rows.some((row) => row.size > 0))
    .map((sheet) => readSheet(sheet, file, terms));
  const previews = sheets.map(previewOf);
  const reading = {
    projects: sheets.flatMap(({ projects }) => projects),
    problems: sheets.flatMap(({ problems }) => problems),
  };
  const sum = (of: (sheet: (typeof previews)[number]) => number): number =>
    previews.reduce((all, sheet) => all + of(sheet), 0);
  const preview = {
    projects: reading.projects.length,
    problems: reading.problems.length,
    inferred: sum(({ inferred }) => inferred),
    moneyMinor: sum(({ moneyMinor }) => moneyMinor),
    goodsMinor: sum(({ goodsMinor }) => goodsMinor),
    firstProblems: reading.problems.slice(0, SHOWN_PROBLEMS).map((problem) => ({ ...problem })),
    differingTotals: sheets.flatMap(({ totals }) => totals).filter(({ outcome }) => outcome === 'differs').length,
    notes: [...grid.notes],
    sheets: previews,
  };
  return { preview, reading: readingSchema.parse(reading) };
}

function previewOf(sheet: ReadSheet): Preview['sheets'][number] {
  const { projects, problems, totals } = sheet;
  const money = (of: (project: ReadSheet['projects'][number]) => number | undefined): number =>
    projects.reduce((all: Minor, project) => add(all, (of(project) ?? 0) as Minor), ZERO);
  return {
    sheet: sheet.sheet,
    headerRows: [...sheet.headerRows],
    columns: [...sheet.columns],
    unread: [...sheet.unread],
    projects: projects.length,
    problems: problems.length,
    inferred: projects.flatMap(({ facts }) => Object.values(facts)).filter((told) => told?.how === 'inferred').length,
    moneyMinor: money(({ facts }) => facts.moneyMinor?.value),
    goodsMinor: money(({ facts }) => facts.goodsMinor?.value),
    totals: totals.slice(0, SHOWN_ROWS).map((total) => ({ ...total })),
    leftOut: sheet.leftOut.slice(0, SHOWN_ROWS).map((row) => ({ ...row })),
  };
}
