import type { Minor } from '../kernel/money.ts';

/** What a cell of the workbook holds. Text is text, whatever it begins with. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  /** `figure`: the member of the report's JSON that it shows, as a path; `[]` is each of a list. Its source is found by that. */
  | { readonly kind: 'count'; readonly count: number; readonly figure: string }
  | { readonly kind: 'money'; readonly amount: Minor; readonly figure: string }
  /** A formula with the value it had when the report was written, for readers that do not calculate. */
  | { readonly kind: 'moneyFormula'; readonly formula: string; readonly amount: Minor }
  | { readonly kind: 'countFormula'; readonly formula: string; readonly count: number };

export type Column = { readonly label: string; readonly widthCharacters: number };
export type Table = {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total?: readonly Cell[];
};
export type Sheet = { readonly name: string; readonly tables: readonly Table[] };

export const MONEY_WIDTH = 16;
export const COUNT_WIDTH = 12;

export const text = (content: string): Cell => ({ kind: 'text', text: content });
export const count = (number: number, figure: string): Cell => ({ kind: 'count', count: number, figure });
export const money = (amount: Minor, figure: string): Cell => ({ kind: 'money', amount, figure });
export const column = (label: string, widthCharacters: number): Column => ({ label, widthCharacters });

/** A formula may name `{row}`, and `{first}`, `{last}`, `{last-1}`... of its table's data rows. */
export const moneyFormula = (formula: string, amount: Minor): Cell => ({ kind: 'moneyFormula', formula, amount });
const sumOf = (letter: string): string => `SUM(${letter}{first}:${letter}{last})`;
/** Sum of the table's own rows above. */
export const moneySum = (letter: string, amount: Minor): Cell => moneyFormula(sumOf(letter), amount);
export const countSum = (letter: string, number: number): Cell => ({
  kind: 'countFormula',
  formula: sumOf(letter),
  count: number,
});
