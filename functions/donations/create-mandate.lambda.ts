import { findCampaign } from '../campaigns/campaign.store.ts';
import { refuseUnlessOpen } from '../campaigns/campaign-state.ts';
import { findTeam } from '../campaigns/team.store.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
  refusalAnswer,
} from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { keepIntent } from './donation-intent.store.ts';
import { intentOf, requestProblems } from './donation-intent.ts';
import { agreeMandate, mandateIdOfOrder } from './mandate.store.ts';
import { mandateOf, mandateRequestSchema } from './mandate-request.ts';

/** Who knows a mandate's id may cancel it, and the id follows from this key: so the key must be as hard to guess as an id. */
const FEWEST_KEY_CHARACTERS = 20;

async function answerCreateMandate(
  request: HttpRequest,
  { table }: { table: Table },
  now: Instant,
): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request, FEWEST_KEY_CHARACTERS);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const body = readJsonBody(request, mandateRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const closed = refuseUnlessOpen(campaign);
  if (closed !== undefined) return refusalAnswer(409, closed);
  const { teamId } = body.value;
  const team = teamId === undefined ? undefined : await findTeam(table, campaign.campaignId, teamId);
  const problems = requestProblems(body.value, campaign, team);
  if (problems.length > 0) return problem(422, 'invalid', 'Some fields are not as they must be.', problems);
  const { dayOfMonth, ...gift } = body.value;
  const orderNo = derivedId('intent', 'mandate', campaign.campaignId, key);
  const { intent, contact } = intentOf(gift, campaign, orderNo, now);
  const outcome = await keepIntent(table, { ...intent, regular: true }, contact);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  // By the order as it was first made, so that a repeat on a later day says the same dates.
  const agreed = mandateOf(outcome.intent, dayOfMonth, mandateIdOfOrder(orderNo));
  const mandate = await agreeMandate(table, agreed.mandate);
  if (mandate.dayOfMonth !== dayOfMonth)
    return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another mandate. Use a new one.');
  const { mandateId, campaignId, amountMinor, currency, state, firstOn } = mandate;
  return {
    status: outcome.kind === 'created' ? 201 : 200,
    body: {
      mandateId,
      orderNo,
      campaignId,
      amountMinor,
      currency,
      dayOfMonth,
      state,
      firstOn,
      secondOn: agreed.secondOn,
    },
  };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'create-mandate',
  open: () => ({ table: openTable() }),
  handle: answerCreateMandate,
};
export const handler = httpFunction(definition);
