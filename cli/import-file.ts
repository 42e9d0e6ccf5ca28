import { CsvError, parse } from 'csv-parse/sync';
import type * as z from 'zod';
import { invitationSchema } from '../functions/access/member.ts';
import { ROLES, type Role } from '../functions/access/role.ts';
import { fieldPath } from '../functions/kernel/field-path.ts';
import {
  DEEPEST_LEVEL,
  organisationIdSchema,
  organisationRequestSchema,
} from '../functions/organisations/organisation.ts';

/** One mistake of a file, with the line on which it is, counted from 1 as editors do. */
export type LineProblem = { readonly line: number; readonly column: string; readonly problem: string };

export type ReadFile<Row> =
  | { readonly kind: 'good'; readonly rows: readonly Row[] }
  | { readonly kind: 'bad'; readonly problems: readonly LineProblem[] };

export type OrganisationRow = z.output<typeof organisationRequestSchema> & { parentId: string; line: number };
export type PersonRow = z.output<typeof invitationSchema> & { organisationId: string; line: number };

/** A province has some two hundred counties with a few people each; a row is one call, so 2,000 take some minutes. */
export const MOST_ROWS = 2_000;

/** What each column may be called, in Chinese as well. */
const ORGANISATION_COLUMNS = {
  organisationId: ['organisationid', 'id', '机构编号', '编号'],
  name: ['name', '机构名称', '名称'],
  parentId: ['parentid', 'parent', '上级机构', '上级编号', '上级'],
  managementLimitBasisPoints: ['managementlimitbasispoints', '管理费上限（万分比）', '管理费上限(万分比)'],
} as const;
const PEOPLE_COLUMNS = {
  organisationId: ['organisationid', 'organisation', '机构编号', '机构'],
  email: ['email', 'e-mail', '邮箱', '电子邮箱'],
  name: ['name', '姓名'],
  roles: ['roles', 'role', '角色'],
  reach: ['reach', '范围'],
} as const;

const ROLE_WORDS: Readonly<Record<string, Role>> = {
  管理员: 'admin',
  项目负责人: 'manager',
  财务: 'finance',
  审批人: 'approver',
  审计: 'auditor',
};
const REACH_WORDS: Readonly<Record<string, string>> = { 本级: 'here', 本级及下级: 'and-below', 及下级: 'and-below' };

/** A text file as people's programs write it: UTF-8, or GB18030 as spreadsheets in China do. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return new TextDecoder('gb18030').decode(bytes);
    throw error;
  }
}

/** Organisations to add, each after its parent, or everything that is wrong with the file. */
export function readOrganisations(text: string): ReadFile<OrganisationRow> {
  const read = readRows(text, ORGANISATION_COLUMNS, ['organisationId', 'name', 'parentId'], organisationOf);
  if (read.kind === 'bad') return read;
  const problems = [...repeated(read.rows, ({ organisationId }) => organisationId, 'organisationId')];
  const { ordered, left } = parentsFirst(read.rows);
  problems.push(
    ...left.map(({ line, parentId }) => ({
      line,
      column: 'parentId',
      problem: `${parentId} is, by its own parents, below this one`,
    })),
  );
  return problems.length > 0 ? { kind: 'bad', problems: problems.toSorted(byLine) } : { kind: 'good', rows: ordered };
}

/** People to invite, or everything that is wrong with the file. */
export function readPeople(text: string): ReadFile<PersonRow> {
  const read = readRows(text, PEOPLE_COLUMNS, ['organisationId', 'email', 'name', 'roles'], personOf);
  if (read.kind === 'bad') return read;
  const problems = repeated(read.rows, ({ organisationId, email }) => `${email} in ${organisationId}`, 'email');
  return problems.length > 0 ? { kind: 'bad', problems } : read;
}

type Cells = Readonly<Record<string, string>>;
type RowOutcome<Row> =
  | { readonly row: Row }
  | { readonly issues: readonly { readonly column: string; readonly problem: string }[] };

function organisationOf(cells: Cells, line: number): RowOutcome<OrganisationRow> {
  const { organisationId = '', name = '', parentId = '', managementLimitBasisPoints: limit = '' } = cells;
  const parsed = organisationRequestSchema.safeParse({
    organisationId,
    name,
    parentId,
    ...(limit === '' ? {} : { managementLimitBasisPoints: /^\d+$/.test(limit) ? Number(limit) : limit }),
  });
  if (!parsed.success) return { issues: issuesOf(parsed.error) };
  if (parentId === organisationId) return { issues: [{ column: 'parentId', problem: 'is the organisation itself' }] };
  return { row: { ...parsed.data, parentId, line } };
}

function personOf(cells: Cells, line: number): RowOutcome<PersonRow> {
  const { organisationId = '', email, name, roles = '', reach = '' } = cells;
  const inOrganisation = organisationIdSchema.safeParse(organisationId);
  const words = roles.split(/[\s,，、;；/]+/).filter((word) => word !== '');
  const unknown = words.filter((word) => roleOf(word) === undefined);
  const parsed = invitationSchema.safeParse({
    email,
    name,
    roles: words.flatMap((word) => roleOf(word) ?? []),
    reach: reach === '' ? 'here' : (REACH_WORDS[reach] ?? reach.toLowerCase()),
  });
  const issues = [
    ...(inOrganisation.success ? [] : issuesOf(inOrganisation.error, 'organisationId')),
    ...unknown.map((word) => ({ column: 'roles', problem: `"${word}" is no role: ${ROLES.join(', ')}` })),
    // A list that is too short because its words are unknown has been told.
    ...(parsed.success
      ? []
      : issuesOf(parsed.error).filter(({ column }) => unknown.length === 0 || column !== 'roles')),
  ];
  return parsed.success && issues.length === 0 ? { row: { ...parsed.data, organisationId, line } } : { issues };
}

