import { randomBytes } from 'node:crypto';
import { freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { calendarFeedKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type CalendarFeed, calendarFeedSchema, FEED_SECRET_BYTES, feedFile, feedSecretHash } from './calendar-feed.ts';

/** Makes a feed. Its address holds a secret that is shown this once and kept only as a hash. */
export async function createFeed(
  table: Table,
  about: Pick<CalendarFeed, 'organisationId' | 'personId' | 'language'>,
  now: Instant,
): Promise<{ readonly feedId: string; readonly file: string }> {
  const feedId = freshId('feed');
  const secret = randomBytes(FEED_SECRET_BYTES).toString('base64url');
  const feed: CalendarFeed = {
    type: 'calendar-feed',
    feedId,
    ...about,
    secretHash: feedSecretHash(secret),
    createdAt: now,
  };
  await table.write({ put: { ...calendarFeedKey(feedId), ...feed }, when: { absent: true } });
  return { feedId, file: feedFile(feedId, secret) };
}

export async function findFeed(table: Table, feedId: string): Promise<CalendarFeed | undefined> {
  return calendarFeedSchema.optional().parse(await table.get(calendarFeedKey(feedId)));
}

/** Closes a feed's address for good. Once more changes nothing. */
export async function revokeFeed(table: Table, { feedId, revokedAt }: CalendarFeed, now: Instant): Promise<void> {
  if (revokedAt !== undefined) return;
  await table.write({ update: calendarFeedKey(feedId), set: { revokedAt: now }, when: { equals: { feedId } } });
}
