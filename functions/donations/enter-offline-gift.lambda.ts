import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { findTeam } from '../campaigns/team.store.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import { readDonorKey } from './merchant-secret.gateway.ts';
import { enterOfflineGift, waitingOfflineGifts } from './offline-gift.store.ts';
import { donorNameOf, offlineGiftOf, offlineGiftRequestSchema, offlineIdOf, offlineProblems } from './offline-gift.ts';
import { offlineGiftView } from './offline-gift-view.ts';
import type { IntakeUse } from './payment-intake.store.ts';

/** A place in the list, as `next` gives it: the time of entry and the id. */
const PLACE = /^\d{4}-\d{2}-\d{2}T[0-9:.]{12}Z#off_[a-z0-9]{20}$/;

async function answerOfflineGifts(request: StaffRequest, use: IntakeUse, now: Instant): Promise<HttpAnswer> {
  const isEntry = request.method === 'POST';
  const terms = await findCampaignTerms(use.table, request.parameters['campaignId'] ?? '');
  if (terms === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  return isEntry ? answerEntry(request, terms, use, now) : answerList(request, terms, use);
}

async function answerEntry(
  request: StaffRequest,
  terms: CampaignTerms,
  use: IntakeUse,
  now: Instant,
): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const { key } = idempotency;
  const body = readJsonBody(request, offlineGiftRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (!terms.hasOpened)
    return problem(409, 'campaign-not-open', 'This campaign has not opened yet, so it has no books.');
  const { teamId } = body.value;
  const team = teamId === undefined ? undefined : await findTeam(use.table, terms.campaignId, teamId);
  const problems = offlineProblems(body.value, terms, team, now);
  if (problems.length > 0) return problem(422, 'invalid', 'Some fields are not as they must be.', problems);
  const offlineId = offlineIdOf(terms.campaignId, key);
  const { gift, contact } = offlineGiftOf(body.value, terms, offlineId, request.actor.id, now);
  const outcome = await enterOfflineGift(use, { gift, contact, donorName: donorNameOf(body.value) }, now);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  return { status: outcome.kind === 'entered' ? 201 : 200, body: offlineGiftView(outcome.gift) };
}

async function answerList(request: StaffRequest, { campaignId }: CampaignTerms, use: IntakeUse): Promise<HttpAnswer> {
  const after = request.query['after'];
  if (after !== undefined && !PLACE.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { gifts, next } = await waitingOfflineGifts(use.table, campaignId, after);
  return {
    status: 200,
    body: {
      campaignId,
      waiting: gifts.map(offlineGiftView),
      next: next === undefined ? null : `?after=${encodeURIComponent(next)}`,
    },
  };
}

export const definition: StaffDefinition<IntakeUse> = {
  name: 'enter-offline-gift',
  access: {
    'POST /campaigns/{campaignId}/offline-gifts': { roles: ['finance', 'manager', 'admin'], of: 'campaign' },
    'GET /campaigns/{campaignId}/offline-gifts': {
      roles: ['finance', 'manager', 'approver', 'auditor', 'admin'],
      of: 'campaign',
    },
  },
  open: () => ({ table: openTable(), readDonorKey }),
  handle: answerOfflineGifts,
};
export const handler = staffFunction(definition);
