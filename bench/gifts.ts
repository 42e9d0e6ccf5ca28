import type { DonationEntry } from '../functions/donations/donation-entry.ts';
import {
  CONTACT_RETENTION_DAYS,
  type DonationIntent,
  type DonorContact,
  donationIntentSchema,
  donorContactSchema,
} from '../functions/donations/donation-intent.ts';
import { bookingOf } from '../functions/donations/payment-booking.ts';
import { type PaymentEvent, paymentEventSchema } from '../functions/donations/payment-event.ts';
import { derivedId } from '../functions/kernel/ids.ts';
import {
  epochSeconds,
  instantOf,
  localDateSchema,
  plusSeconds,
  SECONDS_PER_DAY,
  SECONDS_PER_HOUR,
} from '../functions/kernel/time.ts';
import { type SeededRandom, seededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import { openingPoolItem } from '../functions/matching/matching-pool.ts';
import { type PlanName, planOf } from './plans.ts';

const ZONE = 'Asia/Shanghai';
/** Gifts come from ten in the morning, one a second and then again, when every plan of plans.ts matches. */
const FIRST_GIFT = instantOf('2026-09-07T10:00:00+08:00');
const GIVING_SECONDS = 12 * SECONDS_PER_HOUR;
export const WINDOW = {
  firstDay: localDateSchema.parse('2026-09-07'),
  lastDay: localDateSchema.parse('2026-09-09'),
  zone: ZONE,
};
export const NOW = instantOf('2026-09-07T23:00:00+08:00');
const UNITS = 5;
const DONOR_KEY = 'the key of the donor hash of these benchmarks';
/** Gifts of 1 to 33.40 yuan: 17.2 on average, about a giving day's; one in fifty is 200 yuan more and meets the cap. */
const SMALLEST_MINOR = 100;
const RANGE_MINOR = 3_240;
const LARGE_SHARE = 0.02;
const LARGE_EXTRA_MINOR = 20_000;

/** An order, its contact and its payment, as the doors leave them; generated, the same for the same seed. */
export type Gift = {
  readonly intent: DonationIntent;
  readonly contact: DonorContact;
  readonly payment: PaymentEvent;
  readonly entry: DonationEntry;
};

/** Makes gifts one after the other, each from a new donor or, as often as `returning` (0 to 1) says, from one who gave before. */
export function giftMaker(campaignId: string, seed = 1): (count: number, returning: number) => Gift[] {
  const random = seededRandom(seed);
  let donors = 0;
  let made = 0;
  return (count, returning) =>
    Array.from({ length: count }, () => {
      const isKnown = donors > 0 && random.happens(returning);
      const donor = isKnown ? random.below(donors) : donors;
      if (!isKnown) donors += 1;
      made += 1;
      return giftOf(campaignId, made, donor, random);
    });
}

function giftOf(campaignId: string, n: number, donor: number, random: SeededRandom): Gift {
  const amountMinor =
    SMALLEST_MINOR + random.below(RANGE_MINOR) + (random.happens(LARGE_SHARE) ? LARGE_EXTRA_MINOR : 0);
  const orderNo = derivedId('intent', campaignId, String(n));
  const occurredAt = plusSeconds(FIRST_GIFT, n % GIVING_SECONDS);
  const intent = donationIntentSchema.parse({
    type: 'donation-intent',
    orderNo,
    campaignId,
    unitId: `unit-${n % UNITS}`,
    amountMinor,
    currency: 'CNY',
    anonymous: true,
    emailGiven: true,
    language: 'zh-CN',
    zone: ZONE,
    createdAt: occurredAt,
  });
  const contact = donorContactSchema.parse({
    type: 'donor-contact',
    orderNo,
    email: `donor-${donor}@example.org`,
    expiresAt: epochSeconds(occurredAt) + CONTACT_RETENTION_DAYS * SECONDS_PER_DAY,
  });
  const payment = paymentEventSchema.parse({
    provider: 'wechat-pay',
    merchantId: '1900000109',
    paymentId: `4200002026${campaignId.slice(-6)}${String(n).padStart(12, '0')}`,
    orderNo,
    amountMinor,
    payerAmountMinor: amountMinor,
    currency: 'CNY',
    occurredAt,
    payerReference: `oUpF8uMuAJO_M2pxb1Q9${String(donor).padStart(8, '0')}`,
  });
  return { intent, contact, payment, entry: bookingOf(payment, { intent }, occurredAt, DONOR_KEY) };
}

/** A campaign's pool by one of the plans, as an item to be put. */
export const poolItem = (campaignId: string, plan: PlanName, poolMinor: number) =>
  openingPoolItem(campaignId, planOf(plan, poolMinor), WINDOW, 'CNY');
