import { z } from 'zod';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { instantSchema } from '../kernel/time.ts';

/** Longest texts a donor may leave; both are shown to people, escaped, and never logged. */
const LONGEST_NAME = 64;
const LONGEST_MESSAGE = 200;

/** What a donor's page sends before paying. */
export const donationRequestSchema = z.strictObject({
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema.default('CNY'),
  /** The mobilising unit this gift counts for, one of the campaign's. */
  unitId: z.string().max(64).optional(),
  name: z.string().trim().min(1).max(LONGEST_NAME).optional(),
  message: z.string().trim().min(1).max(LONGEST_MESSAGE).optional(),
  email: z.email().max(254).optional(),
  /** Only an explicit `false` publishes the name: consent to publish is never assumed (Personal Information Protection Law art. 25). */
  anonymous: z.boolean().default(true),
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
});
export type DonationRequest = z.infer<typeof donationRequestSchema>;

/** The order that ties a coming payment to a campaign. Holds no contact data: that is a separate item with its own retention. */
export const donationIntentSchema = z.object({
  type: z.literal('donation-intent'),
  orderNo: z.string(),
  campaignId: z.string(),
  unitId: z.string().optional(),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  anonymous: z.boolean(),
  emailGiven: z.boolean(),
  language: z.enum(['zh-CN', 'en']),
  /** The campaign's zone, copied so that a notification needs to read one item only. */
  zone: z.string(),
  createdAt: instantSchema,
});
export type DonationIntent = z.infer<typeof donationIntentSchema>;

/** How to reach and call a donor. Deleting this one item erases the person; the accounting stays. */
export const donorContactSchema = z.object({
  type: z.literal('donor-contact'),
  orderNo: z.string(),
  name: z.string().optional(),
  message: z.string().optional(),
  email: z.string().optional(),
  /** When DynamoDB deletes the item by itself (epoch seconds). */
  expiresAt: z.number().int(),
});
export type DonorContact = z.infer<typeof donorContactSchema>;

/** How long a donor's contact is kept after the order: thank-you, receipt and questions within a year, one year more for the audit. */
export const CONTACT_RETENTION_DAYS = 2 * 365;
