import { type CampaignWindow, type Instant, plusSeconds, SECONDS_PER_HOUR } from '../../functions/kernel/time.ts';
import { giftAmounts } from '../../functions/matching/giving-day/gift-amounts.ts';
import { giftTimes } from '../../functions/matching/giving-day/gift-times.ts';
import { nextDonor, nextUnit, unitWeights } from '../../functions/matching/giving-day/givers.ts';
import { type SeededRandom, seededRandom } from '../../functions/matching/giving-day/seeded-random.ts';
import { type Donor, makeDonor } from './donors.ts';

/** A gift that nobody gave: what the demo orders, pays and notifies of. */
export type Gift = {
  /** Says of every gift that it is made up. */
  readonly generated: true;
  /** From 1, in order of time. */
  readonly number: number;
  /** The payer's account reference; somebody who gives again has the same. */
  readonly openid: string;
  /** In fen. */
  readonly amountMinor: number;
  readonly paidAt: Instant;
  /** One of the units, or none. */
  readonly unitId?: string;
  /** Kept even where the gift is anonymous: what the donor wrote is not what the public reads. */
  readonly name?: string;
  readonly message?: string;
  readonly email?: string;
  readonly anonymous: boolean;
  readonly language: 'zh-CN' | 'en';
  /** How often the provider's notification comes, and how many of them at once. */
  readonly notifications: { readonly times: number; readonly parallel: number };
  /** Given back later, whole or in part; two gifts of a campaign. */
  readonly refund?: { readonly amountMinor: number; readonly refundedAt: Instant };
};

export type GiftOptions = {
  readonly seed: number;
  readonly count: number;
  readonly window: CampaignWindow;
  readonly units: readonly { readonly id: string }[];
};

const SHARE_WITH_NAME = 0.8;
const SHARE_WITH_EMAIL = 0.35;
const SHARE_WITH_MESSAGE = 0.3;
const SHARE_ANONYMOUS = 0.4;
/** How many of a hundred gifts are notified of once, twice and three times. */
const NOTIFICATIONS: readonly number[] = [90, 8, 2];
/** One gift is notified of as often as the provider's whole schedule allows, all at once. */
const BURST = { times: 15, parallel: 15 } as const;
const REFUNDS = 2;
const REFUNDED_AFTER_SECONDS = 20 * SECONDS_PER_HOUR;

const MESSAGES = {
  'zh-CN': [
    '加油！',
    '尽一份微薄之力',
    '愿大家都平安健康',
    '积少成多，聚沙成塔',
    '向基层党员致敬',
    '人道、博爱、奉献❤️',
    '好人一生平安',
  ],
  en: ['Every little helps.', 'With best wishes from afar', 'Keep going!'],
} as const;

/** Gifts in order of time; the same options give the same gifts. */
export function generateGifts({ seed, count, window, units }: GiftOptions): Gift[] {
  const random = seededRandom(seed);
  const amounts = giftAmounts(count, random);
  const donors: Donor[] = [];
  const refunded = refundedGifts(amounts, random);
  const burst = random.below(count);
  return giftTimes(count, window, random).map((paidAt, index) => {
    const amountMinor = amounts[index] ?? 1;
    const refundMinor = refunded.get(index);
    return {
      generated: true,
      number: index + 1,
      amountMinor,
      paidAt,
      ...unitOf(units, random),
      ...wordsOf(donorOf(donors, random), random),
      notifications: index === burst ? BURST : { times: random.position(NOTIFICATIONS) + 1, parallel: 1 },
      ...(refundMinor === undefined
        ? {}
        : { refund: { amountMinor: refundMinor, refundedAt: plusSeconds(paidAt, REFUNDED_AFTER_SECONDS) } }),
    };
  });
}

/** Somebody who has given before, or somebody new. */
function donorOf(donors: Donor[], random: SeededRandom): Donor {
  const known = donors[nextDonor(donors.length, random)];
  if (known !== undefined) return known;
  const donor = makeDonor(donors.length + 1, random);
  donors.push(donor);
  return donor;
}

function wordsOf(donor: Donor, random: SeededRandom) {
  const { openid, language, name, email } = donor;
  return {
    openid,
    language,
    anonymous: random.happens(SHARE_ANONYMOUS),
    ...(random.happens(SHARE_WITH_NAME) ? { name } : {}),
    ...(random.happens(SHARE_WITH_EMAIL) ? { email } : {}),
    ...(random.happens(SHARE_WITH_MESSAGE) ? { message: random.pick(MESSAGES[language]) } : {}),
  };
}

function unitOf(units: GiftOptions['units'], random: SeededRandom): { unitId?: string } {
  const position = nextUnit(unitWeights(units.length), random);
  const unit = position === undefined ? undefined : units[position];
  return unit === undefined ? {} : { unitId: unit.id };
}

/** By position: the first of them is given back whole, the second by half. */
function refundedGifts(amounts: readonly number[], random: SeededRandom): Map<number, number> {
  const divisible = [...amounts.keys()].filter((position) => (amounts[position] ?? 0) > 1);
  const chosen = random.shuffled(divisible).slice(0, REFUNDS);
  return new Map(
    chosen.map((position, place) => {
      const amountMinor = amounts[position] ?? 0;
      return [position, place === 0 ? amountMinor : Math.floor(amountMinor / 2)];
    }),
  );
}
