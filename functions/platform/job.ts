import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { PermanentError, reasonOf } from '../kernel/errors.ts';
import { expressionSchema, lastDueAt } from '../kernel/schedule-expression.ts';
import { type Instant, instantOf, instantSchema, SECONDS_PER_MINUTE, timeZoneSchema } from '../kernel/time.ts';
import type { Replacement } from './http.ts';
import { claimRun, failRun, finishRun, isPaused, type RunToClaim } from './job-run.store.ts';
import { log } from './log.ts';
import { count, flushMetrics, METRICS } from './metrics.ts';
import { tellTime } from './open-table.ts';
import type { Table } from './table.ts';

/** `organisationId`: none for jobs of the system. `dueAt`: when the run should have begun, which is what it is about. */
export type DueRun = { readonly organisationId: string | undefined; readonly dueAt: Instant };
/** What a run did: its kind and its figures, which people read in the list of runs. */
export type JobOutcome = { readonly kind: string; readonly [figure: string]: unknown };

export type JobDefinition<Use extends { readonly table: Table }> = {
  /** Of the function and of its job in functions/schedules/job.ts. */
  readonly name: string;
  readonly open: () => Use;
  /** Idempotent all the same: a run that crashed is begun again, and what it had done stands. */
  readonly handle: (run: DueRun, use: Use, now: Instant) => Promise<JobOutcome>;
};
export type JobHandler = (input: unknown, context: Context) => Promise<JobOutcome>;

/** What EventBridge Scheduler puts the instant in place of. The emulator of a local run leaves it as it is. */
export const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

const about = { job: z.string(), organisationId: z.string().optional() };
/** What a job's function is started with: by EventBridge Scheduler, by the hourly look at schedules, or by a person. */
export const jobInputSchema = z.discriminatedUnion('by', [
  z.strictObject({
    ...about,
    by: z.literal('clock'),
    dueAt: z.union([z.literal(SCHEDULED_TIME), instantSchema]),
    expression: expressionSchema,
    zone: timeZoneSchema,
  }),
  z.strictObject({ ...about, by: z.literal('catch-up'), dueAt: instantSchema, missed: z.number().int().positive() }),
  z.strictObject({
    ...about,
    by: z.literal('person'),
    dueAt: instantSchema,
    personId: z.string(),
    requestId: z.string(),
  }),
]);
/** What a job's function is started with. */
export type JobInput = z.input<typeof jobInputSchema>;

/**
 * The stack of every function that a schedule starts. Each run is claimed once for (job, organisation, instant), so that an
 * event that comes twice, or beside a catch-up, does nothing; it is finished, or failed with its reason, where people see it.
 * What the job throws goes on to Lambda, which begins the run again; the claim counts how often, and calls a person in the end.
 */
export function jobFunction<Use extends { readonly table: Table }>(
  definition: JobDefinition<Use>,
  replacement?: Replacement<Use>,
): JobHandler {
  let use: Use | undefined = replacement?.use;
  const base = async (event: unknown, context: Context): Promise<JobOutcome> => {
    use ??= definition.open();
    const { table } = use;
    const now = await (replacement?.tellTime ?? tellTime)();
    const toClaim = runOf(definition.name, event, context, now);
    if (toClaim.by === 'clock' && (await isPaused(table, toClaim))) return { kind: 'paused' };
    const remainingMs = context.getRemainingTimeInMillis();
    const claim = await claimRun(table, toClaim, { invocation: context.awsRequestId, remainingMs }, now);
    if (claim.kind !== 'claimed') return { kind: claim.kind };
    let outcome: JobOutcome;
    try {
      outcome = await definition.handle({ organisationId: toClaim.organisationId, dueAt: toClaim.dueAt }, use, now);
    } catch (error) {
      await failRun(table, claim.run, error, now);
      throw error;
    }
    await finishRun(table, claim.run, outcome, await (replacement?.tellTime ?? tellTime)());
    return outcome;
  };
  return middy<unknown, JobOutcome>(base)
    .before((request) => {
      log.addContext(request.context);
      log.resetKeys();
      log.appendKeys({ function: definition.name });
    })
    .after((request) => {
      log.info('job done', { outcome: request.response?.kind });
      flushMetrics();
    })
    .onError((request) => {
      log.error('job failed', { reason: reasonOf(request.error) });
      count(METRICS.unexpectedError);
      flushMetrics();
    }) as unknown as JobHandler;
}

/** Nothing at all, as whoever operates the system invokes a function by hand, is a run of the system that is due now. */
function runOf(name: string, event: unknown, { awsRequestId }: Context, now: Instant): RunToClaim {
  if (isNothing(event)) return { job: name, dueAt: now, by: 'person', personId: 'operator', requestId: awsRequestId };
  const input = jobInputSchema.safeParse(event);
  if (!input.success) throw new PermanentError(`${name} was started with a wrong input: ${input.error.message}`);
  const { data } = input;
  if (data.job !== name) throw new PermanentError(`${name} was started for the job ${data.job}`);
  if (data.by !== 'clock') return data;
  const { job, organisationId, by, expression, zone } = data;
  // Without the scheduled time it is the last that the expression names; a rate names none, and the minute stands for it.
  const dueAt =
    data.dueAt === SCHEDULED_TIME
      ? (lastDueAt(expression, zone, now) ?? startOfMinute(now))
      : startOfMinute(data.dueAt);
  return { job, organisationId, dueAt, by, isRate: expression.kind === 'rate' };
}

const isNothing = (event: unknown): boolean =>
  event === undefined || event === null || (typeof event === 'object' && Object.keys(event).length === 0);

const startOfMinute = (instant: Instant): Instant => {
  const minuteMs = SECONDS_PER_MINUTE * 1000;
  return instantOf(Math.floor(Date.parse(instant) / minuteMs) * minuteMs);
};
