import { type Instant, plusSeconds, SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../kernel/time.ts';

/** Within the hour while people work on it, every six hours after three days: each look is nine events of an execution's 25,000. */
const LOOK_SECONDS = SECONDS_PER_HOUR;
export const LATE_LOOK_SECONDS = 6 * SECONDS_PER_HOUR;
const LATE_SECONDS = 3 * SECONDS_PER_DAY;

/** How soon a closeout that waits for people since then looks again. */
export const lookAgainSeconds = (since: Instant, now: Instant): number =>
  plusSeconds(since, LATE_SECONDS) <= now ? LATE_LOOK_SECONDS : LOOK_SECONDS;
