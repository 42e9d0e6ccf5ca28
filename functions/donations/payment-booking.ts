import { type CampaignTerms, latenessOf } from '../campaigns/campaign-terms.ts';
import { type Team, tookGiftsAt } from '../campaigns/team.ts';
import { donorIdOf } from '../kernel/ids.ts';
import { amountMinorSchema } from '../kernel/money.ts';
import { type Instant, localDateOf } from '../kernel/time.ts';
import { UNASSIGNED } from '../platform/keys.ts';
import type { DonationEntry, UnassignedReason } from './donation-entry.ts';
import type { DonationIntent } from './donation-intent.ts';
import { type DonorLink, donorBehind } from './donor-link.ts';
import { giftIdOf, type PaymentEvent } from './payment-event.ts';

/** Where the zone is not known from a campaign: the providers here, and the people, keep Beijing's day. */
const DEFAULT_ZONE = 'Asia/Shanghai';

/** What is known here of what was paid for. */
export type PaidFor = {
  /** The order, where the payment's number is one of ours. */
  readonly intent?: DonationIntent | undefined;
  /** The campaign of the order or, without an order, of the designation. */
  readonly terms?: CampaignTerms | undefined;
  /** The team of the designation or of a regular gift, as it stands; an order that is paid once was checked when it was made. */
  readonly team?: Pick<Team, 'state' | 'decidedAt'> | undefined;
  /** That the payer is another donor of ours, where somebody has verified it. */
  readonly link?: DonorLink | undefined;
};

/** The payer's own id: by their account at this provider and no other. */
export const payerIdOf = ({ provider, payerReference }: PaymentEvent, donorKey: string): string =>
  donorIdOf(donorKey, provider, payerReference);

/** The campaign that a payment is meant for, by its order or else by what its door says. */
export const intendedCampaignOf = (
  payment: Pick<PaymentEvent, 'designation'>,
  intent: Pick<DonationIntent, 'campaignId'> | undefined,
): string | undefined => intent?.campaignId ?? payment.designation?.campaignId;

/**
 * The entry that a payment becomes. Every verified payment becomes one: what cannot be the campaign's as it is (another
 * amount than ordered, another currency, no such order) is kept as unassigned money with the reason, because somebody
 * has paid (docs/decisions/0015-what-was-paid-is-kept.md). When it was paid decides only the mark `late`: money that
 * came before the opening or after the close is the campaign's all the same, and its match follows the window.
 */
export function bookingOf(
  payment: PaymentEvent,
  { intent, terms, team, link }: PaidFor,
  recordedAt: Instant,
  donorKey: string,
): DonationEntry {
  const zone = intent?.zone ?? terms?.zone ?? DEFAULT_ZONE;
  return {
    type: 'donation',
    giftId: giftIdOf(payment),
    provider: payment.provider,
    merchantId: payment.merchantId,
    paymentId: payment.paymentId,
    orderNo: payment.orderNo,
    ...belongingOf(payment, { intent, terms, team }),
    donorId: donorBehind(payerIdOf(payment, donorKey), link),
    ...(payment.designation?.inKind === undefined ? {} : { inKind: payment.designation.inKind }),
    amountMinor: payment.amountMinor,
    payerAmountMinor: amountMinorSchema.parse(payment.payerAmountMinor),
    currency: payment.currency,
    occurredAt: payment.occurredAt,
    recordedAt,
    day: localDateOf(payment.occurredAt, zone),
    zone,
  };
}

type Belonging = Pick<
  DonationEntry,
  'campaignId' | 'unitId' | 'teamId' | 'anonymous' | 'thankYouDue' | 'late' | 'unassignedReason' | 'intendedCampaignId'
>;

/** Whose the money is, and what the donor wished with it. */
function belongingOf(
  payment: PaymentEvent,
  { intent, terms, team }: Pick<PaidFor, 'intent' | 'terms' | 'team'>,
): Belonging {
  const campaignId = intendedCampaignOf(payment, intent);
  const unassignedReason = unassignedReasonOf(payment, intent, terms);
  if (campaignId === undefined || unassignedReason !== undefined) {
    return {
      campaignId: UNASSIGNED,
      unassignedReason: unassignedReason ?? 'unknown-order',
      ...(campaignId === undefined ? {} : { intendedCampaignId: campaignId }),
      anonymous: true,
      thankYouDue: false,
    };
  }
  const late = terms === undefined ? undefined : latenessOf(payment.occurredAt, terms);
  const { unitId, teamId, anonymous, thankYouDue } = wishesOf(payment, { intent, terms, team });
  return {
    campaignId,
    ...(unitId === undefined ? {} : { unitId }),
    ...(teamId === undefined ? {} : { teamId }),
    anonymous,
    thankYouDue,
    ...(late === undefined ? {} : { late }),
  };
}

/** Which team has to be looked up before a payment can be booked: orders that are paid once have looked already. */
export function teamToFind(
  { designation }: Pick<PaymentEvent, 'designation'>,
  intent: Pick<DonationIntent, 'teamId' | 'regular'> | undefined,
): string | undefined {
  if (intent === undefined) return designation?.teamId;
  return intent.regular === true ? intent.teamId : undefined;
}

/** By the order; else by what the door says, of which a unit or team that the campaign does not have is left out. */
function wishesOf(
  { designation, occurredAt }: PaymentEvent,
  { intent, terms, team }: Pick<PaidFor, 'intent' | 'terms' | 'team'>,
): Wishes {
  const isTheirs = team !== undefined && tookGiftsAt(team, occurredAt);
  if (intent !== undefined) {
    const { unitId, teamId, regular = false, anonymous, emailGiven, reachable = false } = intent;
    return {
      unitId,
      teamId: regular && !isTheirs ? undefined : teamId,
      anonymous,
      thankYouDue: emailGiven || reachable,
    };
  }
  const { unitId, teamId, anonymous = true, thankYouDue = false } = designation ?? {};
  const isKnown = unitId !== undefined && terms?.unitIds.has(unitId) === true;
  return { unitId: isKnown ? unitId : undefined, teamId: isTheirs ? teamId : undefined, anonymous, thankYouDue };
}

type Wishes = {
  readonly unitId: string | undefined;
  readonly teamId: string | undefined;
  readonly anonymous: boolean;
  readonly thankYouDue: boolean;
};

function unassignedReasonOf(
  payment: PaymentEvent,
  intent: DonationIntent | undefined,
  terms: CampaignTerms | undefined,
): UnassignedReason | undefined {
  if (intent === undefined) {
    if (payment.designation === undefined) return 'unknown-order';
    if (terms === undefined) return 'unknown-campaign';
    return payment.currency === terms.currency ? undefined : 'wrong-currency';
  }
  if (intent.merchantId !== undefined && intent.merchantId !== payment.merchantId) return 'wrong-merchant';
  if (payment.currency !== intent.currency) return 'wrong-currency';
  return payment.amountMinor === intent.amountMinor ? undefined : 'amount-differs';
}
