import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { approvalIndexKey, approvalKey, approvalsOfCampaign, approvalTaskKey } from '../platform/keys.ts';
import { everyItem, type Item, type Put, type Table } from '../platform/table.ts';
import { type Approval, approvalSchema } from './approval.ts';
import type { ApprovalId } from './approval-id.ts';

const keyOfApproval = ({ campaignId, subject, round }: ApprovalId) => approvalKey(campaignId, subject, round);
const taskKeyOf = ({ campaignId, subject, round }: ApprovalId) => approvalTaskKey(campaignId, subject, round);

export async function findApproval(table: Table, id: ApprovalId): Promise<Approval | undefined> {
  const item = await table.get(keyOfApproval(id));
  return item === undefined ? undefined : approvalSchema.parse(item);
}

/** For workflow tasks, which only ever speak of approvals that have begun. Throws PermanentError otherwise. */
export async function readApproval(table: Table, id: ApprovalId): Promise<Approval> {
  const approval = await findApproval(table, id);
  if (approval === undefined)
    throw new PermanentError(`no approval of ${id.subject} ${id.round} of ${id.campaignId} has begun`);
  return approval;
}

/** Every approval of a campaign: changes first, then proposals, each in their order. */
export async function approvalsOf(table: Table, campaignId: string): Promise<Approval[]> {
  const approvals: Approval[] = [];
  for await (const item of everyItem(table, approvalsOfCampaign(campaignId), 50))
    approvals.push(approvalSchema.parse(item));
  return approvals;
}

/** Writes an approval that begins, once; gives the one that stands. */
export async function keepNewApproval(table: Table, approval: Approval): Promise<Approval> {
  const written = await table.write(putOf(approval, { absent: true }));
  if (written.kind === 'written') return approval;
  return approvalSchema.parse(written.existing);
}

/** Replaces an approval by its next state. `undefined` when somebody else changed it meanwhile: read it again. */
export async function keepApproval(table: Table, before: Approval, next: Approval): Promise<Approval | undefined> {
  const written = await table.write(putOf(next, { equals: { version: before.version } }));
  return written.kind === 'written' ? next : undefined;
}

// Put whole, so that one that has ended leaves the index by having no place in it.
function putOf(approval: Approval, when: Put['when']): Put {
  const rootId = approval.organisationPath[0] ?? approval.organisationId;
  const place = approval.state === 'waiting' ? approvalIndexKey(rootId, approval) : {};
  // What an audit line shows of a decision: a whole approval would be too long for one.
  const lastDecision = approval.steps.flatMap(({ decisions }) => decisions).at(-1);
  const put: Item = { ...keyOfApproval(approval), ...place, ...approval, lastDecision };
  return when === undefined ? { put } : { put, when };
}

/** Keeps the newest task token of an approval's workflow; an older one is worth nothing from then on. */
export async function keepTaskToken(table: Table, id: ApprovalId, taskToken: string, now: Instant): Promise<void> {
  await table.write({ put: { ...taskKeyOf(id), type: 'approval-task', taskToken, keptAt: now } });
}

/** The token on which the approval's workflow waits; `undefined` before it ever did. */
export async function findTaskToken(table: Table, id: ApprovalId): Promise<string | undefined> {
  const token = (await table.get(taskKeyOf(id)))?.['taskToken'];
  return typeof token === 'string' ? token : undefined;
}
