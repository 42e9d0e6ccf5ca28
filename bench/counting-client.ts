import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  type DeleteItemCommandInput,
  DynamoDBClient,
  type PutItemCommandInput,
  TransactionCanceledException,
  type TransactWriteItemsCommandInput,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Key, turnKey } from '../functions/platform/keys.ts';
import { CAMPAIGN_INDEX, dynamodbTable } from '../functions/platform/table.dynamodb.ts';
import { addressOf, type Table } from '../functions/platform/table.ts';
import { writeUnitsOf } from './item-size.ts';

/** What was consumed, and how transactions ended. */
export type Tally = {
  requests: number;
  writeUnits: number;
  readUnits: number;
  /** Keys of batch reads that found nothing; AWS charges a unit each, DynamoDB Local reports none. */
  absentKeys: number;
  /** Of `writeUnits`, those of turns. */
  turnWriteUnits: number;
  /** Of `writeUnits`, those of single writes that a condition refused: charged, but written nothing. */
  refusedWriteUnits: number;
  /** What transactions that were cancelled would have written. AWS charges for them; they are not in `writeUnits`. */
  cancelledWriteUnits: number;
  /** Of `writeUnits`, those of the index. */
  indexWriteUnits: number;
  committed: number;
  /** The pool's guard refused: another batch was first. */
  guarded: number;
  /** DynamoDB itself saw two transactions at one item; DynamoDB Local never says so. */
  conflicted: number;
  /** Cancelled for another reason, such as a gift that was counted before. */
  otherwiseCancelled: number;
};
export const emptyTally = (): Tally => ({
  requests: 0,
  writeUnits: 0,
  readUnits: 0,
  absentKeys: 0,
  turnWriteUnits: 0,
  refusedWriteUnits: 0,
  cancelledWriteUnits: 0,
  indexWriteUnits: 0,
  committed: 0,
  guarded: 0,
  conflicted: 0,
  otherwiseCancelled: 0,
});

export type CountedTable = {
  readonly table: Table;
  readonly tally: Tally;
  /** Throws when an item that a transaction updated is larger than the one kilobyte that its write was counted for. */
  readonly refuseLargeUpdates: () => Promise<void>;
};

type Units = {
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
  readonly CapacityUnits?: number;
};
type Consumed = Units & {
  readonly Table?: Units;
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Units>>;
};

const WRITES: ReadonlySet<string> = new Set([
  'PutItemCommand',
  'UpdateItemCommand',
  'DeleteItemCommand',
  'TransactWriteItemsCommand',
]);
const MEASURED: ReadonlySet<string> = new Set([...WRITES, 'GetItemCommand', 'BatchGetItemCommand', 'QueryCommand']);

/**
 * A fresh table of our shape at `endpoint`, with a client that asks after every request what it consumed. The emulator does
 * not say it for every request: with `saysUnits` false only how transactions ended is counted, and units are not.
 */
