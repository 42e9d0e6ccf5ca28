import { findCampaign } from '../campaigns/campaign.store.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheable } from './cacheable.ts';
import { isPublic } from './public-figures.ts';
import { readPublicGifts } from './public-gifts.store.ts';

const GIFTS_PER_PAGE = 50;

async function answerPublicGifts(request: HttpRequest, use: { table: Table }): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'] ?? '';
  const before = request.query['before'];
  if (before !== undefined && !/^[1-9]\d{0,11}$/.test(before)) {
    return problem(400, 'bad-cursor', '"before" must be a gift number from an earlier page.');
  }
  const campaign = await findCampaign(use.table, campaignId, { stale: true });
  if (campaign === undefined || !isPublic(campaign))
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const gifts = await readPublicGifts(use.table, campaignId, {
    before: before === undefined ? undefined : Number(before),
    limit: GIFTS_PER_PAGE,
  });
  const last = gifts.at(-1);
  return cacheable(request, {
    campaignId,
    gifts,
    // Gift numbers are the pool's recorded order without gaps, so 1 is the end.
    next: last === undefined || last.no === 1 ? null : `?before=${last.no}`,
    generatedData: campaign.proposal.generatedData,
  });
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'list-public-gifts',
  open: () => ({ table: openTable() }),
  handle: answerPublicGifts,
};
export const handler = httpFunction(definition);
