import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openStatementFiles, type StatementFiles } from '../statements/statement-files.gateway.ts';
import { createExercise, exercisesOf, readBooks, readSettings, saveSettings } from './exercise.store.ts';
import { progressOf } from './exercise-books.ts';
import { exerciseFor } from './exercise-call.store.ts';
import { exerciseView, fileView } from './exercise-view.ts';
import { type Exercise, exerciseRequestSchema, summaryFile } from './legacy-exercise.ts';
import { filesOf } from './legacy-file.store.ts';
import { legacySettingsSchema, settingsProblems } from './legacy-settings.ts';
import { findSummary } from './summary.store.ts';

export type ExercisesUse = { readonly table: Table; readonly files: Pick<StatementFiles, 'downloadAddress'> };
const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

/** Exercises of old projects: opened, listed, looked at with how far they have come; and an organisation's settings for them. */
async function answerExercises(request: StaffRequest, use: ExercisesUse, now: Instant): Promise<HttpAnswer> {
  if (request.path.endsWith('/legacy-settings')) return settings(request, use.table, now);
  if (request.method === 'POST') return open(request, use.table, now);
  return request.parameters['exerciseId'] === undefined ? list(request, use.table) : show(request, use);
}

async function settings(request: StaffRequest, table: Table, now: Instant): Promise<HttpAnswer> {
  const organisationId = request.parameters['organisationId'] ?? '';
  const current = await readSettings(table, organisationId);
  const answer = (version: number, body: unknown): HttpAnswer => ({
    status: 200,
    headers: { etag: etagOf(version + 1) },
    body,
  });
  if (request.method === 'GET') return answer(current.version, current.settings);
  // What nobody has saved yet has a version too, so that two people do not both begin from what everybody begins with.
  const stale = refuseUnlessCurrent(request, current.version + 1);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, legacySettingsSchema);
  if (body.kind === 'unreadable') return body.answer;
  const problems = settingsProblems(body.value);
  if (problems.length > 0) return problem(422, 'invalid', 'The settings contradict themselves.', problems);
  const saved = await saveSettings(table, organisationId, body.value, current.version, request.actor.id, now);
  return saved === undefined
    ? changedMeanwhile((await readSettings(table, organisationId)).version + 1)
    : answer(saved, body.value);
}

async function open(request: StaffRequest, table: Table, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, exerciseRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { organisationId, title, recipients } = body.value;
  const refused = await request.standing.refuse(organisationId);
  if (refused !== undefined) return refused;
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const fresh: Exercise = {
    type: 'legacy-exercise',
    exerciseId: key === undefined ? freshId('legacyExercise') : derivedId('legacyExercise', organisationId, key),
    organisationId,
    title,
    recipients,
    state: 'open',
    version: 1,
    decisions: 0,
    rounds: 0,
    createdBy: request.actor.id,
    createdAt: now,
    updatedAt: now,
  };
  const exercise = await createExercise(table, fresh);
  if (exercise.title !== title)
    return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another exercise. Use a new one.');
  return { status: 201, headers: { etag: etagOf(exercise.version) }, body: exerciseView(exercise) };
}

async function list(request: StaffRequest, table: Table): Promise<HttpAnswer> {
  const { organisationId } = request.query;
  const refused = await request.standing.refuse(organisationId);
  if (refused !== undefined) return refused;
  return { status: 200, body: { exercises: (await exercisesOf(table, organisationId ?? '')).map(exerciseView) } };
}

async function show(request: StaffRequest, use: ExercisesUse): Promise<HttpAnswer> {
  const found = await exerciseFor(request, use.table);
  if (found.kind === 'refused') return found.answer;
  const { exerciseId } = found.exercise;
  const books = await readBooks(use.table, exerciseId);
  const { exercise, decisions } = books.books;
  return {
    status: 200,
    headers: { etag: etagOf(exercise.version) },
    body: {
      ...exerciseView(exercise),
      files: (await filesOf(use.table, exerciseId)).map(fileView),
      progress: progressOf(books),
      pairs: books.openPairs,
      taken: decisions.map(({ type: _, exerciseId: __, seen: ___, projectIds, ...decision }) => ({
        ...decision,
        projects: projectIds.length,
      })),
      summary: await summaryOf(use, exerciseId, exercise.rounds),
    },
  };
}

async function summaryOf({ table, files }: ExercisesUse, exerciseId: string, rounds: number) {
  // A round that is under way has none yet; the one before it still counts.
  const written = (await findSummary(table, exerciseId, rounds)) ?? (await findSummary(table, exerciseId, rounds - 1));
  if (written === undefined) return null;
  const address = (form: 'json' | 'xlsx' | 'pdf') =>
    files.downloadAddress(summaryFile(exerciseId, written.round, form));
  const [jsonUrl, xlsxUrl, pdfUrl] = await Promise.all([address('json'), address('xlsx'), address('pdf')]);
  return { ...written, jsonUrl, xlsxUrl, pdfUrl };
}

export const definition: StaffDefinition<ExercisesUse> = {
  name: 'manage-legacy-exercises',
  access: {
    'POST /legacy-exercises': { roles: ['manager', 'admin'], of: 'handler' },
    'GET /legacy-exercises': { roles: READERS, of: 'handler' },
    'GET /legacy-exercises/{exerciseId}': { roles: READERS, of: 'handler' },
    'GET /organisations/{organisationId}/legacy-settings': { roles: READERS, of: 'organisation' },
    'PUT /organisations/{organisationId}/legacy-settings': { roles: ['manager', 'admin'], of: 'organisation' },
  },
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: answerExercises,
};
export const handler = staffFunction(definition);
