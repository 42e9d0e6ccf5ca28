import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { log } from '../platform/log.ts';
import { count, METRICS } from '../platform/metrics.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { type StatedDay, statedDaySchema } from './bank-days.ts';
import { keepBankDays } from './bank-row.store.ts';
import { openStatementFiles, type StatementFiles } from './statement-files.gateway.ts';
import { bookedSoFar, moveImport, readImport } from './statement-import.store.ts';
import { bankDaysFile } from './statement-import.ts';

const inputSchema = z.object({
  importId: z.string(),
  /** What stopped the workflow, where something did. */
  failure: z.object({ Error: z.string().optional(), Cause: z.string().optional() }).optional(),
});
type Input = z.infer<typeof inputSchema>;
export type FinishUse = { readonly table: Table; readonly files: Pick<StatementFiles, 'open'> };
const LONGEST_REASON = 500;

/** Says on the import how it ended: all parts booked with what became of their rows, or stopped, and why. */
async function finishStatement(
  { importId, failure }: Input,
  use: FinishUse,
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
  // Before it is said to be booked: a failure here is tried again, and a day that is kept twice is kept once.
  if (current.preview?.bank !== undefined) await keepBankDays(use.table, current, await daysOf(use, importId));
  await moveImport(use.table, current, 'booked', now, { booked: counts });
  log.info('statement booked', { importId, ...counts });
  return { kind: 'booked' };
}

/** The days that the check wrote; ours, but what is kept of them stays. */
async function daysOf({ files }: FinishUse, importId: string): Promise<StatedDay[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await files.open(bankDaysFile(importId))) chunks.push(chunk);
  return z.array(statedDaySchema).parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

export const definition: TaskDefinition<Input, FinishUse> = {
  name: 'finish-statement',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openStatementFiles() }),
  handle: finishStatement,
};
export const handler = taskFunction(definition);
