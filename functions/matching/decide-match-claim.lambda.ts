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
import { decideClaim } from './claim-decision.store.ts';
import { claimDecisionSchema } from './match-claim.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';

export type DecideClaimUse = { readonly table: Table; readonly patience: Patience };

async function answerDecideClaim(request: HttpRequest, use: DecideClaimUse, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'finance', 'approver');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, claimDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '', giftId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor?.id ?? 'unknown';
  const outcome = await decideClaim(use.table, { campaignId, giftId, by }, body.value, now, use.patience);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'unknown-claim' ? 404 : 409, outcome);
  const { ruleId, state, decidedBy, decidedAt, reason, matchMinor } = outcome.claim;
  return { status: 200, body: { campaignId, giftId, ruleId, state, decidedBy, decidedAt, reason, matchMinor } };
}

export const definition: HttpDefinition<DecideClaimUse> = {
  name: 'decide-match-claim',
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerDecideClaim,
};
export const handler = httpFunction(definition);
