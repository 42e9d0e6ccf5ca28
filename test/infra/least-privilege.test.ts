import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type FunctionSpec, type Needs, type TableVerb, tableNeedsOf } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import { ENVIRONMENT } from '../../functions/platform/environment.ts';
import { demoClockKey } from '../../functions/platform/keys.ts';
import { CAMPAIGN_INDEX as INDEX_OF_THE_STORE } from '../../functions/platform/table.dynamodb.ts';
import { CAMPAIGN_INDEX } from '../../infra/state.ts';
import { deployedFunction, FUNCTION_NAMES, type Statement, statementsFor, statementsOfRole } from './grants.ts';
import { pointsAt, resourcesOf, synthesised, synthesiseFirst, TARGETS, type Target } from './synthesised.ts';

synthesiseFirst();

const specOf = (name: FunctionName): FunctionSpec => MANIFEST[name];
const both = Object.keys(TARGETS) as Target[];
const templateOf = (target: Target) => synthesised(target).template;
const idOf = (target: Target, type: string, part: string): string => {
  const ids = resourcesOf(templateOf(target), type)
    .map(([id]) => id)
    .filter((id) => id.startsWith(part));
  expect(ids).toHaveLength(1);
  return ids[0] ?? '';
};

/** Said a second time on purpose: the first time is what is tested. */
const ALLOWED: Record<TableVerb, readonly string[]> = {
  get: ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  delete: ['dynamodb:DeleteItem'],
  check: ['dynamodb:ConditionCheckItem'],
};
const STREAM_ACTIONS = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];
/** Which grant goes with which variable. */
const GRANT_OF = {
  TABLE_NAME: 'dynamodb:',
  BUCKET_NAME: 's3:',
  NOTICE_QUEUE_URL: 'sqs:SendMessage',
  POISON_QUEUE_URL: 'sqs:SendMessage',
  MERCHANT_SECRET_ID: 'secretsmanager:GetSecretValue',
  DONOR_KEY_SECRET_ID: 'secretsmanager:GetSecretValue',
  MESSAGING_SECRET_ID: 'secretsmanager:GetSecretValue',
  LIFECYCLE_ARN: 'states:',
  APPROVAL_ARN: 'states:',
  STATEMENT_IMPORT_ARN: 'states:',
  LEGACY_CLOSEOUT_ARN: 'states:',
  AMENDMENT_ARN: 'states:',
  ADDENDUM_ARN: 'states:',
  RECEIPT_BATCH_ARN: 'states:',
  USER_POOL_ID: 'cognito-idp:',
  SIGNING_KEY_ID: 'kms:Sign',
  SCHEDULE_ROLE_ARN: 'iam:PassRole',
} as const;

const SECRET_VARIABLES = {
  merchant: 'MERCHANT_SECRET_ID',
  'donor-key': 'DONOR_KEY_SECRET_ID',
  messaging: 'MESSAGING_SECRET_ID',
} as const;

/** What a need that is there or not brings with it. */
const VARIABLES_OF = {
  approvalTask: ['APPROVAL_ARN'],
  statementImport: ['STATEMENT_IMPORT_ARN'],
  legacyCloseout: ['LEGACY_CLOSEOUT_ARN'],
  amendments: ['AMENDMENT_ARN'],
  addenda: ['ADDENDUM_ARN'],
  receiptBatches: ['RECEIPT_BATCH_ARN'],
  staffDirectory: ['USER_POOL_ID'],
  mail: ['MAIL_FROM', 'MAIL_CONFIGURATION_SET'],
  schedules: ['SCHEDULE_DEAD_LETTERS_ARN', 'SCHEDULE_GROUP', 'SCHEDULE_ROLE_ARN', 'SCHEDULE_ZONE'],
  startsJobs: ['FUNCTION_ARN_PREFIX'],
  signing: ['SIGNING_KEY_ID'],
  wechatPay: ['WECHAT_PAY_BASE_URL'],
  alipay: ['ALIPAY_GATEWAY_URL'],
} as const satisfies Partial<Record<keyof Needs, readonly string[]>>;

