import { createHash } from 'node:crypto';
import { PermanentError } from '../kernel/errors.ts';
import { addressOf, type Item, keyOf, type TransactWrite, type Value } from '../platform/table.ts';
import type { FieldChange, ItemChange } from './audit-line.ts';
import { AUDITED_ITEMS } from './audited-items.ts';
import { canonicalJson, isPlainObject } from './canonical-json.ts';

/** A value longer than this is shown as its fingerprint: enough to prove what it was, and a line stays small. */
const LONGEST_VALUE = 2_000;
/** All changes of a line together; above it only fingerprints are kept. A line of 98 items stays far below DynamoDB's 400 KB. */
const LONGEST_LINE = 100_000;

/** Items as they stand before a transaction, by address. */
export type Before = ReadonlyMap<string, Item>;

/**
 * What a transaction does to items about which people decide; empty where it touches none.
 * @throws PermanentError for a kind of item of which AUDITED_ITEMS says nothing: what cannot be told must not happen.
 */
export function itemChanges(writes: readonly TransactWrite[], before: Before): ItemChange[] {
  const changes = writes.flatMap((write) => changeOf(write, before.get(addressOf(keyOf(write)))));
  if (canonicalJson(changes).length <= LONGEST_LINE) return changes;
  return changes.map((change) => ({ ...change, fields: change.fields.map(asFingerprints) }));
}

function changeOf(write: TransactWrite, before: Item | undefined): ItemChange[] {
  if ('check' in write) return [];
  const after = afterOf(write, before);
  const kind = after?.type ?? before?.type;
  // A removal or a change of what is not there.
  if (kind === undefined) return [];
  const shown = AUDITED_ITEMS[kind];
  if (shown === undefined)
    throw new PermanentError(`functions/audit/audited-items.ts does not say what of ${kind} may be shown`);
  if (shown === 'not-a-deed') return [];
  const { pk, sk } = keyOf(write);
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(isContent);
  const unshown = names.filter((name) => !shown.includes(name) && !isSame(before?.[name], after?.[name]));
  return [
    {
      item: kind,
      key: `${pk} ${sk}`,
      change: before === undefined ? 'made' : after === undefined ? 'removed' : 'changed',
      fields: names
        .filter((name) => shown.includes(name))
        .flatMap((name) => fieldChanges(name, before?.[name], after?.[name])),
      ...(unshown.length === 0 ? {} : { unshown: unshown.toSorted() }),
    },
  ];
}

const isContent = (name: string): boolean => !['pk', 'sk', 'indexPk', 'indexSk', 'type'].includes(name);
const isSame = (left: unknown, right: unknown): boolean => canonicalJson(left) === canonicalJson(right);

/** An item as a write leaves it. */
function afterOf(
  write: Exclude<TransactWrite, { readonly check: unknown }>,
  before: Item | undefined,
): Item | undefined {
  if ('put' in write) return write.put;
  if ('delete' in write) return undefined;
  const sums = Object.entries(write.add ?? {}).map(([name, amount]) => [name, Number(before?.[name] ?? 0) + amount]);
  const after: Record<string, Value | undefined> = {
    ...write.update,
    ...before,
    ...write.set,
    ...Object.fromEntries(sums),
  };
  return typeof after['type'] === 'string' ? (after as Item) : undefined;
}

function fieldChanges(field: string, before: Value | undefined, after: Value | undefined): FieldChange[] {
  if (isSame(before, after)) return [];
  if (isPlainObject(before) && isPlainObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => fieldChanges(`${field}.${name}`, before[name] as Value, after[name] as Value));
  }
  return [
    {
      field,
      ...(before === undefined ? {} : { before: shortened(before) }),
      ...(after === undefined ? {} : { after: shortened(after) }),
    },
  ];
}

type Shown = Exclude<FieldChange['before'], undefined>;

function shortened(value: Value): Shown {
  const text = canonicalJson(value);
  return text.length > LONGEST_VALUE ? fingerprint(text) : (JSON.parse(text) as Shown);
}

const fingerprint = (text: string): Shown => ({
  sha256: createHash('sha256').update(text).digest('hex'),
  characters: text.length,
});

const asFingerprints = ({ field, before, after }: FieldChange): FieldChange => ({
  field,
  ...(before === undefined ? {} : { before: fingerprint(canonicalJson(before)) }),
  ...(after === undefined ? {} : { after: fingerprint(canonicalJson(after)) }),
});
