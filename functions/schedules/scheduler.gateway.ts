import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  ThrottlingException,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { clientSettings, once } from '../platform/clients.ts';
import { environment } from '../platform/environment.ts';
import { type JobInput, SCHEDULED_TIME } from '../platform/job.ts';
import { placedName, type Schedule } from './schedule.ts';

/** EventBridge Scheduler's copies of organisations' schedules. Throws ThrottledError, and TransientError where it has no answer. */
export type Scheduler = {
  /** What it would be told of this schedule, as one text: whoever has told it that has told it everything. */
  copyOf(schedule: Schedule): string;
  /** Makes the copy what the schedule says, whatever it was. */
  place(schedule: Schedule): Promise<void>;
  /** Removes the copy, or finds that there is none. */
  remove(schedule: Pick<Schedule, 'organisationId' | 'job'>): Promise<void>;
};

/** As for jobs of the system (infra/schedules.ts). */
const START_ATTEMPTS = 10;
const OLDEST_START_SECONDS = 60 * 60;

const openClient = once(() => new SchedulerClient(clientSettings));

export const openScheduler = once((): Scheduler => {
  const GroupName = environment('SCHEDULE_GROUP');
  const RoleArn = environment('SCHEDULE_ROLE_ARN');
  const deadLettersArn = environment('SCHEDULE_DEAD_LETTERS_ARN');
  const functionArnPrefix = environment('FUNCTION_ARN_PREFIX');

  function inputOf(schedule: Schedule): CreateScheduleCommandInput {
    const { organisationId, job, expression, zone, state } = schedule;
    const input: JobInput = { job, organisationId, by: 'clock', dueAt: SCHEDULED_TIME, expression, zone };
    return {
      Name: placedName(schedule),
      GroupName,
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: zone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: state === 'active' ? 'ENABLED' : 'DISABLED',
      Target: {
        Arn: `${functionArnPrefix}${job}`,
        RoleArn,
        Input: JSON.stringify(input),
        DeadLetterConfig: { Arn: deadLettersArn },
        RetryPolicy: { MaximumRetryAttempts: START_ATTEMPTS, MaximumEventAgeInSeconds: OLDEST_START_SECONDS },
      },
    };
  }

  return {
    copyOf: (schedule) => JSON.stringify(inputOf(schedule)),
    async place(schedule) {
      const input = inputOf(schedule);
      try {
        await openClient().send(new UpdateScheduleCommand(input));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw failureOf('change a schedule', error);
        await openClient()
          .send(new CreateScheduleCommand(input))
          .catch((failed: unknown) => {
            throw failureOf('make a schedule', failed);
          });
      }
    },
    async remove(schedule) {
      try {
        await openClient().send(new DeleteScheduleCommand({ GroupName, Name: placedName(schedule) }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw failureOf('remove a schedule', error);
      }
    },
  };
});

const failureOf = (what: string, error: unknown): Error =>
  error instanceof ThrottlingException
    ? new ThrottledError(`EventBridge Scheduler is asked too much: cannot ${what}`, { cause: error })
    : new TransientError(`cannot ${what}: ${reasonOf(error)}`, { cause: error });
