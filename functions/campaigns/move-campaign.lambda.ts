import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { moveCampaign, readCampaign } from './campaign.store.ts';
import { CAMPAIGN_STATUSES, type CampaignStatus } from './campaign-state.ts';

const inputSchema = z.object({ campaignId: z.string(), to: z.enum(CAMPAIGN_STATUSES), reason: z.string().optional() });
type Input = z.infer<typeof inputSchema>;

/** Takes the step that the workflow has come to. Taken twice it is taken once; an illegal one is a PermanentError with its reason. */
async function moveAlong(
  { campaignId, to, reason }: Input,
  use: { table: Table },
  now: Instant,
): Promise<{ kind: string }> {
  const campaign = await readCampaign(use.table, campaignId);
  // A person was faster: the workflow learns of it where it asks next (campaign-calendar.ts).
  if (campaign.status === 'cancelled' && OVERTAKEN.has(to)) return { kind: 'cancelled' };
  const set = { ...setOf(to, reason ?? '', now) };
  const table = auditedTable(use.table, {
    organisationId: campaign.proposal.organisationId,
    by: 'workflow',
    action: `campaign becomes ${to}`,
    now,
  });
  const outcome = await moveCampaign(table, campaign, to, { by: 'workflow', now, reason, set });
  if (outcome.kind === 'refused') throw new PermanentError(outcome.message);
  return outcome;
}

/** Steps that no longer matter once a campaign is cancelled. */
const OVERTAKEN: ReadonlySet<CampaignStatus> = new Set(['filed', 'open', 'paused', 'closed']);

/** What stands on the campaign beside the step. */
function setOf(to: CampaignStatus, reason: string, now: Instant) {
  if (to === 'returned') return { returnReason: reason };
  if (to === 'paused') return { pauseReason: reason };
  // The workflow itself ends only what never opened, and so took nothing that could go back.
  if (to === 'cancelled')
    return { cancellation: { at: now, by: 'workflow', reason, refundPolicy: 'keep-for-purpose' as const } };
  return {};
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'move-campaign',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: moveAlong,
};
export const handler = taskFunction(definition);
