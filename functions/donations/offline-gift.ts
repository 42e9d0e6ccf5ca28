import * as z from 'zod';
import type { CampaignTerms } from '../campaigns/campaign-terms.ts';
import { type Team, tookGiftsAt } from '../campaigns/team.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import { add, amountMinorSchema, currencySchema, type Minor, positiveAmountMinorSchema, sum } from '../kernel/money.ts';
import {
  epochSeconds,
  type Instant,
  instantSchema,
  localDateOf,
  localDateSchema,
  plusDays,
  plusSeconds,
  SECONDS_PER_DAY,
  startOfDay,
} from '../kernel/time.ts';
import { CONTACT_RETENTION_DAYS, type DonorContact, plainText } from './donation-intent.ts';
import type { PaymentEvent } from './payment-event.ts';

/**
 * From here on a second person confirms a gift that one person entered: 10,000 yuan. It is some 560 times the average gift
 * of the campaign this was written for (17.70 yuan), so that a campaign has a handful of them; and a number typed with two zeros too
 * many, yuan for fen, ends above it. The same for all campaigns, so that nobody sets it for the one at hand.
 */
export const SECOND_PERSON_FROM_MINOR = 1_000_000;
/** The longest time that a gift may have waited to be entered: a financial year. An older day is a typing mistake, or a case for the books by hand. */
const LONGEST_WAIT_DAYS = 366;
/** Kinds of goods in one gift: a lorry's delivery note. More are entered as a second gift. */
const MOST_GOODS = 50;

const donorSchema = z.strictObject({
  /** The donor, or who acts for the organisation. */
  name: plainText(64).optional(),
  /** The donor, where it is one: then this is the name that is published, if any is. */
  organisation: plainText(128).optional(),
  email: z.email().max(254).optional(),
  phone: z
    .string()
    .regex(/^\+?[0-9 -]{5,20}$/, 'must be a telephone number')
    .optional(),
});

const entered = {
  /** When it was in the charity's hands or account: a day in the campaign's zone. */
  receivedOn: localDateSchema,
  donor: donorSchema.default({}),
  /** Only an explicit `false` publishes a name. */
  anonymous: z.boolean().default(true),
  unitId: z.string().min(1).max(64).optional(),
  /** The team of the campaign in which it was collected. */
  teamId: z.string().min(1).max(64).optional(),
  /** Where the paper is: the number of a receipt book's page, of a bank's line, of a delivery note. */
  evidence: plainText(200),
};
const goodSchema = z.strictObject({
  item: plainText(64),
  /** A whole number of `unit`s: 2.5 kg are 5 of "500 g". */
  quantity: z.number().int().min(1).max(100_000_000),
  unit: plainText(16),
  /** What the whole quantity is worth. */
  assessedMinor: positiveAmountMinorSchema,
  /** What the value rests on, and where that can be read. */
  basis: z.enum(['invoice', 'market', 'appraisal']),
  basisReference: plainText(128),
});

/** The bank's own number of the transfer (流水号): by it a statement's row is known to be the same money. None of ours begins so. */
const bankReferenceSchema = z
  .string()
  .regex(
    /^(?!row-|refund-)[0-9A-Za-z_-]{4,64}$/,
    "must be the bank's number of the transfer: 4 to 64 letters, digits, - or _",
  );

/** What a person enters. Amounts are in the campaign's currency, in minor units. */
export const offlineGiftRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cash'), amountMinor: positiveAmountMinorSchema, ...entered }),
  z.strictObject({
    kind: z.literal('transfer'),
    amountMinor: positiveAmountMinorSchema,
    bankReference: bankReferenceSchema.optional(),
    ...entered,
  }),
  /** Of an enterprise, by an agreement that says what it is for. */
  z.strictObject({
    kind: z.literal('directed'),
    amountMinor: positiveAmountMinorSchema,
    agreementNo: plainText(64),
    purpose: plainText(500),
    bankReference: bankReferenceSchema.optional(),
    ...entered,
    donor: donorSchema.required({ organisation: true }),
  }),
  z.strictObject({ kind: z.literal('in-kind'), goods: z.array(goodSchema).min(1).max(MOST_GOODS), ...entered }),
]);
export type OfflineGiftRequest = z.infer<typeof offlineGiftRequestSchema>;

/**
 * `awaiting-confirmation`: a second person decides. `accepted`: nothing is missing any more but its entry in the books, which
 * follows at once; it stays on the list until it has. `booked` and `rejected` are final.
 */
export const OFFLINE_STATES = ['awaiting-confirmation', 'accepted', 'booked', 'rejected'] as const;

