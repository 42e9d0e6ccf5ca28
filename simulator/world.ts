import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import type { Campaign } from '../functions/campaigns/campaign.ts';
import { type Instant, instantOf } from '../functions/kernel/time.ts';
import type { FunctionName } from '../functions/manifest.ts';
import type { Patience } from '../functions/matching/patience.ts';
import type { SendMail } from '../functions/notices/mail.gateway.ts';
import type { QueueNotices } from '../functions/notices/notice-queue.gateway.ts';
import {
  type QueueDefinition,
  queueFunction,
  type StreamDefinition,
  streamFunction,
} from '../functions/platform/batch.ts';
import type { PoisonNote, SetAside } from '../functions/platform/poison.gateway.ts';
import type { Item, Table } from '../functions/platform/table.ts';
import { type TaskDefinition, taskFunction } from '../functions/platform/task.ts';
import type { Auditor } from './auditor.ts';
import { faultyTable, type Network, type Weakness } from './faulty-table.ts';
import type { Mutation } from './mutation.ts';
import type { Life } from './scheduler.ts';

/** Everything outside an invocation, as it sees it. */
export type Ports = {
  readonly table: Table;
  readonly sendMail: SendMail;
  readonly queueNotices: QueueNotices;
  readonly setAside: SetAside;
  readonly patience: Patience;
};

/** What one simulated campaign consists of. */
export type World = Network & {
  readonly campaigns: readonly Campaign[];
  /** The store itself, with the auditor behind every write; nothing between fails. */
  readonly table: Table;
  readonly auditor: Auditor;
  readonly mutation: Mutation | undefined;
  readonly poison: PoisonNote[];
  /** One invocation in this many goes through its whole stack: events marshalled, signed, parsed; the others start at the handler. */
  readonly wholeStackOneIn: number;
};

/** How wrong a wrong clock is, either way. */
const WRONGEST_CLOCK_MS = 120_000;
const CALL_MS = 50;
/** How much pauses differ that are drawn by lot. */
const SPREAD = 0.3;

/** The ports of one invocation, each of which may fail it. */
export function portsOf(
  world: World,
  life: Life,
  name: FunctionName,
  outside: { readonly sendMail?: SendMail; readonly queueNotices?: QueueNotices; readonly weakness?: Weakness } = {},
): Ports {
  const { random } = world;
  const ports: Ports = {
    table: faultyTable(world.table, life, world, outside.weakness),
    sendMail: outside.sendMail ?? refuseToBeCalled,
    queueNotices: outside.queueNotices ?? refuseToBeCalled,
    setAside: async (note) => {
      await life.wait(random.below(CALL_MS));
      world.trace.note(world.scheduler.now, life.name, `sets ${note.pk} aside`);
      world.poison.push(note);
    },
    // Chance that likes long pauses: who waits for a turn looks up thirty times a second otherwise, which is most of the steps.
    patience: { random: () => 1 - SPREAD * random.fraction(), pause: (ms) => life.wait(ms) },
  };
  return world.mutation?.ports?.(ports, name, world.table) ?? ports;
}

async function refuseToBeCalled(): Promise<never> {
  throw new Error('this function has no business with this');
}

/** The clock of one invocation. */
export function clockOf({ scheduler, random, faults }: World): () => Promise<Instant> {
  const skewMs = faults.strikes('clock skew') ? random.below(2 * WRONGEST_CLOCK_MS) - WRONGEST_CLOCK_MS : 0;
  return async () => instantAt(scheduler.now + skewMs);
}

export const instantAt = (epochMs: number): Instant => new Date(epochMs).toISOString() as Instant;

export const isWholeStack = ({ random, wholeStackOneIn }: World): boolean => random.below(wholeStackOneIn) === 0;

/** The second argument of every handler, as far as ours look at it. */
export const LAMBDA_CONTEXT = { functionName: 'simulated', awsRequestId: 'simulated' } as Context;

/** Hands a batch of new items to a stream's consumer; the answer is how many it took, from the front. */
export async function consume<Use>(
  world: World,
  definition: StreamDefinition<Use>,
  use: Use,
  items: readonly Item[],
): Promise<number> {
  const clock = clockOf(world);
  if (isWholeStack(world)) {
    const answer = await streamFunction(definition, { use, tellTime: clock })(streamEvent(items), LAMBDA_CONTEXT);
    const failed = answer.batchItemFailures[0];
    return failed === undefined ? items.length : Number(failed.itemIdentifier);
  }
  const images = items.map((image, position) => ({ position: String(position), image }));
  const failedFrom = await definition.handle(images, use, await clock());
  return failedFrom === undefined ? items.length : Number(failedFrom);
}

function streamEvent(items: readonly Item[]): DynamoDBStreamEvent {
  return {
    Records: items.map((item, position) => ({
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: String(position), NewImage: marshall(item, { removeUndefinedValues: true }) },
    })),
  } as DynamoDBStreamEvent;
}

/** Hands messages to a queue's consumer; the answer is the positions of those that failed. */
export async function receive<Use>(
  world: World,
  definition: QueueDefinition<Use>,
  use: Use,
  messages: readonly object[],
): Promise<ReadonlySet<number>> {
  const event = {
    Records: messages.map((message, position) => ({ messageId: String(position), body: JSON.stringify(message) })),
  } as SQSEvent;
  const answer = await queueFunction(definition, { use, tellTime: clockOf(world) })(event, LAMBDA_CONTEXT);
  return new Set(answer.batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier)));
}

/** Runs a workflow's task. */
export function perform<Input, Use>(
  world: World,
  definition: TaskDefinition<Input, Use>,
  use: Use,
  input: object,
): Promise<{ readonly kind: string }> {
  return taskFunction(definition, { use, tellTime: clockOf(world) })(input, LAMBDA_CONTEXT);
}

/** Epoch milliseconds of an instant, read strictly. */
export const epochMsOf = (instant: Instant): number => Date.parse(instantOf(instant));
