import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import type { PlacedDuty } from './calendar.ts';
import { DUTY_KINDS } from './duty-kind.ts';
import type { CalendarDay } from './icalendar.ts';

/** An address under which a person's calendar program reads the duties of an organisation. */
export const calendarFeedSchema = z.object({
  type: z.literal('calendar-feed'),
  feedId: z.string(),
  organisationId: z.string(),
  personId: z.string(),
  /** SHA-256 of the secret in the address: who reads the table cannot read the feed. */
  secretHash: z.string().length(64),
  language: z.enum(['zh-CN', 'en']),
  createdAt: instantSchema,
  revokedAt: instantSchema.optional(),
});
export type CalendarFeed = z.infer<typeof calendarFeedSchema>;

export const feedRequestSchema = z.strictObject({ language: z.enum(['zh-CN', 'en']).default('zh-CN') });

/** 24 bytes in base64url; nobody guesses one of 2^192. */
const FEED_SECRET_BYTES = 24;
const TOKEN = /^(fed_[a-z0-9]{20})\.([A-Za-z0-9_-]{32})\.ics$/;

/** The last part of a feed's address, which is all that a reader has to know. */
export const feedFile = (feedId: string, secret: string): string => `${feedId}.${secret}.ics`;

/** What an address names; `undefined` for one that no feed has. */
export function readFeedFile(file: string): { readonly feedId: string; readonly secret: string } | undefined {
  const [, feedId, secret] = TOKEN.exec(file) ?? [];
  return feedId === undefined || secret === undefined ? undefined : { feedId, secret };
}

/** The secret in a feed's address: HMAC-SHA256 of its id, cut to 24 bytes. No donor's id is made of such a text. */
export const feedSecretOf = (feedId: string, key: string): string =>
  createHmac('sha256', key)
    .update(`calendar-feed:${feedId}`)
    .digest()
    .subarray(0, FEED_SECRET_BYTES)
    .toString('base64url');

export const feedSecretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Whether a secret opens a feed that has not been revoked. Takes as long for a wrong secret as for a right one. */
export function opensFeed(feed: CalendarFeed, secret: string): boolean {
  const isRight = timingSafeEqual(Buffer.from(feedSecretHash(secret)), Buffer.from(feed.secretHash));
  return isRight && feed.revokedAt === undefined;
}

/** A duty as a day in a calendar program. Says nothing of donors or money. */
export function dayOf(duty: PlacedDuty, language: CalendarFeed['language']): CalendarDay {
  const { id, kind, dueOn, campaignId, title, about, rule, state, doneOn } = duty;
  const isChinese = language === 'zh-CN';
  const words = DUTY_KINDS[kind][language];
  const subject = title ?? about ?? '';
  const done = doneOn === undefined ? [] : [isChinese ? `已于 ${doneOn} 完成` : `Done on ${doneOn}`];
  return {
    uid: `${campaignId ?? 'organisation'}-${id}@yiqi`,
    day: dueOn,
    summary: subject === '' ? words : `${words}${isChinese ? '：' : ': '}${subject}`,
    description: [rule, ...done].join('\n'),
    isDone: state === 'done',
  };
}
