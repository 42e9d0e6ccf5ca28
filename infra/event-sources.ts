import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Trigger } from '../functions/function-spec.ts';
import { bindStream } from './bindings.ts';
import type { DeployedFunction } from './deployed-function.ts';

type StreamTrigger = Extract<Trigger, { kind: 'stream' }>;
type QueueTrigger = Extract<Trigger, { kind: 'queue' }>;

/**
 * The stream keeps a record for 24 h. A record that is refused for 6 h goes to the poison queue; 18 h remain in which
 * a person can still read what it held. A handler puts a record aside at once when it knows that the record is the
 * fault, so this is for outages, and in an outage waiting is right: giving up would leave gifts uncounted.
 */
const OLDEST_RECORD_HOURS = 6;
/** Lambda's own limit, so that the age decides: 6 h are 2,160 attempts at one every ten seconds. */
const STREAM_ATTEMPTS = 10_000;

/** New items of some types, in order, to one consumer. DynamoDB lets two consumers read a shard: no more than two of these. */
export function consumeStream(target: DeployedFunction, table: Table, poison: Queue, trigger: StreamTrigger): void {
  bindStream(target, table);
  new EventSourceMapping(target, 'Stream', {
    target: target.lambda,
    eventSourceArn: table.tableStreamArn ?? '',
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [
      FilterCriteria.filter({
        eventName: FilterRule.isEqual('INSERT'),
        dynamodb: { NewImage: { type: { S: FilterRule.or(...trigger.itemTypes) } } },
      }),
    ],
    batchSize: trigger.batchSize,
    maxBatchingWindow: Duration.seconds(trigger.windowSeconds),
    // Two batches of one shard at a time would only race each other for the same pool.
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: STREAM_ATTEMPTS,
    maxRecordAge: Duration.hours(OLDEST_RECORD_HOURS),
    onFailure: new SqsDlq(poison),
  });
}

/** Messages of one queue; the manifest bounds how many functions work at once. */
export function consumeQueue(target: DeployedFunction, queue: Queue, trigger: QueueTrigger): void {
  target.allow(
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
    [queue.queueArn],
  );
  new EventSourceMapping(target, 'Queue', {
    target: target.lambda,
    eventSourceArn: queue.queueArn,
    batchSize: trigger.batchSize,
    maxConcurrency: trigger.concurrency,
    reportBatchItemFailures: true,
  });
}
