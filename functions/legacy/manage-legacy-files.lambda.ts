import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type CampaignFiles, openCampaignFiles, readJsonFile } from '../closeout/campaign-files.gateway.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { openStatementFiles, type StatementFiles } from '../statements/statement-files.gateway.ts';
import { exerciseFor } from './exercise-call.store.ts';
import { fileView } from './exercise-view.ts';
import { keptEntries } from './kept-entries.ts';
import {
  type Exercise,
  entriesRequestSchema,
  fileRequestSchema,
  importRequestSchema,
  type LegacyFile,
  originalFile,
  previewFile,
  problemsFile,
} from './legacy-exercise.ts';
import { addFile, findFile, moveFile, readFileItem, saveEntries } from './legacy-file.store.ts';
import { type LegacyWorkflow, openLegacyWorkflow } from './legacy-workflow.gateway.ts';

export type FilesUse = {
  readonly table: Table;
  readonly files: Pick<StatementFiles, 'uploadAddress' | 'downloadAddress'> & CampaignFiles;
  readonly workflow: LegacyWorkflow;
};
type Call = {
  readonly request: StaffRequest;
  readonly use: FilesUse;
  readonly exercise: Exercise;
  readonly now: Instant;
};

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;
const WRITERS = ['manager', 'finance', 'admin'] as const;

/** The files of an exercise: announced and uploaded, read without importing anything, corrected cell by cell, imported. */
async function answerFiles(request: StaffRequest, use: FilesUse, now: Instant): Promise<HttpAnswer> {
  const found = await exerciseFor(request, use.table);
  if (found.kind === 'refused') return found.answer;
  const { exercise } = found;
  const call = { request, use, exercise, now };
  const { fileId } = request.parameters;
  if (request.method !== 'GET' && exercise.state !== 'open')
    return problem(409, 'not-open', `This exercise is ${exercise.state}: nothing more comes into it.`);
  if (fileId === undefined) return announce(call);
  const file = await findFile(use.table, exercise.exerciseId, fileId);
  if (file === undefined) return problem(404, 'unknown-file', 'This exercise has no such file.');
  if (request.method === 'GET') return show(call, file);
  if (request.method === 'PUT') return enter(call, file);
  return request.path.endsWith('/readings') ? read(call, file) : importFile(call, file);
}

