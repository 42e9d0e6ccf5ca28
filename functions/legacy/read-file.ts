import * as z from 'zod';
import { add, type Minor, ZERO } from '../kernel/money.ts';
import { withEntries } from './cell-grid.ts';
import { factsSchema } from './legacy-project.ts';
import type { ReadingTerms } from './place-of.ts';
import { readGrid } from './read-grid.ts';
import { type ReadSheet, readSheet } from './read-sheet.ts';

/** A cell as a person wants it to be read, in place of what the file has. */
export const cellEntrySchema = z.strictObject({
  sheet: z.string().max(60).describe('Empty in delimited text'),
  cell: z.string().regex(/^[A-Z]{1,3}[1-9]\d{0,6}$/, 'must be a cell such as C12'),
  text: z.string().max(200),
  reason: z.string().trim().min(1).max(200),
});
export type CellEntry = z.infer<typeof cellEntrySchema>;

const cellProblemSchema = z.object({
  sheet: z.string(),
  row: z.number().int(),
  cell: z.string(),
  field: z.string(),
  text: z.string(),
  problem: z.string(),
  fix: z.string(),
});
const countSchema = z.number().int().min(0);
const totalSchema = z.object({
  row: countSchema,
  cell: z.string(),
  label: z.string(),
  field: z.enum(['money', 'goods', 'amount']),
  saidMinor: countSchema,
  foundMinor: countSchema,
  outcome: z.enum(['agrees', 'differs', 'incomplete']),
});
const placed = z.object({ cell: z.string(), header: z.string() });

/** What one sheet holds, as a person looks at it before anything is imported. */
export const sheetPreviewSchema = z.object({
  sheet: z.string(),
  headerRows: z.array(countSchema),
  columns: z.array(z.object({ ...placed.shape, field: z.string(), unit: z.string().optional() })),
  unread: z.array(placed).describe('Columns whose name says nothing: their cells are not read'),
  projects: countSchema,
  problems: countSchema,
  inferred: countSchema.describe('Values that a person will have to confirm'),
  moneyMinor: countSchema,
  goodsMinor: countSchema,
  totals: z.array(totalSchema).describe("The sheet's own sums, held against its rows"),
  leftOut: z.array(z.object({ row: countSchema, kind: z.string(), text: z.string() })),
});
export const previewSchema = z.object({
  projects: countSchema,
  problems: countSchema,
  inferred: countSchema,
  moneyMinor: countSchema,
  goodsMinor: countSchema,
  firstProblems: z.array(cellProblemSchema),
  differingTotals: countSchema,
  notes: z.array(z.string()),
  sheets: z.array(sheetPreviewSchema),
});
export type Preview = z.infer<typeof previewSchema>;

/** Everything that was read, kept beside the file: what is imported is what was previewed, to the letter. */
export const readingSchema = z.object({
  projects: z.array(z.object({ sheet: z.string(), row: countSchema, facts: factsSchema })),
  problems: z.array(cellProblemSchema),
});
export type LegacyReading = z.infer<typeof readingSchema>;

const SHOWN_PROBLEMS = 50;
/** An item holds 400 KB: the preview is cut where a file has hundreds of odd rows. The file of problems has all. */
const SHOWN_ROWS = 60;

/** Reads a whole file and imports nothing. Throws UnreadableFile for what is wrong with it as a whole. */
export function readLegacyFile(
  bytes: Uint8Array,
  file: { readonly fileId: string; readonly fileName: string },
  terms: ReadingTerms,
  entries: readonly CellEntry[],
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