function variablesFor(needs: Needs, target: Target): string[] {
  const isLocal = target === 'local';
  return [
    'CLOCK',
    ...(needs.table !== undefined || isLocal ? ['TABLE_NAME'] : []),
    ...(needs.bucket === undefined ? [] : ['BUCKET_NAME']),
    ...(needs.queues ?? []).map((queue) => (queue === 'notice' ? 'NOTICE_QUEUE_URL' : 'POISON_QUEUE_URL')),
    ...(needs.secrets ?? []).map((secret) => SECRET_VARIABLES[secret]),
    ...(needs.lifecycle === undefined ? [] : ['LIFECYCLE_ARN']),
    ...(needs.mail === true && isLocal ? ['AWS_ENDPOINT_URL_SESV2'] : []),
    ...Object.entries(VARIABLES_OF).flatMap(([need, variables]) =>
      needs[need as keyof typeof VARIABLES_OF] === true ? variables : [],
    ),
  ];
}

const mentions = (resource: unknown, logicalId: string | undefined): boolean =>
  logicalId !== undefined && JSON.stringify(resource).includes(`"${logicalId}"`);
const leadingKeysOf = (statement: Statement): unknown =>
  statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
const onItems = (statements: readonly Statement[]): readonly Statement[] =>
  statementsFor(statements, 'dynamodb:').filter(
    ({ Action }) => !Action.some((action) => STREAM_ACTIONS.includes(action)),
  );

