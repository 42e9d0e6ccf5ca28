import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST, WORKFLOWS, type WorkflowName } from '../../functions/manifest.ts';
import { METRICS, METRICS_NAMESPACE } from '../../functions/platform/metrics.ts';
import { ALARMS } from '../../infra/alarm-catalogue.ts';
import { functionNameOf } from '../../infra/names.ts';
import { STAFF_GROUPS } from '../../infra/staff.ts';
import { placeholderOf, placeholdersIn } from '../../infra/workflow-files.ts';
import { deployedFunction, statementsFor, statementsOfRole } from './grants.ts';
import {
  appFor,
  pointsAt,
  type Resource,
  ROOT,
  resourcesOf,
  STACKS,
  synthesised,
  synthesiseFirst,
  TARGETS,
  type Target,
} from './synthesised.ts';

synthesiseFirst();

const both = Object.keys(TARGETS) as Target[];
const specs = Object.entries(MANIFEST) as [FunctionName, FunctionSpec][];
const propertiesOf = (target: Target, type: string): readonly Resource['Properties'][] =>
  resourcesOf(synthesised(target).template, type).map(([, resource]) => resource.Properties);

/** CloudFormation refuses a stack of more than 500 resources; at 450 there is still time to split one. */
const MOST_RESOURCES = 450;

