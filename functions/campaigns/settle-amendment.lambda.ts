import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type Instant, windowBounds } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { findAmendment, settleAmendment } from './amendment.store.ts';
import { readCampaign } from './campaign.store.ts';
import { LONGEST_WAIT_SECONDS, UNFILED_WAIT_SECONDS } from './campaign-calendar.ts';

const inputSchema = z.object({
  campaignId: z.string(),
  number: z.number().int().min(1),
  decision: z.object({ kind: z.enum(['approved', 'returned', 'rejected']), reason: z.string().optional() }),
});
type Input = z.infer<typeof inputSchema>;

/** Carries out what was decided on an amendment; asked again until the authority has it, where it must. */
async function settle(
  { campaignId, number, decision }: Input,
  use: { table: Table },
  now: Instant,
): Promise<{ kind: string; waitSeconds?: number }> {
  const campaign = await readCampaign(use.table, campaignId);
  const amendment = await findAmendment(use.table, campaignId, number);
  if (amendment === undefined) throw new PermanentError(`there is no amendment ${number} of campaign ${campaignId}`);
  const table = auditedTable(use.table, {
    organisationId: campaign.proposal.organisationId,
    by: 'workflow',
    action: `amendment ${number} is settled`,
    now,
  });
  const { kind, reason } = decision;
  const outcome = await settleAmendment(
    table,
    campaign,
    amendment,
    reason === undefined ? { kind } : { kind, reason },
    now,
  );
  if (outcome.kind !== 'awaiting-filing') return outcome;
  // Near the end of the window an answer that is six hours late may be too late.
  const isNear =
    Date.parse(windowBounds(campaign.proposal.window).closesAt) - Date.parse(now) < 2 * LONGEST_WAIT_SECONDS * 1000;
  return { kind: outcome.kind, waitSeconds: isNear ? UNFILED_WAIT_SECONDS : LONGEST_WAIT_SECONDS };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'settle-amendment',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: settle,
};
export const handler = taskFunction(definition);
