import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideClaim } from './claim-decision.store.ts';
import { claimDecisionSchema } from './match-claim.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';

export type DecideClaimUse = { readonly table: Table; readonly patience: Patience };

async function answerDecideClaim(request: StaffRequest, use: DecideClaimUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, claimDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '', giftId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor.id;
  const outcome = await decideClaim(use.table, { campaignId, giftId, by }, body.value, now, use.patience);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'unknown-claim' ? 404 : 409, outcome);
  const { ruleId, state, decidedBy, decidedAt, reason, matchMinor } = outcome.claim;
  return { status: 200, body: { campaignId, giftId, ruleId, state, decidedBy, decidedAt, reason, matchMinor } };
}

export const definition: StaffDefinition<DecideClaimUse> = {
  name: 'decide-match-claim',
  access: {
    'POST /campaigns/{campaignId}/match-claims/{giftId}/decisions': { roles: ['finance', 'approver'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerDecideClaim,
};
export const handler = staffFunction(definition);
