import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { moveCampaign, readCampaign } from './campaign.store.ts';
import { CAMPAIGN_STATUSES } from './campaign-state.ts';

const inputSchema = z.object({ campaignId: z.string(), to: z.enum(CAMPAIGN_STATUSES), reason: z.string().optional() });
type Input = z.infer<typeof inputSchema>;

/** Takes the step that the workflow has come to. Taken twice it is taken once; an illegal one is a PermanentError with its reason. */
async function moveAlong(
  { campaignId, to, reason }: Input,
  use: { table: Table },
  now: Instant,
): Promise<{ kind: string }> {
  const campaign = await readCampaign(use.table, campaignId);
  const set = to === 'returned' ? { returnReason: reason ?? '' } : {};
  const outcome = await moveCampaign(use.table, campaign, to, { by: 'workflow', now, reason, set });
  if (outcome.kind === 'refused') throw new PermanentError(outcome.message);
  return outcome;
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'move-campaign',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: moveAlong,
};
export const handler = taskFunction(definition);
