import * as z from 'zod';
import { localDateTimeSchema } from '../../kernel/time.ts';

/**
 * Rule R9: a lump sum is unlocked once when gifts inside the time reach a threshold: of money (minor units), of unique
 * donors, or of gifts. It is booked once, as a line of its own; refunds can lock it again until it is confirmed.
 */
export const challengeShape = {
  measure: z.enum(['amount', 'donors', 'gifts']),
  threshold: z.number().int().min(1).max(1_000_000_000_000),
  /** In the campaign's own time, half-open; the whole campaign where left out. */
  from: localDateTimeSchema.optional(),
  until: localDateTimeSchema.optional(),
} as const;
type ChallengeRule = {
  readonly measure: 'amount' | 'donors' | 'gifts';
  readonly threshold: number;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
};

/** How far a challenge has come. Refunds and voids take away again. */
export type ChallengeProgress = { amountMinor: number; donors: number; gifts: number; unlocked: boolean };
export const NO_PROGRESS: ChallengeProgress = { amountMinor: 0, donors: 0, gifts: 0, unlocked: false };

export const progressOf = ({ measure }: ChallengeRule, progress: ChallengeProgress): number =>
  measure === 'amount' ? progress.amountMinor : progress[measure];

export const isReached = (rule: ChallengeRule, progress: ChallengeProgress): boolean =>
  progressOf(rule, progress) >= rule.threshold;
