import * as z from 'zod';
import { transitionSchema } from '../campaigns/campaign.ts';
import { disclosureEntrySchema, TOLD_TO_DONORS as TOLD_ENTRIES } from '../disclosure/disclosure-entry.ts';
import { type Adjustment, adjustmentSchema } from '../matching/adjustment.ts';
import { matchEntrySchema } from '../matching/match-entry.ts';
import { type StreamDefinition, type StreamImage, streamFunction } from '../platform/batch.ts';
import { isOfGift } from '../platform/keys.ts';
import { openPoisonQueue, type SetAside, setPoisonAside } from '../platform/poison.gateway.ts';
import { type NoticeMessage, openNoticeQueue, type QueueNotices } from './notice-queue.gateway.ts';

export type QueueThankYousUse = { readonly queueNotices: QueueNotices; readonly setAside: SetAside };
const SOURCE = 'queue-thank-yous';
const newsSchema = z.discriminatedUnion('type', [
  matchEntrySchema,
  adjustmentSchema,
  transitionSchema,
  disclosureEntrySchema,
]);
/** What is worth a mail to a donor, if anything changed for them. Lump sums and pools are no donor's. */
const TOLD_TO_DONORS: ReadonlySet<Adjustment['kind']> = new Set(['refund', 'release', 'void', 'claim']);

/**
 * Queues a thank-you for every counted gift whose donor can be told, a notice for what was settled about a gift since, and the word that
 * an update was published or a campaign is closed. Queued twice is sent once: the sender claims it.
 */
export async function queueThankYous(images: readonly StreamImage[], use: QueueThankYousUse): Promise<undefined> {
  const messages: NoticeMessage[] = [];
  for (const { image } of images) {
    const news = newsSchema.safeParse(image);
    if (!news.success) {
      await setPoisonAside(use.setAside, SOURCE, image, 'nothing that donors are told of');
      continue;
    }
    const message = messageOf(news.data, image);
    if (message !== undefined) messages.push(message);
  }
  if (messages.length > 0) await use.queueNotices(messages);
  return undefined;
}

function messageOf(news: z.infer<typeof newsSchema>, image: unknown): NoticeMessage | undefined {
  const { campaignId } = news;
  switch (news.type) {
    case 'match':
      return news.thankYouDue
        ? { kind: 'thank-you', giftId: news.giftId, orderNo: news.orderNo, campaignId }
        : undefined;
    case 'transition':
      // The report is written: what the campaign came to will not change but by a numbered addendum.
      return news.to === 'reported' ? { kind: 'closeout', campaignId } : undefined;
    case 'disclosure-entry':
      return TOLD_ENTRIES.has(news.kind) ? { kind: 'progress', campaignId, entryId: String(news.number) } : undefined;
    default: {
      const { kind, giftId, number } = news;
      // Of an adjustment the stream shows two copies, under the pool and under the gift; the gift's is the one that is taken.
      const isTold = giftId !== undefined && isGiftsCopy(image) && TOLD_TO_DONORS.has(kind);
      return isTold ? { kind: 'gift-changed', giftId, campaignId, number } : undefined;
    }
  }
}

const isGiftsCopy = (image: unknown): boolean => isOfGift(String((image as { readonly pk?: unknown }).pk));

export const definition: StreamDefinition<QueueThankYousUse> = {
  name: SOURCE,
  open: () => ({ queueNotices: openNoticeQueue(), setAside: openPoisonQueue() }),
  handle: queueThankYous,
};
export const handler = streamFunction(definition);
