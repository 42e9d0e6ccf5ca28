import type { DonationEntry } from '../donations/donation-entry.ts';
import { findMandate, mandateIdOfOrder } from '../donations/mandate.store.ts';
import { PermanentError } from '../kernel/errors.ts';
import { type Minor, minor } from '../kernel/money.ts';
import type { Instant } from '../kernel/time.ts';
import { readTotals } from '../ledger/totals.ts';
import { noticeIndexKey, toldContactKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type CampaignOutcome, closeoutWords } from './closeout-letter.ts';
import { contactHashOf } from './contact-hash.ts';
import { giftChangeWords } from './gift-change.ts';
import { type Addressed, addresseeOf, readGiftStory } from './gift-story.store.ts';
import { type GiftStory, lastChange, newsOf, viewOf } from './gift-story.ts';
import type { LetterWords } from './letter.ts';
import { type LetterKind, NEWS, NEWS_KINDS } from './letter-kind.ts';
import { onOneLine } from './letter-mail.tsx';
import { matchConfirmedWords } from './match-confirmed.ts';
import {
  CLOSEOUT,
  giftChanged,
  MATCH_CONFIRMED,
  progressOf,
  receiptIssued,
  THANK_YOU,
  type Undeliverable,
} from './notice.ts';
import type { GiftNotice } from './notice-message.ts';
import { progressWords, type Update } from './progress-letter.ts';
import { receiptWords } from './receipt-letter.ts';
import { thankYouWords } from './thank-you.ts';
import { unsubscribeTokenOf } from './unsubscribe-token.ts';

/** What of a receipt is in its letter. */
export type ReceiptFacts = {
  readonly receiptNo: string;
  readonly checkCode: string;
  /** What the receipt is of: what was left of the gift when it was issued. */
  readonly amountMinor: Minor;
  /** Where its donor sees, checks and downloads it. */
  readonly path: string;
};

/** Where drafts get what stands in other areas. */
export type DraftUse = {
  readonly table: Table;
  readonly readDonorKey: () => Promise<string>;
  readonly readUpdate: (table: Table, campaignId: string, entryId: string) => Promise<Update | undefined>;
  readonly readReceipt: (table: Table, giftId: string, receiptId: string) => Promise<ReceiptFacts | undefined>;
};

type IndexPosition = ReturnType<typeof noticeIndexKey>;
/** A notice before it is sent. `notice`: its name among those about the gift, which is claimed once. */
export type Draft =
  | {
      readonly kind: 'letter';
      readonly notice: string;
      readonly letterKind: LetterKind;
      readonly words: LetterWords;
      readonly values: Readonly<Record<string, string>>;
      readonly addressed: Addressed;
      readonly told?: number;
      readonly isStillTrue?: () => Promise<boolean>;
      readonly index?: IndexPosition;
    }
  | {
      readonly kind: 'undeliverable';
      readonly notice: string;
      readonly reason: Undeliverable;
      readonly index?: IndexPosition;
    }
  /** Nothing is to be said, and nothing is noted. */
  | { readonly kind: 'nothing'; readonly outcome: string };

/** What the donor of a gift is to be told, as things stand now. Throws PermanentError for a gift that is not in the books. */
export async function draftOf(message: GiftNotice, use: DraftUse, now: Instant): Promise<Draft> {
  const { giftId } = message;
  const story = await readGiftStory(use.table, giftId);
  const entry = entryOf(story, giftId);
  switch (message.kind) {
    case 'thank-you':
      return thankYou(story, entry, use);
    case 'gift-changed':
      return giftChange(story, entry, message.number, use, now);
    case 'receipt-issued':
      return receipt(entry, message.receiptId, use);
    case 'tell-match-confirmed':
      return matchConfirmed(story, entry, use);
    case 'tell-progress':
      return progress(story, entry, message.entryId, use);
    default:
      return closeout(story, entry, use);
  }
}

function entryOf({ account }: GiftStory, giftId: string): DonationEntry {
  if (account.entry === undefined || account.match === undefined)
    throw new PermanentError(`gift ${giftId} is not in the books, so nobody can be written to about it`);
  return account.entry;
}

