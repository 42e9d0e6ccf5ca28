import { donationEntrySchema } from '../donations/donation-entry.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type Adjustment, adjustmentSchema } from '../matching/adjustment.ts';
import { type JournalPage, journalPageOf } from '../matching/journal-page.ts';
import { type JournalLine, matchEntrySchema } from '../matching/match-entry.ts';
import {
  adjustmentsOfPoolFrom,
  donationEntryKey,
  journalOfPoolFrom,
  matchEntryKey,
  offlineGiftKey,
} from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import type { Channel } from './day-statement.ts';

/** Journal pages of one reading: 50 of some 90 gifts are 4,500 entries beside them, 45 batch reads. */
const PAGES_AT_ONCE = 50;

/** One gift of a day, with the way by which its money came; goods come by none. */
export type CountedGift = {
  readonly no: number;
  readonly line: JournalLine;
  readonly channel: Channel | undefined;
};

/**
 * The gifts that were counted after number `after` and before `end`, in their order, in portions. Whole pages of the journal: one
 * transaction counted a page's gifts at one moment. The first page of a later moment ends the day, even where one
 * of an earlier moment stands behind it, as it may when two batches ran at midnight: the order of the books decides.
 */
export async function* giftsCounted(
  table: Table,
  campaignId: string,
  { after, end }: { readonly after: number; readonly end: Instant },
): AsyncGenerator<readonly CountedGift[]> {
  let cursor: string | undefined;
  do {
    const answer = await table.query(journalOfPoolFrom(campaignId, after + 1), { limit: PAGES_AT_ONCE, cursor });
    const pages = answer.items.map(journalPageOf);
    const moments = await momentsOf(table, pages);
    const over = pages.findIndex(({ firstSequence }) => (moments.get(firstSequence) ?? '') >= end);
    const counted = over === -1 ? pages : pages.slice(0, over);
    if (counted.length > 0) yield await withChannels(table, counted);
    if (over !== -1) return;
    cursor = answer.cursor;
  } while (cursor !== undefined);
}

/** When each page was counted, by its first gift's number. */
async function momentsOf(table: Table, pages: readonly JournalPage[]): Promise<ReadonlyMap<number, Instant>> {
  const firsts = pages.flatMap(({ lines }) => lines[0]?.giftId ?? []);
  const items = await readMany(table, firsts.map(matchEntryKey));
  return new Map(items.map((item) => matchEntrySchema.parse(item)).map((entry) => [entry.sequence, entry.allocatedAt]));
}

async function withChannels(table: Table, pages: readonly JournalPage[]): Promise<CountedGift[]> {
  const gifts = pages.flatMap(({ firstSequence, lines }) =>
    lines.map((line, position) => ({ no: firstSequence + position, line })),
  );
  const items = await readMany(
    table,
    gifts.filter(({ line }) => line.inKind !== true).map(({ line }) => donationEntryKey(line.giftId)),
  );
  const entries = items.map((item) => donationEntrySchema.parse(item));
  const byHand = entries
    .filter(({ provider }) => provider === 'offline')
    .map(({ paymentId }) => offlineGiftKey(paymentId));
  const kinds = new Map(
    (await readMany(table, byHand)).map((item) => [String(item['offlineId']), String(item['kind'])]),
  );
  const channels = new Map(
    entries.map(({ giftId, provider, paymentId }) => [giftId, channelOf(provider, kinds.get(paymentId))]),
  );
  return gifts.map(({ no, line }) => {
    const channel = channels.get(line.giftId);
    if (channel === undefined && line.inKind !== true)
      throw new PermanentError(`gift ${no} is counted and has no entry: it came by no way`);
    return { no, line, channel };
  });
}

const BY_HAND: Readonly<Record<string, Channel>> = { cash: 'cash', transfer: 'transfer', directed: 'directed' };

/** By which way a gift came. A gift by hand whose bank number was found on a statement is one of the statement's rows. */
function channelOf(provider: string, kind: string | undefined): Channel {
  if (provider === 'offline') return BY_HAND[kind ?? ''] ?? 'transfer';
  if (provider === 'standard-webhook') return 'other-platform';
  return provider as Channel;
}

/** A change of the day, with the gift that it is about. */
export type CountedChange = {
  readonly adjustment: Adjustment;
  readonly gift: { readonly no: number; readonly inKind: boolean } | undefined;
};

/** The changes after number `after` that were made before `end`, in their order. Few: a refund in a hundred gifts at most. */
export async function changesMade(
  table: Table,
  campaignId: string,
  { after, end }: { readonly after: number; readonly end: Instant },
): Promise<CountedChange[]> {
  const adjustments: Adjustment[] = [];
  for await (const item of everyItem(table, adjustmentsOfPoolFrom(campaignId, after + 1))) {
    const adjustment = adjustmentSchema.parse(item);
    if (adjustment.at >= end) break;
    adjustments.push(adjustment);
  }
  const giftIds = [...new Set(adjustments.flatMap(({ giftId }) => giftId ?? []))];
  const items = await readMany(table, giftIds.map(matchEntryKey));
  const gifts = new Map(
    items
      .map((item) => matchEntrySchema.parse(item))
      .map(({ giftId, sequence, inKind }) => [giftId, { no: sequence, inKind: inKind === true }]),
  );
  return adjustments.map((adjustment) => ({ adjustment, gift: gifts.get(adjustment.giftId ?? '') }));
}
