import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { findCampaignTerms } from '../campaigns/campaign-terms.store.ts';
import { findTeam } from '../campaigns/team.store.ts';
import { refuse } from '../kernel/errors.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { askAgain } from '../reconciliation/bill-check.store.ts';
import { BILL_ZONE, isBilled } from '../reconciliation/reconciliation.ts';
import { findIntent } from './donation-intent.store.ts';
import type { RefundUse } from './refund-request.store.ts';
import { findRefunding } from './refunding.gateway.ts';
import { besideOf, listUnassigned, mayHandle, UNASSIGNED_PLACE } from './unassigned-list.store.ts';
import { decide, type FindTarget, findUnassigned, type MoneyOutcome, propose } from './unassigned-money.store.ts';
import {
  proposalDecisionSchema,
  proposalIdOf,
  proposalRequestSchema,
  refuseTarget,
  type UnassignedMoney,
} from './unassigned-money.ts';
import { unassignedView } from './unassigned-view.ts';

/** What is wrong with a field is 422, who may not is 403; everything else depends on how things stand. */
const STATUSES: Readonly<Record<string, number>> = { invalid: 422, 'own-entry': 403 };

const GIFT_ID = /^gft_[a-z0-9]{20}$/;

async function answerUnassigned(request: StaffRequest, use: RefundUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', giftId } = request.parameters;
  const organisation = await findOrganisation(use.table, organisationId);
  if (organisation === undefined) return problem(404, 'unknown-organisation', 'There is no such organisation.');
  if (giftId === undefined) return answerList(request, use.table, organisation, now);
  const money = GIFT_ID.test(giftId) ? await findUnassigned(use.table, giftId) : undefined;
  if (money === undefined || !(await isTheirs(use.table, organisation, money)))
    return problem(404, 'unknown-gift', 'No money of this id waits for this organisation to assign it.');
  if (request.method === 'GET') return { status: 200, body: await viewOf(use.table, money, now) };
  return request.route.endsWith('/proposals')
    ? answerProposal(request, use, organisation, money, now)
    : answerDecision(request, use, organisation, money, now);
}

async function isTheirs(table: Table, viewer: Organisation, { organisationId }: UnassignedMoney): Promise<boolean> {
  const owner = organisationId === undefined ? undefined : await findOrganisation(table, organisationId);
  return mayHandle(viewer, viewer.path.length === 1, owner);
}

async function answerList(
  request: StaffRequest,
  table: Table,
  organisation: Organisation,
  now: Instant,
): Promise<HttpAnswer> {
  const after = request.query['after'];
  if (after !== undefined && !UNASSIGNED_PLACE.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { money, next } = await listUnassigned(table, organisation, after);
  const beside = await besideOf(table, money);
  return {
    status: 200,
    body: {
      organisationId: organisation.organisationId,
      waiting: money.map((one) => unassignedView(one, beside.get(one.giftId) ?? { refundedMinor: 0 }, now)),
      next: next === undefined ? null : `?after=${encodeURIComponent(next)}`,
    },
  };
}

async function answerProposal(
  request: StaffRequest,
  use: RefundUse,
  organisation: Organisation,
  money: UnassignedMoney,
  now: Instant,
): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, proposalRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const proposalId = proposalIdOf(money.giftId, idempotency.key);
  const deed = { by: request.actor.id, now };
  const outcome = await propose(use, money, body.value, proposalId, targetsOf(use.table, organisation), deed);
  return answerOf(use.table, outcome, 201, now);
}

async function answerDecision(
  request: StaffRequest,
  use: RefundUse,
  organisation: Organisation,
  money: UnassignedMoney,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, proposalDecisionSchema);
  if (body.kind === 'unreadable') return body.answer;
  const deed = { by: request.actor.id, now };
  const outcome = await decide(use, money, body.value, targetsOf(use.table, organisation), deed);
  return answerOf(use.table, outcome, 200, now);
}

async function answerOf(table: Table, outcome: MoneyOutcome, made: number, now: Instant): Promise<HttpAnswer> {
  if (outcome.kind === 'refused') return refusalAnswer(STATUSES[outcome.code] ?? 409, outcome);
  const { money } = outcome;
  // Its day at the provider was compared while it was nobody's; a repeat asks for it again, in case this one stops here.
  if (money.state === 'assigned' && isBilled(money.provider))
    await askAgain(table, localDateOf(money.occurredAt, BILL_ZONE), 'ask');
  const view = await viewOf(table, money, now);
  // What the provider said just now, where nothing of it is kept: it cannot be asked here, or not at this moment.
  const asked = outcome.refund === undefined ? {} : { asked: outcome.refund.kind };
  return { status: outcome.isNew ? made : 200, body: { ...view, ...asked } };
}

async function viewOf(table: Table, money: UnassignedMoney, now: Instant) {
  const beside = await besideOf(table, [money]);
  return unassignedView(money, beside.get(money.giftId) ?? { refundedMinor: 0 }, now);
}

/** Money is assigned within the tree of whoever assigns it: to their own campaigns, and to those below them. */
const targetsOf =
  (table: Table, organisation: Organisation): FindTarget =>
  async (money, request) => {
    const { campaignId, teamId } = request;
    const terms = await findCampaignTerms(table, campaignId);
    const owner = terms === undefined ? undefined : await findOrganisation(table, terms.organisationId);
    if (terms === undefined || owner?.path.includes(organisation.organisationId) !== true)
      return refuse('invalid', 'Some fields are not as they must be.', [
        {
          field: 'campaignId',
          problem: 'is no campaign of this organisation or of one below it',
          fix: 'send the id of one of them; one of another organisation is assigned to by that one, or from above',
        },
      ]);
    const [team, intent] = await Promise.all([
      teamId === undefined ? undefined : findTeam(table, campaignId, teamId),
      findIntent(table, money.orderNo),
    ]);
    const isTeam = teamId === undefined || team?.state === 'approved';
    return refuseTarget(money, request, terms, isTeam) ?? { kind: 'target', terms, intent };
  };

export const definition: StaffDefinition<RefundUse> = {
  name: 'manage-unassigned-money',
  access: {
    'GET /organisations/{organisationId}/unassigned-money': {
      roles: ['finance', 'manager', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'GET /organisations/{organisationId}/unassigned-money/{giftId}': {
      roles: ['finance', 'manager', 'approver', 'auditor', 'admin'],
      of: 'organisation',
    },
    'POST /organisations/{organisationId}/unassigned-money/{giftId}/proposals': {
      roles: ['finance', 'manager', 'admin'],
      of: 'organisation',
    },
    'POST /organisations/{organisationId}/unassigned-money/{giftId}/decisions': {
      roles: ['finance', 'approver'],
      of: 'organisation',
    },
  },
  open: () => ({ table: openTable(), findRefunding }),
  handle: answerUnassigned,
};
export const handler = staffFunction(definition);