const decisionShape = {
  decision: z.enum(['confirm', 'reject']),
  /** Needed to reject. */
  reason: plainText(500).optional(),
};
/** A second person's word on a gift that one person entered. */
export const confirmationSchema = z
  .strictObject(decisionShape)
  .refine(({ decision, reason }) => decision === 'confirm' || reason !== undefined, {
    path: ['reason'],
    message: 'is needed to reject',
  });
export type Confirmation = z.infer<typeof confirmationSchema>;

/** A gift that a person entered, from its entry to the books. Holds no contact data; the money's own entry is the donation. */
export const offlineGiftSchema = z.object({
  type: z.literal('offline-gift'),
  offlineId: z.string(),
  campaignId: z.string(),
  merchantId: z.string(),
  kind: z.enum(['cash', 'transfer', 'directed', 'in-kind']),
  amountMinor: positiveAmountMinorSchema,
  currency: currencySchema,
  receivedOn: localDateSchema,
  occurredAt: instantSchema,
  unitId: z.string().optional(),
  teamId: z.string().optional(),
  anonymous: z.boolean(),
  thankYouDue: z.boolean(),
  evidence: z.string(),
  agreementNo: z.string().optional(),
  purpose: z.string().optional(),
  bankReference: z.string().optional(),
  goods: z.array(goodSchema.extend({ assessedMinor: amountMinorSchema })).optional(),
  state: z.enum(OFFLINE_STATES),
  enteredBy: z.string(),
  enteredAt: instantSchema,
  decidedBy: z.string().optional(),
  decidedAt: instantSchema.optional(),
  reason: z.string().optional(),
});
export type OfflineGift = z.infer<typeof offlineGiftSchema>;

/** Money is what was counted; goods are worth the sum of what they were assessed at. */
export const giftValueOf = (request: OfflineGiftRequest): Minor =>
  request.kind === 'in-kind' ? sum(request.goods.map(({ assessedMinor }) => assessedMinor)) : request.amountMinor;

/** Goods always need one, because their value is a judgement. */
export const needsSecondPerson = (request: OfflineGiftRequest): boolean =>
  request.kind === 'in-kind' || request.amountMinor >= SECOND_PERSON_FROM_MINOR;

/**
 * Whether a gift is a part of a large one: the money that was entered of its donor for its day, itself included, reaches the threshold.
 * Who could enter a large gift in two halves would need no second person ever.
 */
export const isPartOfLarge = (
  before: Minor,
  { amountMinor, kind }: Pick<OfflineGift, 'amountMinor' | 'kind'>,
): boolean => kind !== 'in-kind' && add(before, amountMinor) >= SECOND_PERSON_FROM_MINOR;

/** By whom a donor of an entry is told from others, for that: the organisation or the person, however it is spaced and written; nobody named is one too. */
export const donorNameOf = ({ donor }: OfflineGiftRequest): string =>
  (donor.organisation ?? donor.name ?? '').normalize('NFKC').replace(/\s+/g, '').toLowerCase();

/** What of a request this campaign cannot take; empty when nothing. */
export function offlineProblems(
  request: OfflineGiftRequest,
  terms: CampaignTerms,
  team: Pick<Team, 'state' | 'decidedAt'> | undefined,
  now: Instant,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (
    request.teamId !== undefined &&
    (team === undefined || !tookGiftsAt(team, startOfDay(request.receivedOn, terms.zone)))
  )
    problems.push({
      field: 'teamId',
      problem: 'is not a team of this campaign that took gifts on that day',
      fix: 'send the id of one of its teams, or leave the field out',
    });
  const today = localDateOf(now, terms.zone);
  const { unitId, receivedOn } = request;
  if (unitId !== undefined && !terms.unitIds.has(unitId))
    problems.push({
      field: 'unitId',
      problem: 'is not a unit of this campaign',
      fix: 'send the id of one of its units, or leave the field out',
    });
  if (receivedOn > today)
    problems.push({
      field: 'receivedOn',
      problem: `is after today, ${today}`,
      fix: 'enter a gift once it has been received',
    });
  if (receivedOn < plusDays(today, -LONGEST_WAIT_DAYS))
    problems.push({
      field: 'receivedOn',
      problem: `is more than ${LONGEST_WAIT_DAYS} days ago`,
      fix: 'check the year',
    });
  if (!request.anonymous && request.donor.name === undefined && request.donor.organisation === undefined)
    problems.push({
      field: 'donor',
      problem: 'has no name to publish',
      fix: 'give a name, or leave the gift anonymous',
    });
  if (!amountMinorSchema.safeParse(giftValueOf(request)).success)
    problems.push({
      field: 'goods',
      problem: 'sum to more than one gift may be',
      fix: 'check the unit: values are minor units (fen)',
    });
  return problems;
}

