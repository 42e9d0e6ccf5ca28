import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { bookedSoFar, moveImport, readImport } from './statement-import.store.ts';

const inputSchema = z.object({
  importId: z.string(),
  /** What stopped the workflow, where something did. */
  failure: z.object({ Error: z.string().optional(), Cause: z.string().optional() }).optional(),
});
type Input = z.infer<typeof inputSchema>;
const LONGEST_REASON = 500;

/** Says on the import how it ended: all parts booked with what became of their rows, or stopped, and why. */
async function finishStatement(
  { importId, failure }: Input,
  use: { table: Table },
  now: Instant,
): Promise<{ kind: 'booked' | 'failed' }> {
  const current = await readImport(use.table, importId);
  if (failure !== undefined) {
    const reason = `${failure.Error ?? 'unknown'}: ${failure.Cause ?? ''}`.slice(0, LONGEST_REASON);
    log.error('statement import stopped', { importId, reason });
    count(METRICS.statementFailed);
    await moveImport(use.table, current, 'failed', now, { failure: reason });
    return { kind: 'failed' };
  }
  const { parts, counts } = await bookedSoFar(use.table, importId);
  if (parts !== current.parts)
    throw new PermanentError(`import ${importId} has ${current.parts} parts, and ${parts} of them are booked`);
  await moveImport(use.table, current, 'booked', now, { booked: counts });
  log.info('statement booked', { importId, ...counts });
  return { kind: 'booked' };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'finish-statement',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: finishStatement,
};
export const handler = taskFunction(definition);
