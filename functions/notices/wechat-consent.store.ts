import { epochSeconds, type Instant, SECONDS_PER_DAY } from '../kernel/time.ts';
import { wechatConsentKey, wechatRefusalKey, wechatWordsOf } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import {
  consentFor,
  type RefusedBy,
  type Subscription,
  type WechatConsent,
  type WechatWord,
  wechatConsentSchema,
} from './wechat-consent.ts';

/** As long as a donor's contact is kept: later there is nobody left to write to. */
const KEPT_SECONDS = 2 * 365 * SECONDS_PER_DAY;
/** The latest words about one template: more consents than anybody gives before one message reaches them. */
const MOST_WORDS = 200;

/** Notes that a user agreed to a message of a template; the same word again changes nothing. */
export async function recordConsent(table: Table, about: Subscription, givenAt: Instant): Promise<void> {
  await table.write({
    put: {
      ...wechatConsentKey(about, givenAt),
      type: 'wechat-consent',
      givenAt,
      expiresAt: epochSeconds(givenAt) + KEPT_SECONDS,
    },
    when: { absent: true },
  });
}

/** Notes that a user wants none: whatever they agreed to up to this moment is withdrawn. */
export async function recordRefusal(
  table: Table,
  about: Subscription,
  refusedAt: Instant,
  by: RefusedBy,
): Promise<void> {
  await table.write({
    put: {
      ...wechatRefusalKey(about, refusedAt, by),
      type: 'wechat-refusal',
      refusedAt,
      by,
      expiresAt: epochSeconds(refusedAt) + KEPT_SECONDS,
    },
    when: { absent: true },
  });
}

async function wordsOf(table: Table, about: Subscription): Promise<WechatWord[]> {
  const { items } = await table.query(wechatWordsOf(about), { limit: MOST_WORDS, descending: true });
  return items.map((item) => wechatConsentSchema.parse(item));
}

/** Whether a message could go to this user now, for this notice. */
export async function hasConsent(
  table: Table,
  about: Subscription,
  isLasting: boolean,
  noticeId: string,
): Promise<boolean> {
  return consentFor(await wordsOf(table, about), isLasting, noticeId) !== undefined;
}

/** Another notice of this user takes a consent at the same moment seldom, and each that loses sees one less. */
const ATTEMPTS = 10;

/**
 * Takes the consent for a notice; `undefined` where none is left. Asked again for the same notice it gives the same one, so that a
 * message that is tried again uses up nothing more.
 */
export async function takeConsent(
  table: Table,
  about: Subscription,
  isLasting: boolean,
  noticeId: string,
): Promise<WechatConsent | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const consent = consentFor(await wordsOf(table, about), isLasting, noticeId);
    if (consent === undefined || isLasting || consent.usedFor === noticeId) return consent;
    const outcome = await table.write({
      update: wechatConsentKey(about, consent.givenAt),
      set: { usedFor: noticeId },
      when: { equals: { type: 'wechat-consent', usedFor: null } },
    });
    if (outcome.kind === 'written') return { ...consent, usedFor: noticeId };
  }
  return undefined;
}

/** Gives a consent back that was taken for a notice which WeChat did not take and never will. */
export async function giveBackConsent(
  table: Table,
  about: Subscription,
  { givenAt, usedFor, ...consent }: WechatConsent,
): Promise<void> {
  if (usedFor === undefined) return;
  await table.write({
    put: { ...wechatConsentKey(about, givenAt), ...consent, givenAt },
    when: { equals: { usedFor } },
  });
}
