import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import { epochSeconds, type Instant, SECONDS_PER_DAY } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  readJsonBody,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { createIntent } from './donation-intent.store.ts';
import {
  CONTACT_RETENTION_DAYS,
  type DonationIntent,
  type DonationRequest,
  type DonorContact,
  donationRequestSchema,
} from './donation-intent.ts';

const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** Creates the order that a donor is about to pay. With an Idempotency-Key the same call again gives the same order. */
async function answerCreateIntent(request: HttpRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const body = readJsonBody(request, donationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const key = request.headers['idempotency-key'];
  if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
    return problem(
      400,
      'bad-idempotency-key',
      'Idempotency-Key must be 1 to 64 letters, digits, hyphens or underscores.',
    );
  }
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  if (campaign.status !== 'open') return problem(409, 'campaign-not-open', 'This campaign does not take gifts now.');
  const refusal = mismatchOf(body.value, campaign);
  if (refusal !== undefined) return refusal;
  const orderNo = key === undefined ? freshId('intent') : derivedId('intent', campaign.campaignId, key);
  const intent = intentOf(body.value, campaign, orderNo, now);
  const contact = contactOf(body.value, orderNo, now);
  const created = await createIntent(use.table, intent, contact);
  if (created.kind === 'created') return { status: 201, body: orderView(intent) };
  const same = fingerprintOf(created.intent, created.contact) === fingerprintOf(intent, contact);
  if (same) return { status: 200, body: orderView(created.intent) };
  return problem(409, 'idempotency-key-reused', 'This Idempotency-Key belongs to another order. Use a new one.');
}

function mismatchOf({ unitId, currency }: DonationRequest, { proposal }: Campaign): HttpAnswer | undefined {
  if (currency !== proposal.currency) {
    return problem(422, 'invalid', 'The currency is not the campaign’s.', [
      {
        field: 'currency',
        problem: `must be ${proposal.currency}`,
        fix: `send ${proposal.currency} or leave the field out`,
      },
    ]);
  }
  if (unitId === undefined || proposal.units.some((unit) => unit.id === unitId)) return undefined;
  return problem(422, 'invalid', 'The unit is none of this campaign’s.', [
    {
      field: 'unitId',
      problem: 'is not a unit of this campaign',
      fix: 'send one of the units that the public figures list, or none',
    },
  ]);
}

function intentOf(request: DonationRequest, campaign: Campaign, orderNo: string, now: Instant): DonationIntent {
  return {
    type: 'donation-intent',
    orderNo,
    campaignId: campaign.campaignId,
    ...(request.unitId === undefined ? {} : { unitId: request.unitId }),
    amountMinor: request.amountMinor,
    currency: request.currency,
    anonymous: request.anonymous,
    emailGiven: request.email !== undefined,
    language: request.language,
    zone: campaign.proposal.window.zone,
    createdAt: now,
  };
}

function contactOf({ name, message, email }: DonationRequest, orderNo: string, now: Instant): DonorContact | undefined {
  if (name === undefined && message === undefined && email === undefined) return undefined;
  const expiresAt = epochSeconds(now) + CONTACT_RETENTION_DAYS * SECONDS_PER_DAY;
  return {
    type: 'donor-contact',
    orderNo,
    ...(name === undefined ? {} : { name }),
    ...(message === undefined ? {} : { message }),
    ...(email === undefined ? {} : { email }),
    expiresAt,
  };
}

/** What must be the same for two calls to be one: all but the moment. */
function fingerprintOf(intent: DonationIntent, contact: DonorContact | undefined): string {
  const { campaignId, unitId, amountMinor, currency, anonymous, language } = intent;
  return JSON.stringify([
    campaignId,
    unitId,
    amountMinor,
    currency,
    anonymous,
    language,
    contact?.name,
    contact?.message,
    contact?.email,
  ]);
}

const orderView = ({ orderNo, campaignId, amountMinor, currency }: DonationIntent) => ({
  orderNo,
  campaignId,
  amountMinor,
  currency,
});

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'create-donation-intent',
  open: () => ({ table: openTable() }),
  handle: answerCreateIntent,
};
export const handler = httpFunction(definition);
