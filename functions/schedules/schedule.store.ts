import * as z from 'zod';
import { type Refusal, refuse } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { epochSeconds, instantSchema, SECONDS_PER_DAY } from '../kernel/time.ts';
import { itemOf } from '../platform/job-run.store.ts';
import { type JobRun, jobRunSchema } from '../platform/job-run.ts';
import {
  allSchedules,
  jobRunKey,
  runRequestKey,
  runsOfJob,
  scheduleCopyKey,
  scheduleIndexKey,
  scheduleKey,
} from '../platform/keys.ts';
import { everyItem, type Item, type Table } from '../platform/table.ts';
import { type Schedule, scheduleSchema } from './schedule.ts';

export async function findSchedule(table: Table, organisationId: string, job: string): Promise<Schedule | undefined> {
  const item = await table.get(scheduleKey(organisationId, job));
  return item === undefined ? undefined : scheduleSchema.parse(item);
}

/** Every schedule of every organisation, one after the other. The index lags by a second or so. */
export async function* everySchedule(table: Table): AsyncGenerator<Schedule> {
  for await (const item of everyItem(table, allSchedules)) yield scheduleSchema.parse(item);
}

const scheduleItem = (schedule: Schedule): Item => ({
  ...scheduleKey(schedule.organisationId, schedule.job),
  ...scheduleIndexKey(schedule.organisationId, schedule.job),
  ...schedule,
});

/** Writes a schedule over the version that was read, or as the first. False where somebody else was there before. */
export async function saveSchedule(table: Table, next: Schedule, version: number | undefined): Promise<boolean> {
  const when = version === undefined ? ({ absent: true } as const) : { equals: { version } };
  return (await table.write({ put: scheduleItem(next), when })).kind === 'written';
}

/** What EventBridge Scheduler was last told of a schedule, as one text. */
export async function findPlaced(table: Table, organisationId: string, job: string): Promise<string | undefined> {
  const copy = await table.get(scheduleCopyKey(organisationId, job));
  return typeof copy?.['placed'] === 'string' ? copy['placed'] : undefined;
}

/** Notes what EventBridge Scheduler was told. False where the schedule is no longer the one that it was told. */
export async function notePlaced(
  table: Table,
  { organisationId, job, version }: Schedule,
  placed: string,
): Promise<boolean> {
  const outcome = await table.transact([
    { check: scheduleKey(organisationId, job), when: { equals: { version } } },
    { put: { ...scheduleCopyKey(organisationId, job), type: 'schedule-copy', version, placed } },
  ]);
  return outcome.kind === 'committed';
}

/** Forgets the schedule of a job that there is no more. */
export async function dropSchedule(table: Table, { organisationId, job }: Schedule): Promise<void> {
  await table.write({ delete: scheduleKey(organisationId, job) });
  await table.write({ delete: scheduleCopyKey(organisationId, job) });
}

/** The newest run, whatever became of it. */
export async function latestRun(
  table: Table,
  organisationId: string | undefined,
  job: string,
): Promise<JobRun | undefined> {
  const [latest] = (await runsPage(table, { organisationId, job }, 1)).runs;
  return latest;
}

const POSITION = /^2\d{3}-[0-9T:.-]{18}Z(#[A-Za-z0-9_-]{1,64})?$/;
/** Whether a text can be the position of a run, as `next` of a page says it. */
export const isRunPosition = (text: string): boolean => POSITION.test(text);

/** Runs of a job, newest first, from a position on; `next` is where the following page begins. */
export async function runsPage(
  table: Table,
  {
    organisationId,
    job,
    from,
  }: { readonly organisationId: string | undefined; readonly job: string; readonly from?: string },
  size: number,
): Promise<{ readonly runs: readonly JobRun[]; readonly next?: string }> {
  const question = runsOfJob(organisationId, job, from);
  const { items } = await table.query(question, { limit: size + 1, descending: true });
  const runs = items.slice(0, size).map((item) => jobRunSchema.parse(item));
  const following = items[size];
  return following === undefined ? { runs } : { runs, next: following.sk.slice('RUN#'.length) };
}

/** The oldest run that is still known. */
export async function oldestRun(table: Table, job: string): Promise<JobRun | undefined> {
  const [item] = (await table.query(runsOfJob(undefined, job), { limit: 1 })).items;
  return item === undefined ? undefined : jobRunSchema.parse(item);
}

const requestSchema = z.object({ personId: z.string(), dueAt: instantSchema });
/** As long as the run itself is kept. */
const ASKED_RUNS_KEPT_DAYS = 400;

/**
 * Notes that a person wants a job to run now, once for each key: the same person with the same key again finds the run that
 * they asked for. It has not begun; whoever starts the function does that.
 */
export async function askForRun(
  table: Table,
  asked: {
    readonly organisationId: string | undefined;
    readonly job: string;
    readonly personId: string;
    readonly requestId: string;
  },
  now: Instant,
): Promise<{ readonly kind: 'asked' | 'already-asked'; readonly run: JobRun } | Refusal> {
  const { organisationId, job, personId, requestId } = asked;
  const run: JobRun = {
    type: 'job-run',
    job,
    ...(organisationId === undefined ? {} : { organisationId }),
    dueAt: now,
    by: 'person',
    personId,
    requestId,
    state: 'asked',
    attempts: 0,
    invocation: 'none',
    startedAt: now,
    leaseUntil: now,
    expiresAt: epochSeconds(now) + ASKED_RUNS_KEPT_DAYS * SECONDS_PER_DAY,
  };
  const requestKey = runRequestKey(organisationId, job, requestId);
  const { expiresAt } = run;
  const outcome = await table.transact([
    { put: { ...requestKey, type: 'run-request', personId, dueAt: now, expiresAt }, when: { absent: true } },
    { put: itemOf(run), when: { absent: true } },
  ]);
  if (outcome.kind === 'committed') return { kind: 'asked', run };
  const standing = requestSchema.optional().parse(await table.get(requestKey));
  if (standing?.personId !== personId)
    return refuse('idempotency-key-reused', 'This Idempotency-Key belongs to another run. Use a new one.');
  const item = await table.get(jobRunKey(organisationId, job, standing.dueAt, requestId));
  return item === undefined
    ? refuse('idempotency-key-reused', 'The run of this Idempotency-Key is no longer known. Use a new one.')
    : { kind: 'already-asked', run: jobRunSchema.parse(item) };
}
