import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { jobInputSchema } from '../../functions/platform/job.ts';
import { type JobName, jobOf } from '../../functions/schedules/job.ts';
import { deployedFunction, statementsFor } from './grants.ts';
import { pointsAt, resourcesOf, synthesised, synthesiseFirst } from './synthesised.ts';

synthesiseFirst();

const template = () => synthesised('aws').template;
const jobs = (Object.entries(MANIFEST) as unknown as [JobName & FunctionName, FunctionSpec][]).filter(
  ([, { trigger }]) => trigger.kind === 'job',
);
const scheduleShape = z.object({
  Name: z.string(),
  GroupName: z.string(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string(),
  FlexibleTimeWindow: z.object({ Mode: z.string() }),
  State: z.string(),
  Target: z.object({
    RoleArn: z.unknown(),
    Input: z.string(),
    DeadLetterConfig: z.object({ Arn: z.unknown() }),
    RetryPolicy: z.object({ MaximumRetryAttempts: z.number(), MaximumEventAgeInSeconds: z.number() }),
  }),
});
const schedules = () =>
  resourcesOf(template(), 'AWS::Scheduler::Schedule').map(([, { Properties }]) => scheduleShape.parse(Properties));
const roleShape = z.object({
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(z.object({ Principal: z.object({ Service: z.string() }), Condition: z.unknown().optional() })),
  }),
  Policies: z
    .array(
      z.object({
        PolicyDocument: z.object({
          Statement: z.array(
            z.object({ Action: z.string(), Resource: z.union([z.array(z.unknown()), z.looseObject({})]) }),
          ),
        }),
      }),
    )
    .optional(),
});
const schedulerRoles = () =>
  resourcesOf(template(), 'AWS::IAM::Role')
    .map(([id, { Properties }]) => ({ id, ...roleShape.parse(Properties) }))
    .filter(({ AssumeRolePolicyDocument: { Statement } }) =>
      Statement.some(({ Principal }) => Principal.Service === 'scheduler.amazonaws.com'),
    );

describe('recurring work', () => {
  it('of the system is a schedule each of EventBridge Scheduler, and no rule of EventBridge', () => {
    const ofSystem = jobs.filter(([job]) => jobOf(job).of === 'system').map(([job]) => job);
    expect(ofSystem.length).toBeGreaterThan(6);
    expect(
      schedules()
        .map(({ Name }) => Name)
        .toSorted(),
    ).toEqual(ofSystem.toSorted());
    // Rules of EventBridge hear of events; none of them is a schedule.
    for (const [id, { Properties }] of resourcesOf(template(), 'AWS::Events::Rule'))
      expect(Properties['ScheduleExpression'], id).toBeUndefined();
    for (const schedule of schedules()) {
      expect(schedule).toMatchObject({
        GroupName: 'Yiqi',
        ScheduleExpression: jobOf(schedule.Name as JobName).expression,
        ScheduleExpressionTimezone: 'Asia/Shanghai',
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: 'ENABLED',
      });
      expect(JSON.stringify(schedule.Target.DeadLetterConfig.Arn)).toContain('ScheduleDeadLetters');
    }
  });

  it('is started with what its function understands', () => {
    for (const { Name, Target } of schedules())
      expect(jobInputSchema.parse(JSON.parse(Target.Input)), Name).toMatchObject({ job: Name, by: 'clock' });
  });

  it('is begun again by Lambda where it is due once, and not where it comes again anyway', () => {
    const repeats = new Map(
      resourcesOf(template(), 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => [
        JSON.stringify(Properties['FunctionName']),
        Properties['MaximumRetryAttempts'],
      ]),
    );
    for (const [job] of jobs) {
      const { logicalId } = deployedFunction(template(), job);
      const found = [...repeats].find(([name]) => name.includes(`"${logicalId}"`))?.[1];
      expect(found, job).toBe(jobOf(job).expression.startsWith('rate(') ? 0 : 2);
    }
  });
});

describe('the roles of EventBridge Scheduler', () => {
  it('are two, taken on for schedules of our group and account alone', () => {
    expect(schedulerRoles()).toHaveLength(2);
    for (const { AssumeRolePolicyDocument } of schedulerRoles())
      expect(JSON.stringify(AssumeRolePolicyDocument)).toMatch(
        /aws:SourceAccount.*aws:SourceArn.*schedule-group\/Yiqi/,
      );
  });

  it('start the functions of their jobs and nothing else', () => {
    for (const of of ['system', 'organisation'] as const) {
      const role = schedulerRoles().find(({ id }) => id.toLowerCase().includes(`${of}role`));
      const statements = role?.Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
      expect(statements.map(({ Action }) => Action).toSorted()).toEqual(['lambda:InvokeFunction', 'sqs:SendMessage']);
      const text = JSON.stringify(statements.find(({ Action }) => Action === 'lambda:InvokeFunction')?.Resource);
      const named = [...text.matchAll(/:function:Yiqi-([a-z-]+)/g)].map(([, name]) => name);
      const expected = jobs.filter(([job]) => jobOf(job).of === of).map(([job]) => job as string);
      expect(named.toSorted()).toEqual(expected.toSorted());
    }
  });

  it('may be handed over only by who makes schedules for organisations, and only theirs', () => {
    const organisationRole = schedulerRoles().find(({ id }) => id.includes('OrganisationRole'))?.id ?? 'none';
    for (const name of ['manage-schedules', 'keep-schedules'] as const) {
      const { statements } = deployedFunction(template(), name);
      const passes = statementsFor(statements, 'iam:PassRole');
      expect(passes).toHaveLength(1);
      expect(JSON.stringify(passes[0]?.Resource)).toContain(organisationRole);
      expect(pointsAt(passes[0]?.Resource[0])).toBeDefined();
      expect(passes[0]?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } });
      const makes = statementsFor(statements, 'scheduler:');
      expect(JSON.stringify(makes.map(({ Resource }) => Resource))).toContain('schedule/Yiqi/*.*');
    }
  });
});
