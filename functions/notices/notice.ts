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
  reason: z.string().optional(),
  /** Of mails about a gift: the number of the last adjustment that the mail takes into account, 0 for none. */
  told: z.number().int().min(0).optional(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const THANK_YOU = 'thank-you';
/** What was settled about a gift, told to its donor: one notice for each state of the gift that is worth a mail. */
export const giftChanged = (told: number): string => `gift-changed#${told}`;
