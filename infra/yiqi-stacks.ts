import { type App, CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { MANIFEST } from '../functions/manifest.ts';
import { Alarms } from './alarms.ts';
import { Api } from './api.ts';
import type { CodeOf } from './bundles.ts';
import { FUNCTION_STACKS, STACK_PURPOSES } from './function-stacks.ts';
import { Functions } from './functions.ts';
import { MailEvents } from './mail-events.ts';
import { APPLICATION, functionNameOf } from './names.ts';
import { Queues } from './queues.ts';
import { Routes } from './routes.ts';
import { Scheduling } from './schedules.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Staff } from './staff.ts';
import { State } from './state.ts';
import { Workflows } from './workflows.ts';

export type YiqiStacksProps = { readonly settings: Settings; readonly codeOf: CodeOf };

/**
 * The whole system, in the order in which its stacks are built upon: what keeps data, what computes, what leads through a
 * campaign's life, how it is reached, who is woken. CloudFormation takes 500 resources in a stack, and a function with its
 * role, log and route makes seven, so those that compute are three; and what holds the money's books is not in the template
 * that changes with every release (docs/decisions/0030-several-stacks.md).
 */
export function yiqiStacks(app: App, { settings, codeOf }: YiqiStacksProps): readonly Stack[] {
  const stackOf = (name: string, description: string): Stack => {
    const stack = new Stack(app, `${APPLICATION}${name}`, {
      ...whereOf(settings),
      description: `Yiqi: ${description}`,
    });
    Tags.of(stack).add('application', 'yiqi');
    return stack;
  };

  const keeping = stackOf('State', 'what must never be lost');
  const state = new State(keeping, 'State', settings);
  const secrets = new Secrets(keeping, 'Secrets', { key: state.key, settings });
  const queues = new Queues(keeping, 'Queues', { noticeTimeoutSeconds: longestTimeoutOf('notice') });
  const staff = new Staff(keeping, 'Staff', settings);
  new MailEvents(keeping, 'MailEvents');
  const scheduling = new Scheduling(keeping, 'Scheduling', { deadLetters: queues.scheduleDeadLetters });

  const computing = FUNCTION_STACKS.map((name) => {
    const stack = stackOf(name, STACK_PURPOSES[name]);
    new Functions(stack, 'Functions', { of: name, codeOf, state, secrets, queues, staff, scheduling, settings });
    return stack;
  });
  const after = (stack: Stack, reason: string): Stack => {
    for (const earlier of computing) stack.addStackDependency(earlier, reason);
    return stack;
  };

  const leading = after(stackOf('Workflows', 'the workflows'), 'They call functions by their names.');
  const workflows = new Workflows(leading, 'Workflows', { settings });

  const reaching = after(stackOf('Api', 'the HTTP API'), 'It calls functions by their names.');
  const api = new Api(reaching, 'Api', { staff, settings });

  const closing = after(
    stackOf('ClosingApi', 'the routes of what follows a gift'),
    'They call functions by their names.',
  );
  new Routes(closing, 'Closing', { of: 'Closing', httpApi: api.httpApi, staffOnly: api.staffOnly });

  const waking = after(
    stackOf('Alarms', 'who is told when something is wrong'),
    'It watches functions by their names.',
  );
  waking.addStackDependency(leading, 'It watches workflows by their names.');
  new Alarms(waking, 'Alarms', { api, queues, table: state.table, settings });

  outputsOf(keeping, {
    TableName: state.table.tableName,
    BucketName: state.bucket.bucketName,
    UserPoolId: staff.userPool.userPoolId,
    UserPoolClientId: staff.client.userPoolClientId,
    MerchantSecretId: secrets.merchant.secretArn,
    MessagingSecretId: secrets.messaging.secretArn,
    NoticeQueueUrl: queues.notice.queueUrl,
    NoticeDeadLetterQueueUrl: queues.noticeDeadLetters.queueUrl,
    PoisonQueueUrl: queues.poison.queueUrl,
  });
  outputsOf(leading, {
    LifecycleArn: workflows.machines['campaign-lifecycle'].stateMachineArn,
    FirstAdminFunction: functionNameOf('appoint-first-admin'),
    CloseoutArn: workflows.machines['campaign-closeout'].stateMachineArn,
    AddendumArn: workflows.machines['report-addendum'].stateMachineArn,
  });
  outputsOf(reaching, { ApiUrl: api.httpApi.apiEndpoint, ApiId: api.httpApi.apiId });
  return [keeping, ...computing, leading, reaching, closing, waking];
}

const whereOf = (settings: Settings): StackProps => ({
  // A local stack is bound to the emulator's made-up account: the CDK refuses to deploy it with anybody's real credentials.
  ...(settings.target === 'local' ? { env: { account: '000000000000', region: 'us-east-1' } } : {}),
  terminationProtection: settings.keepsData,
});

function outputsOf(stack: Stack, outputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
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
