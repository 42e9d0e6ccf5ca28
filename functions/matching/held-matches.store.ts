import { journalOfPoolFrom, journalOfPoolUpTo } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type GiftAccount, standingOf } from './gift-account.ts';
import { journalPageOf } from './journal-page.ts';
import type { JournalLine } from './match-entry.ts';
import { readGiftAccount } from './settlement.store.ts';

/** Journal pages looked through in one call: at most 22 KB each, so that 40 are one of DynamoDB's answers of 1 MB. */
const PAGES_PER_CALL = 40;
/** Held matches given in one call; each is looked up under its gift. */
const MOST_HELD = 50;
/** Gifts looked up at once: enough to hide the round trips, few enough for one connection pool. */
const READS_AT_ONCE = 10;

export type HeldMatch = { readonly no: number; readonly line: JournalLine; readonly account: GiftAccount };
/** `next`: the gift number to go on after; `undefined` at the journal's end. A page may be empty and not the last. */
export type HeldPage = { readonly held: readonly HeldMatch[]; readonly next: number | undefined };

/** The gifts after number `after` whose match is held and not decided, in recorded order, a bounded stretch of the journal at a time. */
export async function readHeldMatches(table: Table, campaignId: string, after: number): Promise<HeldPage> {
  const { lines, more } = await stretchAfter(table, campaignId, after);
  const suspects: { readonly no: number; readonly line: JournalLine }[] = [];
  let next = more ? lines.at(-1)?.no : undefined;
  for (const [position, { no, line }] of lines.entries()) {
    if (line.held !== undefined) suspects.push({ no, line });
    if (suspects.length < MOST_HELD) continue;
    if (more || position + 1 < lines.length) next = no;
    break;
  }
  const held: HeldMatch[] = [];
  for (let start = 0; start < suspects.length; start += READS_AT_ONCE) {
    const accounts = suspects.slice(start, start + READS_AT_ONCE).map(async ({ no, line }) => {
      const account = await readGiftAccount(table, line.giftId);
      return { no, line, account };
    });
    held.push(...(await Promise.all(accounts)).filter(({ account }) => isHeld(account)));
  }
  return { held, next };
}

const isHeld = ({ match, settlements }: GiftAccount): boolean =>
  match !== undefined && standingOf(match, settlements).isHeld;

/** The next stretch of the journal with its gift numbers, and whether there is more behind it. */
async function stretchAfter(table: Table, campaignId: string, after: number) {
  // The page that holds the next gift may begin before it.
  const [holding] = (await table.query(journalOfPoolUpTo(campaignId, after + 1), { descending: true, limit: 1 })).items;
  const first = holding === undefined ? 1 : journalPageOf(holding).firstSequence;
  const page = await table.query(journalOfPoolFrom(campaignId, first), { limit: PAGES_PER_CALL });
  const lines = page.items
    .map((item) => journalPageOf(item))
    .flatMap(({ firstSequence, lines }) => lines.map((line, index) => ({ no: firstSequence + index, line })))
    .filter(({ no }) => no > after);
  return { lines, more: page.cursor !== undefined };
}
