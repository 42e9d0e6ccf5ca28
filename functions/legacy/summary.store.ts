import { PermanentError } from '../kernel/errors.ts';
import { legacySummaryKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import { type WrittenSummary, writtenSummarySchema } from './legacy-summary.ts';

export async function findSummary(
  table: Table,
  exerciseId: string,
  round: number,
): Promise<WrittenSummary | undefined> {
  const item = await table.get(legacySummaryKey(exerciseId, round));
  return item === undefined ? undefined : writtenSummarySchema.parse(item);
}

export async function readSummary(table: Table, exerciseId: string, round: number): Promise<WrittenSummary> {
  const found = await findSummary(table, exerciseId, round);
  if (found === undefined) throw new PermanentError(`there is no summary of round ${round} of ${exerciseId}`);
  return found;
}
