import type { Instant } from '../kernel/time.ts';

/** One cell as the file has it, before anything is made of it. */
export type GridCell = {
  /** What a person sees in it: the text, or the digits of a number. */
  readonly text: string;
  /** That the cell holds a number, which keeps no zeros at its end. */
  readonly isNumber?: true;
  /** The day that the cell holds as a date of the spreadsheet. */
  readonly day?: string;
  /** The cell at the beginning of the merged cells that this one is part of. */
  readonly mergedFrom?: string;
  /** That a person wrote it in place of what the file has, and who, as far as that is known. */
  readonly entered?: { readonly by?: EnteredBy };
};
export type EnteredBy = { readonly by: string; readonly at: Instant; readonly reason: string };
export type GridRow = ReadonlyMap<number, GridCell>;

/** One sheet: its rows from 0, each with the columns that hold something. */
export type Grid = {
  readonly name: string;
  readonly isHidden: boolean;
  readonly rows: readonly GridRow[];
};
export type GridFile = {
  readonly fileName: string;
  readonly sheets: readonly Grid[];
  readonly notes: readonly string[];
};

const LETTERS = 26;
/** `A`, `B`, ... `Z`, `AA`. */
export function columnName(column: number): string {
  const rest = Math.floor(column / LETTERS);
  const letter = String.fromCharCode(65 + (column % LETTERS));
  return rest === 0 ? letter : `${columnName(rest - 1)}${letter}`;
}
/** As spreadsheets name a cell: row 0 and column 0 are `A1`. */
export const cellName = (row: number, column: number): string => `${columnName(column)}${row + 1}`;

type WantedCell = {
  readonly sheet: string;
  readonly cell: string;
  readonly text: string;
} & Partial<EnteredBy>;

/** A file with some cells as a person wants them; each is named by sheet and cell. */
export function withEntries(file: GridFile, entries: readonly WantedCell[]): GridFile {
  if (entries.length === 0) return file;
  const bySheet = Map.groupBy(entries, ({ sheet }) => sheet);
  return {
    ...file,
    sheets: file.sheets.map((grid) => {
      const wanted = new Map((bySheet.get(grid.name) ?? []).map((entry) => [entry.cell, entry]));
      return wanted.size === 0 ? grid : { ...grid, rows: grid.rows.map((row, number) => entered(row, number, wanted)) };
    }),
  };
}

function entered(row: GridRow, number: number, wanted: ReadonlyMap<string, WantedCell>): GridRow {
  const cells = new Map(row);
  for (const [name, { text, reason = '', by, at }] of wanted) {
    const place = placeOf(name);
    const entry = by === undefined || at === undefined ? {} : { by: { by, at, reason } };
    if (place?.row === number) cells.set(place.column, { text, entered: entry });
  }
  return cells;
}

const PLACE = /^([A-Z]{1,3})([1-9]\d{0,6})$/;
/** `undefined` for what names no cell. */
export function placeOf(name: string): { readonly row: number; readonly column: number } | undefined {
  const [, letters, row] = PLACE.exec(name) ?? [];
  if (letters === undefined || row === undefined) return undefined;
  const column = [...letters].reduce((sum, letter) => sum * LETTERS + letter.charCodeAt(0) - 64, 0) - 1;
  return { row: Number(row) - 1, column };
}
