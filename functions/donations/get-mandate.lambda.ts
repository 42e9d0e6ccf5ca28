import { localDateSchema } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  problem,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findMandate, listMandates, mandateEvents } from './mandate.store.ts';
import type { Mandate } from './mandate.ts';
import { giftIdOf } from './payment-event.ts';
import type { RegularGiftEvent } from './regular-gift-event.ts';

const MANDATE_ID = /^mdt_[a-z0-9]{20}$/;

async function answerMandates(request: HttpRequest, { table }: { table: Table }): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'manager', 'finance', 'auditor', 'admin');
  if (forbidden !== undefined) return forbidden;
  const { mandateId } = request.parameters;
  return mandateId === undefined ? answerList(request, table) : answerOne(mandateId, table);
}

async function answerOne(mandateId: string, table: Table): Promise<HttpAnswer> {
  const mandate = MANDATE_ID.test(mandateId) ? await findMandate(table, mandateId) : undefined;
  if (mandate === undefined) return problem(404, 'unknown-mandate', 'There is no such mandate.');
  const { provider, mandateReference } = mandate;
  const events =
    provider === undefined || mandateReference === undefined
      ? []
      : await mandateEvents(table, { provider, mandateReference });
  return { status: 200, body: { ...mandateView(mandate), events: events.map(eventView) } };
}

async function answerList({ query }: HttpRequest, table: Table): Promise<HttpAnswer> {
  const { state, expectedOn, after } = query;
  const day = localDateSchema.safeParse(expectedOn);
  if ((state === undefined) === (expectedOn === undefined) || (state ?? 'cancelling') !== 'cancelling')
    return problem(400, 'bad-question', 'Ask for "expectedOn", a day, or for "state=cancelling".');
  if (state === undefined && !day.success)
    return problem(400, 'bad-question', '"expectedOn" must be a day such as 2026-09-15.');
  if (after !== undefined && !MANDATE_ID.test(after))
    return problem(400, 'bad-cursor', '"after" must be the "next" of the page before.');
  const { mandates, next } = await listMandates(table, day.success ? day.data : 'cancelling', after);
  return { status: 200, body: { mandates: mandates.map(mandateView), next: next ?? null } };
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

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-mandate',
  open: () => ({ table: openTable() }),
  handle: answerMandates,
};
export const handler = httpFunction(definition);