async function announce({ request, use, exercise, now }: Call): Promise<HttpAnswer> {
  const body = readJsonBody(request, fileRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const { exerciseId } = exercise;
  const { fileName, bytes } = body.value;
  const added = await addFile(use.table, {
    type: 'legacy-file',
    exerciseId,
    fileId: key === undefined ? freshId('legacyFile') : derivedId('legacyFile', exerciseId, key),
    fileName,
    bytes,
    state: 'awaiting-upload',
    version: 1,
    entries: [],
    addedBy: request.actor.id,
    addedAt: now,
    updatedAt: now,
  });
  if ('kind' in added) return refusalAnswer(409, added);
  if (added.fileName !== fileName || added.bytes !== bytes)
    return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another file. Use a new one.');
  // What was read is not uploaded again: people have looked at it.
  const uploadUrl =
    added.state === 'awaiting-upload' ? await use.files.uploadAddress(originalFile(added), bytes) : null;
  return {
    status: 201,
    headers: { etag: etagOf(added.version) },
    body: { ...fileView(added), uploadUrl, method: 'PUT' },
  };
}

async function show({ use }: Call, file: LegacyFile): Promise<HttpAnswer> {
  const isRead = file.counts !== undefined;
  const [preview, problemsUrl] = await Promise.all([
    isRead ? readJsonFile(use.files, previewFile(file)) : null,
    (file.counts?.problems ?? 0) > 0 ? use.files.downloadAddress(problemsFile(file)) : null,
  ]);
  return { status: 200, headers: { etag: etagOf(file.version) }, body: { ...fileView(file), preview, problemsUrl } };
}

/** What some cells are to say instead; the whole list each time, so that it is clear what counts. */
async function enter({ request, use, exercise, now }: Call, file: LegacyFile): Promise<HttpAnswer> {
  const stale = refuseUnlessCurrent(request, file.version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, entriesRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (file.state !== 'read' && file.state !== 'refused')
    return problem(
      409,
      'illegal-step',
      `Cells of a file that is ${file.state} cannot be written. Read it first; what is imported is corrected project by project.`,
    );
  const by = { by: request.actor.id, at: now };
  const saved = await saveEntries(use.table, file, keptEntries(file.entries, body.value.entries, by), now);
  const current = await readFileItem(use.table, exercise.exerciseId, file.fileId);
  if (!saved) return changedMeanwhile(current.version);
  return { status: 200, headers: { etag: etagOf(current.version) }, body: fileView(current) };
}

async function read(call: Call, file: LegacyFile): Promise<HttpAnswer> {
  const moved = await moveFile(call.use.table, file, 'reading', call.now);
  if (moved.kind === 'refused') return refusalAnswer(409, moved);
  return started(call, file, 'read');
}

async function importFile(call: Call, file: LegacyFile): Promise<HttpAnswer> {
  const { request, use, now } = call;
  const body = readJsonBody(
    { ...request, body: request.body.length === 0 ? Buffer.from('{}') : request.body },
    importRequestSchema,
  );
  if (body.kind === 'unreadable') return body.answer;
  const { problems = 0, differingTotals = 0 } = file.counts ?? {};
  const open = [
    ...(problems > 0 && !body.value.leaveOutProblems
      ? [
          {
            field: 'leaveOutProblems',
            problem: `is not true, while ${problems} rows cannot be read`,
            fix: 'write what their cells should say and read the file again, or send true to import the others',
          },
        ]
      : []),
    ...(differingTotals > 0 && !body.value.acceptDifferences
      ? [
          {
            field: 'acceptDifferences',
            problem: `is not true, while ${differingTotals} totals say another sum than their rows`,
            fix: 'look at preview.sheets, correct the cells, or send true: all their amounts then wait for a person to confirm them',
          },
        ]
      : []),
  ];
  if (open.length > 0)
    return problem(422, 'has-problems', 'Some of this file needs a decision before it is imported.', open);
  const moved = await moveFile(use.table, file, 'importing', now);
  if (moved.kind === 'refused') return refusalAnswer(409, moved);
  return started(call, file, 'import');
}

async function started({ use, exercise }: Call, file: LegacyFile, mode: 'read' | 'import'): Promise<HttpAnswer> {
  const { exerciseId } = exercise;
  const current = await readFileItem(use.table, exerciseId, file.fileId);
  // One execution for each time that the file came to this state.
  await use.workflow.start({ mode, exerciseId, fileId: file.fileId, attempt: String(current.version) });
  return { status: 202, headers: { etag: etagOf(current.version) }, body: fileView(current) };
}

export const definition: StaffDefinition<FilesUse> = {
  name: 'manage-legacy-files',
  access: {
    'POST /legacy-exercises/{exerciseId}/files': { roles: WRITERS, of: 'handler' },
    'GET /legacy-exercises/{exerciseId}/files/{fileId}': { roles: READERS, of: 'handler' },
    'PUT /legacy-exercises/{exerciseId}/files/{fileId}/entries': { roles: WRITERS, of: 'handler' },
    'POST /legacy-exercises/{exerciseId}/files/{fileId}/readings': { roles: WRITERS, of: 'handler' },
    'POST /legacy-exercises/{exerciseId}/files/{fileId}/imports': { roles: WRITERS, of: 'handler' },
  },
  open: () => ({
    table: openTable(),
    files: { ...openStatementFiles(), ...openCampaignFiles() },
    workflow: openLegacyWorkflow(),
  }),
  handle: answerFiles,
};
export const handler = staffFunction(definition);
