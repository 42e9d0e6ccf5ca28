import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refusalAnswer,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';
import { changePools } from './pool-change.store.ts';
import { poolChangeSchema } from './pool-change.ts';

export type ChangePoolsUse = { readonly table: Table; readonly patience: Patience };

async function answerChangePools(request: HttpRequest, use: ChangePoolsUse, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'finance', 'approver', 'admin');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, poolChangeSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor?.id ?? 'unknown';
  const outcome = await changePools(use.table, { campaignId, by }, body.value, now, use.patience);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'impossible-change' ? 422 : 409, outcome);
  const { number, resizes, reason, at } = outcome.adjustment;
  return {
    status: 200,
    body: { campaignId, planVersion: outcome.planVersion, adjustment: number, changes: resizes, reason, by, at },
  };
}

export const definition: HttpDefinition<ChangePoolsUse> = {
  name: 'change-pools',
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerChangePools,
};
export const handler = httpFunction(definition);
