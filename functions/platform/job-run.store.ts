import { PermanentError, reasonOf } from '../kernel/errors.ts';
import { epochSeconds, type Instant, plusSeconds, SECONDS_PER_DAY } from '../kernel/time.ts';
import type { JobOutcome } from './job.ts';
import { type JobRun, jobRunSchema, type RunCause } from './job-run.ts';
import { jobRunKey, scheduleKey } from './keys.ts';
import { log } from './log.ts';
import { count, METRICS } from './metrics.ts';
import type { Item, Table } from './table.ts';

/** A run that somebody wants to begin. */
export type RunToClaim = {
  readonly job: string;
  readonly organisationId?: string | undefined;
  readonly dueAt: Instant;
  readonly by: RunCause;
  readonly personId?: string;
  readonly requestId?: string;
  readonly missed?: number;
  /** Runs of a rate are many and much alike, and are kept for a shorter time. */
  readonly isRate?: boolean;
};

/** A run is begun three times, by Lambda's two repeats or by whoever finds it crashed; then it has failed. */
export const MOST_ATTEMPTS = 3;
/** A function ends when its time is up; a minute more covers clocks that differ. */
const LEASE_MARGIN_SECONDS = 60;
/** A year's runs, and a month to compare it with the one before. */
const RUNS_KEPT_DAYS = 400;
/** Of a rate: two weeks are 4,000 runs at one every five minutes. */
const RATE_RUNS_KEPT_DAYS = 14;
/** What a handler says of a failure may quote a page of somebody's answer. */
const LONGEST_REASON = 1_000;

export type Claim =
  | { readonly kind: 'claimed'; readonly run: JobRun }
  /** Nothing is to be done: it was, or is being done; or it has been begun too often, and a person is told. */
  | { readonly kind: 'already-done' | 'already-running' | 'already-failed' | 'given-up' };

/** Whether people have paused the schedule of this run: what comes all the same, on its way when they did, is not run. */
export async function isPaused(table: Table, { job, organisationId }: RunToClaim): Promise<boolean> {
  if (organisationId === undefined) return false;
  return (await table.get(scheduleKey(organisationId, job)))?.['state'] === 'paused';
}

/**
 * Makes a run this invocation's own. One that another began and did not finish is taken over when its lease is over, or when
 * Lambda repeats the same invocation, which it does only when the one before is over.
 */
export async function claimRun(
  table: Table,
  run: RunToClaim,
  invoked: { readonly invocation: string; readonly remainingMs: number },
  now: Instant,
): Promise<Claim> {
  const fresh = begun(run, invoked, now);
  const first = await table.write({ put: itemOf(fresh), when: { absent: true } });
  if (first.kind === 'written') return { kind: 'claimed', run: fresh };
  const existing = await findRun(table, run);
  if (existing === undefined) return { kind: 'already-done' }; // forgotten while we looked: it was done long ago
  if (existing.state === 'done' || existing.state === 'failed') return { kind: `already-${existing.state}` };
  if (!isFree(existing, invoked.invocation, now)) return { kind: 'already-running' };
  if (existing.attempts >= MOST_ATTEMPTS) {
    const lost = existing.reason ?? 'It was begun three times and crashed or ran out of time.';
    return (await giveUp(table, existing, lost, now)) ? { kind: 'given-up' } : { kind: 'already-running' };
  }
  const { reason: _past, ...before } = existing;
  const taken: JobRun = { ...before, ...fresh, by: existing.by, attempts: existing.attempts + 1 };
  return (await replace(table, existing, taken)) ? { kind: 'claimed', run: taken } : { kind: 'already-running' };
}

/** Whether a run that is not over may be taken by this invocation. */
export const isFree = (run: JobRun, invocation: string, now: Instant): boolean =>
  run.state === 'asked' || run.invocation === invocation || run.leaseUntil <= now;

export async function finishRun(table: Table, run: JobRun, outcome: JobOutcome, now: Instant): Promise<void> {
  const done: JobRun = { ...run, state: 'done', finishedAt: now, outcome: { ...outcome } };
  // Whoever took it over meanwhile says how it ended.
  await replace(table, run, done);
}

/** Frees the run for the next attempt, or ends it where there is none or none would help. */
export async function failRun(table: Table, run: JobRun, error: unknown, now: Instant): Promise<void> {
  const reason = reasonOf(error).slice(0, LONGEST_REASON);
  const isOver = error instanceof PermanentError || run.attempts >= MOST_ATTEMPTS;
  if (isOver) await giveUp(table, run, reason, now);
  else await replace(table, run, { ...run, reason, leaseUntil: now });
}

/** Ends a run as failed and calls a person (docs/runbook.md#job-failed). False where somebody else has taken it meanwhile. */
export async function giveUp(table: Table, run: JobRun, reason: string, now: Instant): Promise<boolean> {
  if (!(await replace(table, run, { ...run, state: 'failed', finishedAt: now, reason }))) return false;
  const { job, organisationId, dueAt, attempts } = run;
  log.error('job given up', { job, organisationId, dueAt, attempts, reason });
  count(METRICS.jobFailed);
  return true;
}

export async function findRun(
  table: Table,
  { organisationId, job, dueAt, requestId }: Pick<RunToClaim, 'organisationId' | 'job' | 'dueAt' | 'requestId'>,
): Promise<JobRun | undefined> {
  const item = await table.get(jobRunKey(organisationId, job, dueAt, requestId));
  return item === undefined ? undefined : jobRunSchema.parse(item);
}

/** The run as it stands when it has just begun. */
function begun(
  { isRate = false, ...run }: RunToClaim,
  { invocation, remainingMs }: { readonly invocation: string; readonly remainingMs: number },
  now: Instant,
): JobRun {
  const kept = (isRate ? RATE_RUNS_KEPT_DAYS : RUNS_KEPT_DAYS) * SECONDS_PER_DAY;
  return {
    type: 'job-run',
    ...run,
    state: 'running',
    attempts: 1,
    invocation,
    startedAt: now,
    leaseUntil: plusSeconds(now, Math.ceil(remainingMs / 1000) + LEASE_MARGIN_SECONDS),
    expiresAt: epochSeconds(now) + kept,
  };
}

/** Writes the next state of a run over the one that was read. Two who both read it cannot both write. */
async function replace(table: Table, read: JobRun, next: JobRun): Promise<boolean> {
  const { state, attempts, invocation } = read;
  const written = await table.write({ put: itemOf(next), when: { equals: { state, attempts, invocation } } });
  return written.kind === 'written';
}

export const itemOf = (run: JobRun): Item => ({
  ...jobRunKey(run.organisationId, run.job, run.dueAt, run.requestId),
  ...(run as unknown as Item),
});
