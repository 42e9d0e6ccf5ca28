import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/** Who withdrew: in the window that asks (`popup`), in WeChat's own settings, or we learnt it from WeChat's answer. */
export const REFUSED_BY = ['popup', 'settings', 'provider'] as const;
export type RefusedBy = (typeof REFUSED_BY)[number];

/**
 * What a user of WeChat said about messages of one template. Each word is an item of its own, named by its moment, so that a word that
 * is told twice is one, and words that arrive in another order come to the same.
 */
export const wechatConsentSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('wechat-consent'),
    givenAt: instantSchema,
    /** The notice that this consent was used for: one of a one-time template is good for one message. */
    usedFor: z.string().optional(),
    expiresAt: z.number().int(),
  }),
  z.object({
    type: z.literal('wechat-refusal'),
    refusedAt: instantSchema,
    by: z.enum(REFUSED_BY),
    expiresAt: z.number().int(),
  }),
]);
export type WechatWord = z.infer<typeof wechatConsentSchema>;
export type WechatConsent = Extract<WechatWord, { type: 'wechat-consent' }>;

/** Whose consent, to what: openids belong to one account each, and are kept as a keyed hash alone. */
export type Subscription = { readonly subscriberHash: string; readonly appId: string; readonly templateId: string };

/** What stands for a user of an account: unlike a mail address an openid means something else in upper and lower case. */
export const subscriberHashOf = (key: string, appId: string, openid: string): string =>
  createHmac('sha256', key).update(`wechat:${appId}:${openid}`).digest('hex').slice(0, 32);

/**
 * The consents under which a message may go, oldest first. A refusal takes away what was given up to its moment. In the window
 * that asks again, a `no` to a one-time template only gives nothing: what was agreed to before was agreed to.
 */
export function consentsIn(words: readonly WechatWord[], isLasting: boolean): WechatConsent[] {
  let refusedAt = '';
  for (const word of words)
    if (word.type === 'wechat-refusal' && (isLasting || word.by !== 'popup') && word.refusedAt > refusedAt)
      refusedAt = word.refusedAt;
  return words
    .filter((word) => word.type === 'wechat-consent')
    .filter(({ givenAt }) => givenAt > refusedAt)
    .toSorted((a, b) => (a.givenAt < b.givenAt ? -1 : 1));
}

/** The consent for one notice: the one that was taken for it before, else the oldest that is unused; of a lasting one, any. */
export function consentFor(
  words: readonly WechatWord[],
  isLasting: boolean,
  noticeId: string,
): WechatConsent | undefined {
  const consents = consentsIn(words, isLasting);
  if (isLasting) return consents.at(-1);
  return consents.find(({ usedFor }) => usedFor === noticeId) ?? consents.find(({ usedFor }) => usedFor === undefined);
}