const roleOf = (word: string): Role | undefined =>
  ROLE_WORDS[word] ?? ROLES.find((role) => role === word.toLowerCase());

const issuesOf = (error: z.ZodError, column?: string) =>
  error.issues.map(({ path, message }) => ({ column: column ?? fieldPath(path.slice(0, 1)), problem: message }));

function readRows<Row extends { line: number }>(
  text: string,
  columns: Readonly<Record<string, readonly string[]>>,
  needed: readonly string[],
  rowOf: (cells: Cells, line: number) => RowOutcome<Row>,
): ReadFile<Row> {
  const parsed = parsedLines(text);
  if (parsed.kind === 'bad') return parsed;
  const [head, ...lines] = parsed.rows;
  if (head === undefined || lines.length === 0) return bad(1, '(file)', 'holds no row below its head');
  if (lines.length > MOST_ROWS) return bad(lines[MOST_ROWS]?.line ?? 1, '(file)', `has more than ${MOST_ROWS} rows`);
  const named = head.cells.map((title) => columnOf(title, columns));
  const headProblems = [
    ...head.cells.flatMap((title, n) =>
      named[n] === undefined ? [`"${title}" is no column: ${wordsOf(columns)}`] : [],
    ),
    ...needed.filter((column) => !named.includes(column)).map((column) => `the column ${column} is missing`),
    ...named.flatMap((name, n) => (name !== undefined && named.indexOf(name) !== n ? [`${name} is there twice`] : [])),
  ];
  if (headProblems.length > 0)
    return { kind: 'bad', problems: headProblems.map((problem) => ({ line: head.line, column: '(head)', problem })) };
  const rows: Row[] = [];
  const problems: LineProblem[] = [];
  for (const { cells, line } of lines) {
    if (cells.length > named.length) {
      problems.push({
        line,
        column: '(row)',
        problem: 'has more cells than the head: put quotes around a text with commas',
      });
      continue;
    }
    const outcome = rowOf(Object.fromEntries(named.map((name, n) => [name ?? '', cells[n] ?? ''])), line);
    if ('row' in outcome) rows.push(outcome.row);
    else problems.push(...outcome.issues.map((issue) => ({ line, ...issue })));
  }
  return problems.length > 0 ? { kind: 'bad', problems } : { kind: 'good', rows };
}

type Line = { readonly line: number; readonly cells: readonly string[] };

function parsedLines(text: string): ReadFile<Line> {
  try {
    const records = parse(text, {
      bom: true,
      info: true,
      trim: true,
      relaxColumnCount: true,
      skipEmptyLines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    const lines = records.map(({ record, info }) => ({ cells: record, line: info.lines }));
    // A spreadsheet leaves rows of commas where something was deleted.
    return { kind: 'good', rows: lines.filter(({ cells }) => cells.some((cell) => cell !== '')) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as unknown as { lines?: unknown }).lines;
    return bad(
      typeof line === 'number' ? line : 1,
      '(file)',
      'is no CSV: a quotation mark is not closed or stands inside a text',
    );
  }
}

const bad = (line: number, column: string, problem: string): { kind: 'bad'; problems: LineProblem[] } => ({
  kind: 'bad',
  problems: [{ line, column, problem }],
});

const columnOf = (title: string, columns: Readonly<Record<string, readonly string[]>>): string | undefined =>
  Object.entries(columns).find(([, words]) => words.includes(title.toLowerCase()))?.[0];
const wordsOf = (columns: Readonly<Record<string, readonly string[]>>): string => Object.keys(columns).join(', ');
const byLine = (left: LineProblem, right: LineProblem): number => left.line - right.line;

/** Rows that say again what an earlier one said of the same thing. */
function repeated<Row extends { line: number }>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  column: string,
): LineProblem[] {
  const first = new Map<string, number>();
  return rows.flatMap((row) => {
    const [id, earlier] = [idOf(row), first.get(idOf(row))];
    if (earlier === undefined) first.set(id, row.line);
    return earlier === undefined ? [] : [{ line: row.line, column, problem: `${id} is on line ${earlier} already` }];
  });
}

/** Each organisation after its parent, where that is in the file too; `left` are those that hang in a circle. */
function parentsFirst(rows: readonly OrganisationRow[]): { ordered: OrganisationRow[]; left: OrganisationRow[] } {
  const ordered: OrganisationRow[] = [];
  let left = [...rows];
  // A tree has at most five levels, so as many rounds place everything that is not in a circle or too deep.
  for (let level = 0; level < DEEPEST_LEVEL && left.length > 0; level += 1) {
    const waiting = new Set(left.map(({ organisationId }) => organisationId));
    ordered.push(...left.filter(({ parentId }) => !waiting.has(parentId)));
    left = left.filter(({ parentId }) => waiting.has(parentId));
  }
  return { ordered, left };
}
