import type { Campaign } from '../campaigns/campaign.ts';
import type { Instant } from '../kernel/time.ts';
import { findPool } from '../matching/matching-pool.store.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { accountCsv } from './account-csv.ts';
import { cacheable, cacheableFile, cacheableHtml } from './cacheable.ts';
import { listEntries } from './disclosure.store.ts';
import { findPublicCampaign, readDisclosureFigures } from './disclosure-figures.store.ts';
import { disclosurePage } from './disclosure-page.ts';
import { entryView } from './entry-view.ts';
import { GIFTS_PER_FILE, giftsCsv } from './gifts-csv.ts';
import { readFiledGifts } from './public-gifts.store.ts';
import { PAGE_SECURITY_POLICY } from './public-page.ts';
import { PAGE_LANGUAGES, type PageLanguage } from './public-page-words.ts';

type Use = { readonly table: Table };

async function answerDisclosures(request: HttpRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const campaign = await findPublicCampaign(table, request.parameters['campaignId'] ?? '');
  if (campaign === undefined) return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const language = PAGE_LANGUAGES.find((known) => known === request.query['lang']) ?? campaign.proposal.language;
  const ends = (end: string): boolean => request.route.endsWith(end);
  if (ends('/gifts.csv')) return giftsFile(request, table, campaign, language);
  if (ends('/account') || ends('/account.csv')) return account(request, table, campaign, { language, now });
  const entries = await listEntries(table, campaign.campaignId);
  if (ends('/disclosures/page')) {
    const figures = await readDisclosureFigures(table, campaign, now);
    return cacheableHtml(request, disclosurePage({ campaign, entries, figures, language }), PAGE_SECURITY_POLICY);
  }
  const { number } = request.parameters;
  if (number === undefined) {
    const shown = entries.map((entry) => entryView(entry, entries));
    return cacheable(request, { campaignId: campaign.campaignId, entries: shown });
  }
  const entry = entries.find((one) => String(one.number) === number);
  if (entry === undefined) return problem(404, 'unknown-entry', 'This campaign has published no entry of that number.');
  return cacheable(request, entryView(entry, entries));
}

/** The account: gifts up to the last signed day, spending as of today, which is what an entry would publish. */
async function account(
  request: HttpRequest,
  table: Table,
  campaign: Campaign,
  { language, now }: { readonly language: PageLanguage; readonly now: Instant },
): Promise<HttpAnswer> {
  const figures = await readDisclosureFigures(table, campaign, now);
  if (figures === undefined)
    return problem(409, 'nothing-signed-yet', 'No day of this campaign is signed yet. Ask again tomorrow.');
  const { campaignId, proposal } = campaign;
  if (request.route.endsWith('.csv'))
    return cacheableFile(request, {
      content: accountCsv(figures, language),
      contentType: 'text/csv; charset=utf-8',
      name: `${campaignId}-account-${figures.asOf.spendingDay ?? figures.asOf.day}.csv`,
    });
  return cacheable(request, { campaignId, generatedData: proposal.generatedData, ...figures });
}

/** One part of the list of gifts, oldest first: gifts 1 to 2,000 are part 1. Says with `link` whether there is another. */
async function giftsFile(
  request: HttpRequest,
  table: Table,
  { campaignId, proposal }: Campaign,
  language: PageLanguage,
): Promise<HttpAnswer> {
  const asked = request.query['part'] ?? '1';
  if (!/^[1-9]\d{0,5}$/.test(asked)) return problem(400, 'bad-part', '"part" is a whole number from 1 on.');
  const part = Number(asked);
  const from = (part - 1) * GIFTS_PER_FILE + 1;
  const counted = (await findPool(table, campaignId))?.sequence ?? 0;
  if (from > counted && part > 1)
    return problem(404, 'no-such-part', `There are ${counted} gifts, ${GIFTS_PER_FILE} in a part.`);
  const until = Math.min(counted, part * GIFTS_PER_FILE);
  const gifts = counted === 0 ? [] : await readFiledGifts(table, campaignId, { from, until });
  const content = giftsCsv(gifts, {
    language,
    currency: proposal.currency,
    zone: proposal.window.zone,
    unitNames: new Map(proposal.units.map(({ id, name }) => [id, name])),
  });
  const more = until < counted ? { link: `<?part=${part + 1}>; rel="next"` } : {};
  const name = `${campaignId}-gifts-${part}.csv`;
  return cacheableFile(request, { content, contentType: 'text/csv; charset=utf-8', name }, more);
}

export const definition: HttpDefinition<Use> = {
  name: 'read-disclosures',
  open: () => ({ table: openTable() }),
  handle: answerDisclosures,
};
export const handler = httpFunction(definition);
