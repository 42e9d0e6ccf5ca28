import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type Attachment, mismatchOf } from '../campaigns/attachment.ts';
import { type AttachmentFiles, openAttachmentFiles } from '../campaigns/attachment-files.gateway.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { changeProject, findExercise, findProject } from './exercise.store.ts';
import type { LegacyProject, Paper } from './legacy-project.ts';
import { lossConfirmationSchema, lossRequestSchema, paperRequestSchema } from './paper-request.ts';
import { withPaper } from './papers.ts';

export type PapersUse = { readonly table: Table; readonly files: AttachmentFiles };
type Call = {
  readonly request: StaffRequest;
  readonly use: PapersUse;
  readonly project: LegacyProject;
  readonly paper: Paper;
  readonly now: Instant;
};

/**
 * One paper of a project's file: uploaded and checked, fetched, or said to be lost by one person and by a second. Whoever it was
 * given to may bring it, wherever in the tree they are a member.
 */
async function answerPapers(request: StaffRequest, use: PapersUse, now: Instant): Promise<HttpAnswer> {
  const { exerciseId = '', projectId = '', paper: kind } = request.parameters;
  const exercise = await findExercise(use.table, exerciseId);
  const project = exercise === undefined ? undefined : await findProject(use.table, exerciseId, projectId);
  const paper = project?.papers.find((one) => one.kind === kind);
  const isAssignee = paper?.assignee === request.actor.id && BROUGHT_BY_ASSIGNEES.has(request.route);
  if (exercise !== undefined && isAssignee) request.standing.admit(exercise.organisationId);
  else {
    const refused = await request.standing.refuse(exercise?.organisationId);
    if (refused !== undefined) return refused;
  }
  if (exercise === undefined) return FORBIDDEN;
  if (project === undefined || paper === undefined)
    return problem(404, 'unknown-paper', 'This project needs no such paper.');
  if (request.method !== 'GET' && exercise.state !== 'open')
    return problem(409, 'not-open', `This exercise is ${exercise.state}: nothing of it changes now.`);
  const call = { request, use, project, paper, now };
  return (ANSWERS[request.route] ?? fetchPaper)(call);
}

const OF_PAPER = '/legacy-exercises/{exerciseId}/projects/{projectId}/papers/{paper}';
const ANSWERS: Readonly<Record<string, (call: Call) => Promise<HttpAnswer>>> = {
  [`GET ${OF_PAPER}`]: fetchPaper,
  [`POST ${OF_PAPER}/uploads`]: announce,
  [`POST ${OF_PAPER}/confirmations`]: confirm,
  [`POST ${OF_PAPER}/losses`]: sayLost,
  [`POST ${OF_PAPER}/loss-confirmations`]: confirmLoss,
};
const BROUGHT_BY_ASSIGNEES: ReadonlySet<string> = new Set([
  `GET ${OF_PAPER}`,
  `POST ${OF_PAPER}/uploads`,
  `POST ${OF_PAPER}/confirmations`,
  `POST ${OF_PAPER}/losses`,
]);

