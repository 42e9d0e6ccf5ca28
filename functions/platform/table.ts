import { PermanentError } from '../kernel/errors.ts';
import type { Key, Question } from './keys.ts';

/** What an attribute may hold. Binary and sets are not used: JSON in, JSON out. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };
/** An item: its key, what kind of thing it is, and its attributes. `undefined` attributes are not stored. */
export type Item = Key & { readonly type: string; readonly [name: string]: Value | undefined };

/** What must hold for a write to happen. All that are given must hold; an absent item satisfies only `absent`. */
export type Condition = {
  /** The item must not exist. */
  readonly absent?: true;
  /** These attributes must have exactly these values (`null` here means: the attribute is not there). */
  readonly equals?: Readonly<Record<string, string | number | boolean | null>>;
  /** These numbers must be at least this large. */
  readonly atLeast?: Readonly<Record<string, number>>;
};

export type Put = { readonly put: Item; readonly when?: Condition };
/** Changes named attributes. `add` starts from 0; an absent item is created unless `when` forbids it, so give `type` in `set` then. */
export type Update = {
  readonly update: Key;
  readonly set?: Readonly<Record<string, Value>>;
  readonly add?: Readonly<Record<string, number>>;
  readonly when?: Condition;
};
/** Writes nothing; makes a transaction depend on an item. */
export type Check = { readonly check: Key; readonly when: Condition };
export type Delete = { readonly delete: Key; readonly when?: Condition };
export type Write = Put | Update | Delete;
export type TransactWrite = Write | Check;

/** `existing` is the item that was in the way, where there is one. */
export type WriteOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'condition-failed'; readonly existing: Item | undefined };

/** Why one action of a cancelled transaction stood in the way; `none` for those that did not. */
export type CancelReason = 'none' | 'condition-failed' | 'conflict' | 'throttled' | 'invalid' | 'other';
export type TransactOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'cancelled'; readonly reasons: readonly CancelReason[] };

export type QueryOptions = {
  readonly limit?: number;
  readonly descending?: boolean;
  readonly cursor?: string | undefined;
};
export type Page = { readonly items: readonly Item[]; readonly cursor?: string };

/** DynamoDB's own limit on the actions of one transaction. */
export const LARGEST_TRANSACTION = 100;
/** DynamoDB's own limit on the keys of one batch read. */
export const LARGEST_BATCH_READ = 100;

/**
 * The port to the one table. Two implementations pass one contract suite (test/platform/table.contract.ts): in memory
 * and DynamoDB. Methods throw TransientError or ThrottledError when the store cannot answer; after such an error a
 * write may or may not have happened, and the caller has to look.
 */
export type Table = {
  /** Reads one item. Consistent unless said otherwise: money is read to be written next. */
  get(key: Key, options?: { readonly stale?: boolean }): Promise<Item | undefined>;
  /** Reads up to 100 items consistently; those that do not exist are missing from the answer. No order. */
  getMany(keys: readonly Key[]): Promise<readonly Item[]>;
  /** One page of a partition in sort-key order. An index is eventually consistent, the table is read consistently. */
  query(question: Question, options?: QueryOptions): Promise<Page>;
  write(write: Write): Promise<WriteOutcome>;
  /** All or nothing. At most 100 actions on distinct items, else PermanentError before anything is sent. */
  transact(writes: readonly TransactWrite[]): Promise<TransactOutcome>;
};

/** Every item of a partition, page by page, without holding them all. */
export async function* everyItem(table: Table, question: Question, pageSize = 500): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await table.query(question, { limit: pageSize, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Which key an action of a transaction is about. */
export function keyOf(write: TransactWrite): Key {
  if ('put' in write) return { pk: write.put.pk, sk: write.put.sk };
  if ('update' in write) return write.update;
  if ('delete' in write) return write.delete;
  return write.check;
}

/** One text per item, for sets and maps. */
export const addressOf = (key: Key): string => `${key.pk}\u0000${key.sk}`;

/** Whether a write's condition would let it happen to this item. */
export function conditionHolds(item: Item | undefined, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  if (condition.absent === true && item !== undefined) return false;
  for (const [name, expected] of Object.entries(condition.equals ?? {})) {
    if ((item?.[name] ?? null) !== expected || item === undefined) return false;
  }
  for (const [name, bound] of Object.entries(condition.atLeast ?? {})) {
    const actual = item?.[name];
    if (typeof actual !== 'number' || actual < bound) return false;
  }
  return true;
}

/** Throws PermanentError where DynamoDB would refuse the request: too many actions, or two on one item. */
export function refuseImpossibleTransaction(actions: readonly TransactWrite[]): void {
  if (actions.length === 0 || actions.length > LARGEST_TRANSACTION) {
    throw new PermanentError(`a transaction takes 1 to ${LARGEST_TRANSACTION} actions, not ${actions.length}`);
  }
  if (new Set(actions.map((action) => addressOf(keyOf(action)))).size !== actions.length) {
    throw new PermanentError('a transaction cannot act twice on one item');
  }
}

/** Throws PermanentError where DynamoDB would refuse a batch read. */
export function refuseLargeRead(keys: readonly Key[]): void {
  if (keys.length > LARGEST_BATCH_READ) {
    throw new PermanentError(`a batch read takes at most ${LARGEST_BATCH_READ} keys, not ${keys.length}`);
  }
}

/** Batch reads that run at once: enough to hide the round trips of a batch, few enough for one connection pool. */
const READS_AT_ONCE = 4;

/** Reads any number of items consistently, in batch reads of 100 keys; those that do not exist are missing. No order. */
export async function readMany(table: Table, keys: readonly Key[]): Promise<Item[]> {
  const parts: (readonly Key[])[] = [];
  for (let start = 0; start < keys.length; start += LARGEST_BATCH_READ)
    parts.push(keys.slice(start, start + LARGEST_BATCH_READ));
  const found: Item[] = [];
  for (let start = 0; start < parts.length; start += READS_AT_ONCE) {
    const answers = await Promise.all(parts.slice(start, start + READS_AT_ONCE).map((part) => table.getMany(part)));
    for (const answer of answers) found.push(...answer);
  }
  return found;
}
