import { styleText } from 'node:util';
import { formatMoney, minor } from '../functions/kernel/money.ts';
import { instantOf, localDateOf, localTimeText } from '../functions/kernel/time.ts';
import { framelessTable } from '../local/frameless-table.ts';

/**
 * A table for a terminal; Chinese takes two columns a character. A column in which no row has anything is left out. Ends with a
 * line break.
 */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isSaid = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const said = (cells: readonly string[]): string[] => cells.filter((_, column) => isSaid[column]);
  return `${framelessTable(
    said(head),
    rows.map((row) => said(row).map(shown)),
  )}\n`;
}

export const heading = (text: string): string => `${styleText('bold', shown(text))}\n`;

/** Of all names of facts, so that those of one thing stand below each other wherever they come from. */
const WIDEST_NAME = 'Organisation'.length;

/** What is known of one thing, a line each; what is not known is left out. */
export function factsText(facts: readonly (readonly [name: string, value: string | null | undefined])[]): string {
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== undefined);
  return known.map(([name, value]) => `  ${name.padEnd(WIDEST_NAME)}  ${shown(value)}\n`).join('');
}

// C0, DEL, C1, and the marks that turn the direction of a line.
const CONTROLS = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What others wrote, on one line and without what would steer the terminal. */
export const shown = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replace(CONTROLS, '\ufffd');

export const yuan = (amountMinor: number): string => formatMoney(minor(amountMinor), 'CNY');

export const dayText = (instant: string, zone: string = ZONE): string => localDateOf(instantOf(instant), zone);

const ZONE = 'Asia/Shanghai';
const MINUTES = 'YYYY-MM-DD HH:MM'.length;
/** To the minute as people in the campaign's zone read it. */
export const timeText = (instant: string, zone: string = ZONE): string =>
  localTimeText(instantOf(instant), zone).slice(0, MINUTES);

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
