import { type Minor, minor } from '../functions/kernel/money.ts';
import { type Instant, instantOf, localDateSchema, SECONDS_PER_DAY, windowBounds } from '../functions/kernel/time.ts';
import { seededRandom } from '../functions/matching/giving-day/seeded-random.ts';
import type { GiftToMatch, Standing } from '../functions/matching/matching-state.ts';
import { WINDOW } from './gifts.ts';

const UNITS = 5;
/** A donor for every two and a half gifts, as on giving days. */
const GIFTS_PER_DONOR = 2.5;
/** As in gifts.ts: 1 to 33.40 yuan, one in fifty 200 yuan more, which meets the caps by gift and by day. */
const SMALLEST_MINOR = 100;
const RANGE_MINOR = 3_240;
const LARGE_SHARE = 0.02;
const LARGE_EXTRA_MINOR = 20_000;
const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'].map((day) => localDateSchema.parse(day));
const STANDINGS = 1_000;
const ID_SIGNS = 20;

/**
 * Gifts of three days in order of payment, a part at a time, so that ten million need not be held: bare, as the engine
 * sees them, every id a text of its own as it is when it comes out of a store.
 */
export function* engineGifts(count: number, partSize: number): Generator<GiftToMatch[]> {
  const random = seededRandom(1);
  const donors = Math.ceil(count / GIFTS_PER_DONOR);
  const standings = Array.from(
    { length: STANDINGS },
    (): Standing => ({ reach: random.below(100), years: random.below(10) }),
  );
  const instants = instantsOf();
  for (let start = 0; start < count; start += partSize) {
    const length = Math.min(partSize, count - start);
    yield Array.from({ length }, (_, position): GiftToMatch => {
      const n = start + position;
      const donor = random.below(donors);
      const second = Math.floor((n / count) * instants.length);
      return {
        giftId: textOf('gft_', n),
        donorId: textOf('dnr_', donor),
        unitId: `unit-${n % UNITS}`,
        amountMinor: amountOf(random),
        occurredAt: instants[second] ?? windowBounds(WINDOW).opensAt,
        day: DAYS[Math.floor(second / SECONDS_PER_DAY)] ?? WINDOW.lastDay,
        standing: standings[donor % STANDINGS],
      };
    });
  }
}

const amountOf = (random: ReturnType<typeof seededRandom>): Minor =>
  minor(SMALLEST_MINOR + random.below(RANGE_MINOR) + (random.happens(LARGE_SHARE) ? LARGE_EXTRA_MINOR : 0));

/** As long as the real ids are (kernel/ids.ts), a prefix and 20 signs, and one piece in memory as what is read from a store, not two that were added. */
const textOf = (prefix: string, n: number): string =>
  Buffer.from(prefix + n.toString(36).padStart(ID_SIGNS, '0'), 'latin1').toString('latin1');

function instantsOf(): Instant[] {
  const opensAt = Date.parse(windowBounds(WINDOW).opensAt);
  return Array.from({ length: DAYS.length * SECONDS_PER_DAY }, (_, second) => instantOf(opensAt + second * 1_000));
}
