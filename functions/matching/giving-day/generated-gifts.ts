import { floorRatio, type Minor, minor } from '../../kernel/money.ts';
import { type CampaignWindow, type Instant, localHours } from '../../kernel/time.ts';
import type { GiftToMatch, Standing } from '../matching-state.ts';
import { AVERAGE_GIFT_MINOR, giftAmounts } from './gift-amounts.ts';
import { giftMoments } from './gift-times.ts';
import { nextDonor, nextUnit, unitWeights } from './givers.ts';
import { seededRandom } from './seeded-random.ts';

export type GeneratedGifts = {
  readonly count: number;
  /** The same seed gives the same gifts. */
  readonly seed: number;
  /** What a gift is on average, about; the amounts of the giving day that this was written for, in proportion. */
  readonly averageMinor: number;
  readonly window: CampaignWindow;
  readonly unitIds: readonly string[];
  /** Whether donors get a made-up reach and years of giving, which cost time and only some rules look at. */
  readonly withStandings: boolean;
};

/** Gifts that nobody gave, in order of payment, in the shape of a giving day: for what-if, never for books. */
export function* generatedGifts(options: GeneratedGifts): Generator<GiftToMatch> {
  const { count, seed, averageMinor, window, unitIds, withStandings } = options;
  const random = seededRandom(seed);
  const amounts = giftAmounts(count, random);
  const moments = giftMoments(count, window, random);
  const weights = unitWeights(unitIds.length);
  const localTime = localHours(window.zone);
  let known = 0;
  for (let n = 0; n < count; n += 1) {
    const donor = nextDonor(known, random);
    if (donor === known) known += 1;
    const unit = nextUnit(weights, random);
    const occurredAt = new Date(moments[n] ?? 0).toISOString() as Instant;
    yield {
      giftId: `gft_generated_${n + 1}`,
      donorId: `dnr_generated_${donor + 1}`,
      unitId: unit === undefined ? undefined : unitIds[unit],
      amountMinor: scaled(amounts[n] ?? 1, averageMinor),
      occurredAt,
      day: localTime(occurredAt).day,
      standing: withStandings ? standingOf(donor, seed) : undefined,
    };
  }
}

/** At least one minor unit: nobody gives nothing. */
const scaled = (amountMinor: number, averageMinor: number): Minor =>
  minor(Math.max(1, floorRatio(minor(amountMinor), averageMinor, AVERAGE_GIFT_MINOR)));

const SHARE_THAT_MOVED_NOBODY = 0.5;
const LARGEST_REACH = 250;
const MOST_YEARS = 8;
/** Spreads neighbouring numbers over all seeds (the golden ratio of 2^32). */
const SPREAD = 0x9e3779b1;

/** What stands about a made-up donor: half have moved nobody and few moved many; most are new. By number, so that nobody is kept. */
function standingOf(donor: number, seed: number): Standing {
  const random = seededRandom(seed ^ Math.imul(donor + 1, SPREAD));
  const few = (most: number): number => Math.floor(random.fraction() * random.fraction() * (most + 1));
  return { reach: random.happens(SHARE_THAT_MOVED_NOBODY) ? 0 : few(LARGEST_REACH), years: few(MOST_YEARS) };
}
