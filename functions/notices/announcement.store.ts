import { journalPageOf } from '../matching/journal-page.ts';
import type { JournalLine } from '../matching/match-entry.ts';
import { adjustmentsOf, findPool } from '../matching/matching-pool.store.ts';
import { journalOfPoolFrom, journalOfPoolUpTo, noticeFiguresKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { CLOSEOUT, MATCH_CONFIRMED, progressOf } from './notice.ts';
import type { Announcement, GiftNotice } from './notice-message.ts';
import type { QueueNotices } from './notice-queue.gateway.ts';

/** Pages of the journal that one message walks: of 91 gifts each some 900 notices, which the queue takes in about 5 s. */
const PAGES_AT_ONCE = 10;

/** The name under which an announcement's notices are claimed and counted. */
export function subjectOf(announcement: Announcement): string {
  if (announcement.kind === 'match-confirmed') return MATCH_CONFIRMED;
  return announcement.kind === 'closeout' ? CLOSEOUT : progressOf(announcement.entryId);
}

/**
 * Which gifts an announcement concerns, by their lines in the journal: all whose donors can be told, and of a match only those that have
 * one, from the beginning or by a claim for an employer's match.
 */
export async function concernOf(
  table: Table,
  campaignId: string,
  kind: Announcement['kind'],
): Promise<(line: JournalLine) => boolean> {
  if (kind !== 'match-confirmed') return ({ thankYouDue }) => thankYouDue;
  const pool = await findPool(table, campaignId);
  const takesClaims = pool?.plan.rules.some((rule) => rule.kind === 'employer') === true;
  const adjustments = takesClaims ? await adjustmentsOf(table, campaignId) : [];
  const claimed = new Set(adjustments.flatMap((one) => (one.kind === 'claim' ? (one.giftId ?? []) : [])));
  return ({ thankYouDue, matchMinor, giftId }) => thankYouDue && (matchMinor > 0 || claimed.has(giftId));
}

function noticeOf(announcement: Announcement, giftId: string): GiftNotice {
  const { campaignId } = announcement;
  if (announcement.kind === 'progress')
    return { kind: 'tell-progress', giftId, campaignId, entryId: announcement.entryId };
  return { kind: announcement.kind === 'closeout' ? 'tell-closeout' : 'tell-match-confirmed', giftId, campaignId };
}

/**
 * Queues a notice for each gift of a part of the journal, and then the announcement itself with the place where it goes on: however many
 * gifts there are, no message takes long, and one that is repeated queues notices again that are claimed once. Gives how many it queued.
 */
export async function announce(
  use: { readonly table: Table; readonly queueNotices: QueueNotices },
  announcement: Announcement,
): Promise<number> {
  const { campaignId, from = 1 } = announcement;
  if (from === 1) await noteSubject(use.table, announcement);
  const first = await pageWith(use.table, campaignId, from);
  const { items } = await use.table.query(journalOfPoolFrom(campaignId, first), { limit: PAGES_AT_ONCE });
  const pages = items.map(journalPageOf);
  const lines = pages.flatMap(({ lines: all, firstSequence }) =>
    all.filter((_, position) => firstSequence + position >= from),
  );
  const concerns = await concernOf(use.table, campaignId, announcement.kind);
  const notices = lines.filter(concerns).map(({ giftId }) => noticeOf(announcement, giftId));
  if (notices.length > 0) await use.queueNotices(notices);
  const last = pages.at(-1);
  const next = last === undefined ? from : last.firstSequence + last.lines.length;
  // A full answer may be followed by more; the walk ends with the first part that brings it no further. It does hold a page, the last
  // one, in which the walk was already.
  if (next > from) await use.queueNotices([{ ...announcement, from: next }], SECONDS_BETWEEN_PARTS);
  return notices.length;
}

/** Senders take up a part's notices before the next part comes: the queue does not fill with one campaign's. */
const SECONDS_BETWEEN_PARTS = 5;

/** The number under which the page stands that holds gift number `sequence`; the number itself where there is none yet. */
async function pageWith(table: Table, campaignId: string, sequence: number): Promise<number> {
  const { items } = await table.query(journalOfPoolUpTo(campaignId, sequence), { limit: 1, descending: true });
  const [page] = items.map(journalPageOf);
  return page?.firstSequence ?? sequence;
}

/** Remembers that there is such an announcement, so that its notices are counted. */
async function noteSubject(table: Table, announcement: Announcement): Promise<void> {
  const { campaignId, kind } = announcement;
  const subject = subjectOf(announcement);
  await table.write({
    put: { ...noticeFiguresKey(campaignId, subject), type: 'notice-figures', campaignId, subject, kind, counted: null },
    when: { absent: true },
  });
}
