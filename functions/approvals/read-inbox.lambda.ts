import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { type Instant, plusSeconds, SECONDS_PER_HOUR } from '../kernel/time.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { escalatesAt } from './confirmation.ts';
import { currentStepOf } from './deciding.ts';
import { isEscalated } from './entitlement.ts';
import { inboxOf, type Place, type Waiting, type WaitingConfirmation } from './inbox.store.ts';

/** A root of a tree and, behind it, a position in the index of approvals that wait: time, campaign, subject, round. */
const APPROVAL_PLACE = /^([a-z][a-z0-9-]{1,39})~(2[0-9TZ:.-]{10,30}#[a-z0-9_]{1,64}#[a-z]{1,20}#[0-9]{1,9})?$/;
/** The same of what waits for a second person: time, campaign, request. */
const CONFIRMATION_PLACE =
  /^([a-z][a-z0-9-]{1,39})~confirmations~(2[0-9TZ:.-]{10,30}#[a-z0-9_]{1,64}#[a-z0-9_]{1,64})?$/;

async function answerInbox(request: StaffRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const asked = request.query['after'];
  const after = asked === undefined ? undefined : placeOf(asked);
  if (asked !== undefined && after === undefined)
    return problem(400, 'bad-cursor', '"after" must be as "next" of the page before.');
  const stranger = await request.standing.refuseStranger();
  if (stranger !== undefined) return stranger;
  const { waiting, confirmations, next } = await inboxOf(table, request.actor, after, now);
  return {
    status: 200,
    body: {
      waiting: waiting.map((one) => waitingView(one, now)),
      confirmations: confirmations.map((one) => confirmationView(one, now)),
      next: next === undefined ? null : `?after=${encodeURIComponent(placeText(next))}`,
    },
  };
}

const placeText = ({ rootId, stretch, position }: Place): string =>
  stretch === 'approvals' ? `${rootId}~${position}` : `${rootId}~confirmations~${position}`;

function placeOf(text: string): Place | undefined {
  const [, approvals, approval = ''] = APPROVAL_PLACE.exec(text) ?? [];
  if (approvals !== undefined) return { rootId: approvals, stretch: 'approvals', position: approval };
  const [, rootId, position = ''] = CONFIRMATION_PLACE.exec(text) ?? [];
  return rootId === undefined ? undefined : { rootId, stretch: 'confirmations', position };
}

function confirmationView({ confirmation, forSelf, onBehalfOf }: WaitingConfirmation, now: Instant) {
  const { subject, campaignId, requestId, kind, title, organisationId, amountMinor, quantity, currency } = confirmation;
  const at = escalatesAt(confirmation);
  return {
    subject,
    campaignId,
    requestId,
    kind,
    title,
    organisationId,
    amountMinor: amountMinor ?? null,
    quantity: quantity ?? null,
    currency,
    enteredBy: confirmation.enteredBy,
    waitingSince: confirmation.enteredAt,
    isEscalated: now >= at,
    escalatesAt: at,
    forSelf,
    onBehalfOf,
  };
}

function waitingView({ approval, forSelf, onBehalfOf }: Waiting, now: Instant) {
  const { campaignId, subject, round, title, organisationId, amountMinor, currency, decideBy, steps } = approval;
  const position = currentStepOf(approval) ?? 0;
  const step = steps[position];
  const { begunAt, escalateAfterHours } = step ?? {};
  return {
    campaignId,
    subject,
    round,
    title,
    organisationId,
    amountMinor,
    currency,
    step: {
      number: position + 1,
      of: steps.length,
      name: step?.name ?? '',
      quorum: step?.quorum ?? 1,
      approvals: step?.decisions.length ?? 0,
      collective: step?.collective ?? false,
    },
    waitingSince: begunAt ?? approval.begunAt,
    isEscalated: step !== undefined && isEscalated(step, now),
    escalatesAt:
      begunAt === undefined || escalateAfterHours === undefined
        ? null
        : plusSeconds(begunAt, escalateAfterHours * SECONDS_PER_HOUR),
    decideBy,
    forSelf,
    onBehalfOf,
  };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'read-inbox',
  access: { 'GET /me/inbox': { roles: ROLES, of: 'handler' } },
  open: () => ({ table: openTable() }),
  handle: answerInbox,
};
export const handler = staffFunction(definition);