/** The id under which a repeat finds what was entered: of the campaign and of the caller's key. */
export const offlineIdOf = (campaignId: string, key: string): string => derivedId('offline', campaignId, key);

/**
 * The gift as it is entered, and the donor's contact where any was left. A day is all that is known of when it was received;
 * it counts from that day's first moment, which is never in the future and falls into the window on each of its days.
 */
export function offlineGiftOf(
  request: OfflineGiftRequest,
  { campaignId, organisationId, currency, zone }: CampaignTerms,
  offlineId: string,
  by: string,
  now: Instant,
): { readonly gift: OfflineGift; readonly contact: DonorContact | undefined } {
  const { kind, receivedOn, unitId, teamId, anonymous, evidence, donor } = request;
  const gift: OfflineGift = {
    type: 'offline-gift',
    offlineId,
    campaignId,
    merchantId: organisationId,
    kind,
    amountMinor: giftValueOf(request),
    currency,
    receivedOn,
    occurredAt: startOfDay(receivedOn, zone),
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    anonymous,
    thankYouDue: donor.email !== undefined,
    evidence,
    ...(kind === 'directed' ? { agreementNo: request.agreementNo, purpose: request.purpose } : {}),
    ...(kind === 'in-kind' ? { goods: request.goods } : {}),
    ...('bankReference' in request && request.bankReference !== undefined
      ? { bankReference: request.bankReference }
      : {}),
    state: needsSecondPerson(request) ? 'awaiting-confirmation' : 'accepted',
    enteredBy: by,
    enteredAt: now,
  };
  return { gift, contact: contactOf(request, orderNoOf(offlineId), now) };
}

/** The number under which the contact of the donor stands: there is no order. */
export const orderNoOf = (offlineId: string): string => derivedId('intent', 'offline', offlineId);

function contactOf({ donor }: OfflineGiftRequest, orderNo: string, now: Instant): DonorContact | undefined {
  const { name, organisation, email, phone } = donor;
  const shown = organisation ?? name;
  if (shown === undefined && email === undefined && phone === undefined) return undefined;
  return {
    type: 'donor-contact',
    orderNo,
    ...(shown === undefined ? {} : { name: shown }),
    ...(organisation === undefined || name === undefined ? {} : { person: name }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    expiresAt: epochSeconds(plusSeconds(now, CONTACT_RETENTION_DAYS * SECONDS_PER_DAY)),
  };
}

/**
 * The payment that an accepted gift is. A name is nobody's identity, so each is a donor's of their own until donors are linked. With
 * the bank's number it is the very payment that a row with this number is in a statement, whichever comes first.
 */
export const paymentOf = (gift: OfflineGift): PaymentEvent => ({
  ...(gift.bankReference === undefined
    ? { provider: 'offline', paymentId: gift.offlineId }
    : { provider: 'statement', paymentId: gift.bankReference }),
  merchantId: gift.merchantId,
  orderNo: orderNoOf(gift.offlineId),
  amountMinor: gift.amountMinor,
  payerAmountMinor: gift.amountMinor,
  currency: gift.currency,
  occurredAt: gift.occurredAt,
  payerReference: `payment:${gift.offlineId}`,
  designation: {
    campaignId: gift.campaignId,
    ...(gift.unitId === undefined ? {} : { unitId: gift.unitId }),
    ...(gift.teamId === undefined ? {} : { teamId: gift.teamId }),
    anonymous: gift.anonymous,
    thankYouDue: gift.thankYouDue,
    ...(gift.kind === 'in-kind' ? { inKind: true } : {}),
  },
});

/** What was entered, without who, when and what became of it: a repeat says the same again. */
export function contentOf(gift: OfflineGift): string {
  const { campaignId, kind, amountMinor, receivedOn, unitId, teamId, anonymous, thankYouDue, evidence } = gift;
  const { agreementNo, purpose, goods, bankReference } = gift;
  const lines = goods?.map((good) => [
    good.item,
    good.quantity,
    good.unit,
    good.assessedMinor,
    good.basis,
    good.basisReference,
  ]);
  return JSON.stringify([
    [campaignId, kind, amountMinor, receivedOn, unitId, anonymous, thankYouDue, evidence],
    [agreementNo, purpose, lines, bankReference, teamId],
  ]);
}
