import { reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import type { Table } from '../platform/table.ts';
import type { Way } from './channel.ts';
import { NotAccepted } from './notice.store.ts';
import { giveBackConsent, hasConsent, recordRefusal, takeConsent } from './wechat-consent.store.ts';
import { type Subscription, subscriberHashOf } from './wechat-consent.ts';
import { NotSubscribed, type SendWechat, type WechatMessage } from './wechat-message.gateway.ts';
import { needsConsent } from './wechat-service.ts';

export type ByWechat = Extract<Way, { channel: 'wechat' }>;
type ConsentUse = { readonly table: Table; readonly readDonorKey: () => Promise<string> };

const subscriptionOf = async ({ appId, templateId, address }: ByWechat, use: ConsentUse): Promise<Subscription> => ({
  subscriberHash: subscriberHashOf(await use.readDonorKey(), appId, address),
  appId,
  templateId,
});

/** Whether the donor has agreed to the message that would be sent by this way, where its service wants that. */
export async function isAgreedTo(way: Way, use: ConsentUse, noticeId: string): Promise<boolean> {
  if (way.channel !== 'wechat' || !needsConsent(way.sentAs)) return true;
  return hasConsent(use.table, await subscriptionOf(way, use), way.isLasting, noticeId);
}

/**
 * Sends under one consent. It is taken before the message is handed over and named by the notice: a message that is tried again goes
 * under the same, and one that may have been sent has used it up. Only what certainly was not taken and never will be gives it back.
 */
export async function sendUnderConsent(
  message: WechatMessage,
  way: ByWechat,
  noticeId: string,
  use: ConsentUse & { readonly sendWechat: SendWechat },
  now: Instant,
): Promise<{ readonly messageId: string }> {
  const subscription = await subscriptionOf(way, use);
  const consent = await takeConsent(use.table, subscription, way.isLasting, noticeId);
  if (consent === undefined) throw new NotAccepted('the donor has agreed to no further message', { forGood: true });
  try {
    return await use.sendWechat(message);
  } catch (error) {
    // What is noted of a consent must not make a certain no into a perhaps: that letter would go by no other channel.
    const noted = (writing: Promise<unknown>) =>
      writing.catch((reason: unknown) => log.warn('a consent could not be noted', { reason: reasonOf(reason) }));
    // WeChat's clock names consents, ours the refusal: what was under this consent is withdrawn whatever the two say.
    const refusedAt = consent.givenAt > now ? consent.givenAt : now;
    if (error instanceof NotSubscribed) await noted(recordRefusal(use.table, subscription, refusedAt, 'provider'));
    else if (error instanceof NotAccepted && error.forGood)
      await noted(giveBackConsent(use.table, subscription, consent));
    throw error;
  }
}
