import type { Approval } from './approval.ts';
import { reasonText } from './approval-words.ts';

/** What the workflow is told of an approval: nothing but what it routes on and hands back to who asked for it. */
export type ApprovalOutcome = {
  readonly kind: 'waiting' | 'approved' | 'returned' | 'rejected';
  /** Why it was returned or rejected; else empty. */
  readonly reason: string;
  /** Of the approval as it was seen: another one later means that there is something to see. */
  readonly version: number;
};

/** Longest reason that goes through a workflow and onto a campaign; the approval keeps all of it. */
const LONGEST_REASON = 1000;
const UNDECIDED = 'Nobody decided within 30 days. Submit it again.';

/** An approval that expired gives back what was proposed, as one that was returned. */
export function outcomeOf({ state, steps, withdrawn, version }: Approval): ApprovalOutcome {
  if (withdrawn !== undefined) return { kind: 'returned', reason: withdrawn.why.slice(0, LONGEST_REASON), version };
  if (state === 'expired') return { kind: 'returned', reason: UNDECIDED, version };
  const reasons = steps.flatMap(({ decisions }) => decisions.flatMap((decision) => decision.reasons));
  return { kind: state, reason: reasonText(reasons).slice(0, LONGEST_REASON), version };
}
