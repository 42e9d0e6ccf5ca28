import { Stack } from 'aws-cdk-lib';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Needs, TableVerb } from '../functions/function-spec.ts';
import { acknowledge, shownExport, shownPlace } from './acknowledge.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { functionArnOf, MAIL_CONFIGURATION_SET, workflowArn } from './names.ts';
import { deployedJobs, SCHEDULE_GROUP, type Scheduling } from './schedules.ts';
import { CAMPAIGN_INDEX } from './state.ts';

/*
 * Each function here gives a deployed function one thing it needs: the grant and the environment variable that names
 * the granted thing, together, so that neither can exist without the other.
 */

type TableNeed = NonNullable<Needs['table']>;
type BucketNeed = NonNullable<Needs['bucket']>;

/**
 * What DynamoDB asks for each verb. Transactions and batches have no action of their own for writes: each part is
 * allowed or not as the single write would be. A batch read has one.
 */
const TABLE_ACTIONS: Readonly<Record<TableVerb, readonly string[]>> = {
  get: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  delete: ['dynamodb:DeleteItem'],
  check: ['dynamodb:ConditionCheckItem'],
};
const READ_VERBS: readonly TableVerb[] = ['get', 'query', 'check'];
/**
 * What each use of the key asks for. For a table it is what AWS documents for its callers, read and write; a file is
 * written with a data key and read, like a secret, with the key alone.
 */
const KEY_ACTIONS = {
  'read-table': ['kms:Decrypt', 'kms:DescribeKey'],
  'write-table': [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
  'read-file': ['kms:Decrypt'],
  'write-file': ['kms:Decrypt', 'kms:GenerateDataKey'],
  'read-secret': ['kms:Decrypt'],
} as const;
/** Where the demo's clock stands (functions/platform/keys.ts, `demoClockKey`). */
const DEMO_PARTITION = 'DEMO';

/** The table, in the partitions and by the verbs of the manifest. */
export function bindTable(target: DeployedFunction, table: Table, need: TableNeed): void {
  target.lambda.addEnvironment('TABLE_NAME', table.tableName);
  const resources = [
    table.tableArn,
    ...(need.verbs.includes('query') ? [`${table.tableArn}/index/${CAMPAIGN_INDEX}`] : []),
  ];
  // ForAllValues also holds where there is no key at all, as in a scan; no scan is among the actions.
  target.allow(
    need.verbs.flatMap((verb) => TABLE_ACTIONS[verb]),
    resources,
    {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': need.partitions.map((prefix) => `${prefix}*`) },
    },
  );
  const writes = need.verbs.some((verb) => !READ_VERBS.includes(verb));
  allowKey(target, table.encryptionKey, writes ? 'write-table' : 'read-table', 'dynamodb');
}

/** The demo's clock, which every function of a local run asks for the time. */
export function bindDemoClock(target: DeployedFunction, table: Table): void {
  target.lambda.addEnvironment('TABLE_NAME', table.tableName);
  target.allow(['dynamodb:GetItem'], [table.tableArn], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [DEMO_PARTITION] },
  });
  allowKey(target, table.encryptionKey, 'read-table', 'dynamodb');
}

/** The stream of the table, as an event source reads it on the function's behalf. */
export function bindStream(target: DeployedFunction, table: Table): void {
  const stream = table.tableStreamArn ?? '';
  target.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [stream]);
  target.allow(['dynamodb:ListStreams'], [`${table.tableArn}/stream/*`]);
  acknowledge(
    target.role,
    `IAM5[Resource::${shownExport(table, table.tableArn)}/stream/*]`,
    'Lambda lists the streams of this one table; a stream is named after the time at which it was made.',
  );
  allowKey(target, table.encryptionKey, 'read-table', 'dynamodb');
}

const OBJECT_ACTIONS = { get: 's3:GetObject', put: 's3:PutObject', delete: 's3:DeleteObject' } as const;

/** Files under one prefix of the bucket. */
export function bindBucket(target: DeployedFunction, bucket: Bucket, need: BucketNeed): void {
  target.lambda.addEnvironment('BUCKET_NAME', bucket.bucketName);
  const actions = need.verbs.map((verb) => OBJECT_ACTIONS[verb]);
  target.allow(actions, [bucket.arnForObjects(`${need.prefix}*`)]);
  if (need.reads !== undefined) {
    target.allow([OBJECT_ACTIONS.get], [bucket.arnForObjects(`${need.reads}*`)]);
    acknowledge(
      target.role,
      `IAM5[Resource::${shownExport(bucket, bucket.bucketArn)}/${need.reads}*]`,
      `Files that people bring; of what is outside ${need.prefix} these alone are read.`,
    );
  }
  // Without it S3 answers "forbidden" for a file that is not there, and the caller would wait for what never comes.
  if (need.verbs.includes('get')) target.allow(['s3:ListBucket'], [bucket.bucketArn]);
  acknowledge(
    target.role,
    `IAM5[Resource::${shownExport(bucket, bucket.bucketArn)}/${need.prefix}*]`,
    `Files of campaigns that do not exist yet; nothing outside ${need.prefix} is in reach.`,
  );
  allowKey(target, bucket.encryptionKey, need.verbs.includes('put') ? 'write-file' : 'read-file', 's3');
}

