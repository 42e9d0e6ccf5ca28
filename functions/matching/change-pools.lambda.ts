import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';
import { changePools } from './pool-change.store.ts';
import { poolChangeSchema } from './pool-change.ts';

export type ChangePoolsUse = { readonly table: Table; readonly patience: Patience };

async function answerChangePools(request: StaffRequest, use: ChangePoolsUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, poolChangeSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor.id;
  const outcome = await changePools(use.table, { campaignId, by }, body.value, now, use.patience);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'impossible-change' ? 422 : 409, outcome);
  const { number, resizes, reason, at } = outcome.adjustment;
  return {
    status: 200,
    body: { campaignId, planVersion: outcome.planVersion, adjustment: number, changes: resizes, reason, by, at },
  };
}

export const definition: StaffDefinition<ChangePoolsUse> = {
  name: 'change-pools',
  access: {
    'POST /campaigns/{campaignId}/pool-changes': { roles: ['finance', 'approver', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerChangePools,
};
export const handler = staffFunction(definition);
