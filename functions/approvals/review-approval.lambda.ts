import type * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { moveCampaign, readCampaign } from '../campaigns/campaign.store.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { findApproval, keepApproval, keepNewApproval } from './approval.store.ts';
import type { Approval } from './approval.ts';
import { approvalIdSchema } from './approval-id.ts';
import { outcomeOf } from './approval-outcome.ts';
import { readBeginning } from './approval-subject.store.ts';
import { asOf, beginApproval } from './deciding.ts';
import { withdrawIfOvertaken } from './overtaken.store.ts';

type Input = z.infer<typeof approvalIdSchema>;

/**
 * Says where an approval stands: begins it where it has not begun, ends it where its time is over or the books have overtaken its draft. Asked again, by the same
 * workflow or one that was started anew, it goes on with what is there.
 */
async function reviewApproval(id: Input, use: { table: Table }, now: Instant): Promise<{ kind: string }> {
  const approval = (await findApproval(use.table, id)) ?? beginApproval(await readBeginning(use.table, id), now);
  const { organisationId } = approval;
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: 'review-approval', now });
  const begun = approval.version === 1 ? await keepNewApproval(table, approval) : approval;
  const standing = await ended(table, begun, now);
  const overtaken = await withdrawIfOvertaken(table, standing, now);
  if (overtaken.kind === 'changed')
    throw new TransientError('somebody decided at the moment at which it was withdrawn');
  if (overtaken.kind === 'withdrawn') return outcomeOf(overtaken.approval);
  if (id.subject === 'campaign') await markWaiting(table, id.campaignId, now);
  return outcomeOf(standing);
}

async function ended(table: Table, approval: Approval, now: Instant): Promise<Approval> {
  const next = asOf(approval, now);
  if (next === approval) return approval;
  const kept = await keepApproval(table, approval, next);
  if (kept === undefined) throw new TransientError('somebody decided at the moment at which the approval expired');
  return kept;
}

/** After the approval was written: who finds the campaign waiting for its decision can decide. */
async function markWaiting(table: Table, campaignId: string, now: Instant): Promise<void> {
  const campaign = await readCampaign(table, campaignId);
  if (campaign.status !== 'submitted') return;
  const moved = await moveCampaign(table, campaign, 'awaiting-approval', { by: 'workflow', now });
  if (moved.kind === 'refused') throw new PermanentError(moved.message);
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'review-approval',
  input: approvalIdSchema,
  open: () => ({ table: openTable() }),
  handle: reviewApproval,
};
export const handler = taskFunction(definition);
