import * as z from 'zod';
import type { Instant } from '../kernel/time.ts';
import { localTimeText, windowBounds } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { readCampaign } from './campaign.store.ts';
import { proposalProblems } from './campaign-proposal.ts';

const inputSchema = z.object({ campaignId: z.string() });
type Input = z.infer<typeof inputSchema>;
type Outcome = { readonly kind: 'passed' } | { readonly kind: 'failed'; readonly reason: string };

/** What only the moment of submission can tell: the window lies ahead, the organisation is there, the plan still adds up. */
async function checkProposal({ campaignId }: Input, use: { table: Table }, now: Instant): Promise<Outcome> {
  const { proposal } = await readCampaign(use.table, campaignId);
  const reasons = proposalProblems(proposal).map((problem) => `${problem.field} ${problem.problem}`);
  const { opensAt } = windowBounds(proposal.window);
  if (opensAt <= now)
    reasons.push(`window.firstDay has begun already (it is ${localTimeText(now, proposal.window.zone)} there)`);
  if ((await findOrganisation(use.table, proposal.organisationId)) === undefined)
    reasons.push('organisationId names no organisation');
  return reasons.length === 0 ? { kind: 'passed' } : { kind: 'failed', reason: reasons.join('; ') };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'check-proposal',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: checkProposal,
};
export const handler = taskFunction(definition);
