import { type Instant, plusSeconds, SECONDS_PER_MINUTE } from '../kernel/time.ts';
import { ORDER_LIFETIME_MINUTES } from './donation-intent.ts';

/** Providers at which orders are made here, and which can be asked what became of one. */
export const SWEPT_PROVIDERS = ['wechat-pay', 'alipay'] as const;
export type SweptProvider = (typeof SWEPT_PROVIDERS)[number];

/**
 * When an order is asked for: five minutes after it can no longer be paid. So one look is enough: it is paid by then, or
 * never will be, and its notification has been tried five times at least (after 15 s, 30 s, 1 min, 4 min, 14 min).
 */
const LOOK_AFTER_MINUTES = ORDER_LIFETIME_MINUTES + 5;
/**
 * Minutes that one run looks at: with a run every five minutes it catches up by six minutes a minute after an outage.
 * At 200 orders a second a minute has 12,000; 20 questions at a time of 60 ms each are 330/s, so a run does 8 such minutes
 * in its five, and the provider's own limit is 600/s.
 */
const MOST_MINUTES = 30;
/** A run after a long outage begins this far back at the most; the bills of the closeout show what is older. */
const FURTHEST_BACK_MINUTES = 24 * 60;

const minuteOf = (instant: Instant): number => Math.floor(Date.parse(instant) / 60_000);
const instantOfMinute = (minute: number): Instant => new Date(minute * 60_000).toISOString() as Instant;

/** The minutes whose orders are due, oldest first: from the one after `sweptUntil` on, and no more than one run can do. */
export function minutesDue(sweptUntil: Instant | undefined, now: Instant): Instant[] {
  const last = minuteOf(plusSeconds(now, -LOOK_AFTER_MINUTES * SECONDS_PER_MINUTE)) - 1;
  const furthest = last - FURTHEST_BACK_MINUTES + 1;
  // Before the first run there were no orders to ask for.
  const first = Math.max(furthest, sweptUntil === undefined ? last : minuteOf(sweptUntil) + 1);
  const count = Math.max(0, Math.min(MOST_MINUTES, last - first + 1));
  return Array.from({ length: count }, (_, n) => instantOfMinute(first + n));
}
