import * as z from 'zod';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import {
  lastDueAt,
  nextDueAt,
  rateSeconds,
  readScheduleExpression,
  type ScheduleExpression,
} from '../kernel/schedule-expression.ts';
import { type Instant, instantSchema, plusSeconds, timeZoneSchema } from '../kernel/time.ts';
import type { JobRun } from '../platform/job-run.ts';
import { type JobName, jobOf, USUAL_ZONE } from './job.ts';

/**
 * When one job runs for one organisation at the top of a tree, and all below it. What stands here counts; what EventBridge
 * Scheduler has is its copy, put right within the hour where it differs.
 */
export const scheduleSchema = z.object({
  type: z.literal('schedule'),
  organisationId: z.string(),
  job: z.string(),
  version: z.number().int().min(1),
  expression: z.string(),
  zone: z.string(),
  state: z.enum(['active', 'paused']),
  pauseReason: z.string().optional(),
  /** What was due before this is not missed: the schedule was another one, or was paused. */
  activeSince: instantSchema,
  /** A person's id, or `default`. */
  changedBy: z.string(),
  changedAt: instantSchema,
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** The schedule of an organisation that has said nothing. It counts as version 1, so that it is changed like any other. */
export const usualSchedule = (organisationId: string, job: JobName, now: Instant): Schedule => ({
  type: 'schedule',
  organisationId,
  job,
  version: 1,
  expression: jobOf(job).expression,
  zone: USUAL_ZONE,
  state: jobOf(job).isOn ? 'active' : 'paused',
  activeSince: now,
  changedBy: 'default',
  changedAt: now,
});

/** How long a schedule may be as text: six fields of lists are no more. */
const LONGEST_EXPRESSION = 128;
export const scheduleRequestSchema = z.strictObject({
  expression: z.string().trim().min(1).max(LONGEST_EXPRESSION),
  zone: timeZoneSchema.default(USUAL_ZONE),
});
export type ScheduleRequest = z.infer<typeof scheduleRequestSchema>;

export const pauseRequestSchema = z.strictObject({ reason: z.string().trim().min(1).max(200) });

/** Jobs look through all that an organisation has, and none of them finds anything new within the hour. */
const SHORTEST_RATE_MINUTES = 60;

/** What is wrong with a schedule that somebody wants, or the expression that was read. */
export function checkedExpression(
  { expression, zone }: ScheduleRequest,
  now: Instant,
): { readonly kind: 'checked'; readonly expression: ScheduleExpression } | Refusal {
  const refused = (problem: string, fix: string): Refusal => {
    const wrong: FieldProblem = { field: 'expression', problem, fix };
    return refuse('bad-schedule', `The schedule ${problem}.`, [wrong]);
  };
  const read = readScheduleExpression(expression);
  if (read.kind === 'bad') return refused(read.problem, read.fix);
  if (isTooOften(read.expression))
    return refused('runs more often than once an hour', 'Name one minute of the hour, or a rate of an hour or more.');
  if (read.expression.kind !== 'rate' && nextDueAt(read.expression, zone, now) === undefined)
    return refused('never comes', `Name a time that is still to come and that the clocks of ${zone} show.`);
  return { kind: 'checked', expression: read.expression };
}

function isTooOften(expression: ScheduleExpression): boolean {
  if (expression.kind === 'rate') return expression.everyMinutes < SHORTEST_RATE_MINUTES;
  return expression.kind === 'cron' && expression.minutes.length > 1;
}

/** The schedule as somebody changed it: what was due before the change is not missed. */
export const changed = (
  schedule: Schedule,
  change: Partial<Pick<Schedule, 'expression' | 'zone' | 'state' | 'pauseReason'>>,
  by: string,
  now: Instant,
): Schedule => {
  const { pauseReason: _past, ...before } = schedule;
  return { ...before, ...change, version: schedule.version + 1, activeSince: now, changedBy: by, changedAt: now };
};

/** An expression that was checked when it was written. Throws where it was not. */
export function expressionOf(text: string): ScheduleExpression {
  const read = readScheduleExpression(text);
  if (read.kind === 'bad') throw new RangeError(`the schedule ${text} ${read.problem}`);
  return read.expression;
}

/** When it runs next; of a rate, an interval after the run before. */
export function nextRunAt(
  { expression, zone }: Pick<Schedule, 'expression' | 'zone'>,
  lastRun: Pick<JobRun, 'dueAt'> | undefined,
  now: Instant,
): Instant | undefined {
  const read = expressionOf(expression);
  if (read.kind !== 'rate') return nextDueAt(read, zone, now);
  const next = plusSeconds(lastRun?.dueAt ?? now, rateSeconds(read));
  return next > now ? next : now;
}

/** What starts a run late is no miss: EventBridge Scheduler starts within its minute, and tries for a while where it cannot. */
const GRACE_SECONDS = 10 * 60;

/**
 * The last time that a schedule was due and did not run, if there is one. A run that began since makes up for it, whoever
 * asked for it. A rate misses nothing: its next run is due anyway, and takes up where the last one ended.
 */
export function missedAt(
  { expression, zone, activeSince }: Pick<Schedule, 'expression' | 'zone' | 'activeSince'>,
  lastRun: Pick<JobRun, 'dueAt'> | undefined,
  now: Instant,
): Instant | undefined {
  const read = expressionOf(expression);
  const due = lastDueAt(read, zone, plusSeconds(now, -GRACE_SECONDS));
  if (due === undefined || due <= activeSince) return undefined;
  return lastRun !== undefined && lastRun.dueAt >= due ? undefined : due;
}

/** The name of its copy: at most 62 of the 64 characters that EventBridge Scheduler takes. Those of the system have no dot. */
export const placedName = ({ organisationId, job }: Pick<Schedule, 'organisationId' | 'job'>): string =>
  `${organisationId}.${job}`;
