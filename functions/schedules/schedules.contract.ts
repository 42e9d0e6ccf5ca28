import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';
import { type AreaContract, afterQuery, countAnswer, nextAnswer } from '../platform/contract.ts';
import { RUN_CAUSES } from '../platform/job-run.ts';
import { JOBS, type JobName } from './job.ts';
import { pauseRequestSchema, scheduleRequestSchema } from './schedule.ts';

const runShape = z.object({
  dueAt: instantSchema.describe('When it should have begun, or when a person asked for it'),
  by: z.enum(RUN_CAUSES),
  personId: z.string().nullable(),
  missed: countAnswer.nullable().describe('How many were due since the run before, of one that makes up for them'),
  state: z.enum(['asked', 'running', 'done', 'failed']),
  attempts: countAnswer,
  startedAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
  outcome: z.record(z.string(), z.unknown()).nullable().describe('What the job says it did: its kind and its figures'),
  reason: z.string().nullable().describe('Why it failed, or why the last attempt did'),
});

const schedule = z.object({
  job: z.enum(Object.keys(JOBS) as [JobName, ...JobName[]]),
  of: z.enum(['system', 'organisation']).describe('`system`: it runs for everybody, and is nobody’s to change'),
  does: z.object({ 'zh-CN': z.string(), en: z.string() }),
  expression: z.string().describe('As EventBridge Scheduler reads it'),
  zone: z.string(),
  state: z.enum(['active', 'paused']),
  pauseReason: z.string().nullable(),
  nextRunAt: instantSchema.nullable(),
  lastRun: runShape.nullable(),
  version: z.number().int().nullable(),
  changedBy: z.string().nullable(),
  changedAt: instantSchema.nullable(),
  isPlaced: z
    .boolean()
    .describe('Whether EventBridge Scheduler has it as it stands; within the hour where it does not'),
});

const answered = (description: string, body: z.ZodType) => ({ description, body });
const changedAnswer = { 200: answered('The schedule as it stands', schedule) };
const notTheirs = ['not-a-root', 'job-of-the-system'];

export const schedulesContract = {
  tag: 'Schedules',
  named: { Schedule: schedule, JobRun: runShape },
  routes: [
    {
      method: 'GET',
      path: '/organisations/{organisationId}/schedules',
      operation: 'listSchedules',
      summary: 'Everything that runs again and again for an organisation at the top of a tree, when, and how it went.',
      answers: {
        200: answered(
          'In the order of the catalogue',
          z.object({ organisationId: z.string(), schedules: z.array(schedule) }),
        ),
      },
      problems: { 409: ['not-a-root'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/schedules/{job}',
      operation: 'getSchedule',
      summary: 'One schedule, with its ETag where it can be changed.',
      answers: { 200: answered('The schedule', schedule) },
      problems: { 404: ['unknown-job'], 409: ['not-a-root'] },
    },
    {
      method: 'PUT',
      path: '/organisations/{organisationId}/schedules/{job}',
      operation: 'saveSchedule',
      summary: 'Says when a job runs: cron(…), rate(…) or at(…) in a zone, at most once an hour.',
      ifMatch: true,
      etag: true,
      body: scheduleRequestSchema,
      answers: changedAnswer,
      problems: { 404: ['unknown-job'], 409: notTheirs, 422: ['bad-schedule'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/schedules/{job}/pauses',
      operation: 'pauseSchedule',
      summary: 'Stops a job from running by its schedule. What is due meanwhile is not made up for.',
      etag: true,
      body: pauseRequestSchema,
      answers: changedAnswer,
      problems: { 404: ['unknown-job'], 409: notTheirs, 412: ['changed-meanwhile'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/schedules/{job}/resumptions',
      operation: 'resumeSchedule',
      summary: 'Lets a job run by its schedule again, from now on.',
      etag: true,
      answers: changedAnswer,
      problems: { 404: ['unknown-job'], 409: notTheirs, 412: ['changed-meanwhile'], 422: ['bad-schedule'] },
    },
    {
      method: 'GET',
      path: '/organisations/{organisationId}/schedules/{job}/runs',
      operation: 'listRuns',
      summary: 'What a job did, newest first, 50 a page.',
      query: z.object({ after: afterQuery }),
      answers: {
        200: answered('The runs', z.object({ job: z.string(), runs: z.array(runShape), next: nextAnswer })),
      },
      problems: { 400: ['bad-cursor'], 404: ['unknown-job'], 409: ['not-a-root'] },
    },
    {
      method: 'POST',
      path: '/organisations/{organisationId}/schedules/{job}/runs',
      operation: 'runNow',
      summary: 'Runs a job now, paused or not, once for each key.',
      idempotencyKey: 'needed',
      answers: {
        202: answered('It is begun', runShape),
        200: answered('The run that this key asked for before', runShape),
      },
      problems: {
        400: ['idempotency-key-needed', 'bad-idempotency-key'],
        404: ['unknown-job'],
        409: ['not-a-root', 'job-running', 'idempotency-key-reused'],
      },
    },
  ],
} as const satisfies AreaContract;
