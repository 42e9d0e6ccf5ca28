import { findCampaign } from '../campaigns/campaign.store.ts';
import { refuseUnlessOpen } from '../campaigns/campaign-state.ts';
import { findTeam } from '../campaigns/team.store.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
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
import { readIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { keepIntent } from './donation-intent.store.ts';
import { type DonationIntent, donationRequestSchema, intentOf, requestProblems } from './donation-intent.ts';
import { type FindPayee, findPayee } from './paying.gateway.ts';

export type CreateIntentUse = {
  readonly table: Table;
  /** By which orders are made at a provider as well; left out, none can be. */
  readonly findPayee?: FindPayee;
};

async function answerCreateIntent(request: HttpRequest, use: CreateIntentUse, now: Instant): Promise<HttpAnswer> {
  const idempotency = readIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const body = readJsonBody(request, donationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const closed = refuseUnlessOpen(campaign);
  if (closed !== undefined) return refusalAnswer(409, closed);
  const { teamId } = body.value;
  const team = teamId === undefined ? undefined : await findTeam(use.table, campaign.campaignId, teamId);
  const problems = requestProblems(body.value, campaign, team);
  if (problems.length > 0) return problem(422, 'invalid', 'Some fields are not as they must be.', problems);
  const { pay } = body.value;
  const payee = pay === undefined ? undefined : await use.findPayee?.(pay, campaign.proposal.organisationId);
  if (pay !== undefined && payee === undefined)
    return problem(
      409,
      'pay-not-configured',
      'This campaign makes no such orders at a provider. Leave out the field pay.',
    );
  // An order number is the provider's out_trade_no too: 6 to 32 of letters, digits, `_-|*`; an id of ours has 24.
  const { campaignId } = campaign;
  const orderNo = key === undefined ? freshId('intent') : derivedId('intent', campaignId, key);
  const { intent, contact } = intentOf(body.value, campaign, orderNo, now, payee?.sentTo);
  const outcome = await keepIntent(use.table, intent, contact);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  const payment = await payee?.place(outcome.intent, campaign.proposal.title, now);
  return {
    status: outcome.kind === 'created' ? 201 : 200,
    body: { ...orderView(outcome.intent), ...(payment === undefined ? {} : { payment }) },
  };
}

const orderView = ({ orderNo, campaignId, amountMinor, currency }: DonationIntent) => ({
  orderNo,
  campaignId,
  amountMinor,
  currency,
});

export const definition: HttpDefinition<CreateIntentUse> = {
  name: 'create-donation-intent',
  open: () => ({
    table: openTable(),
    findPayee,
  }),
  handle: answerCreateIntent,
};
export const handler = httpFunction(definition);
