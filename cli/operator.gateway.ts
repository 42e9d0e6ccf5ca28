import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { CommandProblem } from './command-problem.ts';
import type { DeadLetterQueue, Operator, RawLetter, Replayed, WorkflowStep } from './operator.ts';
import { outputOf } from './settings.ts';
import { awsSettings, type System } from './system.ts';

/** As infra/names.ts names functions. */
const NAMES_BEGIN_WITH = 'Yiqi-';
const QUEUE_OUTPUTS = { notice: 'NoticeDeadLetterQueueUrl', poison: 'PoisonQueueUrl' } as const;
/** How long a letter is hidden while the others are read: a hundred take some seconds. */
const HIDDEN_SECONDS = 30;
/** SQS's own limit of one answer. */
const LARGEST_RECEIVE = 10;
/** The last state that was entered is among the last few events: a task's own are five. */
const EVENTS_LOOKED_AT = 50;

/** AWS, with whatever rights this shell has. */
export function awsOperator(system: System): Operator {
  const settings = awsSettings(system);
  const queueUrl = (queue: DeadLetterQueue): string => outputOf(system, QUEUE_OUTPUTS[queue]);
  return {
    appoint: (appointment) =>
      withRights(async () => invoked(new LambdaClient(settings), outputOf(system, 'FirstAdminFunction'), appointment)),
    workflowStep: (campaignId, round) => stepOf(system, `${campaignId}-${round}`),
    deadLetters: (queue, most) => withRights(() => looked(new SQSClient(settings), queueUrl(queue), most)),
    returnNotices: () => withRights(() => returnNotices(system, queueUrl('notice'))),
    replayItem: (name, key) => withRights(() => replayItem(system, `${NAMES_BEGIN_WITH}${name}`, key)),
    discard: (queue, ReceiptHandle) =>
      withRights(async () => {
        await new SQSClient(settings).send(new DeleteMessageCommand({ QueueUrl: queueUrl(queue), ReceiptHandle }));
      }),
  };
}

async function invoked(client: LambdaClient, FunctionName: string, input: object): Promise<unknown> {
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(input) }),
  );
  if (FunctionError !== undefined)
    throw new CommandProblem(`${FunctionName} failed: read its log, then try again (docs/runbook.md).`);
  return JSON.parse(Payload?.transformToString() ?? 'null');
}

/** Where an execution stands. Without rights, or where it is too old to be kept, nothing is known, and that is no fault. */
async function stepOf(system: System, name: string): Promise<WorkflowStep | undefined> {
  const machine = system.outputs['LifecycleArn'];
  if (machine === undefined) return undefined;
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
  const client = new SFNClient(awsSettings(system));
  try {
    const { status = 'unknown' } = await client.send(new DescribeExecutionCommand({ executionArn }));
    const { events = [] } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: EVENTS_LOOKED_AT }),
    );
    const entered = events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
    return { execution: name, status: status.toLowerCase(), state: entered?.stateEnteredEventDetails?.name };
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist || isWithoutRights(error)) return undefined;
    throw error;
  }
}

/** Letters as they are, and still there for whoever comes next: they are given back at once. */
async function looked(client: SQSClient, QueueUrl: string, most: number): Promise<RawLetter[]> {
  const letters = await lettersIn(client, QueueUrl, most);
  for (let start = 0; start < letters.length; start += LARGEST_RECEIVE) {
    const Entries = letters.slice(start, start + LARGEST_RECEIVE).map(({ receipt }, position) => ({
      Id: String(position),
      ReceiptHandle: receipt,
      VisibilityTimeout: 0,
    }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
  return letters;
}

async function lettersIn(client: SQSClient, QueueUrl: string, most: number): Promise<RawLetter[]> {
  const letters = new Map<string, RawLetter>();
  while (letters.size < most) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: LARGEST_RECEIVE,
        VisibilityTimeout: HIDDEN_SECONDS,
        // Asks every server of the queue: a short poll may find nothing where there is something.
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    const fresh = Messages.filter(({ MessageId }) => MessageId !== undefined && !letters.has(MessageId));
    if (fresh.length === 0) break;
    for (const { MessageId = '', ReceiptHandle = '', Body = '', Attributes } of fresh)
      letters.set(MessageId, {
        id: MessageId,
        receipt: ReceiptHandle,
        body: Body,
        sentAt: Number(Attributes?.SentTimestamp ?? 0),
      });
  }
  return [...letters.values()];
}

/** By SQS's own task; where an emulator has none, one by one, each deleted only after it was sent. */
async function returnNotices(system: System, dead: string): Promise<void> {
  const client = new SQSClient(awsSettings(system));
  if (system.endpoint === undefined) {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['QueueArn'] }),
    );
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.QueueArn }));
    return;
  }
  const source = outputOf(system, 'NoticeQueueUrl');
  for (const { body, receipt } of await lettersIn(client, dead, Number.POSITIVE_INFINITY)) {
    await client.send(new SendMessageCommand({ QueueUrl: source, MessageBody: body }));
    await client.send(new DeleteMessageCommand({ QueueUrl: dead, ReceiptHandle: receipt }));
  }
}

async function replayItem(
  system: System,
  functionName: string,
  { pk, sk }: { readonly pk: string; readonly sk: string },
): Promise<Replayed> {
  const settings = awsSettings(system);
  const { Item } = await new DynamoDBClient(settings).send(
    new GetItemCommand({ TableName: outputOf(system, 'TableName'), Key: marshall({ pk, sk }), ConsistentRead: true }),
  );
  if (Item === undefined) return 'no-such-item';
  const dynamodb = { SequenceNumber: '0', NewImage: Item };
  const event = { Records: [{ eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb }] };
  const answer = await invoked(new LambdaClient(settings), functionName, event);
  return isWholeBatch(answer) ? 'replayed' : 'failed-again';
}

const isWholeBatch = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  'batchItemFailures' in answer &&
  Array.isArray(answer.batchItemFailures) &&
  answer.batchItemFailures.length === 0;

const WITHOUT_RIGHTS = new Set([
  'CredentialsProviderError',
  'AccessDeniedException',
  'AccessDenied',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'InvalidClientTokenId',
]);
const isWithoutRights = (error: unknown): boolean => error instanceof Error && WITHOUT_RIGHTS.has(error.name);

async function withRights<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isWithoutRights(error)) throw error;
    throw new CommandProblem(
      'This needs rights in the AWS account, which this shell does not have: look at aws sts get-caller-identity.',
    );
  }
}
