import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import type { Books } from './exercise-books.ts';
import {
  type ClosingFailure,
  closingSchema,
  type Exercise,
  exerciseSchema,
  type LegacyClosing,
} from './legacy-exercise.ts';
import type { LegacySettings } from './legacy-settings.ts';
import { type ListAccount, listAccountSchema } from './list-account.ts';

const countSchema = z.number().int().min(0);
/** One line of a table of sums: money and goods each in a column of their own, never added up. */
export const sumLineSchema = z.object({
  name: z.string(),
  projects: countSchema,
  moneyMinor: countSchema,
  goodsMinor: countSchema,
});
export type SumLine = z.infer<typeof sumLineSchema>;

/** The summary of an exercise after a round of closing: rows, and sums over just these rows. */
export const legacySummarySchema = z.object({
  schema: z.literal('yiqi.legacy-summary.1'),
  exercise: exerciseSchema.pick({ exerciseId: true, organisationId: true, title: true }),
  organisationName: z.string(),
  round: z.number().int().min(1),
  preparedAt: instantSchema,
  rows: z.array(closingSchema.omit({ type: true, exerciseId: true }).extend({ kindName: z.string() })),
  total: sumLineSchema,
  byYear: z.array(sumLineSchema),
  bySource: z.array(sumLineSchema),
  byCounty: z.array(sumLineSchema),
  byKind: z.array(sumLineSchema),
  byDecision: z.array(sumLineSchema),
  /** Projects that go on: in no sum above. */
  keptOpen: z.array(
    z.object({
      projectId: z.string(),
      name: z.string(),
      county: z.string(),
      year: z.number(),
      moneyMinor: countSchema,
      goodsMinor: countSchema,
      remarks: z.string(),
    }),
  ),
  /** Projects that could not be closed in this round, with the reason. */
  failures: z.array(z.object({ projectId: z.string(), name: z.string(), reason: z.string() })),
  /** Rows of lists that a person found to be other rows' copies. */
  copies: countSchema,
  /** What became of each list, with the rows that no project was made of. */
  lists: z.array(listAccountSchema),
  decisions: z.array(
    z.object({
      number: z.number(),
      decision: z.string(),
      projects: countSchema,
      minutes: z.string().nullable(),
      remarks: z.string().nullable(),
    }),
  ),
});
export type LegacySummary = z.infer<typeof legacySummarySchema>;
type Row = LegacySummary['rows'][number];

/** That the summary of one round is written, with the hash of its JSON. */
export const writtenSummarySchema = z.object({
  exerciseId: z.string(),
  round: z.number().int().min(1),
  sha256: z.string(),
  projects: countSchema,
  moneyMinor: countSchema,
  goodsMinor: countSchema,
  failures: countSchema,
  rowsOutside: countSchema.describe('Rows of lists that could not be read, or were not imported: in no figure'),
  preparedAt: instantSchema,
});
export type WrittenSummary = z.infer<typeof writtenSummarySchema>;

export function summaryOf(
  books: Books,
  about: {
    readonly organisationName: string;
    readonly settings: LegacySettings;
    readonly failures: readonly ClosingFailure[];
    readonly lists: readonly ListAccount[];
    readonly preparedAt: LegacySummary['preparedAt'];
  },
): LegacySummary {
  const { exercise, closings, projects, decisions } = books.books;
  const kindNames = new Map(about.settings.kinds.map(({ kindId, name }) => [kindId, name]));
  const rows = closings.map((closing) => rowOf(closing, kindNames)).toSorted(byYearCountyName);
  const kept = books.counted.filter(
    ({ projectId }) =>
      books.closingOf(projectId) === undefined && books.decisionOf(projectId)?.decision === 'keep-open',
  );
  return {
    schema: 'yiqi.legacy-summary.1',
    exercise: shownExercise(exercise),
    organisationName: about.organisationName,
    round: exercise.rounds,
    preparedAt: about.preparedAt,
    rows,
    total: sumLine('合计', rows),
    byYear: sumsBy(rows, ({ year }) => String(year)),
    bySource: sumsBy(rows, ({ source }) => source),
    byCounty: sumsBy(rows, ({ county }) => county),
    byKind: sumsBy(rows, ({ kindName }) => kindName),
    byDecision: sumsBy(rows, ({ decision }) => decision),
    keptOpen: kept.map(({ projectId, facts }) => ({
      projectId,
      name: facts.name.value,
      county: facts.county.value,
      year: facts.year.value,
      moneyMinor: facts.moneyMinor?.value ?? 0,
      goodsMinor: facts.goodsMinor?.value ?? 0,
      remarks: books.decisionOf(projectId)?.remarks ?? '',
    })),
    failures: [...about.failures],
    copies: projects.length - books.counted.length,
    lists: [...about.lists],
    decisions: decisions.map(({ number, decision, projectIds, minutes, remarks }) => ({
      number,
      decision,
      projects: projectIds.length,
      minutes: minutes === undefined ? null : `${minutes.heldOn} ${minutes.reference}`,
      remarks: remarks ?? null,
    })),
  };
}

const shownExercise = ({ exerciseId, organisationId, title }: Exercise) => ({ exerciseId, organisationId, title });

function rowOf({ type: _, exerciseId: __, ...closing }: LegacyClosing, kindNames: ReadonlyMap<string, string>): Row {
  return { ...closing, kindName: kindNames.get(closing.kind) ?? closing.kind };
}

const byYearCountyName = (left: Row, right: Row): number =>
  left.year - right.year ||
  compare(left.county, right.county) ||
  compare(left.name, right.name) ||
  compare(left.projectId, right.projectId);
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function sumLine(name: string, rows: readonly Row[]): SumLine {
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    name,
    projects: rows.length,
    moneyMinor: sum(({ moneyMinor }) => moneyMinor),
    goodsMinor: sum(({ goodsMinor }) => goodsMinor),
  };
}

const sumsBy = (rows: readonly Row[], nameOf: (row: Row) => string): SumLine[] =>
  [...Map.groupBy(rows, nameOf)]
    .map(([name, own]) => sumLine(name, own))
    .toSorted((left, right) => compare(left.name, right.name));

/** The tables of sums, each of which must give the total. */
export const SUM_TABLES = ['byYear', 'bySource', 'byCounty', 'byKind', 'byDecision'] as const;

/**
 * What does not add up in a summary: empty where every table gives the total, and the total the sum of the rows. Written
 * apart from what makes the tables, and asked before a summary is stored.
 */
export function summaryProblems(summary: LegacySummary): string[] {
  const problems: string[] = [];
  for (const column of ['projects', 'moneyMinor', 'goodsMinor'] as const) {
    let inRows = 0n;
    for (const row of summary.rows) inRows += column === 'projects' ? 1n : BigInt(row[column]);
    if (BigInt(summary.total[column]) !== inRows)
      problems.push(`the total says ${summary.total[column]} ${column}, and the rows ${inRows}`);
    for (const table of SUM_TABLES) {
      let inTable = 0n;
      for (const line of summary[table]) inTable += BigInt(line[column]);
      if (inTable !== inRows) problems.push(`${table} says ${inTable} ${column}, and the rows ${inRows}`);
    }
  }
  if (new Set(summary.rows.map(({ projectId }) => projectId)).size !== summary.rows.length)
    problems.push('a project stands in two rows');
  return problems;
}