async function announce({ request, use, project, paper, now }: Call): Promise<HttpAnswer> {
  const body = readJsonBody(request, paperRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (paper.state === 'stored')
    return problem(409, 'already-stored', 'This paper is there, and people may have decided by it.');
  const file = {
    // The same file is announced once, whoever repeats the call: its address follows from its bytes.
    attachmentId: derivedId('attachment', project.projectId, paper.kind, body.value.sha256),
    ...body.value,
    addedBy: request.actor.id,
    addedAt: now,
  };
  const { loss: _, ...rest } = paper;
  const saved = await save(project, { ...rest, state: 'announced', file }, use.table, now);
  if (saved !== undefined) return saved;
  const upload = await use.files.upload(attachmentOf(project, { ...paper, file }));
  return { status: 201, body: { paper: { ...rest, state: 'announced', file }, upload: { method: 'PUT', ...upload } } };
}

async function confirm({ use, project, paper, now }: Call): Promise<HttpAnswer> {
  if (paper.state === 'stored') return { status: 200, body: { paper } };
  if (paper.file === undefined) return problem(409, 'not-announced', 'Announce the file first, then upload it.');
  const attachment = attachmentOf(project, paper);
  const found = await use.files.look(attachment);
  if (found === undefined)
    return problem(409, 'not-uploaded', 'Nothing was uploaded yet. PUT the file to its address, then confirm again.');
  const mismatch = mismatchOf(attachment, found);
  if (mismatch !== undefined)
    return problem(
      422,
      'another-file',
      `The uploaded file ${mismatch}. Upload the one that was announced, or announce this one.`,
    );
  return (
    (await save(project, { ...paper, state: 'stored' }, use.table, now)) ?? {
      status: 200,
      body: { paper: { ...paper, state: 'stored' } },
    }
  );
}

async function fetchPaper({ use, project, paper }: Call): Promise<HttpAnswer> {
  const downloadUrl =
    paper.state === 'stored' && paper.file !== undefined
      ? await use.files.downloadAddress(attachmentOf(project, paper))
      : null;
  return { status: 200, body: { paper, downloadUrl } };
}

async function sayLost({ request, use, project, paper, now }: Call): Promise<HttpAnswer> {
  const body = readJsonBody(request, lossRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (paper.state === 'stored') return problem(409, 'already-stored', 'This paper is there.');
  if (paper.state === 'said-lost' || paper.state === 'lost') return { status: 200, body: { paper } };
  const lost: Paper = {
    ...paper,
    state: 'said-lost',
    loss: { reason: body.value.reason, by: request.actor.id, at: now },
  };
  return (await save(project, lost, use.table, now)) ?? { status: 201, body: { paper: lost } };
}

/** A second person says so too, or that it is to be looked for all the same. */
async function confirmLoss({ request, use, project, paper, now }: Call): Promise<HttpAnswer> {
  const body = readJsonBody(request, lossConfirmationSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { loss } = paper;
  if (paper.state === 'lost' && body.value.isLost) return { status: 200, body: { paper } };
  if (paper.state !== 'said-lost' || loss === undefined)
    return problem(409, 'not-said-lost', 'Nobody has said that this paper is lost.');
  if (loss.by === request.actor.id)
    return problem(409, 'same-person', 'You said that it is lost; somebody else has to say so too.');
  const { loss: _, ...rest } = paper;
  const next: Paper = body.value.isLost
    ? { ...paper, state: 'lost', loss: { ...loss, secondBy: request.actor.id, secondAt: now } }
    : { ...rest, state: 'missing' };
  return (await save(project, next, use.table, now)) ?? { status: 200, body: { paper: next } };
}

/** `undefined` once it is written. */
async function save(project: LegacyProject, paper: Paper, table: Table, now: Instant): Promise<HttpAnswer | undefined> {
  const outcome = await changeProject(table, withPaper(project, paper), now);
  return outcome.kind === 'changed'
    ? undefined
    : problem(409, 'changed-meanwhile', 'This project changed meanwhile. Look at it again, then repeat.');
}

/** A paper as the files of campaigns are kept: under attachments/, never public, checked by hash. */
function attachmentOf({ exerciseId }: LegacyProject, { file }: Paper): Attachment {
  if (file === undefined) throw new Error('a paper without a file has no attachment');
  return { ...file, type: 'attachment', campaignId: exerciseId, kind: 'other', state: 'awaiting-upload' } as Attachment;
}

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;
const WRITERS = ['manager', 'finance', 'admin'] as const;

export const definition: StaffDefinition<PapersUse> = {
  name: 'manage-legacy-papers',
  access: {
    [`GET ${OF_PAPER}`]: { roles: READERS, of: 'handler' },
    [`POST ${OF_PAPER}/uploads`]: { roles: WRITERS, of: 'handler' },
    [`POST ${OF_PAPER}/confirmations`]: { roles: WRITERS, of: 'handler' },
    [`POST ${OF_PAPER}/losses`]: { roles: WRITERS, of: 'handler' },
    [`POST ${OF_PAPER}/loss-confirmations`]: { roles: ['finance', 'approver', 'admin'], of: 'handler' },
  },
  open: () => ({ table: openTable(), files: openAttachmentFiles() }),
  handle: answerPapers,
};
export const handler = staffFunction(definition);
