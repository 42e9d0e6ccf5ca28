import { type Refusal, refuse } from '../kernel/errors.ts';
import { derivedId, freshId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { calendarFeedKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type CalendarFeed, calendarFeedSchema, feedFile, feedSecretHash, feedSecretOf } from './calendar-feed.ts';

/** What tells one feed of a person from another, where they sent anything that does. */
export type FeedIdentity = { readonly idempotencyKey: string | undefined; readonly feedKey: string };
export type MadeFeed =
  | { readonly kind: 'made' | 'already-made'; readonly feedId: string; readonly file: string }
  | Refusal;

/**
 * Makes a feed, once under an Idempotency-Key. Its address holds a secret that is kept only as a hash, and shown to whoever made it: a
 * repeat shows it again, because it follows from the feed's id and a key that is not in the table
 * (docs/decisions/0060-a-feeds-secret-is-derived.md).
 */
export async function createFeed(
  table: Table,
  about: Pick<CalendarFeed, 'organisationId' | 'personId' | 'language'>,
  { idempotencyKey, feedKey }: FeedIdentity,
  now: Instant,
): Promise<MadeFeed> {
  const { organisationId, personId, language } = about;
  const feedId =
    idempotencyKey === undefined ? freshId('feed') : derivedId('feed', organisationId, personId, idempotencyKey);
  const secret = feedSecretOf(feedId, feedKey);
  const made = { feedId, file: feedFile(feedId, secret) };
  const secretHash = feedSecretHash(secret);
  const feed: CalendarFeed = { type: 'calendar-feed', feedId, ...about, secretHash, createdAt: now };
  const written = await table.write({ put: { ...calendarFeedKey(feedId), ...feed }, when: { absent: true } });
  if (written.kind === 'written') return { kind: 'made', ...made };
  const existing = calendarFeedSchema.parse(written.existing ?? (await table.get(calendarFeedKey(feedId))));
  if (existing.revokedAt !== undefined)
    return refuse('feed-revoked', 'The feed of this Idempotency-Key was closed. Use a new one for another feed.');
  // Another secret: the key in the secrets was replaced, and the address that was shown then is not known any more.
  if (existing.language !== language || existing.secretHash !== secretHash)
    return refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another feed. Use a new one.');
  return { kind: 'already-made', ...made };
}

export async function findFeed(table: Table, feedId: string): Promise<CalendarFeed | undefined> {
  return calendarFeedSchema.optional().parse(await table.get(calendarFeedKey(feedId)));
}

/** Closes a feed's address for good. Once more changes nothing. */
export async function revokeFeed(table: Table, { feedId, revokedAt }: CalendarFeed, now: Instant): Promise<void> {
  if (revokedAt !== undefined) return;
  await table.write({ update: calendarFeedKey(feedId), set: { revokedAt: now }, when: { equals: { feedId } } });
}
