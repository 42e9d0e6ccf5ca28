import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../functions/manifest.ts';
import { isJobName, type Job, type JobName, jobOf } from '../functions/schedules/job.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { APPLICATION, functionArnOf } from './names.ts';
import type { Settings } from './settings.ts';

/** Name of the group of all schedules, of the system and of organisations. */
export const SCHEDULE_GROUP = APPLICATION;
/** EventBridge Scheduler could not start a function for so long: what is due later starts by itself, and catching up does the rest. */
const OLDEST_START_HOURS = 1;
const START_ATTEMPTS = 10;
/** Lambda's own repeats of a run that failed, after one minute and after two. A rate comes again anyway. */
const REPEATS = 2;

export type SchedulingProps = { readonly deadLetters: Queue };

/**
 * The group that all schedules are in, and what EventBridge Scheduler may start: with one role what belongs to the system,
 * with another what belongs to organisations. Who makes schedules for organisations may hand over only the second, so that no
 * mistake of theirs starts anything else.
 */
export class Scheduling extends Construct {
  readonly group: CfnScheduleGroup;
  readonly systemRole: Role;
  readonly organisationRole: Role;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { deadLetters }: SchedulingProps) {
    super(scope, id);
    this.deadLetters = deadLetters;
    this.group = new CfnScheduleGroup(this, 'Group', { name: SCHEDULE_GROUP });
    this.systemRole = this.#roleFor('system');
    this.organisationRole = this.#roleFor('organisation');
  }

  #roleFor(of: Job['of']): Role {
    const stack = Stack.of(this);
    const functions = deployedJobs()
      .filter(({ job }) => jobOf(job).of === of)
      .map(({ name }) => functionArnOf(this, name));
    // Only schedules of this group: a schedule of anybody else in the account that names this role is turned away.
    const group = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: SCHEDULE_GROUP });
    return new Role(this, of === 'system' ? 'SystemRole' : 'OrganisationRole', {
      description: `Yiqi: EventBridge Scheduler starts the jobs of ${of === 'system' ? 'the system' : 'organisations'}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            ...(functions.length === 0
              ? []
              : [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functions })]),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
          ],
        }),
      },
    });
  }
}

/** Every deployed function that is a job. */
export function deployedJobs(): readonly { readonly name: FunctionName; readonly job: JobName }[] {
  const entries = Object.entries(MANIFEST) as [FunctionName, FunctionSpec][];
  return entries.flatMap(([name, { trigger }]) =>
    trigger.kind === 'job' && isJobName(trigger.job) ? [{ name, job: trigger.job }] : [],
  );
}

/** A schedule for a job of the system. Those of organisations are made when people say so (functions/schedules). */
export function scheduleJob(target: DeployedFunction, name: string, scheduling: Scheduling, settings: Settings): void {
  if (!isJobName(name))
    throw new Error(`${target.node.path} is of a job that functions/schedules/job.ts does not know`);
  const job = jobOf(name);
  const isRate = job.expression.startsWith('rate(');
  new EventInvokeConfig(target, 'Repeats', {
    function: target.lambda,
    retryAttempts: isRate ? 0 : REPEATS,
    maxEventAge: Duration.hours(OLDEST_START_HOURS),
  });
  if (job.of === 'organisation') return;
  new CfnSchedule(target, 'Schedule', {
    name,
    groupName: SCHEDULE_GROUP,
    description: job.does.en,
    scheduleExpression: job.expression,
    scheduleExpressionTimezone: settings.scheduleZone,
    flexibleTimeWindow: { mode: 'OFF' },
    state: 'ENABLED',
    target: {
      arn: target.lambda.functionArn,
      roleArn: scheduling.systemRole.roleArn,
      input: JSON.stringify({
        job: name,
        by: 'clock',
        dueAt: '<aws.scheduler.scheduled-time>',
        expression: job.expression,
        zone: settings.scheduleZone,
      }),
      deadLetterConfig: { arn: scheduling.deadLetters.queueArn },
      retryPolicy: {
        maximumRetryAttempts: START_ATTEMPTS,
        maximumEventAgeInSeconds: Duration.hours(OLDEST_START_HOURS).toSeconds(),
      },
    },
  });
}
