import { type Instant, SECONDS_PER_HOUR, secondsUntil } from '../kernel/time.ts';
import type { Approval, ApprovalStep } from './approval.ts';
import { asOf, currentStepOf } from './deciding.ts';
import { isEscalated } from './entitlement.ts';

/** What people are told about an approval. Steps count from 1. */
export type ApprovalNotice =
  /** To everybody who may decide the step. */
  | { readonly kind: 'step-begun'; readonly step: number }
  | { readonly kind: 'reminder'; readonly step: number; readonly number: number }
  /** To those whom the escalation brings in. */
  | { readonly kind: 'escalation'; readonly step: number }
  /** To those who worked on what was decided. */
  | { readonly kind: 'ended' };

/**
 * What should have been told by now, by the approval and the clock alone. Each is sent once (a claim for each of them and
 * each person), so that it does not matter how often or how late this is asked. Of reminders only the last that is due: who
 * was away for a week, or whose workflow stood still, gets one and not five. A step that was decided needs none any more.
 */
export function dueNotices(standing: Approval, now: Instant): ApprovalNotice[] {
  const approval = asOf(standing, now);
  const position = currentStepOf(approval);
  const step = position === undefined ? undefined : approval.steps[position];
  if (position === undefined || step === undefined) return [{ kind: 'ended' }];
  const number = remindersDue(step, now);
  return [
    { kind: 'step-begun', step: position + 1 },
    ...(isEscalated(step, now) ? [{ kind: 'escalation', step: position + 1 } as const] : []),
    ...(number === 0 ? [] : [{ kind: 'reminder', step: position + 1, number } as const]),
  ];
}

/** How many reminders of a step are due. */
function remindersDue({ begunAt, remindAfterHours }: ApprovalStep, now: Instant): number {
  if (begunAt === undefined) return 0;
  return Math.floor(-secondsUntil(begunAt, now) / (remindAfterHours * SECONDS_PER_HOUR));
}

/** The name of a notice, unique among all of its campaign: what its claims are kept under. */
export function noticeName({ subject, round }: Approval, notice: ApprovalNotice): string {
  const about = `approval-${subject}-${round}`;
  if (notice.kind === 'ended') return `${about}-ended`;
  const name = `${about}-step-${notice.step}-${notice.kind}`;
  return notice.kind === 'reminder' ? `${name}-${notice.number}` : name;
}
