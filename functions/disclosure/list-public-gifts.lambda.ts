import { findCampaign } from '../campaigns/campaign.store.ts';
import { donorContactSchema } from '../donations/donation-intent.ts';
import { type JournalLine, journalPageSchema } from '../matching/match-entry.ts';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction, problem } from '../platform/http.ts';
import { donorContactKey, journalOfPoolUpTo } from '../platform/keys.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { cacheable } from './cacheable.ts';
import { isPublic, publicGift } from './public-figures.ts';

const GIFTS_PER_PAGE = 50;
/** Above any gift number: the first page begins at the newest gift. */
const NEWEST = 999_999_999_999;
/** A journal page holds dozens of gifts at a peak (20 KB) and one at a trickle; four are a page of ours and 80 KB at most. */
const PAGES_PER_READ = 4;

type Numbered = { readonly no: number; readonly line: JournalLine };

async function answerPublicGifts(request: HttpRequest, use: { table: Table }): Promise<HttpAnswer> {
  const campaignId = request.parameters['campaignId'] ?? '';
  const before = request.query['before'];
  if (before !== undefined && !/^[1-9]\d{0,11}$/.test(before))
    return problem(400, 'bad-cursor', '"before" must be a gift number from an earlier page.');
  const campaign = await findCampaign(use.table, campaignId);
  if (campaign === undefined || !isPublic(campaign))
    return problem(404, 'unknown-campaign', 'There is no such campaign.');
  const newest = before === undefined ? NEWEST : Number(before) - 1;
  const found = newest === 0 ? [] : await giftsDownFrom(use.table, campaignId, newest);
  const page = found.slice(0, GIFTS_PER_PAGE);
  const names = await namesOf(use.table, page);
  const last = page.at(-1);
  return cacheable(request, {
    campaignId,
    gifts: page.map(({ no, line }) => publicGift(line, no, names)),
    // Gift numbers are the pool's recorded order without gaps, so 1 is the end.
    next: last === undefined || last.no === 1 ? null : `?before=${last.no}`,
    generatedData: campaign.proposal.generatedData,
  });
}

async function giftsDownFrom(table: Table, campaignId: string, newest: number): Promise<Numbered[]> {
  const found: Numbered[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query(journalOfPoolUpTo(campaignId, newest), {
      descending: true,
      limit: PAGES_PER_READ,
      cursor,
    });
    for (const { firstSequence, lines } of page.items.map((item) => journalPageSchema.parse(item))) {
      const numbered = lines.map((line, index) => ({ no: firstSequence + index, line }));
      found.push(...numbered.reverse().filter(({ no }) => no <= newest));
    }
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < GIFTS_PER_PAGE);
  return found;
}

async function namesOf(table: Table, page: readonly Numbered[]): Promise<Map<string, string>> {
  const named = page.filter(({ line }) => !line.anonymous).map(({ line }) => line.orderNo);
  const contacts = await table.getMany([...new Set(named)].map(donorContactKey));
  return new Map(
    contacts.flatMap((item) => {
      const { orderNo, name } = donorContactSchema.parse(item);
      return name === undefined ? [] : [[orderNo, name] as const];
    }),
  );
}

export const definition: HttpDefinition<{ table: Table }> = {
  name: 'list-public-gifts',
  open: () => ({ table: openTable() }),
  handle: answerPublicGifts,
};
export const handler = httpFunction(definition);
