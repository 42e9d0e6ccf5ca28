import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whom a link unsubscribes from what: an address by its hash, an organisation, a group of letters. */
export type Unsubscription = {
  readonly contactHash: string;
  readonly organisationId: string;
  readonly group: string;
};

// 16 bytes: nobody guesses one of 2^128, and a link stays short enough for one line of a mail.
const TAG_BYTES = 16;
const tagOf = (key: string, content: string): Buffer =>
  createHmac('sha256', key).update(`unsubscribe:${content}`).digest().subarray(0, TAG_BYTES);
const TOKEN = /^([0-9a-f]{32})\.([a-z][a-z0-9-]{1,39})\.([a-z]{1,20})\.([A-Za-z0-9_-]{22})$/;

/** A token that whoever holds the mail can use without signing in. It does not end: the letter that holds it does not either. */
export function unsubscribeTokenOf(key: string, { contactHash, organisationId, group }: Unsubscription): string {
  const content = `${contactHash}.${organisationId}.${group}`;
  return `${content}.${tagOf(key, content).toString('base64url')}`;
}

/** What a token says, where it is one of ours. */
export function readUnsubscribeToken(key: string, token: string): Unsubscription | undefined {
  const [, contactHash, organisationId, group, tag] = TOKEN.exec(token) ?? [];
  if (contactHash === undefined || organisationId === undefined || group === undefined || tag === undefined)
    return undefined;
  const expected = tagOf(key, `${contactHash}.${organisationId}.${group}`);
  const given = Buffer.from(tag, 'base64url');
  return given.length === TAG_BYTES && timingSafeEqual(given, expected)
    ? { contactHash, organisationId, group }
    : undefined;
}
