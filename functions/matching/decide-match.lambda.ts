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
import { decideMatch } from './match-decision.store.ts';
import { matchDecisionSchema } from './match-decision.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';

export type DecideMatchUse = { readonly table: Table; readonly patience: Patience };

async function answerDecideMatch(request: HttpRequest, use: DecideMatchUse, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'finance', 'approver');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, matchDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '', giftId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor?.id ?? 'unknown';
  const outcome = await decideMatch(use.table, { campaignId, giftId, by }, body.value, now, use.patience);
  if (outcome.kind === 'decided') return { status: 200, body: outcome.view };
  return refusalAnswer(outcome.code === 'unknown-gift' ? 404 : 409, outcome);
}

export const definition: HttpDefinition<DecideMatchUse> = {
  name: 'decide-match',
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerDecideMatch,
};
export const handler = httpFunction(definition);
