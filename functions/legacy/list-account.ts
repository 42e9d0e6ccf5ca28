import * as z from 'zod';
import type { Books } from './exercise-books.ts';
import { FILE_STATES, type LegacyFile } from './legacy-exercise.ts';
import type { LegacyReading, Preview } from './preview.ts';

const countSchema = z.number().int().min(0);

/** What became of one list: every row of it that no project was made of, and every sum of its own that says something else. */
export const listAccountSchema = z.object({
  fileId: z.string(),
  fileName: z.string(),
  /** Only of an `imported` list are there projects in the summary. */
  state: z.enum(FILE_STATES),
  projects: countSchema,
  /** Rows that could be read and were not imported, because the whole list was not. */
  notImported: countSchema,
  /** Rows that could not be read, each once with the first of its problems. */
  leftOut: z.array(
    z.object({ sheet: z.string(), row: countSchema, cell: z.string(), text: z.string(), problem: z.string() }),
  ),
  /** Totals of the list that say another sum than its rows, or sum up rows that were left out. */
  totals: z.array(
    z.object({
      sheet: z.string(),
      cell: z.string(),
      label: z.string(),
      saidMinor: countSchema,
      foundMinor: countSchema,
    }),
  ),
  notes: z.array(z.string()),
});
export type ListAccount = z.infer<typeof listAccountSchema>;

/** The account of one list from what was read of it; `read` is left out where nothing was. */
export function listAccountOf(
  { fileId, fileName, state, counts }: LegacyFile,
  books: Books,
  read: { readonly reading: LegacyReading; readonly preview: Preview } | undefined,
): ListAccount {
  const byRow = new Map<string, ListAccount['leftOut'][number]>();
  for (const { sheet, row, cell, text, problem } of read?.reading.problems ?? []) {
    const key = JSON.stringify([sheet, row]);
    if (!byRow.has(key)) byRow.set(key, { sheet, row, cell, text, problem });
  }
  const projects = books.books.projects.filter((project) => project.fileId === fileId).length;
  return {
    fileId,
    fileName,
    state,
    projects,
    notImported: state === 'imported' ? 0 : Math.max(0, (counts?.projects ?? 0) - projects),
    leftOut: [...byRow.values()],
    totals: (read?.preview.sheets ?? []).flatMap(({ sheet, totals }) =>
      totals
        .filter(({ outcome }) => outcome !== 'agrees')
        .map(({ cell, label, saidMinor, foundMinor }) => ({ sheet, cell, label, saidMinor, foundMinor })),
    ),
    notes: [...(read?.preview.notes ?? [])],
  };
}

/** Rows of lists that are in no summary: those that nobody could read, and those of lists that were not imported. */
export const rowsOutside = (lists: readonly ListAccount[]): number =>
  lists.reduce((all, { leftOut, notImported }) => all + leftOut.length + notImported, 0);
