import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import { type RefundUse, readInstructions, requestRefunds } from './refund-request.store.ts';
import { refundRequestsSchema } from './refund-request.ts';
import { findRefunding } from './refunding.gateway.ts';

async function answerRefunds(request: StaffRequest, use: RefundUse, now: Instant): Promise<HttpAnswer> {
  const campaign = await findCampaign(use.table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const refused = refuseUnlessRefunding(campaign);
  if (refused !== undefined) return refused;
  return request.method === 'POST' ? answerRequests(request, campaign, use, now) : answerList(request, campaign, use);
}

/** Gifts go back on our own motion only where a campaign was cancelled with that policy. */
function refuseUnlessRefunding({ cancellation }: Campaign): HttpAnswer | undefined {
  if (cancellation?.refundPolicy === 'refund-all') return undefined;
  return problem(
    409,
    'nothing-to-refund',
    cancellation == null
      ? 'Gifts are given back in full where a campaign was cancelled; this one was not.'
      : 'This campaign was cancelled with its gifts kept for their purpose.',
  );
}

async function answerRequests(
  request: StaffRequest,
  { campaignId }: Campaign,
  use: RefundUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, refundRequestsSchema);
  if (body.kind === 'unreadable') return body.answer;
  const refunds = await requestRefunds(use, campaignId, body.value.giftIds, request.actor.id, now);
  return { status: 200, body: { campaignId, refunds } };
}

const PLACE = /^[1-9]\d{0,11}$/;

async function answerList(request: StaffRequest, { campaignId }: Campaign, use: RefundUse): Promise<HttpAnswer> {
  const { after = '1' } = request.query;
  if (!PLACE.test(after)) return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { instructions, next } = await readInstructions(use, campaignId, Number(after));
  return { status: 200, body: { campaignId, instructions, next: next === undefined ? null : `?after=${next}` } };
}

export const definition: StaffDefinition<RefundUse> = {
  name: 'request-refunds',
  access: {
    'GET /campaigns/{campaignId}/refund-instructions': { roles: ['finance', 'auditor', 'admin'], of: 'campaign' },
    'POST /campaigns/{campaignId}/refund-requests': { roles: ['finance'], of: 'campaign' },
  },
  open: () => ({ table: openTable(), findRefunding }),
  handle: answerRefunds,
};
export const handler = staffFunction(definition);
