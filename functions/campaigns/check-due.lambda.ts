import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readCampaign } from './campaign.store.ts';
import { PHASES, type PhaseOutcome, phaseOf } from './campaign-calendar.ts';

const inputSchema = z.object({ campaignId: z.string(), phase: z.enum(PHASES) });
type Input = z.infer<typeof inputSchema>;

/** Asks the campaign, as it is now, whether a phase is due: its calendar, its filing, and whether it was cancelled. */
async function checkDue({ campaignId, phase }: Input, use: { table: Table }, now: Instant): Promise<PhaseOutcome> {
  return phaseOf(phase, await readCampaign(use.table, campaignId), now);
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'check-due',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: checkDue,
};
export const handler = taskFunction(definition);
