import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type FunctionSpec, MANIFEST } from '../functions/manifest.ts';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import type { CodeOf } from './bundles.ts';
import { Functions } from './functions.ts';
import { Queues } from './queues.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Staff } from './staff.ts';
import { State } from './state.ts';
import { Workflows } from './workflows.ts';

export type YiqiStackProps = StackProps & { readonly settings: Settings; readonly codeOf: CodeOf };

/** The whole system: everything that is deployed, in the order in which it is built upon. */
export class YiqiStack extends Stack {
  constructor(scope: Construct, id: string, props: YiqiStackProps) {
    super(scope, id, props);
    const { settings, codeOf } = props;

    const state = new State(this, 'State', settings);
    const secrets = new Secrets(this, 'Secrets', { key: state.key, settings });
    const queues = new Queues(this, 'Queues', { noticeTimeoutSeconds: longestTimeoutOf('notice') });
    const functions = new Functions(this, 'Functions', { codeOf, state, secrets, queues, settings }).all;
    const workflows = new Workflows(this, 'Workflows', { functions, settings });
    const lifecycle = workflows.machines['campaign-lifecycle'];
    const staff = new Staff(this, 'Staff', settings);
    const api = new Api(this, 'Api', { functions, staff, settings });
    new Alarms(this, 'Alarms', { api, functions, queues, workflows, table: state.table, settings });

    const outputs = {
      ApiUrl: api.httpApi.apiEndpoint,
      ApiId: api.httpApi.apiId,
      TableName: state.table.tableName,
      BucketName: state.bucket.bucketName,
      UserPoolId: staff.userPool.userPoolId,
      UserPoolClientId: staff.client.userPoolClientId,
      MerchantSecretId: secrets.merchant.secretArn,
      LifecycleArn: lifecycle.stateMachineArn,
      CloseoutArn: workflows.machines['campaign-closeout'].stateMachineArn,
      NoticeQueueUrl: queues.notice.queueUrl,
      NoticeDeadLetterQueueUrl: queues.noticeDeadLetters.queueUrl,
      PoisonQueueUrl: queues.poison.queueUrl,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

/** The slowest consumer of a queue decides how long a message stays hidden. */
function longestTimeoutOf(queue: 'notice'): number {
  const specs: readonly FunctionSpec[] = Object.values(MANIFEST);
  return Math.max(
    ...specs
      .filter((spec) => spec.trigger.kind === 'queue' && spec.trigger.queue === queue)
      .map((spec) => spec.timeoutSeconds),
  );
}
