import * as z from 'zod';
import { PermanentError } from '../kernel/errors.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { toClose } from './closing.ts';
import { readBooks } from './exercise.store.ts';

const inputSchema = z.object({ exerciseId: z.string(), round: z.number().int().min(1) });
type Input = z.infer<typeof inputSchema>;
type Outcome = { readonly kind: 'ready'; readonly batches: readonly { readonly projectIds: readonly string[] }[] };

/** Closed by one call: four transactions of 25, some tenths of a second. 2,000 projects are 20 batches. */
const BATCH = 100;

/** Says which projects are to be closed, in batches. Asked again after a crash, it names those that are left. */
async function prepareClosing({ exerciseId, round }: Input, use: { table: Table }): Promise<Outcome> {
  const books = await readBooks(use.table, exerciseId);
  const { state, rounds } = books.books.exercise;
  if (state !== 'closing' || rounds !== round)
    throw new PermanentError(
      `exercise ${exerciseId} is ${state} in round ${rounds}, and not being closed in round ${round}`,
    );
  const projectIds = toClose(books).map((project) => project.projectId);
  const count = Math.ceil(projectIds.length / BATCH);
  return {
    kind: 'ready',
    batches: Array.from({ length: count }, (_, at) => ({ projectIds: projectIds.slice(at * BATCH, (at + 1) * BATCH) })),
  };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'prepare-legacy-closing',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: prepareClosing,
};
export const handler = taskFunction(definition);
