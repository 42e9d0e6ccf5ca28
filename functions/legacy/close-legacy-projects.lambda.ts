import * as z from 'zod';
import { auditedTable } from '../audit/audited-table.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { type TaskDefinition, taskFunction } from '../platform/task.ts';
import { CLOSED_AT_ONCE, recordClosings, recordFailure } from './closing.store.ts';
import { closingOf } from './closing.ts';
import { readBooks, readSettings } from './exercise.store.ts';
import type { LegacyClosing } from './legacy-exercise.ts';

const inputSchema = z.object({
  exerciseId: z.string(),
  round: z.number().int().min(1),
  projectIds: z.array(z.string()).max(100),
});
type Input = z.infer<typeof inputSchema>;
type Outcome = { readonly kind: 'closed'; readonly closed: number; readonly failed: number };

/**
 * Closes the projects of one batch, each by an entry that is written once. One that cannot be closed is told with its reason and
 * stops none of the others; repeated after a crash, the batch finds what is closed and goes on with the rest.
 */
async function closeProjects(
  { exerciseId, round, projectIds }: Input,
  use: { table: Table },
  now: Instant,
): Promise<Outcome> {
  const books = await readBooks(use.table, exerciseId);
  const { exercise, projects } = books.books;
  if (exercise.rounds !== round || exercise.state !== 'closing')
    throw new PermanentError(
      `exercise ${exerciseId} is ${exercise.state} in round ${exercise.rounds}, not in ${round}`,
    );
  const { settings } = await readSettings(use.table, exercise.organisationId);
  const wanted = new Set(projectIds);
  const closings: LegacyClosing[] = [];
  let failed = 0;
  for (const project of projects) {
    if (!wanted.has(project.projectId) || books.closingOf(project.projectId) !== undefined) continue;
    const outcome = closingOf(books, project, settings, now);
    if (outcome.kind === 'closing') closings.push(outcome.closing);
    else {
      failed += 1;
      await recordFailure(
        use.table,
        exercise,
        { projectId: project.projectId, name: project.facts.name.value, reason: outcome.reason },
        now,
      );
    }
  }
  const table = auditedTable(use.table, {
    organisationId: exercise.organisationId,
    by: 'workflow',
    action: `closing of old projects, round ${round}`,
    now,
  });
  for (let at = 0; at < closings.length; at += CLOSED_AT_ONCE)
    await recordClosings(table, exercise, closings.slice(at, at + CLOSED_AT_ONCE), now);
  return { kind: 'closed', closed: closings.length, failed };
}

export const definition: TaskDefinition<Input, { table: Table }> = {
  name: 'close-legacy-projects',
  input: inputSchema,
  open: () => ({ table: openTable() }),
  handle: closeProjects,
};
export const handler = taskFunction(definition);
