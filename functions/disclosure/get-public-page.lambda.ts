import { findCampaign } from '../campaigns/campaign.store.ts';
import { publicFields } from '../campaigns/plan-change.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheableHtml } from './cacheable.ts';
import { readPublicFigures } from './public-figures.store.ts';
import { readPublicGifts } from './public-gifts.store.ts';
import { PAGE_SECURITY_POLICY, publicPage } from './public-page.ts';
import { PAGE_LANGUAGES } from './public-page-words.ts';

const GIFTS_SHOWN = 20;

/** The same figures as the JSON, for people. `?lang=en` or `?lang=zh-CN` chooses the language, else it is the campaign's. */
async function answerPublicPage(request: HttpRequest, use: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'] ?? '';
  const campaign = await findCampaign(use.table, campaignId, { stale: true });
  const figures = await readPublicFigures(use.table, campaignId, now);
  if (campaign === undefined || figures === undefined)
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const language = PAGE_LANGUAGES.find((known) => known === request.query['lang']) ?? figures.language;
  const gifts = await readPublicGifts(use.table, campaignId, { limit: GIFTS_SHOWN });
  const page = publicPage(figures, gifts, language, publicFields(campaign.proposal));
  return cacheableHtml(request, page, PAGE_SECURITY_POLICY);
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'get-public-page',
  open: () => ({ table: openTable() }),
  handle: answerPublicPage,
};
export const handler = httpFunction(definition);
