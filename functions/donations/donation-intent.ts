import * as z from 'zod';
import type { Campaign } from '../campaigns/campaign.ts';
import type { Team } from '../campaigns/team.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { currencySchema, positiveAmountMinorSchema } from '../kernel/money.ts';
import { epochSeconds, type Instant, instantSchema, plusSeconds, SECONDS_PER_DAY } from '../kernel/time.ts';
import { intentKey, orderIndexKey } from '../platform/keys.ts';
import { creditCodeSchema } from '../receipts/credit-code.ts';
import { providerSchema } from './payment-event.ts';

/** Longest texts a donor may leave; both are shown to people, escaped, and never logged. */
const LONGEST_NAME = 64;
const LONGEST_MESSAGE = 200;
/** Who paid, as a receipt names them: a company's whole name. */
export const LONGEST_PAYER_NAME = 100;
/**
 * One million: more than banks let anybody pay in one payment by telephone. A larger gift is agreed and comes by
 * bank transfer; a larger number here is yuan typed as fen.
 */
export const LARGEST_ONLINE_GIFT_MINOR = 100_000_000;

// Control characters would break headers of mails and lines of reports; half a surrogate pair is no text at all.
export const plainText = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'must be plain text without control characters');

/** Until when an order can be paid at a provider. Long enough to find one's password, short enough that the sweep looks once and for all. */
export const ORDER_LIFETIME_MINUTES = 30;

/** What a donor's page sends before paying. */
export const donationRequestSchema = z.strictObject({
  amountMinor: positiveAmountMinorSchema.refine((amount) => amount <= LARGEST_ONLINE_GIFT_MINOR, {
    message: `must be at most ${LARGEST_ONLINE_GIFT_MINOR} minor units`,
  }),
  currency: currencySchema.default('CNY'),
  /** The mobilising unit this gift counts for, one of the campaign's. */
  unitId: z.string().max(64).optional(),
  /** The team that the donor gives in, an approved one of the campaign. */
  teamId: z.string().max(64).optional(),
  name: plainText(LONGEST_NAME).optional(),
  message: plainText(LONGEST_MESSAGE).optional(),
  email: z.email().max(254).optional(),
  /** A mobile telephone of mainland China, where the donor may be told by SMS. */
  phone: z
    .string()
    .regex(/^1[3-9]\d{9}$/, 'must be a mobile telephone of mainland China in 11 digits')
    .optional(),
  /** That the donor, who pays within WeChat, may be told there. Only an explicit `true` keeps their openid for it. */
  tellByWechat: z.boolean().optional(),
  /** Only an explicit `false` publishes the name: consent to publish is never assumed (Personal Information Protection Law art. 25). */
  anonymous: z.boolean().default(true),
  language: z.enum(['zh-CN', 'en']).default('zh-CN'),
  /**
   * Whether the donor wants a donation receipt, and in whose name; what is left out of a name is the one above. Left out whole,
   * nothing is known of their wish, and the organisation's policy says what follows.
   */
  receipt: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('wanted'),
        payerName: plainText(LONGEST_PAYER_NAME).optional(),
        creditCode: creditCodeSchema.optional(),
      }),
      z.strictObject({ kind: z.literal('waived') }),
    ])
    .optional(),
  /** How the donor pays, where the order is to be made at the provider as well: a code to scan, a page within WeChat, Alipay's own page, or a code for Alipay. */
  pay: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('native') }),
      z.strictObject({ kind: z.literal('jsapi'), openid: z.string().regex(/^[\x21-\x7e]{1,128}$/) }),
      z.strictObject({ kind: z.literal('alipay'), device: z.enum(['desktop', 'mobile']).default('desktop') }),
      z.strictObject({ kind: z.literal('alipay-code') }),
    ])
    .optional(),
});
export type DonationRequest = z.infer<typeof donationRequestSchema>;

/** The order that ties a coming payment to a campaign. Holds no contact data: that is a separate item with its own retention. */
export const donationIntentSchema = z.object({
  type: z.literal('donation-intent'),
  orderNo: z.string(),
  campaignId: z.string(),
  unitId: z.string().optional(),
  teamId: z.string().optional(),
  /** Of a regular gift: it is paid again and again, perhaps for years. */
  regular: z.literal(true).optional(),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  anonymous: z.boolean(),
  emailGiven: z.boolean(),
  /** That another way to tell the donor was left: a telephone, or their WeChat. */
  reachable: z.literal(true).optional(),
  language: z.enum(['zh-CN', 'en']),
  /** What the donor said of a receipt, if they said anything. */
  receipt: z.enum(['wanted', 'waived']).optional(),
  /** The campaign's zone, copied as it was when the donor ordered. */
  zone: z.string(),
  /** Where the donor was sent to pay, if we sent them. */
  provider: providerSchema.optional(),
  /** Our merchant account that the donor was sent to pay; a payment to another one is not this order's. */
  merchantId: z.string().optional(),
  createdAt: instantSchema,
});
export type DonationIntent = z.infer<typeof donationIntentSchema>;

