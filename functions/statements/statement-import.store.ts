import { PermanentError, type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import {
  statementImportKey,
  statementMappingKey,
  statementMappingsOf,
  statementPartKey,
  statementPartsOf,
} from '../platform/keys.ts';
import { everyItem, type Table, type Value } from '../platform/table.ts';
import {
  type BookingCounts,
  bookingCountsSchema,
  type ImportState,
  mayBecome,
  NO_COUNTS,
  type StatementImport,
  statementImportSchema,
} from './statement-import.ts';
import { type StatementMapping, statementMappingSchema } from './statement-mapping.ts';

const IMPORT_ID = /^stm_[0-9a-z]{20}$/;

export async function saveMapping(table: Table, organisationId: string, mapping: StatementMapping): Promise<void> {
  await table.write({
    put: {
      ...statementMappingKey(organisationId, mapping.mappingId),
      type: 'statement-mapping',
      organisationId,
      mapping,
    },
  });
}

export async function findMapping(
  table: Table,
  organisationId: string,
  mappingId: string,
): Promise<StatementMapping | undefined> {
  const item = await table.get(statementMappingKey(organisationId, mappingId));
  return item === undefined ? undefined : statementMappingSchema.parse(item['mapping']);
}

export async function mappingsOf(table: Table, organisationId: string): Promise<StatementMapping[]> {
  const mappings: StatementMapping[] = [];
  for await (const item of everyItem(table, statementMappingsOf(organisationId)))
    mappings.push(statementMappingSchema.parse(item['mapping']));
  return mappings;
}

/** Writes a new import, once; the same id again finds what the first call made. */
export async function createImport(table: Table, fresh: StatementImport): Promise<StatementImport> {
  const written = await table.write({
    put: { ...statementImportKey(fresh.importId), ...fresh } as never,
    when: { absent: true },
  });
  return written.kind === 'written' ? fresh : readImport(table, fresh.importId);
}

export async function findImport(table: Table, importId: string): Promise<StatementImport | undefined> {
  if (!IMPORT_ID.test(importId)) return undefined;
  const item = await table.get(statementImportKey(importId));
  return item === undefined ? undefined : statementImportSchema.parse(item);
}

/** For workflow tasks, which only ever speak of imports that exist. Throws PermanentError otherwise. */
export async function readImport(table: Table, importId: string): Promise<StatementImport> {
  const found = await findImport(table, importId);
  if (found === undefined) throw new PermanentError(`there is no import ${importId}`);
  return found;
}

export type MoveOutcome = { readonly kind: 'moved' | 'already-there' } | Refusal;

/** Takes one step of an import, guarded by where it stood. Throws TransientError where somebody else took one meanwhile. */
export async function moveImport(
  table: Table,
  current: StatementImport,
  to: ImportState,
  now: Instant,
  set: Readonly<Record<string, Value>> = {},
): Promise<MoveOutcome> {
  if (current.state === to) return { kind: 'already-there' };
  if (!mayBecome(current.state, to))
    return refuse('illegal-step', `An import that is ${current.state} cannot become ${to}.`);
  const written = await table.write({
    update: statementImportKey(current.importId),
    set: { ...set, state: to, updatedAt: now },
    when: { equals: { state: current.state } },
  });
  if (written.kind === 'written') return { kind: 'moved' };
  throw new TransientError(`import ${current.importId} changed while it became ${to}`);
}

/** Keeps what became of a part's rows; a part that is booked again keeps what the first time found. */
export async function keepPart(table: Table, importId: string, part: number, counts: BookingCounts): Promise<void> {
  await table.write({
    put: { ...statementPartKey(importId, part), type: 'statement-part', importId, part, counts },
    when: { absent: true },
  });
}

/** How many parts are booked, and what became of their rows together. */
export async function bookedSoFar(table: Table, importId: string): Promise<{ parts: number; counts: BookingCounts }> {
  let parts = 0;
  let counts = NO_COUNTS;
  for await (const item of everyItem(table, statementPartsOf(importId))) {
    parts += 1;
    counts = plus(counts, bookingCountsSchema.parse(item['counts']));
  }
  return { parts, counts };
}

export function plus(left: BookingCounts, right: BookingCounts): BookingCounts {
  const names = Object.keys(left) as (keyof BookingCounts)[];
  return Object.fromEntries(names.map((name) => [name, left[name] + right[name]])) as BookingCounts;
}