describe.each(both)('the stacks for target %s', (target) => {
  it('each stay clear of the limit of resources that CloudFormation has', () => {
    const { sizes } = synthesised(target);
    expect(Object.keys(sizes)).toEqual([...STACKS]);
    for (const [stack, size] of Object.entries(sizes)) expect(size, stack).toBeLessThan(MOST_RESOURCES);
  });

  it('has no finding of the AwsSolutions rules or of CloudFormation that nobody accepted', () => {
    const { pluginReports } = synthesised(target).report;
    expect(pluginReports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    for (const { conclusion, violations } of pluginReports)
      expect({ conclusion, violations }).toEqual({ conclusion: 'success', violations: [] });
  });

  it('runs every function of the manifest as it says, on the newest Node, with a log that ends', () => {
    const logs = new Map(
      propertiesOf(target, 'AWS::Logs::LogGroup').map((log) => [log['LogGroupName'], log['RetentionInDays']]),
    );
    expect(propertiesOf(target, 'AWS::Lambda::Function')).toHaveLength(specs.length);
    for (const [name, spec] of specs) {
      const lambda = propertiesOf(target, 'AWS::Lambda::Function').find(
        (found) => found['FunctionName'] === `Yiqi-${name}`,
      );
      expect(lambda).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: target === 'aws' ? spec.timeoutSeconds : Math.min(900, 6 * spec.timeoutSeconds),
        MemorySize: spec.memoryMb,
      });
      expect(logs.get(`/aws/lambda/Yiqi-${name}`)).toBe(90);
    }
  });

  it('routes exactly what the manifest names, and lets only public routes in without a token', () => {
    const routes = propertiesOf(target, 'AWS::ApiGatewayV2::Route').map((route) => [
      route['RouteKey'],
      route['AuthorizationType'],
    ]);
    const expected = specs.flatMap(([, { trigger }]) =>
      trigger.kind === 'http'
        ? trigger.routes.map(({ method, path }) => [`${method} ${path}`, trigger.access === 'staff' ? 'JWT' : 'NONE'])
        : [],
    );
    expect(routes.toSorted()).toEqual(expected.toSorted());
    const groups = propertiesOf(target, 'AWS::Cognito::UserPoolGroup').map((group) => group['GroupName']);
    expect(groups.toSorted()).toEqual([...STAFF_GROUPS].toSorted());
  });

  it('feeds each stream consumer new items of its type only, and puts aside what it cannot take', () => {
    const streams = specs.filter(([, { trigger }]) => trigger.kind === 'stream');
    expect(streams.length).toBeGreaterThan(0);
    for (const [name, { trigger }] of streams) {
      if (trigger.kind !== 'stream') throw new Error('unreachable');
      const mapping = mappingOf(target, name);
      expect(mapping).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: trigger.batchSize,
        MaximumBatchingWindowInSeconds: trigger.windowSeconds,
        ParallelizationFactor: 1,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRecordAgeInSeconds: 6 * 60 * 60,
        MaximumRetryAttempts: 10_000,
      });
      const { Filters } = z
        .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
        .parse(mapping['FilterCriteria']);
      expect(Filters.map(({ Pattern }) => JSON.parse(Pattern))).toEqual([
        { eventName: ['INSERT'], dynamodb: { NewImage: { type: { S: [...trigger.itemTypes] } } } },
      ]);
      const { OnFailure } = z
        .object({ OnFailure: z.object({ Destination: z.unknown() }) })
        .parse(mapping['DestinationConfig']);
      expect(pointsAt(OnFailure.Destination)).toMatch(/^QueuesPoison/);
      const { statements } = deployedFunction(synthesised(target).template, name);
      const reads = statementsFor(statements, 'dynamodb:GetRecords').flatMap(({ Action }) => Action);
      expect(reads.toSorted()).toEqual(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator']);
      const sends = statementsFor(statements, 'sqs:SendMessage')
        .flatMap(({ Resource }) => Resource)
        .map(pointsAt);
      expect(sends.some((id) => id?.startsWith('QueuesPoison'))).toBe(true);
    }
  });

  it('hides a queued message six times as long as its consumer may take, and sets it aside after ten deliveries', () => {
    const consumers = specs.filter(([, { trigger }]) => trigger.kind === 'queue');
    expect(consumers.length).toBeGreaterThan(0);
    for (const [name, { trigger, timeoutSeconds }] of consumers) {
      if (trigger.kind !== 'queue') throw new Error('unreachable');
      const mapping = mappingOf(target, name);
      expect(mapping).toMatchObject({
        BatchSize: trigger.batchSize,
        ScalingConfig: { MaximumConcurrency: trigger.concurrency },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      const queue = synthesised(target).template.Resources[pointsAt(mapping['EventSourceArn']) ?? ''];
      expect(queue?.Properties).toMatchObject({
        VisibilityTimeout: 6 * timeoutSeconds,
        SqsManagedSseEnabled: true,
        RedrivePolicy: { maxReceiveCount: 10 },
      });
    }
  });

  it('gives every workflow the addresses that its file asks for, and the right to call just those', () => {
    for (const [name, { definition, timeoutDays }] of Object.entries(WORKFLOWS)) {
      const text = readFileSync(join(ROOT, 'workflows', definition), 'utf8');
      const machine = machineOf(target, name as WorkflowName);
      expect(machine.DefinitionString).toBe(text);
      expect(Object.keys(machine.DefinitionSubstitutions).toSorted()).toEqual([...placeholdersIn(text)].toSorted());
      const parsed = z.object({ TimeoutSeconds: z.number() }).parse(JSON.parse(text));
      expect(parsed.TimeoutSeconds, definition).toBe(timeoutDays * 24 * 60 * 60);
      const invoked = statementsFor(
        statementsOfRole(synthesised(target).template, pointsAt(machine.RoleArn) ?? ''),
        'lambda:',
      );
      const functions = specs.filter(([id]) => placeholdersIn(text).includes(placeholderOf(id)));
      expect(invoked.flatMap(({ Action }) => Action)).toEqual(['lambda:InvokeFunction']);
      // By their names: an address handed over as an export could not be withdrawn while the other stack uses it.
      expect(
        invoked
          .flatMap(({ Resource }) => Resource)
          .map((address) => /:function:(Yiqi-[\w-]+)"/.exec(JSON.stringify(address))?.[1])
          .toSorted(),
      ).toEqual(functions.map(([id]) => functionNameOf(id)).toSorted());
    }
  });

  it('logs the steps of a workflow and none of the data that goes through them', () => {
    for (const machine of propertiesOf(target, 'AWS::StepFunctions::StateMachine')) {
      expect(machine['LoggingConfiguration']).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    }
  });

  it('logs neither bodies nor headers of requests', () => {
    const [stage] = propertiesOf(target, 'AWS::ApiGatewayV2::Stage');
    const { Format } = z.object({ Format: z.string() }).parse(stage?.['AccessLogSettings']);
    const logged: unknown[] = Object.values(JSON.parse(Format));
    expect(logged.length).toBeGreaterThan(5);
    for (const value of logged) expect(value).not.toMatch(/body|header|authorizer\.(claims|jwt)/i);
  });

  it('encrypts the table and the files with a key of its own that rotates, and refuses plain connections', () => {
    const [data, signing, ...others] = propertiesOf(target, 'AWS::KMS::Key').toSorted(
      (a, b) => Number(a['KeySpec'] !== undefined) - Number(b['KeySpec'] !== undefined),
    );
    expect([data, signing, others]).toEqual([
      expect.objectContaining({ EnableKeyRotation: true }),
      expect.objectContaining({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
      [],
    ]);
    const [table] = propertiesOf(target, 'AWS::DynamoDB::Table');
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    for (const bucket of propertiesOf(target, 'AWS::S3::Bucket')) {
      expect(bucket['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
    expect(propertiesOf(target, 'AWS::S3::BucketPolicy')).toHaveLength(propertiesOf(target, 'AWS::S3::Bucket').length);
    expect(propertiesOf(target, 'AWS::SQS::QueuePolicy')).toHaveLength(propertiesOf(target, 'AWS::SQS::Queue').length);
  });

  it('names what other programs ask it for', () => {
    expect(Object.keys(synthesised(target).template.Outputs).toSorted()).toEqual([
      'AddendumArn',
      'ApiId',
      'ApiUrl',
      'BucketName',
      'CloseoutArn',
      'FirstAdminFunction',
      'LifecycleArn',
      'MerchantSecretId',
      'MessagingSecretId',
      'NoticeDeadLetterQueueUrl',
      'NoticeQueueUrl',
      'PoisonQueueUrl',
      'TableName',
      'UserPoolClientId',
      'UserPoolId',
    ]);
  });
});

describe('on AWS', () => {
  it('nothing that holds data goes with the stack, and the table refuses to be deleted', () => {
    const { template } = synthesised('aws');
    const holders = [
      'AWS::DynamoDB::Table',
      'AWS::S3::Bucket',
      'AWS::KMS::Key',
      'AWS::SecretsManager::Secret',
      'AWS::Cognito::UserPool',
    ];
    for (const type of holders) {
      const found = resourcesOf(template, type);
      expect(found.length).toBeGreaterThan(0);
      for (const [, resource] of found) expect(resource.DeletionPolicy).toBe('Retain');
    }
    expect(propertiesOf('aws', 'AWS::DynamoDB::Table')[0]).toMatchObject({ DeletionProtectionEnabled: true });
    expect(propertiesOf('aws', 'AWS::Cognito::UserPool')[0]).toMatchObject({ DeletionProtection: 'ACTIVE' });
  });

  it('staff sign in by SRP and a second factor alone, and nobody can sign up', () => {
    expect(propertiesOf('aws', 'AWS::Cognito::UserPool')[0]).toMatchObject({
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
    expect(propertiesOf('aws', 'AWS::Cognito::UserPoolClient')[0]?.['ExplicitAuthFlows']).toEqual([
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
    ]);
  });

  it('traces every function and workflow, and mails the one who is on call', () => {
    for (const lambda of propertiesOf('aws', 'AWS::Lambda::Function'))
      expect(lambda['TracingConfig']).toEqual({ Mode: 'Active' });
    for (const machine of propertiesOf('aws', 'AWS::StepFunctions::StateMachine')) {
      expect(machine['TracingConfiguration']).toEqual({ Enabled: true });
    }
    expect(propertiesOf('aws', 'AWS::SNS::Subscription')).toEqual([
      expect.objectContaining({ Protocol: 'email', Endpoint: TARGETS.aws.alarmEmail }),
    ]);
  });
});

describe('alarms', () => {
  const alarmShape = z.object({
    AlarmName: z.string(),
    AlarmDescription: z.string(),
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
    AlarmActions: z.array(z.unknown()),
    TreatMissingData: z.string(),
  });
  const alarms = () => propertiesOf('aws', 'AWS::CloudWatch::Alarm').map((alarm) => alarmShape.parse(alarm));
  const sections = (): string[] =>
    [...readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8').matchAll(/^## ([a-z0-9-]+)$/gm)].map(
      (match) => match[1] ?? '',
    );

  it('each has a section of its name in the runbook, each section its alarm', () => {
    expect(sections().toSorted()).toEqual(Object.keys(ALARMS).toSorted());
    expect(alarms()).toHaveLength(Object.keys(ALARMS).length);
    for (const { AlarmName, AlarmDescription } of alarms()) {
      const [, section] = /docs\/runbook\.md#([a-z0-9-]+)$/.exec(AlarmDescription) ?? [];
      expect(`Yiqi-${section}`).toBe(AlarmName);
    }
  });

  it('each watches a number that somebody writes', () => {
    const ours: readonly string[] = Object.values(METRICS);
    const theirs = ['AWS/ApiGateway', 'AWS/DynamoDB', 'AWS/Lambda', 'AWS/SES', 'AWS/SQS', 'AWS/States'];
    for (const { AlarmName, Namespace, MetricName, Dimensions } of alarms()) {
      if (Namespace === METRICS_NAMESPACE) {
        expect(ours, AlarmName).toContain(MetricName);
        expect(Dimensions).toEqual([{ Name: 'service', Value: 'yiqi' }]);
      } else {
        expect(theirs, AlarmName).toContain(Namespace);
      }
    }
  });

  it('each tells the same topic, and silence between campaigns is no alarm', () => {
    for (const { AlarmActions, TreatMissingData } of alarms()) {
      expect(AlarmActions.map(pointsAt)).toEqual([expect.stringMatching(/^AlarmsTopic/)]);
      expect(TreatMissingData).toBe('notBreaching');
    }
  });

  it('CloudWatch may tell the topic about the alarms of this stack, over TLS only', () => {
    const [policy] = propertiesOf('aws', 'AWS::SNS::TopicPolicy');
    const document = z
      .object({ Statement: z.array(z.record(z.string(), z.unknown())) })
      .parse(policy?.['PolicyDocument']);
    expect(document.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: { 'aws:SourceArn': expect.anything() },
        },
      }),
    ]);
    expect(JSON.stringify(document.Statement[1])).toContain(':alarm:Yiqi-*');
  });

  it('the webhook is watched on the route that receives it', () => {
    const webhook = alarms().find(({ AlarmName }) => AlarmName === 'Yiqi-webhook-failing');
    const [route] = MANIFEST['receive-wechat-pay'].trigger.routes;
    expect(webhook?.Dimensions).toEqual([
      { Name: 'ApiId', Value: { Ref: expect.stringMatching(/^ApiHttpApi/) } },
      { Name: 'Method', Value: route.method },
      { Name: 'Resource', Value: route.path },
      { Name: 'Stage', Value: '$default' },
    ]);
    const [stage] = propertiesOf('aws', 'AWS::ApiGatewayV2::Stage');
    expect(stage?.['RouteSettings']).toMatchObject({
      [`${route.method} ${route.path}`]: { DetailedMetricsEnabled: true },
    });
  });
});

it('a resource that breaks a rule stops synthesis', () => {
  const { app, folder } = appFor('local');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  new Queue(new Stack(app, 'Careless'), 'Plain');
  expect(() => app.synth()).toThrow(/AwsSolutions-SQS4/);
}, 60_000);

function mappingOf(target: Target, name: FunctionName): Resource['Properties'] {
  const { logicalId } = deployedFunction(synthesised(target).template, name);
  const found = propertiesOf(target, 'AWS::Lambda::EventSourceMapping').filter(
    (mapping) => pointsAt(mapping['FunctionName']) === logicalId,
  );
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

function machineOf(target: Target, name: WorkflowName) {
  const found = propertiesOf(target, 'AWS::StepFunctions::StateMachine').find(
    (machine) => machine['StateMachineName'] === `Yiqi-${name}`,
  );
  return z
    .object({
      DefinitionString: z.string(),
      DefinitionSubstitutions: z.record(z.string(), z.unknown()),
      RoleArn: z.unknown(),
    })
    .parse(found);
}
