import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { environment } from '../platform/environment.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { isFree } from '../platform/job-run.store.ts';
import type { JobRun } from '../platform/job-run.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { isJobName, JOB_NAMES, type JobName, jobOf } from './job.ts';
import { openJobStart, type StartJob } from './job-start.gateway.ts';
import { isPlaced, placeSchedule } from './placing.store.ts';
import { askForRun, findSchedule, isRunPosition, latestRun, runsPage, saveSchedule } from './schedule.store.ts';
import {
  changed,
  checkedExpression,
  pauseRequestSchema,
  type Schedule,
  scheduleRequestSchema,
  usualSchedule,
} from './schedule.ts';
import { runView, scheduleView } from './schedule-view.ts';
import { openScheduler, type Scheduler } from './scheduler.gateway.ts';

export type SchedulesUse = {
  readonly table: Table;
  readonly scheduler: Scheduler;
  readonly startJob: StartJob;
  /** Of jobs of the system. */
  readonly systemZone: string;
};
/** A schedule as it stands: nobody has written the usual one yet. */
type Standing = { readonly schedule: Schedule; readonly isWritten: boolean };

const RUNS_OF_A_PAGE = 50;

async function answerSchedules(request: StaffRequest, use: SchedulesUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', job } = request.parameters;
  const organisation = await findOrganisation(use.table, organisationId);
  const [rootId = organisationId] = organisation?.path ?? [];
  if (rootId !== organisationId)
    return problem(409, 'not-a-root', `Schedules are kept by ${rootId}, for all below it: ask there.`);
  if (job === undefined) return list(organisationId, use, now);
  if (!isJobName(job)) return problem(404, 'unknown-job', `There is no job ${job}. The list of schedules names all.`);
  const act = request.path.split('/').at(-1);
  if (act === 'runs')
    return request.method === 'POST'
      ? runNow(request, { organisationId, job }, use, now)
      : history(request, { organisationId, job }, use);
  if (request.method === 'GET') return shown(200, job, await standingOf(use.table, organisationId, job, now), use, now);
  if (jobOf(job).of === 'system')
    return problem(409, 'job-of-the-system', `${job} runs for everybody: no organisation changes or pauses it.`);
  const standing = await standingOf(use.table, organisationId, job, now);
  if (act === 'pauses') return pause(request, job, standing, use, now);
  if (act === 'resumptions') return resume(request, job, standing, use, now);
  return save(request, job, standing, use, now);
}

async function standingOf(table: Table, organisationId: string, job: JobName, now: Instant): Promise<Standing> {
  const written = await findSchedule(table, organisationId, job);
  return { schedule: written ?? usualSchedule(organisationId, job, now), isWritten: written !== undefined };
}

async function list(organisationId: string, use: SchedulesUse, now: Instant): Promise<HttpAnswer> {
  const schedules = await Promise.all(
    JOB_NAMES.map(async (job) => viewOf(job, await standingOf(use.table, organisationId, job, now), use, now)),
  );
  return { status: 200, body: { organisationId, schedules } };
}

async function viewOf(job: JobName, { schedule }: Standing, use: SchedulesUse, now: Instant) {
  if (jobOf(job).of === 'system') {
    const { expression } = jobOf(job);
    const lastRun = await latestRun(use.table, undefined, job);
    return scheduleView(job, { expression, zone: use.systemZone }, lastRun, { isPlaced: true, now });
  }
  const lastRun = await latestRun(use.table, schedule.organisationId, job);
  return scheduleView(job, schedule, lastRun, { isPlaced: await isPlaced(use.table, use.scheduler, schedule), now });
}

async function shown(
  status: number,
  job: JobName,
  standing: Standing,
  use: SchedulesUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = await viewOf(job, standing, use, now);
  return { status, ...(body.version === null ? {} : { headers: { etag: etagOf(body.version) } }), body };
}

async function save(
  request: StaffRequest,
  job: JobName,
  standing: Standing,
  use: SchedulesUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, scheduleRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const { schedule } = standing;
  const stale = refuseUnlessCurrent(request, schedule.version);
  if (stale !== undefined) return stale;
  const checked = checkedExpression(body.value, now);
  if (checked.kind === 'refused') return refusalAnswer(422, checked);
  const { pauseReason } = schedule;
  const change = { ...body.value, ...(pauseReason === undefined ? {} : { pauseReason }) };
  return write(job, standing, changed(schedule, change, request.actor.id, now), use, now);
}

async function pause(
  request: StaffRequest,
  job: JobName,
  standing: Standing,
  use: SchedulesUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, pauseRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (standing.schedule.state === 'paused') return shown(200, job, standing, use, now);
  const change = { state: 'paused', pauseReason: body.value.reason } as const;
  return write(job, standing, changed(standing.schedule, change, request.actor.id, now), use, now);
}

