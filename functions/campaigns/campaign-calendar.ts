import type { CampaignWindow, Instant } from '../kernel/time.ts';
import { plusSeconds, SECONDS_PER_HOUR, secondsUntil, windowBounds } from '../kernel/time.ts';

/** What the workflow waits for between its phases. */
export const PHASES = ['opening', 'closing', 'settling'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * How long after the close matching may be finalised. WeChat Pay repeats a notification for 24 h 4 min after the payment
 * (pay.weixin.qq.com, notification retry schedule), and the bill of the day after the last day, which holds the payments
 * begun before midnight, can be fetched from 10:00 of the day after that: 34 hours; one more for our own retries.
 */
export const SETTLING_SECONDS = 35 * SECONDS_PER_HOUR;

/** No wait is longer than this: the workflow looks again, so that a changed plan is noticed and no clock is trusted for days. */
export const LONGEST_WAIT_SECONDS = 6 * SECONDS_PER_HOUR;

/** The instant at which a phase may begin. */
export function dueAt(phase: Phase, window: CampaignWindow): Instant {
  const { opensAt, closesAt } = windowBounds(window);
  if (phase === 'opening') return opensAt;
  if (phase === 'closing') return closesAt;
  return plusSeconds(closesAt, SETTLING_SECONDS);
}

/** Whether a phase is due, and if not, how long to wait before asking again; never 0, never early. */
export function dueOrWait(
  phase: Phase,
  window: CampaignWindow,
  now: Instant,
): { kind: 'due' } | { kind: 'wait'; waitSeconds: number } {
  const left = secondsUntil(dueAt(phase, window), now);
  return left <= 0 ? { kind: 'due' } : { kind: 'wait', waitSeconds: Math.min(left, LONGEST_WAIT_SECONDS) };
}
