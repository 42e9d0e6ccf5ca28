import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { type DonationEntry, donationItemOf } from '../functions/donations/donation-entry.ts';
import { definition } from '../functions/matching/allocate-donations.lambda.ts';
import { type Patience, realPatience } from '../functions/matching/patience.ts';
import { type StreamHandler, streamFunction } from '../functions/platform/batch.ts';
import type { Table } from '../functions/platform/table.ts';
import { NOW } from './gifts.ts';

/** How a run of allocation went, beyond what the database counted. */
export type Delivery = {
  /** Pauses after a batch that did not get through at once. */
  pauses: number;
  /** Batches that the handler gave back, and that the stream brought again. */
  redelivered: number;
};

/** The deployed handler in its whole stack, over the given table; what is poison throws, because nothing here is. */
export function allocationHandler(table: Table, delivery: Delivery): StreamHandler {
  const patience: Patience = {
    random: realPatience.random,
    pause(ms) {
      delivery.pauses += 1;
      return realPatience.pause(ms);
    },
  };
  const setAside = async (): Promise<void> => {
    throw new Error('a good gift was set aside');
  };
  return streamFunction(definition, { use: { table, patience, setAside }, tellTime: async () => NOW });
}

/**
 * Brings gifts to the handler as the stream does: `shards` consumers at once, each with its own part of the gifts, in
 * events of `eventSize`, one after the other, and the same one again when it fails.
 */
export async function deliver(
  handler: StreamHandler,
  records: readonly DynamoDBRecord[],
  { eventSize, shards }: { readonly eventSize: number; readonly shards: number },
  delivery: Delivery,
): Promise<number> {
  const share = Math.ceil(records.length / shards);
  const consumers = Array.from({ length: shards }, (_, shard) => records.slice(shard * share, (shard + 1) * share));
  await Promise.all(consumers.map((own) => consume(handler, own, eventSize, delivery)));
  return records.length;
}

/** Lambda gives up a batch after hours; a benchmark that sees one come back this often has found a fault. */
const MOST_DELIVERIES = 20;

async function consume(
  handler: StreamHandler,
  records: readonly DynamoDBRecord[],
  eventSize: number,
  delivery: Delivery,
): Promise<void> {
  for (let from = 0; from < records.length; from += eventSize) {
    const event = { Records: records.slice(from, from + eventSize) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await handler(event, CONTEXT);
        break;
      } catch (error) {
        if (attempt === MOST_DELIVERIES) throw error;
        delivery.redelivered += 1;
      }
    }
  }
}

/** The entry as the stream's record of its insertion. */
export function recordOf(entry: DonationEntry, position: number): DynamoDBRecord {
  const image = marshall(donationItemOf(entry), { removeUndefinedValues: true }) as NonNullable<
    NonNullable<DynamoDBRecord['dynamodb']>['NewImage']
  >;
  return {
    eventID: entry.giftId,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: { NewImage: image, SequenceNumber: String(position + 1), StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
}

const CONTEXT: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'bench-allocate-donations',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench-allocate-donations',
  memoryLimitInMB: '512',
  awsRequestId: 'bench',
  logGroupName: 'bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
