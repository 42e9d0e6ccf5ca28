import { PermanentError } from '../kernel/errors.ts';
import type { Key, Question } from './keys.ts';
import {
  addressOf,
  type CancelReason,
  conditionHolds,
  type Item,
  keyOf,
  type Page,
  type QueryOptions,
  refuseImpossibleTransaction,
  refuseLargeRead,
  type Table,
  type TransactOutcome,
  type TransactWrite,
  type Value,
  type Write,
  type WriteOutcome,
} from './table.ts';

/** One change of one item, as a DynamoDB stream with NEW_AND_OLD_IMAGES reports it. */
export type Change = { readonly before: Item | undefined; readonly after: Item | undefined };

/** The table in memory, with the order of all its changes: for tests, the simulator and what-if runs. */
export type MemoryTable = Table & {
  /** Every change so far, in the order in which it happened: what the stream would carry. Empty where a watcher is told instead. */
  readonly changes: readonly Change[];
  /** All items, for assertions on the whole state. */
  everything(): readonly Item[];
};

const DEFAULT_PAGE_SIZE = 1000;

/**
 * What is stored is a copy, as the wire would make one, without attributes that are `undefined`. It is frozen, so that it
 * can be handed out as it is: who reads it can no more change the table than by a copy.
 */
function storedCopyOf<T extends Value | Item>(value: T): T {
  return frozen(value) as T;
}

function frozen(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  const copy: Record<string, Value> = {};
  for (const [name, inner] of Object.entries(value)) if (inner !== undefined) copy[name] = frozen(inner);
  return Object.freeze(copy);
}

function applied(item: Item | undefined, write: Write): Item | undefined {
  if ('put' in write) return storedCopyOf(write.put);
  if ('delete' in write) return undefined;
  const next: Record<string, Value | undefined> = { ...(item ?? write.update) };
  for (const [name, value] of Object.entries(write.set ?? {})) next[name] = storedCopyOf(value);
  for (const [name, amount] of Object.entries(write.add ?? {})) {
    const current = next[name] ?? 0;
    if (typeof current !== 'number') throw new PermanentError(`cannot add to ${name}: it is not a number`);
    next[name] = current + amount;
  }
  return Object.freeze(next) as Item;
}

/** The items of one partition, of the table or of its index, by sort key; the order is kept until an item comes or goes. */
class Partition {
  readonly #items = new Map<string, Item>();
  #sortKeys: readonly string[] | undefined;

  get(sortKey: string): Item | undefined {
    return this.#items.get(sortKey);
  }

  set(sortKey: string, item: Item): void {
    if (!this.#items.has(sortKey)) this.#sortKeys = undefined;
    this.#items.set(sortKey, item);
  }

  delete(sortKey: string): void {
    if (this.#items.delete(sortKey)) this.#sortKeys = undefined;
  }

  items(): Iterable<Item> {
    return this.#items.values();
  }

  page(question: Question, options: QueryOptions): Page {
    this.#sortKeys ??= [...this.#items.keys()].sort(compare);
    const asked = this.#sortKeys.filter((sortKey) => isAskedFor(question, sortKey));
    const found = options.descending === true ? asked.reverse() : asked;
    const direction = options.descending === true ? -1 : 1;
    const { cursor, limit = DEFAULT_PAGE_SIZE } = options;
    const start = cursor === undefined ? 0 : found.findIndex((sortKey) => direction * compare(sortKey, cursor) > 0);
    const page = start < 0 ? [] : found.slice(start, start + limit);
    const items = page.flatMap((sortKey) => {
      const item = this.#items.get(sortKey);
      return item === undefined ? [] : [item];
    });
    const last = page.at(-1);
    return last !== undefined && last !== found.at(-1) ? { items, cursor: last } : { items };
  }
}

/** Partitions by name. */
class Partitions {
  readonly #byName = new Map<string, Partition>();

  find(name: string): Partition | undefined {
    return this.#byName.get(name);
  }

  at(name: string): Partition {
    let partition = this.#byName.get(name);
    if (partition === undefined) {
      partition = new Partition();
      this.#byName.set(name, partition);
    }
    return partition;
  }

  *items(): Generator<Item> {
    for (const partition of this.#byName.values()) yield* partition.items();
  }
}

/**
 * An empty table in memory. A `watcher` is told of every change as it happens, and then no list of changes is kept:
 * for runs of millions of items.
 */
export function memoryTable(watcher?: (change: Change) => void): MemoryTable {
  const table = new Partitions();
  const index = new Partitions();
  const changes: Change[] = [];
  const report = watcher ?? ((change: Change) => void changes.push(change));
  const itemAt = (key: Key): Item | undefined => table.find(key.pk)?.get(key.sk);

  function perform(write: Write): void {
    const key = keyOf(write);
    const before = itemAt(key);
    const after = applied(before, write);
    if (before !== undefined) leaveIndex(before);
    if (after === undefined) table.find(key.pk)?.delete(key.sk);
    else {
      table.at(key.pk).set(key.sk, after);
      enterIndex(after);
    }
    if (before !== undefined || after !== undefined) report({ before, after });
  }

  function enterIndex(item: Item): void {
    const place = indexPlaceOf(item);
    if (place !== undefined) index.at(place.partition).set(place.sortKey, item);
  }

  function leaveIndex(item: Item): void {
    const place = indexPlaceOf(item);
    if (place !== undefined) index.find(place.partition)?.delete(place.sortKey);
  }

  async function write(action: Write): Promise<WriteOutcome> {
    const existing = itemAt(keyOf(action));
    if (!conditionHolds(existing, action.when)) {
      return { kind: 'condition-failed', existing };
    }
    perform(action);
    return { kind: 'written' };
  }

  async function transact(actions: readonly TransactWrite[]): Promise<TransactOutcome> {
    refuseImpossibleTransaction(actions);
    const reasons = actions.map(
      (action): CancelReason => (conditionHolds(itemAt(keyOf(action)), action.when) ? 'none' : 'condition-failed'),
    );
    if (reasons.some((reason) => reason !== 'none')) return { kind: 'cancelled', reasons };
    for (const action of actions) if (!('check' in action)) perform(action);
    return { kind: 'committed' };
  }

  return {
    changes,
    everything: () => [...table.items()],
    write,
    transact,
    async get(key) {
      return itemAt(key);
    },
    async getMany(keys) {
      refuseLargeRead(keys);
      return keys.flatMap((key) => {
        const item = itemAt(key);
        return item === undefined ? [] : [item];
      });
    },
    async query(question, options = {}) {
      const partitions = question.index === 'campaign' ? index : table;
      return partitions.find(question.partition)?.page(question, options) ?? { items: [] };
    },
  };
}

// Items may share a place in an index: their addresses tell them apart, behind what no sort key of ours contains.
const SEPARATOR = '\u0000';

/** Where an item stands in the index; nowhere without both attributes. */
function indexPlaceOf(item: Item): { readonly partition: string; readonly sortKey: string } | undefined {
  const { indexPk, indexSk } = item;
  return typeof indexPk === 'string' && typeof indexSk === 'string'
    ? { partition: indexPk, sortKey: `${indexSk}${SEPARATOR}${addressOf(item)}` }
    : undefined;
}

const isAskedFor = (question: Question, sortKey: string): boolean =>
  sortKey.startsWith(question.beginsWith ?? '') &&
  (question.from === undefined || sortKey >= question.from) &&
  (question.upTo === undefined || (sortKey.split(SEPARATOR)[0] ?? '') <= question.upTo);

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
