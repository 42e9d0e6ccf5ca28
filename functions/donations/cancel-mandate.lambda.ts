import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cancelMandate } from './mandate.store.ts';

/** What a mandate's id looks like; anything else in an address names none and is not looked up. */
const MANDATE_ID = /^mdt_[a-z0-9]{20}$/;

/** Whoever knows the id may cancel: it stands in the donor's own mail and page only, and to cancel harms nobody. */
async function answerCancel(request: HttpRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const { mandateId = '' } = request.parameters;
  const mandate = MANDATE_ID.test(mandateId) ? await cancelMandate(table, mandateId, now) : undefined;
  if (mandate === undefined) return problem(404, 'unknown-mandate', 'There is no such mandate.');
  return {
    status: 200,
    body: { mandateId: mandate.mandateId, state: mandate.state, cancelledAt: mandate.cancelledAt },
  };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'cancel-mandate',
  open: () => ({ table: openTable() }),
  handle: answerCancel,
};
export const handler = httpFunction(definition);
