import { PermanentError } from '../kernel/errors.ts';
import type { Question } from './keys.ts';
import {
  addressOf,
  type CancelReason,
  type Condition,
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
  /** Every change so far, in the order in which it happened: what the stream would carry. */
  readonly changes: readonly Change[];
  /** A copy of all items, for assertions on the whole state. */
  everything(): readonly Item[];
};

const DEFAULT_PAGE_SIZE = 1000;

// The wire would do this too: what is stored is a copy, and `undefined` attributes do not exist.
function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function holds(item: Item | undefined, condition: Condition | undefined): boolean {
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

function applied(item: Item | undefined, write: Write): Item | undefined {
  if ('put' in write) return copyOf(write.put);
  if ('delete' in write) return undefined;
  const next: Record<string, Value | undefined> = { ...(item ?? write.update) };
  for (const [name, value] of Object.entries(write.set ?? {})) next[name] = copyOf(value);
  for (const [name, amount] of Object.entries(write.add ?? {})) {
    const current = next[name] ?? 0;
    if (typeof current !== 'number') throw new PermanentError(`cannot add to ${name}: it is not a number`);
    next[name] = current + amount;
  }
  return next as Item;
}

/** An empty table in memory. */
export function memoryTable(): MemoryTable {
  const items = new Map<string, Item>();
  const changes: Change[] = [];

  function perform(write: Write): void {
    const address = addressOf(keyOf(write));
    const before = items.get(address);
    const after = applied(before, write);
    if (after === undefined) items.delete(address);
    else items.set(address, after);
    if (before !== undefined || after !== undefined) changes.push({ before, after });
  }

  async function write(action: Write): Promise<WriteOutcome> {
    const existing = items.get(addressOf(keyOf(action)));
    if (!holds(existing, action.when)) {
      return { kind: 'condition-failed', existing: existing === undefined ? undefined : copyOf(existing) };
    }
    perform(action);
    return { kind: 'written' };
  }

  async function transact(actions: readonly TransactWrite[]): Promise<TransactOutcome> {
    refuseImpossibleTransaction(actions);
    const reasons = actions.map(
      (action): CancelReason => (holds(items.get(addressOf(keyOf(action))), action.when) ? 'none' : 'condition-failed'),
    );
    if (reasons.some((reason) => reason !== 'none')) return { kind: 'cancelled', reasons };
    for (const action of actions) if (!('check' in action)) perform(action);
    return { kind: 'committed' };
  }

  return {
    changes,
    everything: () => [...items.values()].map(copyOf),
    write,
    transact,
    async get(key) {
      const item = items.get(addressOf(key));
      return item === undefined ? undefined : copyOf(item);
    },
    async getMany(keys) {
      refuseLargeRead(keys);
      return keys.flatMap((key) => {
        const item = items.get(addressOf(key));
        return item === undefined ? [] : [copyOf(item)];
      });
    },
    async query(question, options = {}) {
      return pageOf([...items.values()], question, options);
    },
  };
}

function pageOf(items: readonly Item[], question: Question, options: QueryOptions): Page {
  const [pk, sk] = question.index === 'campaign' ? (['indexPk', 'indexSk'] as const) : (['pk', 'sk'] as const);
  const sortKey = (item: Item): string => String(item[sk]);
  const direction = options.descending === true ? -1 : 1;
  const found = items
    .filter((item) => item[pk] === question.partition && isAskedFor(question, sortKey(item)))
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -direction : direction));
  const start =
    options.cursor === undefined
      ? 0
      : found.findIndex((item) => direction * compare(sortKey(item), options.cursor ?? '') > 0);
  const page = start < 0 ? [] : found.slice(start, start + (options.limit ?? DEFAULT_PAGE_SIZE));
  const last = page.at(-1);
  const more = last !== undefined && last !== found.at(-1);
  return more ? { items: page.map(copyOf), cursor: sortKey(last) } : { items: page.map(copyOf) };
}

const isAskedFor = (question: Question, sortKey: string): boolean =>
  sortKey.startsWith(question.beginsWith ?? '') && (question.upTo === undefined || sortKey <= question.upTo);

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
