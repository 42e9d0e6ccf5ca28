import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  readJsonBody,
  refusalAnswer,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { requestClaim } from './match-claim.store.ts';
import { claimRequestSchema } from './match-claim.ts';

/** How the refusals are answered that are no conflict with what stands. */
const STATUSES: Readonly<Record<string, number>> = {
  'unknown-order': 404,
  'no-employer-rule': 422,
  'not-eligible': 422,
};

async function answerClaim(request: HttpRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, claimRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await requestClaim(use.table, request.parameters['campaignId'] ?? '', body.value, now);
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  const { campaignId, orderNo, ruleId, state, requestedAt } = outcome.claim;
  return {
    status: outcome.kind === 'requested' ? 201 : 200,
    body: { campaignId, orderNo, ruleId, state, requestedAt },
  };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'request-match-claim',
  open: () => ({ table: openTable() }),
  handle: answerClaim,
};
export const handler = httpFunction(definition);