describe.each(both)('grants on target %s', (target) => {
  it('no role may do everything of a service, or touch every resource but where AWS knows no resources', () => {
    const withoutResources = [
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'ses:GetAccount',
    ];
    const logDelivery =
      /^logs:(Create|Get|Update|Delete|List)LogDeliver|^logs:(Put|Describe)ResourcePolic|^logs:DescribeLogGroups$/;
    const roles = resourcesOf(templateOf(target), 'AWS::IAM::Role').map(([id]) => id);
    const statements = roles.flatMap((id) => statementsOfRole(templateOf(target), id));
    expect(statements.length).toBeGreaterThan(roles.length);
    for (const { Effect, Action, Resource } of statements) {
      expect(Effect).toBe('Allow');
      for (const action of Action) expect(action).not.toContain('*');
      if (!Resource.includes('*')) continue;
      const others = Action.filter((action) => !withoutResources.includes(action) && !logDelivery.test(action));
      expect(others).toEqual([]);
    }
  });

  it('no role has a policy that is not written in this stack', () => {
    for (const [, role] of resourcesOf(templateOf(target), 'AWS::IAM::Role')) {
      expect(role.Properties['ManagedPolicyArns']).toBeUndefined();
    }
    expect(resourcesOf(templateOf(target), 'AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it('no two functions share a role', () => {
    const roles = resourcesOf(templateOf(target), 'AWS::Lambda::Function').map(([, lambda]) =>
      pointsAt(lambda.Properties['Role']),
    );
    expect(new Set(roles).size).toBe(FUNCTION_NAMES.length);
  });
});

describe.each(FUNCTION_NAMES)('%s', (name) => {
  const { needs, trigger } = specOf(name);

  it('may do to the table what the manifest says, in the partitions it says, and no more', () => {
    const { statements } = deployedFunction(templateOf('aws'), name);
    const found = onItems(statements);
    const expected = tableNeedsOf(specOf(name));
    expect(found).toHaveLength(expected.length);
    const table = idOf('aws', 'AWS::DynamoDB::Table', 'StateTable');
    const index = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [table, 'Arn'] }, `/index/${CAMPAIGN_INDEX}`]] };
    for (const { verbs, partitions } of expected) {
      const keys = partitions.map((prefix) => `${prefix}*`);
      const statement = found.find((candidate) => isDeepStrictEqual(leadingKeysOf(candidate), keys));
      expect(statement?.Action.toSorted()).toEqual(verbs.flatMap((verb) => ALLOWED[verb]).toSorted());
      const places = [{ 'Fn::GetAtt': [table, 'Arn'] }, ...(verbs.includes('query') ? [index] : [])];
      expect(statement?.Resource).toEqual(places);
    }
  });

  it.each(both)(
    'has on target %s the variables of its needs, and each names something that it was granted',
    (target) => {
      const { variables, statements } = deployedFunction(templateOf(target), name);
      expect(Object.keys(variables).toSorted()).toEqual(variablesFor(needs, target).toSorted());
      for (const [variable, action] of Object.entries(GRANT_OF)) {
        if (!Object.hasOwn(variables, variable)) continue;
        const granted = statementsFor(statements, action).flatMap(({ Resource }) => Resource);
        const named = variables[variable];
        const isGranted = granted.some(
          (resource) => isDeepStrictEqual(resource, named) || mentions(resource, pointsAt(named)),
        );
        expect(isGranted, `${variable} and ${action}`).toBe(true);
      }
    },
  );

  it.each(both)('is granted nothing on target %s that none of its variables names', (target) => {
    const { variables, statements } = deployedFunction(templateOf(target), name);
    const named = Object.values(variables);
    for (const action of new Set(Object.values(GRANT_OF))) {
      for (const resource of statementsFor(statements, action).flatMap(({ Resource }) => Resource)) {
        const isNamed = named.some(
          (value) => isDeepStrictEqual(resource, value) || mentions(resource, pointsAt(value)),
        );
        // What Lambda itself sends for a stream's consumer when it gives up needs no variable.
        const isGivenUp =
          trigger.kind === 'stream' && mentions(resource, idOf(target, 'AWS::SQS::Queue', 'QueuesPoison'));
        const isStream =
          trigger.kind === 'stream' && mentions(resource, idOf(target, 'AWS::DynamoDB::Table', 'StateTable'));
        expect(isNamed || isGivenUp || isStream, `${action} on ${JSON.stringify(resource)}`).toBe(true);
      }
    }
  });

  it('may send mail as the configured sender only', () => {
    const mail = statementsFor(deployedFunction(templateOf('aws'), name).statements, 'ses:Send');
    expect(mail).toHaveLength(needs.mail === true ? 1 : 0);
    for (const { Condition } of mail) {
      expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': TARGETS.aws.mailFrom } });
    }
  });

  it('may use the key only by way of the service that holds what it encrypts, and may not manage it', () => {
    const use = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];
    const signing = idOf('aws', 'AWS::KMS::Key', 'SecretsSigningKey');
    const all = statementsFor(deployedFunction(templateOf('aws'), name).statements, 'kms:');
    for (const { Action, Condition } of all.filter(({ Resource }) => !mentions(Resource, signing))) {
      expect(Action.filter((action) => !use.includes(action.replace('kms:', '')))).toEqual([]);
      expect(Object.keys(Condition?.['StringEquals'] ?? {})).toEqual(['kms:ViaService']);
    }
  });

  it('may sign with the signing key, by one algorithm, where the manifest says so, and nobody may do anything else with it', () => {
    const signing = idOf('aws', 'AWS::KMS::Key', 'SecretsSigningKey');
    const statements = deployedFunction(templateOf('aws'), name).statements.filter(({ Resource }) =>
      mentions(Resource, signing),
    );
    expect(statements.map(({ Action, Condition }) => [Action, Condition])).toEqual(
      needs.signing === true
        ? [
            [['kms:GetPublicKey'], undefined],
            [['kms:Sign'], { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } }],
          ]
        : [],
    );
  });

  it('reads the demo clock in a local run, and on AWS has no way to', () => {
    const clockReads = (target: Target) =>
      onItems(deployedFunction(templateOf(target), name).statements).filter(
        ({ Condition }) => Condition?.['ForAllValues:StringEquals'] !== undefined,
      );
    expect(clockReads('aws')).toEqual([]);
    expect(clockReads('local').map(({ Action, Condition }) => ({ Action, Condition }))).toEqual([
      {
        Action: ['dynamodb:GetItem'],
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [demoClockKey.pk] } },
      },
    ]);
    expect(deployedFunction(templateOf('aws'), name).variables['CLOCK']).toBe('system');
    expect(deployedFunction(templateOf('local'), name).variables['CLOCK']).toBe('demo');
  });
});

it('every variable that is set is one that functions know, and every one they know is set somewhere', () => {
  const set = new Set(
    FUNCTION_NAMES.flatMap((name) => Object.keys(deployedFunction(templateOf('local'), name).variables)),
  );
  expect([...set].toSorted()).toEqual([...Object.keys(ENVIRONMENT), 'AWS_ENDPOINT_URL_SESV2'].toSorted());
});

it('the index that is deployed is the index that the store asks', () => {
  expect(CAMPAIGN_INDEX).toBe(INDEX_OF_THE_STORE);
});
