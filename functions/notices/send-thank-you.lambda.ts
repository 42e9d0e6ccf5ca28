import type { DonationEntry } from '../donations/donation-entry.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type QueueDefinition, queueFunction } from '../platform/batch.ts';
import { noticeKey } from '../platform/keys.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { addresseeOf, readGiftStory } from './gift-story.store.ts';
import { type GiftStory, lastChange, newsOf, viewOf } from './gift-story.ts';
import { renderGiftChangeMail, renderThankYouMail } from './letter-mail.tsx';
import { type Mail, openMail, type SendMail } from './mail.gateway.ts';
import { type Prepared, sendOnce } from './notice.store.ts';
import { giftChanged, THANK_YOU } from './notice.ts';
import { isAnnouncement, noticeMessageSchema } from './notice-message.ts';

export type SendThankYouUse = { readonly table: Table; readonly sendMail: SendMail };

/** Sends one letter about a gift, in the donor's language; never two that tell the same. */
export async function sendThankYou(message: unknown, use: SendThankYouUse, now: Instant): Promise<void> {
  const notice = noticeMessageSchema.safeParse(message);
  if (!notice.success) throw new PermanentError('not a notice message');
  if (isAnnouncement(notice.data) || (notice.data.kind !== 'thank-you' && notice.data.kind !== 'gift-changed'))
    throw new PermanentError(`nobody writes letters of kind ${notice.data.kind} yet`);
  const { giftId, kind } = notice.data;
  const outcome =
    kind === 'thank-you' ? await thank(giftId, use, now) : await tellChange(giftId, notice.data.number, use, now);
  if (outcome === 'sent') count(kind === 'thank-you' ? METRICS.thankYouSent : METRICS.giftChangeSent);
  if (outcome === 'uncertain') count(METRICS.thankYouUncertain);
  log.info('notice handled', { giftId, kind, outcome });
}

/** The thank-you, with the match and whatever has been settled since the gift was counted. */
async function thank(giftId: string, use: SendThankYouUse, now: Instant): Promise<string> {
  const prepare = async (): Promise<Prepared<Mail>> => {
    const story = await readGiftStory(use.table, giftId);
    // Erased or expired meanwhile: there is nobody to thank any more, and nothing failed.
    const addressee = await addresseeOf(use.table, entryOf(story, giftId));
    if (addressee === undefined) return { undeliverable: 'the donor left no address, or it has been erased' };
    const told = lastChange(story);
    const mail = await renderThankYouMail({ ...addressee.letter, ...viewOf(story, told) });
    return { message: { to: addressee.to, ...mail }, ...tellingUpTo(told, giftId, use) };
  };
  return (await sendOnce(use.table, noticeKey(giftId, THANK_YOU), THANK_YOU, now, prepare, use.sendMail)).kind;
}

/** What changed about a gift, where its donor does not know it yet. */
async function tellChange(giftId: string, number: number, use: SendThankYouUse, now: Instant): Promise<string> {
  const story = await readGiftStory(use.table, giftId);
  const news = newsOf(story, number, now);
  if (news.kind !== 'news') return news.kind;
  const addressee = await addresseeOf(use.table, entryOf(story, giftId));
  if (addressee === undefined) return 'undeliverable';
  const { before, told } = news;
  const prepare = async (): Promise<Prepared<Mail>> => {
    const mail = await renderGiftChangeMail({ ...addressee.letter, before, now: news.now });
    return { message: { to: addressee.to, ...mail }, ...tellingUpTo(told, giftId, use) };
  };
  // Named by what it tells: two messages that would tell the same claim the same notice.
  const kind = giftChanged(told);
  return (await sendOnce(use.table, noticeKey(giftId, kind), kind, now, prepare, use.sendMail)).kind;
}

/** That a letter tells everything up to adjustment number `told`, which is looked at again once it is claimed. */
const tellingUpTo = (told: number, giftId: string, { table }: SendThankYouUse) => ({
  told,
  isStillTrue: async () => lastChange(await readGiftStory(table, giftId)) === told,
});

function entryOf({ account }: GiftStory, giftId: string): DonationEntry {
  if (account.entry === undefined || account.match === undefined)
    throw new PermanentError(`gift ${giftId} is not in the books, so nobody can be written to about it`);
  return account.entry;
}

export const definition: QueueDefinition<SendThankYouUse> = {
  name: 'send-thank-you',
  open: () => ({ table: openTable(), sendMail: openMail() }),
  handle: sendThankYou,
};
export const handler = queueFunction(definition);
