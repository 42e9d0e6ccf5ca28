import { findCampaign } from '../campaigns/campaign.store.ts';
import { readTotals } from '../ledger/totals.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { poolKey } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheable } from './cacheable.ts';
import { isPublic, publicFigures } from './public-figures.ts';

async function answerPublicFigures(request: HttpRequest, use: { table: Table }): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'] ?? '';
  const campaign = await findCampaign(use.table, campaignId);
  if (campaign === undefined || !isPublic(campaign))
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const [totals, pool] = await Promise.all([
    readTotals(use.table, campaignId),
    use.table.get(poolKey(campaignId), { stale: true }),
  ]);
  return cacheable(request, publicFigures(campaign, totals, matchingPoolSchema.optional().parse(pool)));
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-public-figures',
  open: () => ({ table: openTable() }),
  handle: answerPublicFigures,
};
export const handler = httpFunction(definition);
