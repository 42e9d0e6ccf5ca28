import {
  BatchGetItemCommand,
  type CancellationReason,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { type Attributes, expressionInput, marshalled, questionInput } from './dynamodb-expressions.ts';
import type { Key } from './keys.ts';
import {
  type CancelReason,
  type Item,
  type Page,
  refuseImpossibleTransaction,
  refuseLargeRead,
  type Table,
  type TransactOutcome,
  type TransactWrite,
  type Write,
  type WriteOutcome,
} from './table.ts';

/** Name of the one index: what belongs to a campaign's day, spread over shards. */
export const CAMPAIGN_INDEX = 'campaign';
/** A batch read that DynamoDB answered in part is asked again this often; 8 doublings from 25 ms are 6 s. */
const BATCH_READ_ATTEMPTS = 8;
const BATCH_READ_PAUSE_MS = 25;

/** The table on DynamoDB. The client is given, so that importing this file opens nothing. */
export function dynamodbTable(client: DynamoDBClient, tableName: string): Table {
  async function readOnce(keys: readonly Key[]): Promise<{ items: Item[]; left: Key[] }> {
    const answer = await orNamedError(() =>
      client.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: keys.map((key) => marshalled(key)), ConsistentRead: true } },
        }),
      ),
    );
    return {
      items: (answer.Responses?.[tableName] ?? []).map(itemOf),
      left: (answer.UnprocessedKeys?.[tableName]?.Keys ?? []).map((key) => unmarshall(key) as Key),
    };
  }

  return {
    async get(key, options = {}) {
      const answer = await orNamedError(() =>
        client.send(
          new GetItemCommand({ TableName: tableName, Key: marshalled(key), ConsistentRead: options.stale !== true }),
        ),
      );
      return answer.Item === undefined ? undefined : itemOf(answer.Item);
    },

    async getMany(keys) {
      refuseLargeRead(keys);
      const found: Item[] = [];
      let wanted = [...keys];
      for (let attempt = 0; wanted.length > 0; attempt += 1) {
        if (attempt === BATCH_READ_ATTEMPTS) throw new ThrottledError('batch read stayed incomplete');
        if (attempt > 0) await pause(Math.random() * BATCH_READ_PAUSE_MS * 2 ** attempt);
        const { items, left } = await readOnce(wanted);
        found.push(...items);
        wanted = left;
      }
      return found;
    },

    async query(question, options = {}) {
      const answer = await orNamedError(() =>
        client.send(
          new QueryCommand({
            TableName: tableName,
            ...(question.index === undefined ? { ConsistentRead: true } : { IndexName: CAMPAIGN_INDEX }),
            ...questionInput(question),
            ScanIndexForward: options.descending !== true,
            ...(options.limit === undefined ? {} : { Limit: options.limit }),
            ...(options.cursor === undefined ? {} : { ExclusiveStartKey: startKeyOf(options.cursor) }),
          }),
        ),
      );
      const page: Page = { items: (answer.Items ?? []).map(itemOf) };
      return answer.LastEvaluatedKey === undefined ? page : { ...page, cursor: cursorOf(answer.LastEvaluatedKey) };
    },

    async write(write): Promise<WriteOutcome> {
      try {
        await orNamedError(() => sendWrite(client, tableName, write));
        return { kind: 'written' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { kind: 'condition-failed', existing: error.Item === undefined ? undefined : itemOf(error.Item) };
      }
    },

    async transact(writes): Promise<TransactOutcome> {
      refuseImpossibleTransaction(writes);
      try {
        await orNamedError(() =>
          client.send(
            new TransactWriteItemsCommand({ TransactItems: writes.map((write) => transactItemOf(tableName, write)) }),
          ),
        );
        return { kind: 'committed' };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        return { kind: 'cancelled', reasons: (error.CancellationReasons ?? []).map(reasonNameOf) };
      }
    },
  };
}

const itemOf = (attributes: Attributes): Item => unmarshall(attributes) as Item;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// A cursor travels through URLs, hence base64url of the key that DynamoDB wants back.
const cursorOf = (key: Attributes): string => Buffer.from(JSON.stringify(unmarshall(key))).toString('base64url');
function startKeyOf(cursor: string): Attributes {
  try {
    return marshalled(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    throw new PermanentError(`not a cursor of ours: ${reasonOf(error)}`);
  }
}

function sendWrite(client: DynamoDBClient, tableName: string, write: Write): Promise<unknown> {
  const common = {
    TableName: tableName,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ...expressionInput(write),
  };
  if ('put' in write) return client.send(new PutItemCommand({ ...common, Item: marshalled(write.put) }));
  if ('delete' in write) return client.send(new DeleteItemCommand({ ...common, Key: marshalled(write.delete) }));
  return client.send(new UpdateItemCommand({ ...common, Key: marshalled(write.update) }));
}

function transactItemOf(tableName: string, write: TransactWrite): TransactWriteItem {
  const common = { TableName: tableName, ...expressionInput(write) };
  if ('put' in write) return { Put: { ...common, Item: marshalled(write.put) } };
  if ('delete' in write) return { Delete: { ...common, Key: marshalled(write.delete) } };
  if ('update' in write)
    return { Update: { ...common, Key: marshalled(write.update), UpdateExpression: common.UpdateExpression } };
  return {
    ConditionCheck: { ...common, Key: marshalled(write.check), ConditionExpression: common.ConditionExpression },
  };
}

function reasonNameOf(reason: CancellationReason): CancelReason {
  switch (reason.Code) {
    case 'None':
    case undefined:
      return 'none';
    case 'ConditionalCheckFailed':
      return 'condition-failed';
    case 'TransactionConflict':
      return 'conflict';
    case 'ThrottlingError':
    case 'ProvisionedThroughputExceeded':
      return 'throttled';
    case 'ValidationError':
    case 'ItemCollectionSizeLimitExceeded':
      return 'invalid';
    default:
      return 'other';
  }
}

const THROTTLES = new Set(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded']);
/** The request itself is wrong, and will be next time. */
const WRONG = new Set(['ValidationException', 'ItemCollectionSizeLimitExceededException', 'SerializationException']);

/**
 * Gives what the SDK throws one of our three names; conditions that failed pass through, they are outcomes. What is not
 * known to be a wrong request is taken for passing: an expired key, a missing grant or a lost network must make the
 * stream wait, and never make it set gifts aside.
 */
async function orNamedError<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionCanceledException) throw error;
    const name = error instanceof Error ? error.name : '';
    if (THROTTLES.has(name)) throw new ThrottledError(reasonOf(error), { cause: error });
    if (WRONG.has(name)) throw new PermanentError(reasonOf(error), { cause: error });
    throw new TransientError(reasonOf(error), { cause: error });
  }
}
