import { reasonOf } from '../kernel/errors.ts';
import { timesDue } from '../kernel/schedule-expression.ts';
import type { Instant } from '../kernel/time.ts';
import { rootIds } from '../organisations/organisation.store.ts';
import { environment } from '../platform/environment.ts';
import { type DueRun, type JobDefinition, type JobInput, jobFunction } from '../platform/job.ts';
import { giveUp } from '../platform/job-run.store.ts';
import type { JobRun } from '../platform/job-run.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { isJobName, JOB_NAMES, type JobName, jobOf } from './job.ts';
import { openJobStart, type StartJob } from './job-start.gateway.ts';
import { placeSchedule } from './placing.store.ts';
import { dropSchedule, everySchedule, findSchedule, oldestRun, runsPage, saveSchedule } from './schedule.store.ts';
import { expressionOf, missedAt, type Schedule, usualSchedule } from './schedule.ts';
import { openScheduler, type Scheduler } from './scheduler.gateway.ts';

export type KeepUse = {
  readonly table: Table;
  readonly scheduler: Scheduler;
  readonly startJob: StartJob;
  readonly systemZone: string;
};
type Outcome = {
  readonly kind: 'kept';
  readonly made: number;
  readonly caughtUp: number;
  readonly resumed: number;
  readonly failed: number;
};
/** What of a schedule matters for catching up, of the system's jobs as of organisations'. */
type Watched = Pick<Schedule, 'expression' | 'zone' | 'activeSince' | 'state'> & {
  readonly organisationId: string | undefined;
  readonly job: JobName;
};

/** Runs looked at for one that crashed: a rate of five minutes makes twelve in the hour since the last look. */
const RUNS_LOOKED_AT = 20;
/** Counted no further: a year of days says enough. */
const MOST_MISSED = 366;
const KEEPER = 'keep-schedules';

/**
 * Every hour: makes the usual schedules of organisations that are new, tells EventBridge Scheduler what it does not have,
 * begins once what was due while nothing ran, and begins again what crashed. One schedule that fails holds up no other.
 */
async function keepSchedules(_run: DueRun, use: KeepUse, now: Instant): Promise<Outcome> {
  const outcome = { kind: 'kept' as const, made: 0, caughtUp: 0, resumed: 0, failed: 0 };
  for (const schedule of await makeUsual(use, now)) {
    outcome.made += 1;
    if (!(await placeSchedule(use.table, use.scheduler, schedule))) outcome.failed += 1;
  }
  const watched: Watched[] = [];
  for await (const listed of everySchedule(use.table)) {
    // The list lags, and what somebody has just changed must not be told as it was.
    const schedule = await findSchedule(use.table, listed.organisationId, listed.job);
    if (schedule === undefined) continue;
    const { job } = schedule;
    if (!isJobName(job)) await forget(schedule, use);
    else {
      if (!(await placeSchedule(use.table, use.scheduler, schedule))) outcome.failed += 1;
      watched.push({ ...schedule, job });
    }
  }
  for (const one of [...watched, ...(await ofSystem(use, now))]) {
    try {
      const done = await look(one, use, now);
      outcome.caughtUp += done.caughtUp;
      outcome.resumed += done.resumed;
    } catch (error) {
      outcome.failed += 1;
      log.error('schedule could not be caught up', { job: one.job, reason: reasonOf(error) });
    }
  }
  count(METRICS.jobCaughtUp, outcome.caughtUp);
  return outcome;
}

async function makeUsual({ table }: KeepUse, now: Instant): Promise<Schedule[]> {
  const made: Schedule[] = [];
  const jobs = JOB_NAMES.filter((job) => jobOf(job).of === 'organisation');
  for (const organisationId of await rootIds(table))
    for (const job of jobs) {
      if ((await findSchedule(table, organisationId, job)) !== undefined) continue;
      const usual = usualSchedule(organisationId, job, now);
      if (await saveSchedule(table, usual, undefined)) made.push(usual);
    }
  return made;
}

/** The schedule of a job that a release has taken away: its copy would start a function that there is no more. */
async function forget(schedule: Schedule, { table, scheduler }: KeepUse): Promise<void> {
  await scheduler.remove(schedule);
  await dropSchedule(table, schedule);
  log.warn('schedule of a job that is no more', { organisationId: schedule.organisationId, job: schedule.job });
}

/** A new system has missed nothing: what was due before the first look that is known is not made up for. */
async function ofSystem({ table, systemZone }: KeepUse, now: Instant): Promise<Watched[]> {
  const activeSince = (await oldestRun(table, KEEPER))?.startedAt ?? now;
  return JOB_NAMES.filter((job) => jobOf(job).of === 'system' && job !== KEEPER).map((job) => ({
    organisationId: undefined,
    job,
    expression: jobOf(job).expression,
    zone: systemZone,
    state: 'active',
    activeSince,
  }));
}

async function look(watched: Watched, use: KeepUse, now: Instant): Promise<{ caughtUp: number; resumed: number }> {
  const { organisationId, job, zone, activeSince } = watched;
  const { runs } = await runsPage(use.table, { organisationId, job }, RUNS_LOOKED_AT);
  let resumed = 0;
  for (const run of runs) if (isLeft(run, now)) resumed += await resume(run, watched, use, now);
  // What was due while it was paused is not run unless a person says so.
  if (watched.state === 'paused') return { caughtUp: 0, resumed };
  const due = missedAt(watched, runs[0], now);
  if (due === undefined) return { caughtUp: 0, resumed };
  const lastDue = runs[0]?.dueAt ?? activeSince;
  const after = lastDue > activeSince ? lastDue : activeSince;
  const missed = timesDue(expressionOf(watched.expression), zone, { after, upTo: due, most: MOST_MISSED });
  await use.startJob({ ...idOf(watched), by: 'catch-up', dueAt: due, missed });
  log.warn('missed runs are made up for', { organisationId, job, dueAt: due, missed });
  return { caughtUp: 1, resumed };
}

/** Begun and never finished, or asked for and never begun. */
const isLeft = ({ state, leaseUntil }: JobRun, now: Instant): boolean =>
  (state === 'running' || state === 'asked') && leaseUntil < now;

/** Begins again what crashed. The next run of a rate does what this one did not, so that this one has only failed. */
async function resume(run: JobRun, watched: Watched, use: KeepUse, now: Instant): Promise<number> {
  if (run.by === 'clock' && expressionOf(watched.expression).kind === 'rate') {
    await giveUp(use.table, run, run.reason ?? 'It crashed or ran out of time.', now);
    return 0;
  }
  const { dueAt, personId, requestId, missed = 1 } = run;
  const input: JobInput =
    personId === undefined || requestId === undefined
      ? { ...idOf(watched), by: 'catch-up', dueAt, missed }
      : { ...idOf(watched), by: 'person', dueAt, personId, requestId };
  await use.startJob(input);
  return 1;
}

const idOf = ({ organisationId, job }: Watched): { readonly job: string; readonly organisationId?: string } => ({
  job,
  ...(organisationId === undefined ? {} : { organisationId }),
});

export const definition: JobDefinition<KeepUse> = {
  name: 'keep-schedules',
  open: () => ({
    table: openTable(),
    scheduler: openScheduler(),
    startJob: openJobStart(),
    systemZone: environment('SCHEDULE_ZONE'),
  }),
  handle: keepSchedules,
};
export const handler = jobFunction(definition);
