import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { approvalsOf } from '../approvals/approval.store.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { addAttachment, attachmentsOf, findAttachment, markStored, removeAttachment } from './attachment.store.ts';
import { type Attachment, attachmentRequestSchema, attachmentView, mismatchOf } from './attachment.ts';
import { type AttachmentFiles, openAttachmentFiles } from './attachment-files.gateway.ts';
import { type AnyCampaign, findAnyCampaign, statusOf, workingCopy } from './campaign-draft.store.ts';

export type AttachmentsUse = { readonly table: Table; readonly files: AttachmentFiles };
type Call = {
  readonly request: StaffRequest;
  readonly use: AttachmentsUse;
  readonly campaignId: string;
  readonly any: AnyCampaign;
};

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;
const WRITERS = ['manager', 'finance', 'approver', 'admin'] as const;

async function answerAttachments(request: StaffRequest, use: AttachmentsUse, now: Instant): Promise<HttpAnswer> {
  const { campaignId = '', attachmentId } = request.parameters;
  const any = await findAnyCampaign(use.table, campaignId);
  if (any === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const call = { request, use, campaignId, any };
  if (attachmentId === undefined) return request.method === 'GET' ? list(call) : announce(call, now);
  const attachment = await findAttachment(use.table, campaignId, attachmentId);
  if (attachment === undefined) return problem(404, 'unknown-attachment', 'This campaign has no such attachment.');
  if (request.method === 'GET') return download(call, attachment);
  return request.method === 'DELETE' ? remove(call, attachment) : confirm(call, attachment);
}

async function list({ use, campaignId }: Call): Promise<HttpAnswer> {
  const attachments = (await attachmentsOf(use.table, campaignId)).map(attachmentView);
  return { status: 200, body: { attachments } };
}

async function announce({ request, use, campaignId, any }: Call, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, attachmentRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  if (ENDED.has(statusOf(any)))
    return problem(409, 'campaign-over', `A campaign that is ${statusOf(any)} takes no more files.`);
  const { key } = idempotency;
  const outcome = await addAttachment(use.table, {
    type: 'attachment',
    campaignId,
    attachmentId: key === undefined ? freshId('attachment') : derivedId('attachment', campaignId, key),
    ...body.value,
    state: 'awaiting-upload',
    addedBy: request.actor.id,
    addedAt: now,
  });
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  const { attachment } = outcome;
  // What was confirmed is not uploaded again: an approver may have read it.
  const upload = attachment.state === 'stored' ? null : { method: 'PUT', ...(await use.files.upload(attachment)) };
  return { status: outcome.kind === 'added' ? 201 : 200, body: { ...attachmentView(attachment), upload } };
}

/** One that is archived still spends, and what it spends has papers. */
const ENDED: ReadonlySet<string> = new Set(['withdrawn', 'rejected']);

async function confirm({ use }: Call, attachment: Attachment): Promise<HttpAnswer> {
  if (attachment.state === 'stored') return { status: 200, body: attachmentView(attachment) };
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
  return { status: 200, body: attachmentView(await markStored(use.table, attachment)) };
}

async function download({ use }: Call, attachment: Attachment): Promise<HttpAnswer> {
  if (attachment.state !== 'stored')
    return problem(409, 'not-confirmed', 'This file was not confirmed yet, and may not be what it was said to be.');
  return {
    status: 200,
    body: { ...attachmentView(attachment), downloadUrl: await use.files.downloadAddress(attachment) },
  };
}

async function remove({ use, any }: Call, attachment: Attachment): Promise<HttpAnswer> {
  if (workingCopy(any) === undefined)
    return problem(409, 'not-editable', `A campaign that is ${statusOf(any)} keeps its files: people decided by them.`);
  if (await isDecidedBy(use.table, attachment))
    return problem(
      409,
      'not-editable',
      'These minutes are kept, whatever becomes of the proposal: a meeting decided by them.',
    );
  // The entry last: while it stands, the deletion can be repeated, and no file is left without one.
  await use.files.remove(attachment);
  await removeAttachment(use.table, attachment);
  return { status: 204 };
}

/** Whether a decision of an earlier round names these minutes. */
async function isDecidedBy(table: Table, { campaignId, attachmentId, kind }: Attachment): Promise<boolean> {
  if (kind !== 'minutes') return false;
  const decisions = (await approvalsOf(table, campaignId)).flatMap(({ steps }) =>
    steps.flatMap((step) => step.decisions),
  );
  return decisions.some(({ minutes }) => minutes?.attachmentId === attachmentId);
}

export const definition: StaffDefinition<AttachmentsUse> = {
  name: 'manage-attachments',
  access: {
    'GET /campaigns/{campaignId}/attachments': { roles: READERS, of: 'campaign' },
    'POST /campaigns/{campaignId}/attachments': { roles: WRITERS, of: 'campaign' },
    'GET /campaigns/{campaignId}/attachments/{attachmentId}': { roles: READERS, of: 'campaign' },
    'DELETE /campaigns/{campaignId}/attachments/{attachmentId}': { roles: ['manager', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/attachments/{attachmentId}/confirmations': { roles: WRITERS, of: 'campaign' },
  },
  open: () => ({ table: openTable(), files: openAttachmentFiles() }),
  handle: answerAttachments,
};
export const handler = staffFunction(definition);