/** That a letter tells everything up to adjustment number `told`, which is looked at again once it is claimed. */
const tellingUpTo = (told: number, giftId: string, { table }: DraftUse) => ({
  told,
  isStillTrue: async () => lastChange(await readGiftStory(table, giftId)) === told,
});

/** The thank-you, with the match and whatever has been settled since the gift was counted; of a mandate's gift it says so. */
async function thankYou(story: GiftStory, entry: DonationEntry, use: DraftUse): Promise<Draft> {
  const mandate = await findMandate(use.table, mandateIdOfOrder(entry.orderNo));
  const letterKind = mandate === undefined ? 'thank-you' : 'regular-gift';
  const addressed = await addresseeOf(use.table, entry, letterKind);
  // Erased or expired meanwhile: there is nobody to thank any more, and nothing failed.
  if (addressed === undefined) return { kind: 'undeliverable', notice: THANK_YOU, reason: 'no-contact' };
  const told = lastChange(story);
  const regular = mandate === undefined ? undefined : { nextOn: mandate.nextOn };
  const words = thankYouWords({ ...onOneLine(addressed.letter), ...viewOf(story, told), regular });
  return { ...letterTo(addressed, THANK_YOU, letterKind, words), ...tellingUpTo(told, entry.giftId, use) };
}

/** What changed about a gift, where its donor does not know it yet. */
async function giftChange(
  story: GiftStory,
  entry: DonationEntry,
  number: number,
  use: DraftUse,
  now: Instant,
): Promise<Draft> {
  const news = newsOf(story, number, now);
  if (news.kind !== 'news') return { kind: 'nothing', outcome: news.kind };
  // Named by what it tells: two messages that would tell the same claim the same notice.
  const notice = giftChanged(news.told);
  const addressed = await addresseeOf(use.table, entry, 'gift-changed');
  const index = noticeIndexKey(entry.campaignId, 'gift-changed', entry.giftId, notice);
  if (addressed === undefined) return { kind: 'undeliverable', notice, reason: 'no-contact', index };
  const words = giftChangeWords({ ...onOneLine(addressed.letter), before: news.before, now: news.now });
  return {
    ...letterTo(addressed, notice, 'gift-changed', words),
    ...tellingUpTo(news.told, entry.giftId, use),
    index,
  };
}

async function receipt(entry: DonationEntry, receiptId: string, use: DraftUse): Promise<Draft> {
  const notice = receiptIssued(receiptId);
  const index = noticeIndexKey(entry.campaignId, 'receipt-issued', entry.giftId, notice);
  const facts = await use.readReceipt(use.table, entry.giftId, receiptId);
  // Taken back since: a receipt that does not count is not handed over.
  if (facts === undefined) return { kind: 'undeliverable', notice, reason: 'nothing-to-tell', index };
  const addressed = await addresseeOf(use.table, entry, 'receipt-issued');
  if (addressed === undefined) return { kind: 'undeliverable', notice, reason: 'no-contact', index };
  const { publicAddress } = addressed;
  const receiptUrl = publicAddress === undefined ? undefined : `${publicAddress}${facts.path}`;
  const words = receiptWords({ ...onOneLine(addressed.letter), ...facts, receiptUrl });
  return { ...letterTo(addressed, notice, 'receipt-issued', words), index };
}

async function matchConfirmed(story: GiftStory, entry: DonationEntry, use: DraftUse): Promise<Draft> {
  const told = lastChange(story);
  const view = viewOf(story, told);
  if (view.matchMinor === 0) return { kind: 'undeliverable', notice: MATCH_CONFIRMED, reason: 'nothing-to-tell' };
  const addressed = await addresseeOf(use.table, entry, 'match-confirmed');
  if (addressed === undefined) return { kind: 'undeliverable', notice: MATCH_CONFIRMED, reason: 'no-contact' };
  const words = matchConfirmedWords({ ...onOneLine(addressed.letter), ...view });
  return {
    ...letterTo(addressed, MATCH_CONFIRMED, 'match-confirmed', words),
    ...tellingUpTo(told, entry.giftId, use),
  };
}

