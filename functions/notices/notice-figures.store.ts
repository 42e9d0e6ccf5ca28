import * as z from 'zod';
import { journalPageOf } from '../matching/journal-page.ts';
import { findPool } from '../matching/matching-pool.store.ts';
import {
  journalOfPoolFrom,
  noticeFiguresKey,
  noticeFiguresOf,
  noticeKey,
  noticesOfCampaign,
} from '../platform/keys.ts';
import { everyItem, readMany, type Table } from '../platform/table.ts';
import { concernOf } from './announcement.store.ts';
import { heldOfCampaign } from './held-notice.store.ts';
import { FAILED, type Notice, noticeSchema, THANK_YOU } from './notice.ts';
import type { Announcement } from './notice-message.ts';

/** Notices by what became of them; those that went to nobody by the reason. */
const tallySchema = z.object({
  sent: z.number().int(),
  sending: z.number().int(),
  reasons: z.record(z.string(), z.number().int()),
});
type Tally = z.infer<typeof tallySchema>;

/** What is final up to a place in the journal, so that no look counts it again. */
const countedSchema = tallySchema.extend({
  upTo: z.number().int(),
  due: z.number().int(),
  /** Gifts up to there whose notice was not final: looked at again each time. */
  open: z.array(z.string()),
});
type Counted = z.infer<typeof countedSchema>;

const subjectSchema = z.object({
  type: z.literal('notice-figures'),
  subject: z.string(),
  kind: z.string(),
  counted: countedSchema.nullable(),
  version: z.number().int().optional(),
});

/** The figures of one kind of notice in a campaign. */
export type NoticeFigures = {
  /** `progress#<entry>` for an update, else the kind. */
  readonly subject: string;
  readonly due: number;
  readonly sent: number;
  readonly waiting: number;
  readonly held: number;
  readonly undeliverable: number;
  readonly failed: number;
  readonly uncertain: number;
  /** Of undeliverable and failed ones, by the reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Gifts of the journal that this look did not come to; 0 where the figures are whole. */
  readonly notLookedAt: number;
};

/** Gifts walked in one look: each a hundredth of a batch read of some 15 ms with four at once, so some 4 s. */
const MOST_WALKED = 60_000;
/** Gifts of one step, and of those that are kept open: 5 batch reads, and 30 bytes each in an item of 400 KB at most. */
const GIFTS_PER_STEP = 500;
const MOST_OPEN = 2_000;
const PAGES_PER_STEP = 5;
const MOST_INDEXED = 20_000;

/** Kinds that do not follow from the journal: their notices stand in the index. */
const INDEXED = ['gift-changed', 'receipt-issued'] as const;

/** The figures of all kinds of notices that a campaign has, counted from the notices themselves. */
export async function noticeFiguresOfCampaign(
  table: Table,
  campaignId: string,
): Promise<{ readonly notices: readonly NoticeFigures[]; readonly hasMoreHeld: boolean }> {
  const pool = await findPool(table, campaignId);
  if (pool === undefined) return { notices: [], hasMoreHeld: false };
  const held = await heldOfCampaign(table, campaignId);
  const heldOf = (subject: string): number => {
    const name = subject.split('#')[0];
    const counts = held.counts.filter(({ kind }) => kind === name || kind === `tell-${name}`);
    return counts.reduce((sum, { notices }) => sum + notices, 0);
  };
  const stored = new Map<string, z.infer<typeof subjectSchema>>();
  for await (const item of everyItem(table, noticeFiguresOf(campaignId))) {
    const subject = subjectSchema.parse(item);
    stored.set(subject.subject, subject);
  }
  if (!stored.has(THANK_YOU))
    stored.set(THANK_YOU, { type: 'notice-figures', subject: THANK_YOU, kind: THANK_YOU, counted: null });
  const notices: NoticeFigures[] = [];
  for (const subject of stored.values()) {
    const counted = await countSubject(table, campaignId, subject, pool.sequence);
    notices.push(figuresOf(subject.subject, counted, heldOf(subject.subject)));
  }
  for (const kind of INDEXED) {
    const tally = await tallyOfIndex(table, campaignId, kind);
    if (tally.due > 0 || heldOf(kind) > 0) notices.push(figuresOf(kind, tally, heldOf(kind)));
  }
  return { notices, hasMoreHeld: held.hasMore };
}

type Look = Tally & { readonly due: number; readonly notLookedAt: number };

function figuresOf(subject: string, look: Look, held: number): NoticeFigures {
  const { sent, sending, reasons, due, notLookedAt } = look;
  const of = (isFailed: boolean): number =>
    Object.entries(reasons).reduce((sum, [reason, times]) => sum + (FAILED.has(reason) === isFailed ? times : 0), 0);
  const [failed, undeliverable] = [of(true), of(false)];
  const open = Math.max(0, due - sent - sending - failed - undeliverable);
  const isIndexed = INDEXED.some((kind) => kind === subject);
  return {
    subject,
    due: isIndexed ? due + held : due,
    sent,
    waiting: isIndexed ? 0 : Math.max(0, open - held),
    held,
    undeliverable,
    failed,
    uncertain: sending,
    reasons,
    notLookedAt,
  };
}

