import type { Instant } from '../kernel/time.ts';
import {
  type HttpAnswer,
  type HttpDefinition,
  type HttpRequest,
  httpFunction,
  readJsonBody,
  refusalAnswer,
  refuseUnless,
} from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { createOrganisation } from './organisation.store.ts';
import { organisationRequestSchema } from './organisation.ts';

async function answerCreateOrganisation(
  request: HttpRequest,
  use: { table: Table },
  now: Instant,
): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'admin');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, organisationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await createOrganisation(use.table, body.value, now);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'id-taken' ? 409 : 422, outcome);
  return { status: outcome.kind === 'created' ? 201 : 200, body: outcome.organisation };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'create-organisation',
  open: () => ({ table: openTable() }),
  handle: answerCreateOrganisation,
};
export const handler = httpFunction(definition);
