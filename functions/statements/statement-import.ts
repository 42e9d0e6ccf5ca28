import * as z from 'zod';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { bankPreviewSchema } from './bank-days.ts';
import { statementMappingSchema } from './statement-mapping.ts';
import { LARGEST_WORKBOOK_BYTES } from './workbook-limit.ts';

/** A million rows of 200 bytes: what one file may have at most. */
const LARGEST_FILE_BYTES = 200 * 1024 * 1024;

/** Files whose form is known and needs no mapping. */
export const KNOWN_FILES = ['wechat-trade-bill', 'alipay-bill'] as const;

/**
 * Where an import stands. `awaiting-upload`: the file is not there yet. `checking`, `checked`, `refused`: it is read and
 * nothing is booked. `booking`, `booked`: its rows become entries. `failed`: a person must look; nothing is lost or doubled.
 */
export const IMPORT_STATES = [
  'awaiting-upload',
  'checking',
  'checked',
  'refused',
  'booking',
  'booked',
  'failed',
] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

const countSchema = z.number().int().min(0);
export const rowProblemSchema = z.object({
  kind: z.literal('problem'),
  line: z.number().int(),
  column: z.string(),
  problem: z.string(),
  fix: z.string(),
});
const previewSchema = z.object({
  rows: countSchema,
  gifts: countSchema,
  giftsMinor: countSchema,
  refunds: countSchema,
  refundsMinor: countSchema,
  skipped: countSchema,
  problems: countSchema,
  firstProblems: z.array(rowProblemSchema),
  summary: z.enum(['agrees', 'none']),
  firstPaidAt: instantSchema.optional(),
  lastPaidAt: instantSchema.optional(),
  perhapsOffline: countSchema.default(0),
  firstPerhapsOffline: z
    .array(z.object({ line: z.number().int(), offlineId: z.string(), amountMinor: countSchema }))
    .default([]),
  bank: bankPreviewSchema.optional(),
});

/** What became of rows: sums over parts. */
export const bookingCountsSchema = z.object({
  /** Gifts that were not in the books before. */
  recorded: countSchema,
  /** Gifts that were there already, by a notification or another file. */
  repeated: countSchema,
  /** Kept without a campaign, for a person to assign. */
  unassigned: countSchema,
  /** In the books with other money; nothing was changed, and somebody must look. */
  contradicted: countSchema,
  refundsRecorded: countSchema,
  refundsRepeated: countSchema,
  /** Left out by a person's word: they are transfers that were entered by hand. */
  leftOut: countSchema.default(0),
  /** Rows of a bank that are no gifts: kept as they are. */
  bankRows: countSchema.default(0),
});
export type BookingCounts = z.infer<typeof bookingCountsSchema>;
export const NO_COUNTS: BookingCounts = {
  recorded: 0,
  repeated: 0,
  unassigned: 0,
  contradicted: 0,
  refundsRecorded: 0,
  refundsRepeated: 0,
  leftOut: 0,
  bankRows: 0,
};

/** What a person decides of rows that may be transfers entered by hand: they are, or they are gifts of their own. */
export const PERHAPS_OFFLINE_DECISIONS = ['leave-out', 'book'] as const;

/** One uploaded file on its way into the books. */
export const statementImportSchema = z.object({
  type: z.literal('statement-import'),
  importId: z.string(),
  organisationId: z.string(),
  /** The campaign that the gifts are for; without one they are kept unassigned unless their rows name orders of ours. */
  campaignId: z.string().optional(),
  source: z.discriminatedUnion('kind', [
    /** The mapping as it was when the import was made: a later change of it changes no import. */
    z.object({ kind: z.literal('mapping'), mapping: statementMappingSchema }),
    z.object({ kind: z.literal('wechat-trade-bill') }),
    z.object({ kind: z.literal('alipay-bill') }),
  ]),
  fileName: z.string(),
  bytes: countSchema,
  /** The days that a bank's file was exported for; else they are those from its first row to its last. */
  covers: z.strictObject({ from: localDateSchema, to: localDateSchema }).optional(),
  state: z.enum(IMPORT_STATES),
  createdBy: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  preview: previewSchema.optional(),
  refusal: z.object({ problem: z.string(), fix: z.string() }).optional(),
  parts: countSchema.optional(),
  bookedBy: z.string().optional(),
  perhapsOffline: z.enum(PERHAPS_OFFLINE_DECISIONS).optional(),
  booked: bookingCountsSchema.optional(),
  failure: z.string().optional(),
});
export type StatementImport = z.infer<typeof statementImportSchema>;

export const importRequestSchema = z
  .strictObject({
    organisationId: z.string().min(1).max(64),
    campaignId: z.string().min(1).max(64).optional(),
    /** A mapping of the organisation, or a file whose form is known. */
    mappingId: z.string().min(1).max(40).optional(),
    file: z.enum(KNOWN_FILES).optional(),
    fileName: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .refine((name) => !/[\p{Cc}/\\]/u.test(name), 'must be a file name without folders'),
    bytes: z.number().int().min(1).max(LARGEST_FILE_BYTES),
    /** Of a bank's file: the first and the last day that it was exported for. A day without rows is then known to have none. */
    covers: z.strictObject({ from: localDateSchema, to: localDateSchema }).optional(),
  })
  .refine(({ covers }) => covers === undefined || covers.from <= covers.to, {
    path: ['covers', 'to'],
    message: 'is before the first day',
  })
  .refine(({ mappingId, file }) => (mappingId === undefined) !== (file === undefined), {
    path: ['mappingId'],
    message: 'or file is needed, and not both',
  });
export type ImportRequest = z.infer<typeof importRequestSchema>;

export const bookingRequestSchema = z.strictObject({
  /** Needed where some rows cannot be read: they are left out, and stay in the file of problems. */
  leaveOutProblems: z.boolean().default(false),
  /** Needed where rows may be transfers that somebody has entered by hand: they are, or they are gifts of their own. */
  perhapsOffline: z.enum(PERHAPS_OFFLINE_DECISIONS).optional(),
});

/** Whether a workbook of this size may be read at all. */
export const isTooLargeForWorkbook = (bytes: number): boolean => bytes > LARGEST_WORKBOOK_BYTES;

/** Which steps an import may take. */
const STEPS: Readonly<Record<ImportState, readonly ImportState[]>> = {
  'awaiting-upload': ['checking'],
  checking: ['checked', 'refused', 'failed'],
  checked: ['checking', 'booking'],
  refused: ['checking'],
  booking: ['booked', 'failed'],
  booked: [],
  // What stopped it was mended: every step recognises what was done.
  failed: ['checking', 'booking'],
};
export const mayBecome = (from: ImportState, to: ImportState): boolean => STEPS[from].includes(to);

/** Rows of one part, booked by one call: 5,000 at some 200 a second are 25 s of its 300, and 1,000,000 rows are 200 parts. */
export const ROWS_PER_PART = 5_000;
const PART_DIGITS = 5;

/** The files of one import. */
export const originalFile = (importId: string): string => `statements/${importId}/original`;
export const partFile = (importId: string, part: number): string =>
  `statements/${importId}/parts/${String(part).padStart(PART_DIGITS, '0')}.ndjson`;
export const bankDaysFile = (importId: string): string => `statements/${importId}/bank-days.json`;
export const problemsFile = (importId: string): string => `statements/${importId}/problems.csv`;
