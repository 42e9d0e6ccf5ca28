import * as z from 'zod';
import { emailSchema } from '../access/member.ts';
import { lineSchema, paragraphsSchema } from '../kernel/plain-text.ts';
import { instantSchema, localDateSchema } from '../kernel/time.ts';
import { LARGEST_WORKBOOK_BYTES } from '../statements/workbook-limit.ts';
import { DECISIONS, FACT_NAMES } from './legacy-project.ts';
import { DOCUMENTS } from './legacy-settings.ts';
import { cellEntrySchema, keptEntrySchema, previewSchema } from './preview.ts';

/** Projects of one exercise. All are looked at together: 2,000 of some 4 KB are 8 MB, a second and a half to read. */
export const MOST_PROJECTS = 2_000;
export const MOST_FILES = 60;
export const MOST_ENTRIES = 500;
export const MOST_RECIPIENTS = 50;

const idOf = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{20}$`), `must be the id of ${what}`);
export const exerciseIdSchema = idOf('lgx', 'an exercise');
export const projectIdSchema = idOf('lgp', 'a project');

/**
 * `open`: files come in and things are decided. `closing`: its workflow is at work. `closed`: nothing is left to do but what is
 * kept open. `stopped`: the workflow broke off; a person mends what stopped it and starts the closing again.
 */
export const EXERCISE_STATES = ['open', 'closing', 'closed', 'stopped'] as const;
const countSchema = z.number().int().min(0);

/** One exercise: old projects of an organisation and of those below it, looked through and closed together. */
export const exerciseSchema = z.object({
  type: z.literal('legacy-exercise'),
  exerciseId: z.string(),
  organisationId: z.string(),
  title: z.string(),
  recipients: z.array(z.string()),
  state: z.enum(EXERCISE_STATES),
  /** Counted up with every change of the exercise and of anything in it: who changes many things at once does it on what they saw. */
  version: z.number().int().min(1),
  /** How many decisions were taken, and how many rounds of closing were begun. */
  decisions: countSchema,
  rounds: countSchema,
  /** Names the execution that closes it, so that a call that is repeated starts no second one. */
  attempt: z.string().optional(),
  failure: z.string().optional(),
  createdBy: z.string(),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Exercise = z.infer<typeof exerciseSchema>;

export const exerciseRequestSchema = z.strictObject({
  organisationId: z.string().min(1).max(64),
  title: lineSchema(80),
  recipients: z.array(emailSchema).min(1).max(MOST_RECIPIENTS),
});

// --- files ---

export const FILE_STATES = [
  'awaiting-upload',
  'reading',
  'read',
  'refused',
  'importing',
  'imported',
  'failed',
] as const;
export type FileState = (typeof FILE_STATES)[number];
export const legacyFileSchema = z.object({
  type: z.literal('legacy-file'),
  exerciseId: z.string(),
  fileId: z.string(),
  fileName: z.string(),
  bytes: countSchema,
  state: z.enum(FILE_STATES),
  version: z.number().int().min(1),
  entries: z.array(keptEntrySchema),
  /** Of what was read last; the whole preview stands beside the file. */
  counts: previewSchema
    .pick({ projects: true, problems: true, inferred: true, moneyMinor: true, goodsMinor: true, differingTotals: true })
    .optional(),
  refusal: z.object({ problem: z.string(), fix: z.string() }).optional(),
  /** How many projects it gave; a repeat adds none. */
  imported: countSchema.optional(),
  failure: z.string().optional(),
  addedBy: z.string(),
  addedAt: instantSchema,
  updatedAt: instantSchema,
});
export type LegacyFile = z.infer<typeof legacyFileSchema>;

export const fileRequestSchema = z.strictObject({
  fileName: lineSchema(120).refine((name) => !/[/\\]/.test(name), 'must be a file name without folders'),
  bytes: z.number().int().min(1).max(LARGEST_WORKBOOK_BYTES),
});
export const entriesRequestSchema = z.strictObject({ entries: z.array(cellEntrySchema).max(MOST_ENTRIES) });
export const importRequestSchema = z.strictObject({
  /** Needed where some rows cannot be read: they are left out, and stay in the file of problems. */
  leaveOutProblems: z.boolean().default(false),
  /** Needed where a sheet's own total says another sum than its rows: their amounts are marked, and a person confirms each. */
  acceptDifferences: z.boolean().default(false),
});

const FILE_STEPS: Readonly<Record<FileState, readonly FileState[]>> = {
  'awaiting-upload': ['reading'],
  reading: ['read', 'refused', 'failed'],
  read: ['reading', 'importing'],
  refused: ['reading'],
  importing: ['imported', 'failed'],
  // What stopped it was mended. What was imported is found again, and so an import may also be repeated.
  imported: ['importing'],
  failed: ['reading', 'importing'],
};
export const mayBecome = (from: FileState, to: FileState): boolean => FILE_STEPS[from].includes(to);

const filesOf = (exerciseId: string, fileId: string): string => `legacy/${exerciseId}/files/${fileId}`;
export const originalFile = ({ exerciseId, fileId }: Pick<LegacyFile, 'exerciseId' | 'fileId'>): string =>
  `${filesOf(exerciseId, fileId)}/original`;
export const readingFile = ({ exerciseId, fileId }: Pick<LegacyFile, 'exerciseId' | 'fileId'>): string =>
  `${filesOf(exerciseId, fileId)}/reading.json`;
export const previewFile = ({ exerciseId, fileId }: Pick<LegacyFile, 'exerciseId' | 'fileId'>): string =>
  `${filesOf(exerciseId, fileId)}/preview.json`;
export const problemsFile = ({ exerciseId, fileId }: Pick<LegacyFile, 'exerciseId' | 'fileId'>): string =>
  `${filesOf(exerciseId, fileId)}/problems.csv`;
export type SummaryForm = 'json' | 'xlsx' | 'pdf';
export const summaryFile = (exerciseId: string, round: number, form: SummaryForm): string =>
  `legacy/${exerciseId}/summaries/${round}/summary.${form}`;

// --- what is done to many projects at once ---

/** Where a project stands. `same`: it is another one's copy, and counts nowhere. */
export const STANDINGS = ['unconfirmed', 'papers-missing', 'undecided', 'ready', 'decided', 'closed', 'same'] as const;
export type Standing = (typeof STANDINGS)[number];

/** Which projects: those that are named, or all to which every given member applies. */
export const selectionSchema = z
  .strictObject({
    projectIds: z.array(projectIdSchema).min(1).max(MOST_PROJECTS).optional(),
    fromYear: z.number().int().optional(),
    untilYear: z.number().int().optional(),
    county: z.string().max(40).optional(),
    source: z.string().max(120).optional(),
    kind: z.string().max(40).optional(),
    standing: z.enum(STANDINGS).optional(),
    assignee: z.string().max(64).optional(),
  })
  .refine(
    (selection) => Object.values(selection).some((value) => value !== undefined),
    'must name at least one thing to select by',
  );
export type Selection = z.infer<typeof selectionSchema>;
/** The same as a query has it; without any it is all of them. */
export const selectionQuerySchema = z.strictObject({
  fromYear: z.coerce.number().int().optional(),
  untilYear: z.coerce.number().int().optional(),
  county: z.string().max(40).optional(),
  source: z.string().max(120).optional(),
  kind: z.string().max(40).optional(),
  standing: z.enum(STANDINGS).optional(),
  assignee: z.string().max(64).optional(),
});

export const confirmationRequestSchema = z.strictObject({
  select: selectionSchema,
  fields: z
    .array(z.enum(FACT_NAMES as [(typeof FACT_NAMES)[number], ...(typeof FACT_NAMES)[number][]]))
    .min(1)
    .max(FACT_NAMES.length),
  reason: lineSchema(200).describe('What was looked at'),
});

export const correctionRequestSchema = z
  .strictObject({
    name: lineSchema(200).optional(),
    kind: z.string().min(1).max(40).optional(),
    source: lineSchema(120).optional(),
    county: lineSchema(40).optional(),
    year: z.number().int().min(1990).max(2035).optional(),
    moneyMinor: z.number().int().min(0).max(1_000_000_000_000).optional(),
    goodsMinor: z.number().int().min(0).max(1_000_000_000_000).optional(),
    reason: lineSchema(200),
  })
  .refine(
    ({ reason: _, ...values }) => Object.values(values).some((value) => value !== undefined),
    'must correct something',
  );

export const assignmentRequestSchema = z.strictObject({
  select: selectionSchema,
  /** Which papers; all that are missing where none is named. */
  papers: z.array(z.enum(DOCUMENTS)).min(1).optional(),
  assignee: z.string().min(1).max(64),
  dueOn: localDateSchema,
});

export const decisionRequestSchema = z
  .strictObject({
    select: selectionSchema,
    decision: z.enum(DECISIONS),
    remarks: paragraphsSchema(2_000).optional(),
    /** Whom the project is handed over to. */
    handedTo: lineSchema(120).optional(),
    /** The meeting that decided on large sums. */
    minutes: z.strictObject({ heldOn: localDateSchema, reference: lineSchema(120) }).optional(),
  })
  .superRefine(({ decision, remarks, handedTo }, context) => {
    if (['close-with-remarks', 'write-off', 'keep-open'].includes(decision) && remarks === undefined)
      context.addIssue({ code: 'custom', path: ['remarks'], message: 'must say why' });
    if (decision === 'hand-over' && handedTo === undefined)
      context.addIssue({ code: 'custom', path: ['handedTo'], message: 'must name whom it is handed over to' });
  });
export type DecisionRequest = z.infer<typeof decisionRequestSchema>;

export const legacyDecisionSchema = z.object({
  type: z.literal('legacy-decision'),
  exerciseId: z.string(),
  number: z.number().int().min(1),
  decision: z.enum(DECISIONS),
  projectIds: z.array(z.string()),
  /** Of each project a fingerprint of the values that were decided on: where they are others now, the decision holds no more. */
  seen: z.record(z.string(), z.string()),
  remarks: z.string().optional(),
  handedTo: z.string().optional(),
  minutes: z.object({ heldOn: z.string(), reference: z.string() }).optional(),
  by: z.string(),
  at: instantSchema,
});
export type LegacyDecision = z.infer<typeof legacyDecisionSchema>;

export const pairDecisionRequestSchema = z
  .strictObject({
    /** `same`: `keep` stays, and the other counts no more. `different`: both stay. */
    decision: z.enum(['same', 'different']),
    keep: projectIdSchema.optional(),
    reason: lineSchema(200),
  })
  .refine(({ decision, keep }) => (decision === 'same') === (keep !== undefined), {
    path: ['keep'],
    message: 'is needed where they are the same, and nowhere else',
  });
export const pairDecisionSchema = z.object({
  type: z.literal('legacy-pair'),
  exerciseId: z.string(),
  pairId: z.string(),
  projectIds: z.array(z.string()),
  decision: z.enum(['same', 'different']),
  keep: z.string().optional(),
  reason: z.string(),
  by: z.string(),
  at: instantSchema,
});
export type PairDecision = z.infer<typeof pairDecisionSchema>;

/** That a project is closed: everything that the summary says of it, as it was then. Written once. */
export const closingSchema = z.object({
  type: z.literal('legacy-closing'),
  exerciseId: z.string(),
  projectId: z.string(),
  round: z.number().int().min(1),
  name: z.string(),
  kind: z.string(),
  source: z.string(),
  county: z.string(),
  year: z.number().int(),
  moneyMinor: countSchema,
  goodsMinor: countSchema,
  goods: z.array(z.object({ item: z.string(), quantity: z.string(), unit: z.string() })),
  /** Names of the values that no cell said plainly, and those among them that nobody has confirmed: year and amounts never are. */
  inferred: z.array(z.string()),
  unconfirmed: z.array(z.string()),
  lostPapers: z.array(z.string()),
  decision: z.enum(DECISIONS),
  decisionNumber: z.number().int().min(1),
  remarks: z.string().optional(),
  handedTo: z.string().optional(),
  closedAt: instantSchema,
});
export type LegacyClosing = z.infer<typeof closingSchema>;

/** Why one project could not be closed in a round. */
export type ClosingFailure = { readonly projectId: string; readonly name: string; readonly reason: string };
