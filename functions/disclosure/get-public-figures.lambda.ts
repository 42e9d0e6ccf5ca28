import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheable } from './cacheable.ts';
import { readPublicFigures } from './public-figures.store.ts';

async function answerPublicFigures(request: HttpRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const figures = await readPublicFigures(use.table, request.parameters['campaignId'] ?? '', now);
  if (figures === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  return cacheable(request, figures);
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-public-figures',
  open: () => ({ table: openTable() }),
  handle: answerPublicFigures,
};
export const handler = httpFunction(definition);
