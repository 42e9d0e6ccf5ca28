import * as z from 'zod';
import { fingerprint } from '../kernel/ids.ts';
import { type Instant, instantSchema, plusSeconds, secondsUntil } from '../kernel/time.ts';
import { heldNoticeIndexKey, heldNoticeKey, heldNoticesOfCampaign, heldNoticesUpTo } from '../platform/keys.ts';
import { everyItem, type Item, type Table } from '../platform/table.ts';
import { type GiftNotice, giftNoticeSchema } from './notice-message.ts';
import { LONGEST_DELAY_SECONDS, type QueueNotices } from './notice-queue.gateway.ts';

/** Why a notice waits. */
export const HELD_REASONS = ['quiet-hours', 'quota-used', 'not-accepted'] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

const heldNoticeSchema = z.object({
  type: z.literal('held-notice'),
  campaignId: z.string(),
  kind: z.string(),
  reason: z.enum(HELD_REASONS),
  until: instantSchema,
  message: giftNoticeSchema,
});

/** What waits is the same notice however often it was put off. */
const noticeIdOf = ({ waiting: _, ...message }: GiftNotice): string => fingerprint([JSON.stringify(message)]);

/**
 * Puts a notice off until a time: in the queue itself where SQS can keep it so long, else as an item that the job
 * `send-held-notices` puts back. The item is written before the message that brought it here is deleted, so that nothing is lost in
 * between; what is then there twice is sent once, by its claim.
 */
export async function putOff(
  use: { readonly table: Table; readonly queueNotices: QueueNotices },
  message: GiftNotice,
  reason: HeldReason,
  until: Instant,
  now: Instant,
): Promise<'queued' | 'held'> {
  const { since = now, times = 0 } = message.waiting ?? {};
  const next: GiftNotice = { ...message, waiting: { since, times: times + 1 } };
  const seconds = Math.max(1, secondsUntil(until, now));
  if (seconds <= LONGEST_DELAY_SECONDS) {
    await use.queueNotices([next], seconds);
    return 'queued';
  }
  const noticeId = noticeIdOf(message);
  const { campaignId, kind } = message;
  const item: Item = {
    ...heldNoticeKey(until, noticeId),
    ...heldNoticeIndexKey(campaignId, noticeId),
    type: 'held-notice',
    campaignId,
    kind,
    reason,
    until,
    message: next,
  };
  await use.table.write({ put: item });
  return 'held';
}

/** Notices that one look puts back: their sending is what is paced. */
const SENT_AT_ONCE = 10;

/**
 * Puts back into the queue what is due before the next look. Each goes in before its item is deleted: a look that ends between
 * the two leaves it in both, and the claim sends it once.
 */
export async function putBack(
  use: { readonly table: Table; readonly queueNotices: QueueNotices },
  now: Instant,
  isTimeUp: () => boolean,
): Promise<{ readonly queued: number; readonly isDone: boolean }> {
  let queued = 0;
  let batch: Item[] = [];
  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    await use.queueNotices(batch.map((item) => heldNoticeSchema.parse(item).message));
    for (const { pk, sk } of batch) await use.table.write({ delete: { pk, sk } });
    queued += batch.length;
    batch = [];
  }
  for await (const item of everyItem(use.table, heldNoticesUpTo(now))) {
    batch.push(item);
    if (batch.length === SENT_AT_ONCE) await flush();
    if (isTimeUp()) {
      await flush();
      return { queued, isDone: false };
    }
  }
  await flush();
  return { queued, isDone: true };
}

/** What of a campaign waits, by kind of notice and reason, and since when the longest; bounded, `more` says that there are others. */
export type HeldCount = { readonly kind: string; readonly reason: HeldReason; readonly notices: number };

const MOST_COUNTED = 50_000;

export async function heldOfCampaign(
  table: Table,
  campaignId: string,
): Promise<{ readonly counts: readonly HeldCount[]; readonly hasMore: boolean }> {
  const counts = new Map<string, HeldCount>();
  let seen = 0;
  for await (const item of everyItem(table, heldNoticesOfCampaign(campaignId))) {
    const { kind, reason } = heldNoticeSchema.parse(item);
    const key = `${kind} ${reason}`;
    counts.set(key, { kind, reason, notices: (counts.get(key)?.notices ?? 0) + 1 });
    seen += 1;
    if (seen === MOST_COUNTED) return { counts: [...counts.values()], hasMore: true };
  }
  return { counts: [...counts.values()], hasMore: false };
}

/** Seconds that a notice waits after it was not accepted: one minute, twice as long each time, a quarter of an hour at most. */
export const retryAfter = (now: Instant, times: number): Instant =>
  plusSeconds(now, Math.min(LONGEST_DELAY_SECONDS, 60 * 2 ** Math.min(times, 4)));