/** Providers at which orders are made here, and which can be asked what became of one. */
const ASKED_PROVIDERS: ReadonlySet<string | undefined> = new Set(['wechat-pay', 'alipay']);

/** The order as an item. One that is made at a provider stands among the orders of its minute, where the sweep finds it. */
export const intentItemOf = (intent: DonationIntent) => ({
  ...intentKey(intent.orderNo),
  ...(ASKED_PROVIDERS.has(intent.provider) ? orderIndexKey(intent.createdAt, intent.orderNo) : {}),
  ...intent,
});

/** How to reach and call a donor. Deleting this one item erases the person; the accounting stays. */
export const donorContactSchema = z.object({
  type: z.literal('donor-contact'),
  orderNo: z.string(),
  /** Whom a list may name, if the gift is not anonymous: a person, or the organisation that gave. */
  name: z.string().optional(),
  /** Who acts for an organisation; never published. */
  person: z.string().optional(),
  message: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  openid: z.string().optional(),
  /** Who is named as the payer on a receipt, where that is somebody else than `name`. */
  payerName: z.string().optional(),
  payerCreditCode: z.string().optional(),
  /** When DynamoDB deletes the item by itself (epoch seconds). */
  expiresAt: z.number().int(),
});
export type DonorContact = z.infer<typeof donorContactSchema>;

/** How long a donor's contact is kept after the order: thank-you, receipt and questions within a year, one year more for the audit. */
export const CONTACT_RETENTION_DAYS = 2 * 365;

/** What a request says that this campaign cannot take; empty when nothing. */
export function requestProblems(request: DonationRequest, campaign: Campaign, team?: Team): FieldProblem[] {
  const { units, currency } = campaign.proposal;
  const problems: FieldProblem[] = [];
  if (request.unitId !== undefined && !units.some(({ id }) => id === request.unitId)) {
    problems.push({
      field: 'unitId',
      problem: 'is not a unit of this campaign',
      fix: 'send the id of one of its units, or leave the field out',
    });
  }
  if (request.teamId !== undefined && team?.state !== 'approved') {
    problems.push({
      field: 'teamId',
      problem: 'is not a team of this campaign that takes gifts',
      fix: 'send the id of one of its teams, or leave the field out',
    });
  }
  if (request.currency !== currency) {
    problems.push({
      field: 'currency',
      problem: 'is not the currency of this campaign',
      fix: `send ${currency}`,
    });
  }
  return problems;
}

/** The order for a request, and the donor's contact where any was left. `sentTo`: the account that the donor is sent to pay. */
export function intentOf(
  request: DonationRequest,
  campaign: Campaign,
  orderNo: string,
  createdAt: Instant,
  sentTo?: Pick<DonationIntent, 'provider' | 'merchantId'>,
): { readonly intent: DonationIntent; readonly contact: DonorContact | undefined } {
  const { amountMinor, currency, unitId, teamId, anonymous, language, name, message, email, phone, receipt } = request;
  const openid = request.tellByWechat === true && request.pay?.kind === 'jsapi' ? request.pay.openid : undefined;
  const payer = receipt?.kind === 'wanted' ? receipt : undefined;
  const intent: DonationIntent = {
    type: 'donation-intent',
    orderNo,
    campaignId: campaign.campaignId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    amountMinor,
    currency,
    anonymous,
    emailGiven: email !== undefined,
    ...(phone === undefined && openid === undefined ? {} : { reachable: true }),
    language,
    ...(receipt === undefined ? {} : { receipt: receipt.kind }),
    zone: campaign.proposal.window.zone,
    ...sentTo,
    createdAt,
  };
  const left = [name, message, email, phone, openid, payer?.payerName, payer?.creditCode];
  if (left.every((one) => one === undefined)) return { intent, contact: undefined };
  const contact: DonorContact = {
    type: 'donor-contact',
    orderNo,
    ...(name === undefined ? {} : { name }),
    ...(message === undefined ? {} : { message }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(openid === undefined ? {} : { openid }),
    ...(payer?.payerName === undefined ? {} : { payerName: payer.payerName }),
    ...(payer?.creditCode === undefined ? {} : { payerCreditCode: payer.creditCode }),
    expiresAt: epochSeconds(plusSeconds(createdAt, CONTACT_RETENTION_DAYS * SECONDS_PER_DAY)),
  };
  return { intent, contact };
}