async function resume(
  request: StaffRequest,
  job: JobName,
  standing: Standing,
  use: SchedulesUse,
  now: Instant,
): Promise<HttpAnswer> {
  if (standing.schedule.state === 'active') return shown(200, job, standing, use, now);
  const next = changed(standing.schedule, { state: 'active' }, request.actor.id, now);
  const checked = checkedExpression(next, now);
  if (checked.kind === 'refused') return refusalAnswer(422, checked);
  return write(job, standing, next, use, now);
}

async function write(
  job: JobName,
  { schedule, isWritten }: Standing,
  next: Schedule,
  use: SchedulesUse,
  now: Instant,
): Promise<HttpAnswer> {
  const { table, scheduler } = use;
  if (!(await saveSchedule(table, next, isWritten ? schedule.version : undefined))) {
    const latest = await findSchedule(table, schedule.organisationId, job);
    if (latest === undefined) throw new TransientError('the schedule could not be written just now');
    return changedMeanwhile(latest.version);
  }
  await placeSchedule(table, scheduler, next);
  return shown(200, job, { schedule: next, isWritten: true }, use, now);
}

type WhichJob = { readonly organisationId: string; readonly job: JobName };
/** Whose runs they are: of jobs of the system nobody's. */
const runsOwner = ({ organisationId, job }: WhichJob): string | undefined =>
  jobOf(job).of === 'system' ? undefined : organisationId;

async function runNow(request: StaffRequest, which: WhichJob, use: SchedulesUse, now: Instant): Promise<HttpAnswer> {
  const key = readNeededIdempotencyKey(request);
  if (key.kind === 'bad') return key.answer;
  const { job } = which;
  const organisationId = runsOwner(which);
  const busy = await runningNow(use.table, organisationId, job, now);
  if (busy !== undefined && busy.requestId !== key.key)
    return problem(409, 'job-running', `${job} has been running since ${busy.startedAt}. Ask again when it is done.`);
  const personId = request.actor.id;
  const asked = await askForRun(use.table, { organisationId, job, personId, requestId: key.key }, now);
  if (asked.kind === 'refused') return refusalAnswer(409, asked);
  const { run } = asked;
  // Also for a repeat: the first call may have noted the run and died before it was started.
  if (run.state === 'asked')
    await use.startJob({
      job,
      ...(organisationId === undefined ? {} : { organisationId }),
      by: 'person',
      dueAt: run.dueAt,
      personId,
      requestId: key.key,
    });
  return { status: asked.kind === 'asked' ? 202 : 200, body: runView(run) };
}

/** The newest run, where it is under way. One whose lease is over has crashed, and is in nobody's way. */
async function runningNow(
  table: Table,
  organisationId: string | undefined,
  job: JobName,
  now: Instant,
): Promise<JobRun | undefined> {
  const latest = await latestRun(table, organisationId, job);
  return latest?.state === 'running' && !isFree(latest, '', now) ? latest : undefined;
}

async function history(request: StaffRequest, which: WhichJob, { table }: SchedulesUse): Promise<HttpAnswer> {
  const from = request.query['after'];
  if (from !== undefined && !isRunPosition(from))
    return problem(400, 'bad-cursor', '"after" must be as in "next" of the page before.');
  const of = { organisationId: runsOwner(which), job: which.job, ...(from === undefined ? {} : { from }) };
  const { runs, next } = await runsPage(table, of, RUNS_OF_A_PAGE);
  return {
    status: 200,
    body: {
      job: which.job,
      runs: runs.map(runView),
      next: next === undefined ? null : `?after=${encodeURIComponent(next)}`,
    },
  };
}

const MANAGERS = { roles: ['admin', 'manager'], of: 'organisation' } as const;
const READERS = { roles: ['admin', 'manager', 'finance', 'auditor'], of: 'organisation' } as const;

export const definition: StaffDefinition<SchedulesUse> = {
  name: 'manage-schedules',
  access: {
    'GET /organisations/{organisationId}/schedules': READERS,
    'GET /organisations/{organisationId}/schedules/{job}': READERS,
    'PUT /organisations/{organisationId}/schedules/{job}': MANAGERS,
    'POST /organisations/{organisationId}/schedules/{job}/pauses': MANAGERS,
    'POST /organisations/{organisationId}/schedules/{job}/resumptions': MANAGERS,
    'GET /organisations/{organisationId}/schedules/{job}/runs': READERS,
    'POST /organisations/{organisationId}/schedules/{job}/runs': MANAGERS,
  },
  open: () => ({
    table: openTable(),
    scheduler: openScheduler(),
    startJob: openJobStart(),
    systemZone: environment('SCHEDULE_ZONE'),
  }),
  handle: answerSchedules,
};
export const handler = staffFunction(definition);
