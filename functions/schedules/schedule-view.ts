import type { Instant } from '../kernel/time.ts';
import type { JobRun } from '../platform/job-run.ts';
import { type JobName, jobOf } from './job.ts';
import { nextRunAt, type Schedule } from './schedule.ts';

/** One run as people see it. What a run of the system did is told without figures, for they are of everybody. */
export function runView(run: JobRun) {
  const isOfSystem = run.organisationId === undefined;
  const { dueAt, by, personId, missed, state, attempts, startedAt, finishedAt, outcome, reason } = run;
  return {
    dueAt,
    by,
    personId: (isOfSystem ? undefined : personId) ?? null,
    missed: missed ?? null,
    state,
    attempts,
    startedAt: state === 'asked' ? null : startedAt,
    finishedAt: finishedAt ?? null,
    outcome: outcome === undefined ? null : isOfSystem ? { kind: String(outcome['kind']) } : outcome,
    reason: reason === undefined ? null : isOfSystem ? 'It failed; whoever operates the system sees why.' : reason,
  };
}

/** One line of the list. `version`, and who changed it, of schedules of organisations alone. */
export function scheduleView(
  job: JobName,
  schedule: Schedule | { readonly expression: string; readonly zone: string },
  lastRun: JobRun | undefined,
  { isPlaced, now }: { readonly isPlaced: boolean; readonly now: Instant },
) {
  const own = 'version' in schedule ? schedule : undefined;
  const isActive = own?.state !== 'paused';
  const { expression, zone } = schedule;
  return {
    job,
    of: jobOf(job).of,
    does: jobOf(job).does,
    expression,
    zone,
    state: isActive ? ('active' as const) : ('paused' as const),
    pauseReason: own?.pauseReason ?? null,
    nextRunAt: isActive ? (nextRunAt(schedule, lastRun, now) ?? null) : null,
    lastRun: lastRun === undefined ? null : runView(lastRun),
    version: own?.version ?? null,
    changedBy: own?.changedBy ?? null,
    changedAt: own?.changedAt ?? null,
    isPlaced,
  };
}
