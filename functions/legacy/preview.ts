import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { factsSchema } from './legacy-project.ts';

/** A cell as a person wants it to be read, in place of what the file has. */
export const cellEntrySchema = z.strictObject({
  sheet: z.string().max(60).describe('Empty in delimited text'),
  cell: z.string().regex(/^[A-Z]{1,3}[1-9]\d{0,6}$/, 'must be a cell such as C12'),
  text: z.string().max(200),
  reason: z.string().trim().min(1).max(200),
});
export type CellEntry = z.infer<typeof cellEntrySchema>;
/** The same with who wrote it: whoever wrote a value does not decide on it. */
export const keptEntrySchema = cellEntrySchema.extend({ by: z.string(), at: instantSchema });
export type KeptEntry = z.infer<typeof keptEntrySchema>;

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
