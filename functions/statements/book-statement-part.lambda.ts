import * as z from 'zod';
import { readDonorKey } from '../donations/merchant-secret.gateway.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { bookRow } from './statement-booking.store.ts';
import type { ReadyRow } from './statement-check.ts';
import { openStatementFiles, type StatementFiles } from './statement-files.gateway.ts';
import { keepPart, readImport } from './statement-import.store.ts';
import { type BookingCounts, NO_COUNTS, partFile } from './statement-import.ts';

const inputSchema = z.object({ importId: z.string(), part: z.number().int().min(1) });
type Input = z.infer<typeof inputSchema>;
export type BookPartUse = {
  readonly table: Table;
  readonly files: StatementFiles;
  readonly readDonorKey: () => Promise<string>;
};

/** Rows on their way at once: each is three requests of some 5 ms, so ten are about 500 rows a second. */
const AT_ONCE = 10;

/** Books the rows of one part. Repeated after a failure, it finds those that are booked and goes on with the rest. */
async function bookPart(
  { importId, part }: Input,
  use: BookPartUse,
  now: Instant,
): Promise<{ kind: 'booked' } & BookingCounts> {
  const current = await readImport(use.table, importId);
  const rows = await rowsOf(use.files, partFile(importId, part));
  const counts = { ...NO_COUNTS };
  const queue = rows[Symbol.iterator]();
  const clerk = async (): Promise<void> => {
    for (const row of queue) counts[await bookRow(use, current, row, now)] += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, clerk));
  await keepPart(use.table, importId, part, counts);
  return { kind: 'booked', ...counts };
}

/** The rows that the check wrote; ours, so they are not checked again. */
async function rowsOf(files: StatementFiles, key: string): Promise<ReadyRow[]> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of await files.open(key)) text += decoder.decode(chunk, { stream: true });
  text += decoder.decode();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReadyRow);
}

export const definition: TaskDefinition<Input, BookPartUse> = {
  name: 'book-statement-part',
  input: inputSchema,
  open: () => ({ table: openTable(), files: openStatementFiles(), readDonorKey }),
  handle: bookPart,
};
export const handler = taskFunction(definition);
