import * as z from 'zod';
import { type AreaContract, countAnswer as count, nextAnswer } from '../platform/contract.ts';
import {
  assignmentRequestSchema,
  confirmationRequestSchema,
  correctionRequestSchema,
  decisionRequestSchema,
  entriesRequestSchema,
  exerciseRequestSchema,
  exerciseSchema,
  fileRequestSchema,
  importRequestSchema,
  legacyDecisionSchema,
  legacyFileSchema,
  pairDecisionRequestSchema,
  STANDINGS,
} from './legacy-exercise.ts';
import { legacyProjectSchema, paperSchema } from './legacy-project.ts';
import { legacySettingsSchema } from './legacy-settings.ts';
import { writtenSummarySchema } from './legacy-summary.ts';
import { lossConfirmationSchema, lossRequestSchema, paperRequestSchema } from './paper-request.ts';
import { previewSchema } from './preview.ts';

const exercise = z.object({
  ...exerciseSchema.omit({ type: true, attempt: true, failure: true }).shape,
  failure: z.string().nullable().describe('Why its closing stopped; null where it did not'),
});
const nullable = <Shape extends z.ZodType>(shape: Shape) => shape.nullable();
const { counts, refusal, imported, failure, ...fileShape } = legacyFileSchema.omit({ type: true }).shape;
const file = z.object({
  ...fileShape,
  counts: nullable(counts.unwrap()),
  refusal: nullable(refusal.unwrap()),
  imported: nullable(imported.unwrap()),
  failure: nullable(failure.unwrap()),
});
const project = z.object({
  ...legacyProjectSchema.omit({ type: true }).shape,
  standing: z.enum(STANDINGS),
  unconfirmed: z.array(z.string()).describe('Inferred values that nobody has confirmed'),
  decision: z.object({ number: count, decision: z.string() }).nullable(),
});
const tally = z.object({ name: z.string(), projects: count, closed: count, moneyMinor: count, goodsMinor: count });
const shownExercise = z.object({
  ...exercise.shape,
  files: z.array(file),
  progress: z.object({
    projects: count.describe('Those that count: without copies of others'),
    moneyMinor: count,
    goodsMinor: count.describe('Never added to the money'),
    unconfirmedValues: count,
    openPairs: count,
    missingPapers: count,
    standings: z.object({
      unconfirmed: count,
      papersMissing: count,
      ready: count,
      decided: count,
      closed: count,
      same: count,
    }),
    byYear: z.array(tally),
    byCounty: z.array(tally),
    byAssignee: z.array(
      z.object({ assignee: z.string().nullable(), papers: count, firstDueOn: z.string().nullable() }),
    ),
  }),
  pairs: z.array(z.object({ pairId: z.string(), projectIds: z.array(z.string()), because: z.array(z.string()) })),
  taken: z.array(
    z.object({
      ...legacyDecisionSchema.omit({ type: true, exerciseId: true, projectIds: true, seen: true }).shape,
      projects: count,
    }),
  ),
  summary: z
    .object({ ...writtenSummarySchema.shape, jsonUrl: z.string(), xlsxUrl: z.string(), pdfUrl: z.string() })
    .nullable()
    .describe('The last summary, with addresses for 15 minutes'),
});

const EXERCISE = '/legacy-exercises/{exerciseId}';
const FILE = `${EXERCISE}/files/{fileId}` as const;
const PROJECT = `${EXERCISE}/projects/{projectId}` as const;
const PAPER = `${PROJECT}/papers/{paper}` as const;
const notOpen = { 409: ['not-open'] };
const changedAnswer = { 200: { description: 'How many projects it changed', body: z.object({ changed: count }) } };
const paperAnswer = z.object({ paper: paperSchema });
const unknownPaper = { 404: ['unknown-paper'] };

