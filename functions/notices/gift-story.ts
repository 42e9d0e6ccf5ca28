import { TransientError } from '../kernel/errors.ts';
import { type Minor, minor } from '../kernel/money.ts';
import { type Instant, plusSeconds } from '../kernel/time.ts';
import { type GiftAccount, giftAccountOf, standingOf } from '../matching/gift-account.ts';
import type { Item } from '../platform/table.ts';
import { type Notice, noticeSchema, THANK_YOU } from './notice.ts';

/** All that happened to a gift, and what its donor has been told of it. */
export type GiftStory = { readonly account: GiftAccount; readonly notices: readonly Notice[] };

/** Reads a story out of everything that stands under a gift's key. */
export const giftStoryOf = (items: readonly Item[]): GiftStory => ({
  account: giftAccountOf(items),
  notices: items.filter(({ type }) => type === 'notice').map((item) => noticeSchema.parse(item)),
});

/** The number of the last adjustment about the gift; 0 for none. */
export const lastChange = ({ account }: GiftStory): number => account.settlements.at(-1)?.number ?? 0;

/** How a gift stands for its donor. */
export type GiftView = {
  readonly refundedMinor: Minor;
  /** What may be said of the match: while it is held for a person to look at, nothing. */
  readonly matchMinor: Minor;
  /** That a person took the match away. */
  readonly isVoid: boolean;
};

/** How a gift stood for its donor after adjustment number `upTo` of its campaign. */
export function viewOf({ account }: GiftStory, upTo: number): GiftView {
  const { match, settlements } = account;
  if (match === undefined) return { refundedMinor: minor(0), matchMinor: minor(0), isVoid: false };
  const { refundedMinor, netMinor, isHeld, isVoid } = standingOf(
    match,
    settlements.filter(({ number }) => number <= upTo),
  );
  return { refundedMinor: minor(refundedMinor), matchMinor: minor(isHeld ? 0 : netMinor), isVoid };
}

/**
 * A claim that is younger may belong to a sender that is still at work, and may yet be given back: five minutes, where a
 * sender has two for a batch of five. An older one was left behind, and its mail may have been sent.
 */
const AT_WORK_SECONDS = 300;

/** What the donor has to be told now, or why nothing. */
export type News =
  | { readonly kind: 'news'; readonly before: GiftView; readonly now: GiftView; readonly told: number }
  /** The donor left no address. */
  | { readonly kind: 'nobody-to-tell' }
  /** The thank-you has not been claimed: whoever claims it reads the gift again, and tells all that is seen here. */
  | { readonly kind: 'thank-you-will-tell' }
  | { readonly kind: 'told' }
  /** A mail that tells it may or may not have been sent; it is not sent again. */
  | { readonly kind: 'uncertain' }
  /** Nothing that the donor was told has changed, as when a match that was held is taken away. */
  | { readonly kind: 'nothing-changed' };

/**
 * What of a gift's changes up to adjustment `number` its donor does not know. Throws TransientError while another sender is
 * at work on a mail about this gift: what that one tells is known in a moment.
 */
export function newsOf(story: GiftStory, number: number, now: Instant): News {
  const { account, notices } = story;
  if (account.match?.thankYouDue !== true) return { kind: 'nobody-to-tell' };
  if (!notices.some(({ kind }) => kind === THANK_YOU)) return { kind: 'thank-you-will-tell' };
  const telling = notices.filter(({ state }) => state === 'sent' || state === 'sending');
  if (telling.some(({ state, claimedAt }) => state === 'sending' && plusSeconds(claimedAt, AT_WORK_SECONDS) > now))
    throw new TransientError('another notice about this gift is being sent');
  const told = Math.max(0, ...telling.map((notice) => notice.told ?? 0));
  if (told >= number) {
    const teller = telling.find((notice) => notice.told === told);
    return { kind: teller?.state === 'sending' ? 'uncertain' : 'told' };
  }
  const [before, after] = [viewOf(story, told), viewOf(story, lastChange(story))];
  if (before.refundedMinor === after.refundedMinor && before.matchMinor === after.matchMinor)
    return { kind: 'nothing-changed' };
  return { kind: 'news', before, now: after, told: lastChange(story) };
}
