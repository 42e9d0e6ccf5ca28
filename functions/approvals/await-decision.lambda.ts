import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { keepTaskToken, readApproval } from './approval.store.ts';
import { approvalIdSchema } from './approval-id.ts';
import { openApprovalTask, type TellApprovalTask } from './approval-task.gateway.ts';
import { stateAt } from './deciding.ts';

const inputSchema = approvalIdSchema.extend({
  /** Of the approval as the workflow saw it last. */
  version: z.number().int().min(1),
  taskToken: z.string().min(1),
});
type Input = z.infer<typeof inputSchema>;
export type AwaitDecisionUse = { readonly table: Table; readonly tellApprovalTask: TellApprovalTask };

/**
 * Keeps the workflow's newest task token, on which it waits until there is something to see. Who decides writes the approval
 * and then reads the token; here the token is written and then the approval read: one of the two sees the other.
 */
async function awaitDecision(
  { version, taskToken, ...id }: Input,
  { table, tellApprovalTask }: AwaitDecisionUse,
  now: Instant,
): Promise<{ kind: string }> {
  await keepTaskToken(table, id, taskToken, now);
  const approval = await readApproval(table, id);
  if (approval.version === version && stateAt(approval, now) === 'waiting') return { kind: 'waiting' };
  await tellApprovalTask(taskToken);
  return { kind: 'already-decided' };
}

export const definition: TaskDefinition<Input, AwaitDecisionUse> = {
  name: 'await-decision',
  input: inputSchema,
  open: () => ({ table: openTable(), tellApprovalTask: openApprovalTask() }),
  handle: awaitDecision,
};
export const handler = taskFunction(definition);
