import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/**
 * The claim of one notice of one kind about one thing. `sending`: somebody has taken it and has not said how it went;
 * `sent`: the mail provider accepted it; `undeliverable`: there is nobody to send it to any more.
 */
export const noticeSchema = z.object({
  type: z.literal('notice'),
  kind: z.string(),
  state: z.enum(['sending', 'sent', 'undeliverable']),
  claimedAt: instantSchema,
  /** Whose claim it is: a claim whose answer was lost is recognised by it as one's own. */
  claimId: z.string(),
  sentAt: instantSchema.optional(),
  messageId: z.string().optional(),
  /** Of an undeliverable one: why (UNDELIVERABLE), or what the provider said. */
  reason: z.string().optional(),
  detail: z.string().optional(),
  /** By which channel it went out. */
  channel: z.string().optional(),
  /** Of mails about a gift: the number of the last adjustment that the mail takes into account, 0 for none. */
  told: z.number().int().min(0).optional(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const THANK_YOU = 'thank-you';
/** What was settled about a gift, told to its donor: one notice for each state of the gift that is worth a mail. */
export const giftChanged = (told: number): string => `gift-changed#${told}`;
export const MATCH_CONFIRMED = 'match-confirmed';
export const CLOSEOUT = 'closeout';
export const progressOf = (entryId: string): string => `progress#${entryId}`;
export const receiptIssued = (receiptId: string): string => `receipt-issued#${receiptId}`;

/** Why a notice goes to nobody. */
export const UNDELIVERABLE = [
  /** The donor left no address, or it has been erased or has expired. */
  'no-contact',
  /** They left one for which the organisation has set up no channel. */
  'channel-off',
  /** It could only be told by WeChat, and the donor has agreed to no (further) message of this kind there. */
  'no-consent',
  /** Mail to the address came back for good, or its reader called it spam. */
  'suppressed',
  'unsubscribed',
  /** News must offer a way out, and the organisation has no public address under which there is one. */
  'no-public-address',
  /** What it would tell is not so any more: all was refunded, or no match is left. */
  'nothing-to-tell',
  /** The same donor was told with another of their gifts. */
  'told-with-another-gift',
  /** Every channel refused this address or message for good. */
  'refused-by-provider',
] as const;
export type Undeliverable = (typeof UNDELIVERABLE)[number];
/** What is wrong with the sending and not with whom to send to: counted as failed. */
export const FAILED: ReadonlySet<string> = new Set<Undeliverable>(['refused-by-provider', 'no-public-address']);
