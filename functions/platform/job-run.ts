import * as z from 'zod';
import { instantSchema } from '../kernel/time.ts';

/** What started a run: its time came; somebody asked; or its time came while nothing ran, and it is made up for. */
export const RUN_CAUSES = ['clock', 'person', 'catch-up'] as const;
export type RunCause = (typeof RUN_CAUSES)[number];

/**
 * One run of one job. It is claimed by writing it: whoever comes second with the same instant finds it and does nothing. A
 * run that is `running` after its lease has crashed, and whoever comes next takes it over.
 */
export const jobRunSchema = z.object({
  type: z.literal('job-run'),
  job: z.string(),
  /** Of jobs of the system: none. */
  organisationId: z.string().optional(),
  /** When it should have begun; of one that a person asked for, when they asked. */
  dueAt: instantSchema,
  by: z.enum(RUN_CAUSES),
  /** Who asked. */
  personId: z.string().optional(),
  requestId: z.string().optional(),
  /** How many were due since the last run, where this one makes up for them all. */
  missed: z.number().int().positive().optional(),
  state: z.enum(['asked', 'running', 'done', 'failed']),
  /** How often it was begun. */
  attempts: z.number().int().min(0),
  /** Of Lambda: a repeat of one that failed has the same, and begins when that one is over. */
  invocation: z.string(),
  startedAt: instantSchema,
  leaseUntil: instantSchema,
  finishedAt: instantSchema.optional(),
  /** What the job said it did: its kind and its figures. */
  outcome: z.record(z.string(), z.unknown()).optional(),
  /** Why it failed, or why the last attempt did. */
  reason: z.string().optional(),
  /** Epoch seconds after which the table forgets it. */
  expiresAt: z.number().int(),
});
export type JobRun = z.infer<typeof jobRunSchema>;
