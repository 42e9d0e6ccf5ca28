import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { keepApproval, moveCampaign, readCampaign } from './campaign.store.ts';
import { type Lifecycle, openLifecycle } from './lifecycle.gateway.ts';

const inputSchema = z.object({ campaignId: z.string(), round: z.number().int().min(1), taskToken: z.string().min(1) });
type Input = z.infer<typeof inputSchema>;
export type RequestApprovalUse = { readonly table: Table; readonly lifecycle: Lifecycle };

/**
 * Keeps the workflow's task token until a person decides. When the workflow asks again after the decision was made
 * (its first token was lost), the standing decision answers at once.
 */
async function requestApproval(
  { campaignId, round, taskToken }: Input,
  use: RequestApprovalUse,
  now: Instant,
): Promise<{ kind: string }> {
  const kept = await keepApproval(use.table, {
    type: 'approval',
    campaignId,
    round,
    state: 'waiting',
    taskToken,
    requestedAt: now,
  });
  const campaign = await readCampaign(use.table, campaignId);
  if (campaign.status === 'submitted') {
    const moved = await moveCampaign(use.table, campaign, 'awaiting-approval', { by: 'workflow', now });
    if (moved.kind === 'refused') throw new PermanentError(moved.message);
  }
  if (kept.state === 'waiting') return { kind: 'waiting' };
  await use.lifecycle.answer(taskToken, { kind: kept.state, reason: kept.reason ?? '' });
  return { kind: 'already-decided' };
}

export const definition: TaskDefinition<Input, RequestApprovalUse> = {
  name: 'request-approval',
  input: inputSchema,
  open: () => ({ table: openTable(), lifecycle: openLifecycle() }),
  handle: requestApproval,
};
export const handler = taskFunction(definition);