const NOTHING: Counted = { upTo: 0, due: 0, sent: 0, sending: 0, reasons: {}, open: [] };

/**
 * Counts one subject: what was final at the last look is taken over, the gifts that were open then and those that came since are looked
 * at. What is final now is kept for the next look, as far as few enough are open.
 */
async function countSubject(
  table: Table,
  campaignId: string,
  { subject, kind, counted, version = 0 }: z.infer<typeof subjectSchema>,
  gifts: number,
): Promise<Look> {
  const concerns = await concernOf(table, campaignId, kind as Announcement['kind']);
  let kept: Counted = await withLook(table, subject, { ...(counted ?? NOTHING), open: [] }, counted?.open ?? []);
  let whole = kept;
  let walked = 0;
  while (walked < MOST_WALKED) {
    const { items } = await table.query(journalOfPoolFrom(campaignId, whole.upTo + 1), { limit: PAGES_PER_STEP });
    const pages = items.map(journalPageOf);
    const last = pages.at(-1);
    if (last === undefined) break;
    const lines = pages.flatMap(({ lines: all }) => all);
    const due = lines.filter(concerns).map(({ giftId }) => giftId);
    const upTo = last.firstSequence + last.lines.length - 1;
    const isKept = whole === kept;
    whole = await withLook(table, subject, { ...whole, upTo, due: whole.due + due.length }, due);
    if (isKept && whole.open.length <= MOST_OPEN) kept = whole;
    walked += lines.length;
  }
  if (kept.upTo > (counted?.upTo ?? 0) || kept.open.length < (counted?.open.length ?? 0))
    await keep(table, campaignId, { subject, kind, version }, kept);
  return { ...addedOpen(whole), notLookedAt: Math.max(0, gifts - whole.upTo) };
}

/** `sending` of what is kept is always 0: such a notice is open, and counted at each look. */
const addedOpen = (look: Counted & { sendingNow?: number }): Tally & { due: number } => ({
  ...look,
  sending: look.sendingNow ?? 0,
});

async function withLook(
  table: Table,
  subject: string,
  before: Counted & { sendingNow?: number },
  giftIds: readonly string[],
): Promise<Counted & { sendingNow: number }> {
  const reasons = { ...before.reasons };
  const open = [...before.open];
  let { sent, sendingNow = 0 } = before;
  for (let start = 0; start < giftIds.length; start += GIFTS_PER_STEP) {
    const step = giftIds.slice(start, start + GIFTS_PER_STEP);
    const found = await readMany(
      table,
      step.map((giftId) => noticeKey(giftId, subject)),
    );
    const notices = new Map(found.map((item) => [item.pk, noticeSchema.parse(item)]));
    for (const giftId of step) {
      const notice = notices.get(noticeKey(giftId, subject).pk);
      if (notice?.state === 'sent') sent += 1;
      else if (notice?.state === 'undeliverable') reasons[reasonOf(notice)] = (reasons[reasonOf(notice)] ?? 0) + 1;
      else {
        open.push(giftId);
        if (notice !== undefined) sendingNow += 1;
      }
    }
  }
  return { ...before, sent, reasons, open, sendingNow };
}

const reasonOf = ({ reason = 'unknown' }: Notice): string => reason;

/** Keeps a look, unless somebody else kept one meanwhile: theirs is as good. */
async function keep(
  table: Table,
  campaignId: string,
  { subject, kind, version }: { subject: string; kind: string; version: number },
  { upTo, due, sent, reasons, open }: Counted,
): Promise<void> {
  const counted: Counted = { upTo, due, sent, sending: 0, reasons, open };
  await table.write({
    put: {
      ...noticeFiguresKey(campaignId, subject),
      ...{ type: 'notice-figures', campaignId, subject, kind, counted, version: version + 1 },
    },
    ...(version === 0 ? {} : { when: { equals: { version } } }),
  });
}

async function tallyOfIndex(table: Table, campaignId: string, kind: (typeof INDEXED)[number]): Promise<Look> {
  const look = { sent: 0, sending: 0, reasons: {} as Record<string, number>, due: 0, notLookedAt: 0 };
  for await (const item of everyItem(table, noticesOfCampaign(campaignId, kind))) {
    const notice = noticeSchema.parse(item);
    look.due += 1;
    if (notice.state === 'undeliverable') look.reasons[reasonOf(notice)] = (look.reasons[reasonOf(notice)] ?? 0) + 1;
    else look[notice.state] += 1;
    if (look.due === MOST_INDEXED) break;
  }
  return look;
}