/** One secret, to read. */
export function bindSecret(
  target: DeployedFunction,
  variable: 'MERCHANT_SECRET_ID' | 'DONOR_KEY_SECRET_ID' | 'MESSAGING_SECRET_ID',
  secret: Secret,
): void {
  target.lambda.addEnvironment(variable, secret.secretArn);
  target.allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
  allowKey(target, secret.encryptionKey, 'read-secret', 'secretsmanager');
}

/** The key that days are signed with: to sign, and to read its public half. */
export function bindSigningKey(target: DeployedFunction, key: IKey): void {
  target.lambda.addEnvironment('SIGNING_KEY_ID', key.keyArn);
  target.allow(['kms:GetPublicKey'], [key.keyArn]);
  target.allow(['kms:Sign'], [key.keyArn], { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } });
}

/** One queue, to send to. */
export function bindQueue(
  target: DeployedFunction,
  variable: 'NOTICE_QUEUE_URL' | 'POISON_QUEUE_URL',
  queue: Queue,
): void {
  target.lambda.addEnvironment(variable, queue.queueUrl);
  target.allow(['sqs:SendMessage'], [queue.queueArn]);
}

/** The campaign lifecycle: to start one. */
export function bindLifecycle(target: DeployedFunction): void {
  const lifecycleArn = workflowArn(target, 'campaign-lifecycle');
  target.lambda.addEnvironment('LIFECYCLE_ARN', lifecycleArn);
  target.allow(['states:StartExecution'], [lifecycleArn]);
}

/** The workflow of an approval that waits: to tell it that there is something to see. */
export function bindApprovalTask(target: DeployedFunction): void {
  const approvalArn = workflowArn(target, 'campaign-approval');
  target.lambda.addEnvironment('APPROVAL_ARN', approvalArn);
  target.allow(['states:SendTaskSuccess'], [approvalArn]);
}

/** The workflow of amendments: to start one. */
export function bindAmendments(target: DeployedFunction): void {
  const amendmentArn = workflowArn(target, 'campaign-amendment');
  target.lambda.addEnvironment('AMENDMENT_ARN', amendmentArn);
  target.allow(['states:StartExecution'], [amendmentArn]);
}

/** The workflow of addenda to closeout reports: to start one. */
export function bindAddenda(target: DeployedFunction): void {
  const addendumArn = workflowArn(target, 'report-addendum');
  target.lambda.addEnvironment('ADDENDUM_ARN', addendumArn);
  target.allow(['states:StartExecution'], [addendumArn]);
}

/** Batches of receipts: to start one. */
export function bindReceiptBatches(target: DeployedFunction): void {
  const batchArn = workflowArn(target, 'receipt-batch');
  target.lambda.addEnvironment('RECEIPT_BATCH_ARN', batchArn);
  target.allow(['states:StartExecution'], [batchArn]);
}

/** The import of statements: to start one. */
export function bindStatementImport(target: DeployedFunction): void {
  const importArn = workflowArn(target, 'statement-import');
  target.lambda.addEnvironment('STATEMENT_IMPORT_ARN', importArn);
  target.allow(['states:StartExecution'], [importArn]);
}

/** Organisations' schedules: those of the group that have a dot in their names, and no role to hand over but theirs. */
export function bindSchedules(target: DeployedFunction, scheduling: Scheduling): void {
  const { lambda, settings } = target;
  lambda.addEnvironment('SCHEDULE_GROUP', SCHEDULE_GROUP);
  lambda.addEnvironment('SCHEDULE_ROLE_ARN', scheduling.organisationRole.roleArn);
  lambda.addEnvironment('SCHEDULE_DEAD_LETTERS_ARN', scheduling.deadLetters.queueArn);
  lambda.addEnvironment('SCHEDULE_ZONE', settings.scheduleZone);
  const schedules = Stack.of(target).formatArn({
    service: 'scheduler',
    resource: 'schedule',
    resourceName: `${SCHEDULE_GROUP}/*.*`,
  });
  target.allow(['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'], [schedules]);
  target.allow(['iam:PassRole'], [scheduling.organisationRole.roleArn], {
    StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
  });
  acknowledge(
    target.role,
    `IAM5[Resource::arn:<AWS::Partition>:scheduler:${shownPlace(target)}:schedule/${SCHEDULE_GROUP}/*.*]`,
    'Schedules of organisations that do not exist yet; those of the system have no dot and are out of reach.',
  );
}

