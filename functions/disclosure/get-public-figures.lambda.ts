import { budgetShares } from '../campaigns/budget.ts';
import { findCampaign } from '../campaigns/campaign.store.ts';
import { publicFields } from '../campaigns/plan-change.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheable } from './cacheable.ts';
import { readPublicFigures } from './public-figures.store.ts';
import { isPublic } from './public-figures.ts';

async function answerPublicFigures(request: HttpRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'] ?? '';
  if (request.route.endsWith('/plan')) return plan(request, use.table, campaignId);
  const figures = await readPublicFigures(use.table, campaignId, now);
  if (figures === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  return cacheable(request, figures);
}

/** What the law has shown where gifts are asked for (Charity Law art. 25), the account masked. */
async function plan(request: HttpRequest, table: Table, campaignId: string): Promise<HttpAnswer> {
  const campaign = await findCampaign(table, campaignId, { stale: true });
  if (campaign === undefined || !isPublic(campaign))
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const shares = budgetShares(campaign.proposal);
  return cacheable(request, { campaignId, ...publicFields(campaign.proposal), budgetShares: shares });
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-public-figures',
  open: () => ({ table: openTable() }),
  handle: answerPublicFigures,
};
export const handler = httpFunction(definition);
