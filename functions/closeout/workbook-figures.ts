import type { Source } from './report-account.ts';
import { sourcesOfFigure } from './report-sources.ts';
import type { Sheet, Table } from './workbook-table.ts';

/** Cells of one column that show one figure, from the first to the last. */
export type FigureCells = { readonly sheet: string; readonly cells: string; readonly figure: string };

const FIRST_LETTER = 'A'.charCodeAt(0);
const letterOf = (column: number): string => String.fromCharCode(FIRST_LETTER + column);

/**
 * Where in a workbook each figure stands that is no formula: so that whoever reads a number there finds the question that gave it.
 * `titleRows`: rows above the first table. Tables follow each other with an empty row between; each begins with its header.
 */
export function figureCellsOf(sheets: readonly Sheet[], titleRows: number): FigureCells[] {
  return sheets.flatMap(({ name, tables }) => {
    let row = titleRows;
    return tables.flatMap((table, position) => {
      const header = row + (position === 0 ? 1 : 2);
      row = header + table.rows.length + (table.total === undefined ? 0 : 1);
      return cellsOfTable(table, header + 1).map((found) => ({ sheet: name, ...found }));
    });
  });
}

function cellsOfTable({ columns, rows }: Table, firstRow: number): Omit<FigureCells, 'sheet'>[] {
  return columns.flatMap((_, column) => {
    const runs: { figure: string; first: number; last: number }[] = [];
    for (const [position, cells] of rows.entries()) {
      const cell = cells[column];
      if (cell === undefined || !('figure' in cell)) continue;
      const last = runs.at(-1);
      if (last?.figure === cell.figure) last.last = firstRow + position;
      else runs.push({ figure: cell.figure, first: firstRow + position, last: firstRow + position });
    }
    const letter = letterOf(column);
    return runs.map(({ figure, first, last }) => ({
      figure,
      cells: first === last ? `${letter}${first}` : `${letter}${first}:${letter}${last}`,
    }));
  });
}

/** The questions that gave a figure, by their names. */
export const questionsOf = (sources: readonly Source[], figure: string): string =>
  sourcesOfFigure(sources, figure)
    .map(({ query }) => query)
    .join(', ');