/** Every job, to start it: by a person, or because its time came while nothing ran. */
export function bindJobStart(target: DeployedFunction): void {
  const anyFunction = functionArnOf(target, ANY_FUNCTION);
  target.lambda.addEnvironment('FUNCTION_ARN_PREFIX', anyFunction.slice(0, -ANY_FUNCTION.length));
  target.allow(
    ['lambda:InvokeFunction'],
    deployedJobs().map(({ name }) => functionArnOf(target, name)),
  );
}
/** Functions' addresses differ in their names alone, which stand at the end. */
const ANY_FUNCTION = 'keep-schedules';

/** The workflow of exercises of old projects: to start one. */
export function bindLegacyCloseout(target: DeployedFunction): void {
  const closeoutArn = workflowArn(target, 'legacy-closeout');
  target.lambda.addEnvironment('LEGACY_CLOSEOUT_ARN', closeoutArn);
  target.allow(['states:StartExecution'], [closeoutArn]);
}

/** Mail, from the configured sender and no other. */
export function bindMail(target: DeployedFunction): void {
  const { mailFrom, mailEndpoint } = target.settings;
  target.lambda.addEnvironment('MAIL_FROM', mailFrom);
  target.lambda.addEnvironment('MAIL_CONFIGURATION_SET', MAIL_CONFIGURATION_SET);
  // The SDK's own variable for the address of one service.
  if (mailEndpoint !== undefined) target.lambda.addEnvironment('AWS_ENDPOINT_URL_SESV2', mailEndpoint);
  const stack = Stack.of(target);
  const identityArn = (identity: string): string =>
    stack.formatArn({ service: 'ses', resource: 'identity', resourceName: identity });
  // SES checks the address where that is verified by itself, and its domain otherwise.
  const domain = mailFrom.slice(mailFrom.lastIndexOf('@') + 1);
  const configurationSetArn = stack.formatArn({
    service: 'ses',
    resource: 'configuration-set',
    resourceName: MAIL_CONFIGURATION_SET,
  });
  target.allow(
    ['ses:SendEmail', 'ses:SendRawEmail'],
    [identityArn(mailFrom), identityArn(domain), configurationSetArn],
    { StringEquals: { 'ses:FromAddress': mailFrom } },
  );
}

/** What the account may send: a question about no resource. */
export function bindMailQuota(target: DeployedFunction): void {
  target.allow(['ses:GetAccount'], ['*']);
  acknowledge(target.role, 'IAM5[Resource::*]', 'SES and X-Ray know no resource for the account itself.');
}

/** The one user pool: accounts, and which groups they are in. */
export function bindStaffDirectory(target: DeployedFunction, userPool: UserPool): void {
  target.lambda.addEnvironment('USER_POOL_ID', userPool.userPoolId);
  const actions = [
    'AdminCreateUser',
    'AdminGetUser',
    'AdminListGroupsForUser',
    'AdminAddUserToGroup',
    'AdminRemoveUserFromGroup',
    'AdminDisableUser',
    'AdminEnableUser',
    'AdminUserGlobalSignOut',
  ];
  target.allow(
    actions.map((action) => `cognito-idp:${action}`),
    [userPool.userPoolArn],
  );
}

/** WeChat Pay's address; its keys are a secret of their own. */
export function bindWechatPay(target: DeployedFunction): void {
  target.lambda.addEnvironment('WECHAT_PAY_BASE_URL', target.settings.wechatPayBaseUrl);
}

/** Alipay's address; its keys stand in the same secret. */
export function bindAlipay(target: DeployedFunction): void {
  target.lambda.addEnvironment('ALIPAY_GATEWAY_URL', target.settings.alipayGatewayUrl);
}

// The key may be used only by way of the service that holds what it encrypts, so a leaked role cannot decrypt by itself.
function allowKey(
  target: DeployedFunction,
  key: IKey | undefined,
  use: keyof typeof KEY_ACTIONS,
  service: string,
): void {
  if (key === undefined)
    throw new Error(`${target.node.path} is bound to something of ${service} that has no key of ours`);
  target.allow(KEY_ACTIONS[use], [key.keyArn], {
    StringEquals: { 'kms:ViaService': `${service}.${Stack.of(target).region}.amazonaws.com` },
  });
}
