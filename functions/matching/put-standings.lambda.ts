import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { standingItemOf, standingProblems, standingsSchema } from './donor-standing.ts';

export type PutStandingsUse = { readonly table: Table; readonly readDonorKey: () => Promise<string> };

/** Gifts that are counted from now on see what is put here; those counted before keep what stood then. */
async function answerPutStandings(request: StaffRequest, use: PutStandingsUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, standingsSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const { standings } = body.value;
  const problems = standingProblems(standings, campaign.proposal.matching);
  if (problems.length > 0) return problem(422, 'invalid', 'The list contradicts itself or the campaign.', problems);
  const { campaignId } = campaign;
  const about = { campaignId, donorKey: await use.readDonorKey(), by: request.actor.id, now };
  const puts = standings.map((listed) => ({ put: standingItemOf(listed, about) }));
  // Unconditional puts fail only by meeting another list at the same moment; the same list again is no harm.
  if ((await use.table.transact(puts)).kind !== 'committed') throw new TransientError('two lists met; send it again');
  return { status: 200, body: { campaignId, stored: standings.length } };
}

export const definition: StaffDefinition<PutStandingsUse> = {
  name: 'put-standings',
  access: {
    'PUT /campaigns/{campaignId}/standings': { roles: ['manager', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerPutStandings,
};
export const handler = staffFunction(definition);
