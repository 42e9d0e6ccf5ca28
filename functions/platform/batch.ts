import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { reasonOf } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import type { Replacement } from './http.ts';
import { log } from './log.ts';
import { count, flushMetrics, METRICS } from './metrics.ts';
import { tellTime } from './open-table.ts';

/** One new item from the table's stream, still unchecked, with the stream's own position. */
export type StreamImage = { readonly position: string; readonly image: unknown };

export type StreamDefinition<Use> = {
  readonly name: string;
  readonly open: () => Use;
  /** Returns the position from which the stream must come again, or `undefined` when all is done. */
  readonly handle: (images: readonly StreamImage[], use: Use, now: Instant) => Promise<string | undefined>;
};
export type StreamHandler = (event: DynamoDBStreamEvent, context: Context) => Promise<DynamoDBBatchResponse>;

/** The stack of every stream consumer. A thrown error repeats the whole batch; a returned position repeats from there. */
export function streamFunction<Use>(definition: StreamDefinition<Use>, replacement?: Replacement<Use>): StreamHandler {
  let use: Use | undefined = replacement?.use;
  const base = async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    use ??= definition.open();
    const now = await (replacement?.tellTime ?? tellTime)();
    const failedFrom = await definition.handle(event.Records.map(imageOf), use, now);
    return { batchItemFailures: failedFrom === undefined ? [] : [{ itemIdentifier: failedFrom }] };
  };
  return watched(definition.name, base) as unknown as StreamHandler;
}

function imageOf(record: DynamoDBRecord): StreamImage {
  const image = record.dynamodb?.NewImage;
  return {
    position: record.dynamodb?.SequenceNumber ?? '',
    image: image === undefined ? undefined : unmarshall(image as Parameters<typeof unmarshall>[0]),
  };
}

export type QueueDefinition<Use> = {
  readonly name: string;
  readonly open: () => Use;
  /** Handles one message. A thrown error leaves this message, and only this one, in the queue. */
  readonly handle: (message: unknown, use: Use, now: Instant) => Promise<void>;
};
export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The stack of every queue consumer: one message failing never repeats its neighbours. */
export function queueFunction<Use>(definition: QueueDefinition<Use>, replacement?: Replacement<Use>): QueueHandler {
  let use: Use | undefined = replacement?.use;
  const base = async (event: SQSEvent): Promise<SQSBatchResponse> => {
    use ??= definition.open();
    const opened = use;
    const now = await (replacement?.tellTime ?? tellTime)();
    const batchItemFailures: { itemIdentifier: string }[] = [];
    // One after another: the pace is then the number of consumers and nothing else, which is what a mail quota needs.
    for (const record of event.Records) {
      try {
        await definition.handle(JSON.parse(record.body), opened, now);
      } catch (error) {
        log.warn('message left in the queue', { reason: reasonOf(error) });
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures };
  };
  return watched(definition.name, base) as unknown as QueueHandler;
}

function watched<Event, Result>(name: string, base: (event: Event) => Promise<Result>) {
  return middy<Event, Result>(base)
    .before((request) => {
      log.addContext(request.context);
      log.resetKeys();
      log.appendKeys({ function: name });
    })
    .after(() => flushMetrics())
    .onError((request) => {
      log.error('batch failed', { reason: reasonOf(request.error) });
      count(METRICS.unexpectedError);
      flushMetrics();
    });
}
