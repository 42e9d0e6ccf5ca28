import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { localDateSchema } from '../kernel/time.ts';
import { type HttpAnswer, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findMandate, listMandates, mandateEvents } from './mandate.store.ts';
import type { Mandate } from './mandate.ts';
import { giftIdOf } from './payment-event.ts';
import type { RegularGiftEvent } from './regular-gift-event.ts';

const MANDATE_ID = /^mdt_[a-z0-9]{20}$/;

async function answerMandates(request: StaffRequest, { table }: { table: Table }): Promise<HttpAnswer> {
  const { campaignId = '', mandateId } = request.parameters;
  return mandateId === undefined ? answerList(request, campaignId, table) : answerOne(campaignId, mandateId, table);
}

async function answerOne(campaignId: string, mandateId: string, table: Table): Promise<HttpAnswer> {
  const mandate = MANDATE_ID.test(mandateId) ? await findMandate(table, mandateId) : undefined;
  if (mandate?.campaignId !== campaignId)
    return problem(404, 'unknown-mandate', 'There is no such mandate in this campaign.');
  const { provider, mandateReference } = mandate;
  const events =
    provider === undefined || mandateReference === undefined
      ? []
      : await mandateEvents(table, { provider, mandateReference });
  return { status: 200, body: { ...mandateView(mandate), events: events.map(eventView) } };
}

async function answerList({ query }: StaffRequest, campaignId: string, table: Table): Promise<HttpAnswer> {
  const { state, expectedOn, after } = query;
  const day = localDateSchema.safeParse(expectedOn);
  if ((state === undefined) === (expectedOn === undefined) || (state ?? 'cancelling') !== 'cancelling')
    return problem(400, 'bad-question', 'Ask for "expectedOn", a day, or for "state=cancelling".');
  if (state === undefined && !day.success)
    return problem(400, 'bad-question', '"expectedOn" must be a day such as 2026-09-15.');
  if (after !== undefined && !MANDATE_ID.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { mandates, next } = await listMandates(table, day.success ? day.data : 'cancelling', after);
  const own = mandates.filter((mandate) => mandate.campaignId === campaignId);
  return { status: 200, body: { mandates: own.map(mandateView), next: next ?? null } };
}

/** A mandate as staff see it. It holds nothing by which a donor could be reached. */
function mandateView({ type: _type, version: _version, ...shown }: Mandate) {
  return shown;
}

/** An event, and the gift that a charge was booked as, where the provider said by which payment. */
function eventView(event: RegularGiftEvent) {
  const { provider, merchantId: _merchantId, mandateReference: _mandateReference, ...shown } = event;
  const paymentId = event.kind === 'charged' ? event.paymentId : undefined;
  return { ...shown, ...(paymentId === undefined ? {} : { giftId: giftIdOf({ provider, paymentId }) }) };
}

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'get-mandate',
  access: {
    'GET /campaigns/{campaignId}/mandates/{mandateId}': {
      roles: ['manager', 'finance', 'auditor', 'admin'],
      of: 'campaign',
    },
    'GET /campaigns/{campaignId}/mandates': { roles: ['manager', 'finance', 'auditor', 'admin'], of: 'campaign' },
  },
  open: () => ({ table: openTable() }),
  handle: answerMandates,
};
export const handler = staffFunction(definition);
