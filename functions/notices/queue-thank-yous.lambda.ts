import { matchEntrySchema } from '../matching/match-entry.ts';
import { type StreamDefinition, type StreamImage, streamFunction } from '../platform/batch.ts';
import { openPoisonQueue, type SetAside, setPoisonAside } from '../platform/poison.gateway.ts';
import { type NoticeMessage, openNoticeQueue, type QueueNotices } from './notice-queue.gateway.ts';

export type QueueThankYousUse = { readonly queueNotices: QueueNotices; readonly setAside: SetAside };
const SOURCE = 'queue-thank-yous';

/** Queues a thank-you for every counted gift that left an address. Queued twice is sent once: the sender claims it. */
export async function queueThankYous(images: readonly StreamImage[], use: QueueThankYousUse): Promise<undefined> {
  const messages: NoticeMessage[] = [];
  for (const { image } of images) {
    const match = matchEntrySchema.safeParse(image);
    if (!match.success) {
      await setPoisonAside(use.setAside, SOURCE, image, 'not a match entry');
    } else if (match.data.thankYouDue) {
      const { giftId, orderNo, campaignId } = match.data;
      messages.push({ kind: 'thank-you', giftId, orderNo, campaignId });
    }
  }
  if (messages.length > 0) await use.queueNotices(messages);
  return undefined;
}

export const definition: StreamDefinition<QueueThankYousUse> = {
  name: SOURCE,
  open: () => ({ queueNotices: openNoticeQueue(), setAside: openPoisonQueue() }),
  handle: queueThankYous,
};
export const handler = streamFunction(definition);
