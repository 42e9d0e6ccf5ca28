import { donorContactSchema } from '../donations/donation-intent.ts';
import { type Adjustment, adjustmentSchema } from '../matching/adjustment.ts';
import { journalPageOf } from '../matching/journal-page.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { matchingPoolSchema } from '../matching/matching-pool.ts';
import { donorContactKey, journalOfPoolUpTo, poolKey, settlementsOfGift } from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { type PublicGift, publicGift } from './public-gift.ts';

/** Above any gift number: the first page begins at the newest gift. */
const NEWEST = 999_999_999_999;
/** A journal page holds dozens of gifts at a peak (20 KB) and one at a trickle; four are a page of ours and 80 KB at most. */
const PAGES_PER_READ = 4;

/** A file of 2,000 is some 25 pages at a peak. */
const PAGES_PER_FILE_READ = 50;
const PAGE_AT_MOST = 100;

type Numbered = { readonly no: number; readonly line: JournalLine };

/** The newest gifts below number `before` (or of all), newest first, at most `limit` (up to 100), with the names of those who agreed. */
export async function readPublicGifts(
  table: Table,
  campaignId: string,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<PublicGift[]> {
  const newest = before === undefined ? NEWEST : before - 1;
  const found = newest < 1 ? [] : await giftsDownFrom(table, campaignId, newest, limit);
  return await shownOf(table, campaignId, found.slice(0, limit));
}

/** The gifts from one number to another, oldest first, as a file lists them. */
export async function readFiledGifts(
  table: Table,
  campaignId: string,
  { from, until }: { readonly from: number; readonly until: number },
): Promise<PublicGift[]> {
  const found = await giftsDownFrom(table, campaignId, until, until - from + 1);
  const page = found.filter(({ no }) => no >= from).reverse();
  return await shownOf(table, campaignId, page);
}

async function shownOf(table: Table, campaignId: string, page: readonly Numbered[]): Promise<PublicGift[]> {
  const [names, settlements] = await Promise.all([namesOf(table, page), settlementsOf(table, campaignId, page)]);
  return page.map(({ no, line }) => publicGift(line, no, names, settlements.get(line.giftId) ?? []));
}

/** So many gifts are asked about at once: the 2,000 of a file are 40 rounds of some 10 ms. */
const ASKED_AT_ONCE = 50;

/**
 * What was settled about the gifts of a page, by gift: a question of half a read unit each, however many refunds the
 * campaign has had. Most campaigns have had none, which the pool says at once.
 */
async function settlementsOf(
  table: Table,
  campaignId: string,
  page: readonly Numbered[],
): Promise<ReadonlyMap<string, readonly Adjustment[]>> {
  const settlements = new Map<string, readonly Adjustment[]>();
  const pool = matchingPoolSchema.optional().parse(await table.get(poolKey(campaignId), { stale: true }));
  if (pool === undefined || pool.adjustments === 0) return settlements;
  for (let start = 0; start < page.length; start += ASKED_AT_ONCE)
    await Promise.all(
      page.slice(start, start + ASKED_AT_ONCE).map(async ({ line: { giftId } }) => {
        const found: Adjustment[] = [];
        for await (const item of everyItem(table, settlementsOfGift(giftId))) found.push(adjustmentSchema.parse(item));
        settlements.set(
          giftId,
          found.sort((a, b) => a.number - b.number),
        );
      }),
    );
  return settlements;
}

async function giftsDownFrom(table: Table, campaignId: string, newest: number, limit: number): Promise<Numbered[]> {
  const found: Numbered[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.query(journalOfPoolUpTo(campaignId, newest), {
      descending: true,
      limit: limit > PAGE_AT_MOST ? PAGES_PER_FILE_READ : PAGES_PER_READ,
      cursor,
    });
    for (const { firstSequence, lines } of page.items.map((item) => journalPageOf(item))) {
      const numbered = lines.map((line, index) => ({ no: firstSequence + index, line }));
      found.push(...numbered.reverse().filter(({ no }) => no <= newest));
    }
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < limit);
  return found;
}

async function namesOf(table: Table, page: readonly Numbered[]): Promise<Map<string, string>> {
  const named = page.filter(({ line }) => !line.anonymous).map(({ line }) => line.orderNo);
  const contacts = await readMany(table, [...new Set(named)].map(donorContactKey));
  return new Map(
    contacts.flatMap((item) => {
      const { orderNo, name } = donorContactSchema.parse(item);
      return name === undefined ? [] : [[orderNo, name] as const];
    }),
  );
}
