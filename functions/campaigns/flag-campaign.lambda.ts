import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { flagCampaign } from './campaign.store.ts';
import { organisationOfCampaign } from './campaign-organisation.store.ts';

/** Longest reason kept with a campaign; the execution's history holds the rest. */
const LONGEST_REASON = 1000;

const inputSchema = z.object({
  campaignId: z.string(),
  phase: z.string(),
  /** Step Functions' own description of what was caught. */
  failure: z.object({ Error: z.string(), Cause: z.string().optional() }),
});
type Input = z.infer<typeof inputSchema>;

/** Says on the campaign itself that its workflow stopped and why, and raises the alarm's metric. */
async function flagForAttention(
  { campaignId, phase, failure }: Input,
  use: { table: Table },
  now: Instant,
): Promise<{ kind: string }> {
  const reason = `${failure.Error}: ${failure.Cause ?? ''}`.slice(0, LONGEST_REASON);
  log.error('campaign needs attention', { campaignId, phase, error: failure.Error });
  count(METRICS.campaignNeedsAttention);
  // The one field is all that it asks for: a campaign that cannot be read whole is flagged like any other.
  const organisationId = await organisationOfCampaign(use.table, campaignId);
  const table = auditedTable(use.table, { organisationId, by: 'workflow', action: `campaign stops in ${phase}`, now });
  await flagCampaign(table, campaignId, { phase, reason, at: now });
  return { kind: 'flagged' };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'flag-campaign',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: flagForAttention,
};
export const handler = taskFunction(definition);
