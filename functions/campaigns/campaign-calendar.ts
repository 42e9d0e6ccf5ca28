import { isUnfiledTooLong, openingRight, unfiledUntil } from '../filing/filing.ts';
import type { CampaignWindow, Instant } from '../kernel/time.ts';
import {
  plusSeconds,
  SECONDS_PER_DAY,
  SECONDS_PER_HOUR,
  SECONDS_PER_MINUTE,
  secondsUntil,
  windowBounds,
} from '../kernel/time.ts';
import type { Campaign } from './campaign.ts';
import { meaningOf } from './campaign-state.ts';

/** What the workflow waits for between its phases. */
export const PHASES = ['filing', 'opening', 'closing', 'settling'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * How long after the close matching may be finalised. WeChat Pay repeats a notification for 24 h 4 min after the payment
 * (pay.weixin.qq.com, notification retry schedule), and the bill of the day after the last day, which holds the payments
 * begun before midnight, can be fetched from 10:00 of the day after that: 34 hours; one more for our own retries.
 */
export const SETTLING_SECONDS = 35 * SECONDS_PER_HOUR;

/** No wait is longer than this: the workflow looks again, so that a changed plan is noticed and no clock is trusted for days. */
export const LONGEST_WAIT_SECONDS = 6 * SECONDS_PER_HOUR;
/** How often the workflow looks for an answer that somebody waits for at this moment. */
export const UNFILED_WAIT_SECONDS = 30 * SECONDS_PER_MINUTE;
const LATE_UNFILED_WAIT_SECONDS = 3 * SECONDS_PER_HOUR;
const LATE_UNFILED_SECONDS = 3 * SECONDS_PER_DAY;

/**
 * How soon the workflow looks again whether a campaign whose window has begun is filed by now. A look is 14 events, as people are told: half
 * an hour for all of 60 days would be 40,320 of the 25,000 that an execution may have (test/workflows/history.test.ts).
 */
const unfiledWaitSeconds = (opensAt: Instant, now: Instant): number =>
  plusSeconds(opensAt, LATE_UNFILED_SECONDS) <= now ? LATE_UNFILED_WAIT_SECONDS : UNFILED_WAIT_SECONDS;

/** The instant at which a phase may begin. `endedAt`: of a campaign that was cancelled, when. */
export function dueAt(phase: Exclude<Phase, 'filing'>, window: CampaignWindow, endedAt?: Instant): Instant {
  const { opensAt, closesAt } = windowBounds(window);
  if (phase === 'opening') return opensAt;
  const ended = endedAt !== undefined && endedAt < closesAt ? endedAt : closesAt;
  return phase === 'closing' ? ended : plusSeconds(ended, SETTLING_SECONDS);
}

type DueOrWait = { readonly kind: 'due' } | { readonly kind: 'wait'; readonly waitSeconds: number };

/** Whether a moment has come, and if not, how long to wait before asking again; never 0, never early. */
export function dueOrWait(due: Instant, now: Instant): DueOrWait {
  const left = secondsUntil(due, now);
  return left <= 0 ? { kind: 'due' } : { kind: 'wait', waitSeconds: Math.min(left, LONGEST_WAIT_SECONDS) };
}

/** What the workflow is told when it asks whether it may go on. */
export type PhaseOutcome =
  | DueOrWait
  /** The window has begun, and the campaign may not open: staff have to be told. */
  | { readonly kind: 'unfiled'; readonly waitSeconds: number }
  /** The whole window has passed, and the campaign was never allowed to open. */
  | { readonly kind: 'missed' }
  /** Cancelled before it opened: nothing is left to do. */
  | { readonly kind: 'never-opens' }
  /** Cancelled while it took gifts, which now have to be settled. */
  | { readonly kind: 'cancelled' }
  /** It opened in an emergency and is still not filed: it may not go on. */
  | { readonly kind: 'unfiled-too-long' };

/** As much of a campaign as its phases depend on. */
export type PhasedCampaign = Pick<
  Campaign,
  'status' | 'proposal' | 'filing' | 'emergency' | 'openedAt' | 'cancellation'
>;

/** Whether a campaign's workflow may go on to a phase, by its plan and its papers as they stand now. */
export function phaseOf(phase: Phase, campaign: PhasedCampaign, now: Instant): PhaseOutcome {
  switch (phase) {
    case 'filing':
      return beforeOpening(campaign, now, { isFilingEnough: true });
    case 'opening':
      return beforeOpening(campaign, now, { isFilingEnough: false });
    case 'closing':
      return whileOpen(campaign, now);
    case 'settling':
      return dueOrWait(dueAt('settling', campaign.proposal.window, campaign.cancellation?.at), now);
  }
}

function beforeOpening(
  campaign: PhasedCampaign,
  now: Instant,
  { isFilingEnough }: { readonly isFilingEnough: boolean },
): PhaseOutcome {
  const { status, openedAt, proposal } = campaign;
  if (status === 'cancelled' && openedAt == null) return { kind: 'never-opens' };
  // A workflow that was stopped is started again where it was: what has opened has passed here.
  if (openedAt != null || meaningOf(status)?.hasOpened === true) return { kind: 'due' };
  const { opensAt, closesAt } = windowBounds(proposal.window);
  if (closesAt <= now) return { kind: 'missed' };
  const mayOpen = openingRight(campaign).kind === 'may-open';
  if (mayOpen && isFilingEnough) return { kind: 'due' };
  const opening = dueOrWait(opensAt, now);
  if (mayOpen || opening.kind === 'wait') return opening;
  return { kind: 'unfiled', waitSeconds: unfiledWaitSeconds(opensAt, now) };
}

function whileOpen(campaign: PhasedCampaign, now: Instant): PhaseOutcome {
  const { status, proposal } = campaign;
  if (status === 'cancelled') return { kind: 'cancelled' };
  const closing = dueOrWait(dueAt('closing', proposal.window), now);
  if (closing.kind === 'due') return closing;
  if (status === 'open' && isUnfiledTooLong(campaign, now)) return { kind: 'unfiled-too-long' };
  const deadline = status === 'open' ? unfiledUntil(campaign) : undefined;
  const left = deadline === undefined ? closing.waitSeconds : secondsUntil(deadline, now);
  return { kind: 'wait', waitSeconds: Math.min(closing.waitSeconds, left) };
}
