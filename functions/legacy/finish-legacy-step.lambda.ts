import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { failuresOf } from './closing.store.ts';
import { changeExercise, readBooks, readExercise } from './exercise.store.ts';
import { moveFile, readFileItem } from './legacy-file.store.ts';

const failureSchema = z.object({ Error: z.string(), Cause: z.string().optional() });
const inputSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.enum(['read', 'import']), exerciseId: z.string(), fileId: z.string(), failure: failureSchema }),
  z.object({
    mode: z.literal('close'),
    exerciseId: z.string(),
    round: z.number().int(),
    failure: failureSchema.optional(),
  }),
]);
type Input = z.infer<typeof inputSchema>;

const LONGEST_REASON = 500;

/**
 * How Step Functions names a function that ran out of time or memory. A damaged workbook can keep the library that reads it
 * busy for ever (one XLS in some 500 random mutations did); the same file would do so again.
 */
const GAVE_UP_ON_FILE: ReadonlySet<string> = new Set([
  'States.Timeout',
  'Sandbox.Timedout',
  'Runtime.OutOfMemory',
  'Runtime.ExitError',
]);
const UNREADABLE = {
  problem: 'could not be read in the time and memory that a list of this size needs: it is damaged',
  fix: 'open it in a spreadsheet program, save it as a new XLSX or CSV file, and upload that',
};

/** Says how a step of an exercise ended: on the file that could not be read or imported, or on the exercise that was closed. */
async function finishStep(input: Input, use: { table: Table }, now: Instant): Promise<{ kind: string }> {
  const { exerciseId } = input;
  const exercise = await readExercise(use.table, exerciseId);
  const table = auditedTable(use.table, {
    organisationId: exercise.organisationId,
    by: 'workflow',
    action: `end of a step of old projects: ${input.mode}`,
    now,
  });
  if (input.mode !== 'close') {
    const file = await readFileItem(use.table, exerciseId, input.fileId);
    if (input.mode === 'read' && GAVE_UP_ON_FILE.has(input.failure.Error)) {
      await moveFile(table, file, 'refused', now, { refusal: UNREADABLE });
      return { kind: 'refused' };
    }
    await moveFile(table, file, 'failed', now, { failure: reasonOf(input.failure) });
    return { kind: 'failed' };
  }
  if (exercise.rounds !== input.round || exercise.state !== 'closing') return { kind: exercise.state };
  const to = input.failure === undefined ? await stateAfter(use.table, exerciseId, input.round) : 'stopped';
  const set = { state: to, ...(input.failure === undefined ? {} : { failure: reasonOf(input.failure) }) };
  const outcome = await changeExercise(table, exercise, set, now);
  if (outcome.kind === 'changed-meanwhile')
    throw new TransientError(`exercise ${exerciseId} changed while it became ${to}`);
  return { kind: to };
}

const reasonOf = ({ Error: name, Cause = '' }: z.infer<typeof failureSchema>): string =>
  `${name}: ${Cause}`.slice(0, LONGEST_REASON);

/** Closed where nothing is left that is not kept open by a decision; open again where something is, to be mended and closed in a further round. */
async function stateAfter(table: Table, exerciseId: string, round: number): Promise<'closed' | 'open'> {
  const books = await readBooks(table, exerciseId);
  const failures = await failuresOf(table, exerciseId, round);
  const left = books.counted.filter(
    ({ projectId }) =>
      books.closingOf(projectId) === undefined && books.decisionOf(projectId)?.decision !== 'keep-open',
  );
  return failures.length === 0 && left.length === 0 ? 'closed' : 'open';
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'finish-legacy-step',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: finishStep,
};
export const handler = taskFunction(definition);
