import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { legacyClosingKey, legacyExerciseKey, legacyFailureKey, legacyFailuresOf } from '../platform/keys.ts';
import { everyItem, type Item, type Table, type TransactWrite } from '../platform/table.ts';
import type { ClosingFailure, Exercise, LegacyClosing } from './legacy-exercise.ts';

/** Projects closed by one transaction: few enough that a conflict costs little, and one line of the audit trail for all of them. */
export const CLOSED_AT_ONCE = 25;

/** Writes that projects are closed, each once for ever; those that are closed already are left out. */
export async function recordClosings(
  table: Table,
  exercise: Exercise,
  closings: readonly LegacyClosing[],
  now: Instant,
): Promise<void> {
  if (closings.length === 0) return;
  const { exerciseId } = exercise;
  const writes: TransactWrite[] = [
    {
      update: legacyExerciseKey(exerciseId),
      set: { updatedAt: now },
      add: { version: 1 },
      when: { equals: { state: 'closing', rounds: exercise.rounds } },
    },
    ...closings.map(
      (closing): TransactWrite => ({
        put: { ...legacyClosingKey(exerciseId, closing.projectId), ...(closing as unknown as Item) },
        when: { absent: true },
      }),
    ),
  ];
  const outcome = await table.transact(writes);
  if (outcome.kind === 'committed') return;
  if (outcome.reasons[0] === 'condition-failed')
    throw new PermanentError(`exercise ${exerciseId} is not being closed in round ${exercise.rounds}`);
  // Another try of the same batch was faster, or the store is busy: what is closed is found by the next look.
  throw new TransientError('some of these projects are being closed this moment');
}

/** Says why a project could not be closed in this round. Said again, it is said once. */
export async function recordFailure(
  table: Table,
  { exerciseId, rounds }: Exercise,
  failure: ClosingFailure,
  now: Instant,
): Promise<void> {
  await table.write({
    put: {
      ...legacyFailureKey(exerciseId, rounds, failure.projectId),
      type: 'legacy-failure',
      exerciseId,
      round: rounds,
      ...failure,
      at: now,
    },
  });
}

export async function failuresOf(table: Table, exerciseId: string, round: number): Promise<ClosingFailure[]> {
  const failures: ClosingFailure[] = [];
  for await (const item of everyItem(table, legacyFailuresOf(exerciseId, round)))
    failures.push({ projectId: String(item['projectId']), name: String(item['name']), reason: String(item['reason']) });
  return failures;
}
