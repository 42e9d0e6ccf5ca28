import { csvOf } from '../kernel/csv.ts';
import type { AuditLine } from './audit-line.ts';
import { canonicalJson } from './canonical-json.ts';

const COLUMNS = [
  'number',
  'at',
  'by',
  'action',
  'from',
  'item',
  'key',
  'change',
  'field',
  'before',
  'after',
  'hash',
] as const;

/**
 * Lines as CSV by RFC 4180, a row for each field that changed, with a byte order mark so that spreadsheets read UTF-8. What
 * would be a formula gets an apostrophe in front: whatever people typed is shown, and never run.
 */
export function auditCsv(lines: readonly AuditLine[]): string {
  const rows = [COLUMNS.map(String), ...lines.flatMap(rowsOf)];
  return csvOf(rows, { bom: true });
}

function rowsOf({ number, at, by, action, from = '', changes, hash }: AuditLine): string[][] {
  const line = [String(number), at, by, action, from];
  const rows = changes.flatMap(({ item, key, change, fields, unshown = [] }) => {
    const about = [...line, item, key, change];
    const shown = fields.map(({ field, before, after }) => [...about, field, textOf(before), textOf(after), hash]);
    return [...shown, ...unshown.map((field) => [...about, field, '(not shown)', '(not shown)', hash])];
  });
  return rows.length > 0 ? rows : [[...line, '', '', '', '', '', '', hash]];
}

const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : canonicalJson(value);