async function progress(story: GiftStory, entry: DonationEntry, entryId: string, use: DraftUse): Promise<Draft> {
  const notice = progressOf(entryId);
  const update = await use.readUpdate(use.table, entry.campaignId, entryId);
  if (update === undefined) return { kind: 'undeliverable', notice, reason: 'nothing-to-tell' };
  return newsLetter(story, entry, notice, 'progress', use, (addressed, unsubscribeUrl) =>
    progressWords({ ...onOneLine(addressed.letter), update, pageUrl: pageOf(addressed, entry), unsubscribeUrl }),
  );
}

async function closeout(story: GiftStory, entry: DonationEntry, use: DraftUse): Promise<Draft> {
  const outcome = await outcomeOf(use.table, entry.campaignId);
  return newsLetter(story, entry, CLOSEOUT, 'closeout', use, (addressed, unsubscribeUrl) =>
    closeoutWords({ ...onOneLine(addressed.letter), outcome, pageUrl: pageOf(addressed, entry), unsubscribeUrl }),
  );
}

const pageOf = ({ publicAddress }: Addressed, { campaignId }: DonationEntry): string | undefined =>
  publicAddress === undefined ? undefined : `${publicAddress}/public/campaigns/${campaignId}/page`;

async function outcomeOf(table: Table, campaignId: string): Promise<CampaignOutcome> {
  const { gifts, amountMinor, refundedMinor, matchMinor } = (await readTotals(table, campaignId)).campaign;
  return { gifts, givenMinor: minor(amountMinor - refundedMinor), matchedMinor: minor(matchMinor) };
}

/**
 * News goes once to each address, however many gifts it stands with: the first of them to be looked at tells it, for ever. Who
 * got all their money back is not written to.
 */
async function newsLetter(
  story: GiftStory,
  entry: DonationEntry,
  notice: string,
  letterKind: LetterKind,
  use: DraftUse,
  write: (addressed: Addressed, unsubscribeUrl: string) => LetterWords,
): Promise<Draft> {
  const nobody = (reason: Undeliverable): Draft => ({ kind: 'undeliverable', notice, reason });
  if (viewOf(story, lastChange(story)).refundedMinor >= entry.amountMinor) return nobody('nothing-to-tell');
  const addressed = await addresseeOf(use.table, entry, letterKind);
  if (addressed === undefined) return nobody('no-contact');
  const { contact, publicAddress, organisationId } = addressed;
  if (contact.email === undefined) return nobody('channel-off');
  if (publicAddress === undefined) return nobody('no-public-address');
  const donorKey = await use.readDonorKey();
  const contactHash = contactHashOf(donorKey, contact.email);
  if (!(await isTeller(use.table, entry, notice, contactHash))) return nobody('told-with-another-gift');
  const token = unsubscribeTokenOf(donorKey, { contactHash, organisationId, group: NEWS });
  const words = write(addressed, `${publicAddress}/unsubscribe/${token}`);
  return letterTo(addressed, notice, letterKind, words);
}

/** Whether it is this gift by which its donor's address is told. */
async function isTeller(
  table: Table,
  { campaignId, giftId }: DonationEntry,
  notice: string,
  contactHash: string,
): Promise<boolean> {
  const outcome = await table.write({
    put: { ...toldContactKey(campaignId, notice, contactHash), type: 'told-contact', giftId },
    when: { absent: true },
  });
  return outcome.kind === 'written' || outcome.existing?.['giftId'] === giftId;
}

const letterTo = (addressed: Addressed, notice: string, letterKind: LetterKind, words: LetterWords) => ({
  kind: 'letter' as const,
  notice,
  letterKind,
  words,
  values: words.values,
  addressed,
});

/** The group of letters that this one can be unsubscribed from with, if any. */
export const groupOf = (letterKind: LetterKind): string | undefined => (NEWS_KINDS.has(letterKind) ? NEWS : undefined);
