import type { SeededRandom } from '../functions/matching/giving-day/seeded-random.ts';

/** When a gift is paid, in epoch milliseconds, and how long after that its first notification leaves. */
export type GiftTime = {
  /** Whole seconds, as WeChat Pay's are. */
  readonly paidAt: number;
  /** In milliseconds, when nothing goes wrong. */
  readonly notifiedAfterMs: number;
};

export type GivingHours = {
  /** Epoch milliseconds. */
  readonly opensAt: number;
  readonly closesAt: number;
  /** Nearly everybody gives in the last seconds. */
  readonly rush: boolean;
  /** Moments when a rule comes into force or ends: some gifts are paid at just that second. */
  readonly boundaries: readonly number[];
};

/** One gift in this many is paid before the opening or after the close. */
const OUTSIDE_ONE_IN = 50;
/** One in this many is paid at the very second at which a window opens or ends. */
const AT_A_BOUNDARY_ONE_IN = 25;
const USUAL_DELAY_MS = 1_500;
const LAST_SECONDS_MS = 3_000;
const MS_PER_DAY = 86_400_000;
/**
 * Notifications of the last seconds trickle in, in this rhythm: a crowd, or one by one, with quiet between them in which
 * finalisation finds everything counted while the next gift is on its way.
 */
const STRAGGLER_RHYTHMS_MS = [500, 5_000, 20_000] as const;
const STRAGGLES = 0.6;

/** Gifts come in crowds of a few seconds: only then do allocators meet. One crowd is at the very close. */
export function giftTimes(gifts: number, hours: GivingHours, random: SeededRandom): GiftTime[] {
  const { opensAt, closesAt, rush, boundaries } = hours;
  const crowds = Array.from({ length: 2 + random.below(8) }, () => opensAt + random.below(closesAt - opensAt));
  const closing = closesAt - LAST_SECONDS_MS;
  const atTheClose = rush ? 0.9 : 0.2;
  const crowdMs = Math.min(2 * LAST_SECONDS_MS, 500 + 2 * gifts);
  const stragglingMs = gifts * random.pick(STRAGGLER_RHYTHMS_MS);
  return Array.from({ length: gifts }, () => {
    const paidAt = whole(paidAround());
    const straggles = Math.abs(closesAt - paidAt) <= LAST_SECONDS_MS && random.happens(STRAGGLES);
    return { paidAt, notifiedAfterMs: random.below(straggles ? stragglingMs : USUAL_DELAY_MS) };
  });

  function paidAround(): number {
    if (random.below(AT_A_BOUNDARY_ONE_IN) === 0) return boundaries[random.below(boundaries.length)] ?? closesAt;
    if (random.below(OUTSIDE_ONE_IN) === 0)
      return random.happens(0.3) ? opensAt - 1_000 - random.below(3_600_000) : closesAt + random.below(MS_PER_DAY);
    const crowd = random.happens(atTheClose) ? closing : (crowds[random.below(crowds.length)] ?? closing);
    return crowd + random.below(crowdMs);
  }
}

const whole = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
