import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { decideMatch } from './match-decision.store.ts';
import { matchDecisionSchema } from './match-decision.ts';
import { findPool } from './matching-pool.store.ts';
import { type Patience, realPatience } from './patience.ts';

export type DecideMatchUse = { readonly table: Table; readonly patience: Patience };

async function answerDecideMatch(request: StaffRequest, use: DecideMatchUse, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, matchDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { campaignId = '', giftId = '' } = request.parameters;
  if ((await findPool(use.table, campaignId)) === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign, or it has not opened yet.');
  const by = request.actor.id;
  const outcome = await decideMatch(use.table, { campaignId, giftId, by }, body.value, now, use.patience);
  if (outcome.kind === 'decided') return { status: 200, body: outcome.view };
  return refusalAnswer(outcome.code === 'unknown-gift' ? 404 : 409, outcome);
}

export const definition: StaffDefinition<DecideMatchUse> = {
  name: 'decide-match',
  access: {
    'POST /campaigns/{campaignId}/gifts/{giftId}/match-decisions': { roles: ['finance', 'approver'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), patience: realPatience }),
  handle: answerDecideMatch,
};
export const handler = staffFunction(definition);
