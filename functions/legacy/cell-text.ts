/**
 * How a value came from what the file says. `as-written`: the cell says it just so. `converted`: by a rule that leaves no other
 * reading (12.5万元 is 125,000.00). `inferred`: another reading is possible, or the cell is empty and something near it was
 * taken; a person has to confirm it. `entered`: a person wrote it in place of what the file says.
 */
export const WAYS = ['as-written', 'converted', 'inferred', 'entered'] as const;
export type Way = (typeof WAYS)[number];

/** One reading of a cell. `rule` names what was done, and stands in docs/legacy.md. */
export type Read<Value> = { readonly kind: 'read'; readonly value: Value; readonly how: Way; readonly rule: string };
export type Unreadable = { readonly kind: 'problem'; readonly problem: string; readonly fix: string };
export type Reading<Value> = Read<Value> | { readonly kind: 'empty' } | Unreadable;

export const EMPTY = { kind: 'empty' } as const;
export const unreadable = (problem: string, fix: string): Unreadable => ({ kind: 'problem', problem, fix });
export const read = <Value>(value: Value, how: Way, rule: string): Read<Value> => ({ kind: 'read', value, how, rule });

// What spreadsheets and web pages leave between characters: soft hyphens, joiners and marks without a shape.
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The text with full-width letters, digits and marks as their usual forms (NFKC: １２，０００ is 12,000, （万元） is (万元)),
 * without invisible characters, and with one space for every run of white space.
 */
export const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(INVISIBLE, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();

/** The same without any white space: what labels are compared by, because people spread 合　计 over a cell. */
export const packedText = (text: string): string => plainText(text).replaceAll(' ', '');

/** What stands for nothing in a list. */
const NOTHING = new Set(['', '-', '--', '—', '——', '–', '/', '\\', '无', '空', '*', 'N/A', 'n/a']);
export const saysNothing = (text: string): boolean => NOTHING.has(plainText(text));

/** Marks that repeat the cell above. */
const DITTO = new Set(['同上', '〃', '"', "''", '″', '同前']);
export const isDitto = (text: string): boolean => DITTO.has(packedText(text)) || text.trim() === '″';
