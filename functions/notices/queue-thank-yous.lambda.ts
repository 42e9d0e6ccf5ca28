import * as z from 'zod';
import { disclosureEntrySchema, TOLD_TO_DONORS as TOLD_ENTRIES } from '../disclosure/disclosure-entry.ts';
import { type Adjustment, adjustmentSchema } from '../matching/adjustment.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import { type StreamDefinition, type StreamImage, streamFunction } from '../platform/batch.ts';
import { isOfGift } from '../platform/keys.ts';
import { openPoisonQueue, type SetAside, setPoisonAside } from '../platform/poison.gateway.ts';
import { type NoticeMessage, openNoticeQueue, type QueueNotices } from './notice-queue.gateway.ts';

export type QueueThankYousUse = { readonly queueNotices: QueueNotices; readonly setAside: SetAside };
const SOURCE = 'queue-thank-yous';
const newsSchema = z.discriminatedUnion('type', [matchEntrySchema, adjustmentSchema, disclosureEntrySchema]);

/** What is worth a mail to a donor, if anything changed for them. Lump sums and pools are no donor's. */
const TOLD_TO_DONORS: ReadonlySet<Adjustment['kind']> = new Set(['refund', 'release', 'void', 'claim']);

/**
 * Queues a thank-you for every counted gift that left an address, a notice for what was settled about a gift since, and for
 * what was published an announcement to all donors.
 * Queued twice is sent once: the sender claims it. Of an adjustment the stream shows two copies, under the pool and under
 * the gift; the gift's is the one that is taken.
 */
export async function queueThankYous(images: readonly StreamImage[], use: QueueThankYousUse): Promise<undefined> {
  const messages: NoticeMessage[] = [];
  for (const { image } of images) {
    const news = newsSchema.safeParse(image);
    if (!news.success) {
      await setPoisonAside(use.setAside, SOURCE, image, 'neither a match entry nor an adjustment nor an entry');
    } else if (news.data.type === 'match') {
      const { giftId, orderNo, campaignId, thankYouDue } = news.data;
      if (thankYouDue) messages.push({ kind: 'thank-you', giftId, orderNo, campaignId });
    } else if (news.data.type === 'disclosure-entry') {
      const { kind, campaignId, number } = news.data;
      if (TOLD_ENTRIES.has(kind)) messages.push({ kind: 'progress', campaignId, entryId: String(number) });
    } else {
      const { kind, giftId, campaignId, number } = news.data;
      if (giftId !== undefined && isGiftsCopy(image) && TOLD_TO_DONORS.has(kind))
        messages.push({ kind: 'gift-changed', giftId, campaignId, number });
    }
  }
  if (messages.length > 0) await use.queueNotices(messages);
  return undefined;
}

const isGiftsCopy = (image: unknown): boolean => isOfGift(String((image as { readonly pk?: unknown }).pk));

export const definition: StreamDefinition<QueueThankYousUse> = {
  name: SOURCE,
  open: () => ({ queueNotices: openNoticeQueue(), setAside: openPoisonQueue() }),
  handle: queueThankYous,
};
export const handler = streamFunction(definition);