export async function openCountedTable(endpoint: string, { saysUnits = true } = {}): Promise<CountedTable> {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const tableName = `bench-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  await createTable(client, tableName);
  const tally = emptyTally();
  const updated = new Map<string, Key>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const name = String(context.commandName);
      if (!MEASURED.has(name)) return next(args);
      tally.requests += 1;
      try {
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } });
        if (saysUnits) addAnswer(tally, updated, name, args.input, answer.output);
        else if (name === 'TransactWriteItemsCommand') tally.committed += 1;
        return answer;
      } catch (error) {
        if (error instanceof TransactionCanceledException) {
          countCancelled(tally, error);
          tally.cancelledWriteUnits += transactionUnits(args.input as TransactWriteItemsCommandInput, new Map());
        }
        if (error instanceof ConditionalCheckFailedException) addRefused(tally, args.input);
        throw error;
      }
    },
    { step: 'initialize', name: 'countConsumed' },
  );
  const table = dynamodbTable(client, tableName);
  return { table, tally, refuseLargeUpdates: () => refuseLarge(table, updated) };
}

/** A write that a condition refused is charged by the item that is there; all that are written so are below a kilobyte. */
function addRefused(tally: Tally, input: object): void {
  tally.writeUnits += 1;
  tally.refusedWriteUnits += 1;
  if (isOfTurn(input)) tally.turnWriteUnits += 1;
}

/** Whether a single write is about a campaign's turn. */
function isOfTurn(input: object): boolean {
  const { Item, Key } = input as Pick<PutItemCommandInput, 'Item'> & Pick<DeleteItemCommandInput, 'Key'>;
  return (Item ?? Key)?.['sk']?.S === turnKey('any').sk;
}

function addAnswer(tally: Tally, updated: Map<string, Key>, name: string, input: object, output: object): void {
  if (name === 'TransactWriteItemsCommand') {
    tally.committed += 1;
    tally.writeUnits += transactionUnits(input as TransactWriteItemsCommandInput, updated);
    return;
  }
  if (name === 'BatchGetItemCommand') tally.absentKeys += absentKeysOf(input, output);
  if (WRITES.has(name) && isOfTurn(input)) tally.turnWriteUnits += 1;
  addConsumed(tally, WRITES.has(name), (output as { ConsumedCapacity?: Consumed | Consumed[] }).ConsumedCapacity);
}

/** Every item that a transaction writes is written twice, once to prepare and once to commit. */
const WRITES_IN_TRANSACTION = 2;

/**
 * The write units of a transaction as AWS charges them, item by item. DynamoDB Local reports less: two small items as
 * one write (seen with 3.3.0). An update is counted as one kilobyte, which `refuseLargeUpdates` checks afterwards.
 */
function transactionUnits({ TransactItems = [] }: TransactWriteItemsCommandInput, updated: Map<string, Key>): number {
  let units = 0;
  for (const { Put, Update } of TransactItems) {
    units += WRITES_IN_TRANSACTION * (Put?.Item === undefined ? 1 : writeUnitsOf(Put.Item));
    if (Put?.Item?.['indexPk'] !== undefined) throw new Error('no transaction of ours writes into the index');
    if (Update?.Key === undefined) continue;
    const key = unmarshall(Update.Key) as Key;
    updated.set(addressOf(key), key);
  }
  return units;
}

async function refuseLarge(table: Table, updated: ReadonlyMap<string, Key>): Promise<void> {
  for (const key of updated.values()) {
    const item = await table.get(key);
    if (item !== undefined && writeUnitsOf(marshall(item)) > 1) throw new Error(`${key.pk} is larger than a kilobyte`);
  }
}

type BatchRead = { readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly unknown[] }>> };
type BatchFound = { readonly Responses?: Readonly<Record<string, readonly unknown[]>> };

function absentKeysOf({ RequestItems = {} }: BatchRead, { Responses = {} }: BatchFound): number {
  const asked = Object.values(RequestItems).reduce((sum, { Keys = [] }) => sum + Keys.length, 0);
  const found = Object.values(Responses).reduce((sum, items) => sum + items.length, 0);
  return asked - found;
}

function addConsumed(tally: Tally, isWrite: boolean, consumed: Consumed | Consumed[] | undefined): void {
  const all = consumed === undefined ? [] : Array.isArray(consumed) ? consumed : [consumed];
  if (all.length === 0) throw new Error('the database did not say what was consumed');
  for (const one of all) {
    const units = one.CapacityUnits ?? 0;
    if (!isWrite) {
      tally.readUnits += units;
      continue;
    }
    tally.writeUnits += units;
    for (const index of Object.values(one.GlobalSecondaryIndexes ?? {})) {
      tally.indexWriteUnits += index.CapacityUnits ?? 0;
    }
  }
}

function countCancelled(tally: Tally, { CancellationReasons = [] }: TransactionCanceledException): void {
  const codes = CancellationReasons.map(({ Code }) => Code);
  // The pool is the first action of every batch.
  if (codes.includes('TransactionConflict')) tally.conflicted += 1;
  else if (codes[0] === 'ConditionalCheckFailed') tally.guarded += 1;
  else tally.otherwiseCancelled += 1;
}

async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const keys = ['pk', 'sk', 'indexPk', 'indexSk'];
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: CAMPAIGN_INDEX,
          KeySchema: [
            { AttributeName: 'indexPk', KeyType: 'HASH' },
            { AttributeName: 'indexSk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: tableName });
}
