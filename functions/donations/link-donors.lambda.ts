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
import { decideDonorLink } from './donor-link.store.ts';
import { donorLinkRequestSchema } from './donor-link.ts';

async function answerLink(request: HttpRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const forbidden = refuseUnless(request, 'finance', 'admin');
  if (forbidden !== undefined) return forbidden;
  const body = readJsonBody(request, donorLinkRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const outcome = await decideDonorLink(table, body.value, request.actor?.id ?? 'unknown', now);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'unknown-gift' ? 404 : 409, outcome);
  const { aliasId, donorId, state, evidence, by, at } = outcome.link;
  return { status: 200, body: { aliasId, donorId, state, evidence, by, at } };
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'link-donors',
  open: () => ({ table: openTable() }),
  handle: answerLink,
};
export const handler = httpFunction(definition);