export const legacyContract = {
  tag: 'Old projects',
  named: {
    LegacySettings: legacySettingsSchema,
    LegacyExercise: exercise,
    LegacyFile: file,
    LegacyProject: project,
    LegacyPaper: paperSchema,
  },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/legacy-settings',
      operation: 'getLegacySettings',
      summary: 'How an organisation’s lists of old projects are read: places, kinds with their papers, columns.',
      etag: true,
      answers: {
        200: {
          description: 'The settings; those that everybody begins with where none are saved',
          body: legacySettingsSchema,
        },
      },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/legacy-settings',
      operation: 'saveLegacySettings',
      summary: 'Saves them. They count for what is read from now on.',
      ifMatch: true,
      etag: true,
      body: legacySettingsSchema,
      answers: { 200: { description: 'The settings as they are saved', body: legacySettingsSchema } },
    },
    {
      method: 'POST',
      path: '/legacy-exercises',
      operation: 'openLegacyExercise',
      summary: 'Opens an exercise in which old projects are looked through and closed together.',
      idempotencyKey: 'optional',
      etag: true,
      body: exerciseRequestSchema,
      answers: { 201: { description: 'The exercise, also for a repeat', body: exercise } },
      problems: { 409: ['idempotency-key-reused'] },
    },
    {
      method: 'GET',
      path: '/legacy-exercises',
      operation: 'listLegacyExercises',
      summary: 'The exercises of an organisation, the newest first.',
      query: z.object({ organisationId: z.string() }),
      answers: { 200: { description: 'All of them', body: z.object({ exercises: z.array(exercise) }) } },
    },
    {
      method: 'GET',
      path: EXERCISE,
      operation: 'getLegacyExercise',
      summary:
        'An exercise with its files, how far it has come, pairs that may be one project, decisions, and the last summary.',
      etag: true,
      answers: { 200: { description: 'The exercise', body: shownExercise } },
    },
    {
      method: 'POST',
      path: `${EXERCISE}/files`,
      operation: 'addLegacyFile',
      summary: 'Announces a list (XLSX, XLS, CSV) and says where to put it.',
      idempotencyKey: 'optional',
      etag: true,
      body: fileRequestSchema,
      answers: {
        201: {
          description: 'The file, also for a repeat',
          body: z.object({
            ...file.shape,
            uploadUrl: z.string().nullable().describe('Where it is put within 15 minutes; null once it was read'),
            method: z.literal('PUT'),
          }),
        },
      },
      problems: { 409: ['not-open', 'too-many-files', 'idempotency-key-reused'] },
    },
    {
      method: 'GET',
      path: FILE,
      operation: 'getLegacyFile',
      summary:
        'A file with what it holds: projects, problems, its own sums held against its rows, and rows that were left out.',
      etag: true,
      answers: {
        200: {
          description: 'The file',
          body: z.object({
            ...file.shape,
            preview: previewSchema.nullable(),
            problemsUrl: z.string().nullable().describe('All problems as CSV, for 15 minutes'),
          }),
        },
      },
      problems: { 404: ['unknown-file'] },
    },
    {
      method: 'PUT',
      path: `${FILE}/entries`,
      operation: 'saveLegacyEntries',
      summary: 'Says what some cells are to be read as, in place of what the file has. Read the file again after it.',
      ifMatch: true,
      etag: true,
      body: entriesRequestSchema,
      answers: { 200: { description: 'The file', body: file } },
      problems: { 404: ['unknown-file'], 409: ['not-open', 'illegal-step'] },
    },
    {
      method: 'POST',
      path: `${FILE}/readings`,
      operation: 'readLegacyFile',
      summary: 'Has a file read. Nothing is imported.',
      etag: true,
      answers: { 202: { description: 'It is being read, also for a repeat', body: file } },
      problems: { 404: ['unknown-file'], 409: ['not-open', 'illegal-step'] },
    },
    {
      method: 'POST',
      path: `${FILE}/imports`,
      operation: 'importLegacyFile',
      summary: 'Has projects made of what was read, each once. Repeated, it adds none.',
      etag: true,
      body: importRequestSchema.optional(),
      answers: { 202: { description: 'It is being imported, also for a repeat', body: file } },
      problems: { 404: ['unknown-file'], 409: ['not-open', 'illegal-step'], 422: ['has-problems'] },
    },
    {
      method: 'GET',
      path: `${EXERCISE}/projects`,
      operation: 'listLegacyProjects',
      summary:
        'Projects of an exercise, all or by year, county, source, kind, standing or the person who has papers to find.',
      etag: true,
      query: z.object({
        fromYear: z.string().optional(),
        untilYear: z.string().optional(),
        county: z.string().optional(),
        source: z.string().optional(),
        kind: z.string().optional(),
        standing: z.enum(STANDINGS).optional(),
        assignee: z.string().optional(),
        after: z.string().optional().describe('As `next` of the page before says'),
      }),
      answers: {
        200: {
          description:
            'Fifty of them. The ETag is that of the exercise, on which confirmations, assignments and decisions are made',
          body: z.object({ projects: z.array(project), found: count, next: nextAnswer }),
        },
      },
    },
    {
      method: 'GET',
      path: PROJECT,
      operation: 'getLegacyProject',
      summary: 'One project: every value with the cell that it is from and how it came from that.',
      etag: true,
      answers: { 200: { description: 'The project', body: project } },
      problems: { 404: ['unknown-project'] },
    },
    {
      method: 'PATCH',
      path: PROJECT,
      operation: 'correctLegacyProject',
      summary: 'Writes other values. What the file says stays beside them.',
      ifMatch: true,
      etag: true,
      body: correctionRequestSchema,
      answers: { 200: { description: 'The project', body: project } },
      problems: { 404: ['unknown-project'], ...notOpen },
    },
    {
      method: 'POST',
      path: `${EXERCISE}/confirmations`,
      operation: 'confirmLegacyValues',
      summary: 'Confirms inferred values of all selected projects, as they were when the exercise had this ETag.',
      ifMatch: true,
      etag: true,
      body: confirmationRequestSchema,
      answers: changedAnswer,
      problems: notOpen,
    },
    {
      method: 'POST',
      path: `${EXERCISE}/assignments`,
      operation: 'assignLegacyPapers',
      summary: 'Gives missing papers of all selected projects to somebody to find until a day.',
      ifMatch: true,
      etag: true,
      body: assignmentRequestSchema,
      answers: changedAnswer,
      problems: notOpen,
    },
    {
      method: 'POST',
      path: `${EXERCISE}/pairs/{pairId}/decisions`,
      operation: 'decideLegacyPair',
      summary: 'Says whether two rows are one project, and which of them stays.',
      body: pairDecisionRequestSchema,
      answers: {
        200: {
          description: 'That was decided already',
          body: z.object({ pairId: z.string(), decision: z.enum(['same', 'different']) }),
        },
        201: {
          description: 'It is decided',
          body: z.object({ pairId: z.string(), decision: z.enum(['same', 'different']) }),
        },
      },
      problems: { 404: ['unknown-pair'], 409: ['not-open', 'changed-meanwhile'] },
    },
    {
      method: 'POST',
      path: `${EXERCISE}/decisions`,
      operation: 'decideLegacyProjects',
      summary: 'Decides what becomes of all selected projects: all of them, or, with every reason, none.',
      ifMatch: true,
      etag: true,
      body: decisionRequestSchema,
      answers: {
        201: { description: 'It is decided', body: z.object({ number: count, decision: z.string(), projects: count }) },
      },
      problems: { ...notOpen, 422: ['cannot-be-decided'] },
    },
    {
      method: 'POST',
      path: `${EXERCISE}/closings`,
      operation: 'closeLegacyProjects',
      summary: 'Closes everything that is decided. Repeated after a stop, it goes on where that was.',
      answers: {
        200: { description: 'It is closed already', body: exercise },
        202: { description: 'It is being closed, also for a repeat', body: exercise },
      },
      problems: { 409: ['changed-meanwhile', 'same-person'], 422: ['cannot-be-closed'] },
    },
    {
      method: 'GET',
      path: PAPER,
      operation: 'getLegacyPaper',
      summary: 'A paper of a project, with an address for 15 minutes where it is stored.',
      answers: {
        200: { description: 'The paper', body: z.object({ paper: paperSchema, downloadUrl: z.string().nullable() }) },
      },
      problems: unknownPaper,
    },
    {
      method: 'POST',
      path: `${PAPER}/uploads`,
      operation: 'addLegacyPaper',
      summary: 'Announces the file of a paper and says where to put it.',
      body: paperRequestSchema,
      answers: {
        201: {
          description: 'Where to put it',
          body: z.object({
            paper: paperSchema,
            upload: z.object({ method: z.literal('PUT'), url: z.string(), headers: z.record(z.string(), z.string()) }),
          }),
        },
      },
      problems: { ...unknownPaper, 409: ['not-open', 'already-stored', 'changed-meanwhile'] },
    },
    {
      method: 'POST',
      path: `${PAPER}/confirmations`,
      operation: 'confirmLegacyPaper',
      summary: 'Has the uploaded file looked at, and kept where it is what was announced.',
      answers: { 200: { description: 'It is stored', body: paperAnswer } },
      problems: {
        ...unknownPaper,
        409: ['not-open', 'not-announced', 'not-uploaded', 'changed-meanwhile'],
        422: ['another-file'],
      },
    },
    {
      method: 'POST',
      path: `${PAPER}/losses`,
      operation: 'sayLegacyPaperLost',
      summary: 'Says that a paper is lost, and why. It counts once a second person says so too.',
      body: lossRequestSchema,
      answers: {
        200: { description: 'That was said already', body: paperAnswer },
        201: { description: 'It is said', body: paperAnswer },
      },
      problems: { ...unknownPaper, 409: ['not-open', 'already-stored', 'changed-meanwhile'] },
    },
    {
      method: 'POST',
      path: `${PAPER}/loss-confirmations`,
      operation: 'confirmLegacyPaperLost',
      summary: 'A second person says that a paper is lost, or that it is to be looked for all the same.',
      body: lossConfirmationSchema,
      answers: { 200: { description: 'The paper', body: paperAnswer } },
      problems: { ...unknownPaper, 409: ['not-open', 'not-said-lost', 'same-person', 'changed-meanwhile'] },
    },
  ],
} as const satisfies AreaContract;
