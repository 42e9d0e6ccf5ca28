import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/** Since when a notice has been put off, and how often: it waits longer each time, and somebody is told when it has waited long. */
const waitingSchema = z.strictObject({ since: instantSchema, times: z.number().int().min(1) });
export type Waiting = z.infer<typeof waitingSchema>;

const ofGift = { giftId: z.string(), campaignId: z.string(), waiting: waitingSchema.optional() } as const;

/** A letter to the donor of one gift. It names the gift; who gets it and what it says is read when it is sent. */
export const giftNoticeSchema = z.discriminatedUnion('kind', [
  /** The first letter about a gift; that about a gift of a mandate says so (kind of letter `regular-gift`). */
  z.strictObject({ kind: z.literal('thank-you'), orderNo: z.string(), ...ofGift }),
  /** Something was settled about a gift after it was counted: the campaign's adjustment of this number. */
  z.strictObject({ kind: z.literal('gift-changed'), number: z.number().int().min(1), ...ofGift }),
  /** A donation receipt was issued, again too: a letter for each receipt. */
  z.strictObject({ kind: z.literal('receipt-issued'), receiptId: z.string(), ...ofGift }),
  /** The part of an announcement that concerns one gift. */
  z.strictObject({ kind: z.literal('tell-match-confirmed'), ...ofGift }),
  z.strictObject({ kind: z.literal('tell-progress'), entryId: z.string(), ...ofGift }),
  z.strictObject({ kind: z.literal('tell-closeout'), ...ofGift }),
]);
export type GiftNotice = z.infer<typeof giftNoticeSchema>;

const ofCampaign = {
  campaignId: z.string(),
  /** Where the walk through the pool's journal goes on: the number of a gift. */
  from: z.number().int().min(1).optional(),
} as const;

/** Something that all donors of a campaign are told: it becomes one notice for each gift, a part of the journal at a time. */
export const announcementSchema = z.discriminatedUnion('kind', [
  /** The public notice is over: what was matched is owed. */
  z.strictObject({ kind: z.literal('match-confirmed'), ...ofCampaign }),
  /** An update was published under this number of entry. */
  z.strictObject({ kind: z.literal('progress'), entryId: z.string(), ...ofCampaign }),
  /** The campaign is closed and its report written. */
  z.strictObject({ kind: z.literal('closeout'), ...ofCampaign }),
]);
export type Announcement = z.infer<typeof announcementSchema>;

export const noticeMessageSchema = z.union([giftNoticeSchema, announcementSchema]);
export type NoticeMessage = GiftNotice | Announcement;

export const isAnnouncement = (message: NoticeMessage): message is Announcement => !('giftId' in message);
