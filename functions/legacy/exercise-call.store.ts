import type { Role } from '../access/role.ts';
import type { StaffRequest } from '../access/staff-function.ts';
import { FORBIDDEN, type HttpAnswer } from '../platform/http.ts';
import type { Table } from '../platform/table.ts';
import { findExercise } from './exercise.store.ts';
import type { Exercise } from './legacy-exercise.ts';

/** The exercise of the path for a caller who may, or the answer for one who may not; both look alike from outside. */
export async function exerciseFor(
  request: StaffRequest,
  table: Table,
  roles?: readonly Role[],
): Promise<
  { readonly kind: 'exercise'; readonly exercise: Exercise } | { readonly kind: 'refused'; readonly answer: HttpAnswer }
> {
  const exercise = await findExercise(table, request.parameters['exerciseId'] ?? '');
  const refused = await request.standing.refuse(exercise?.organisationId, roles);
  return exercise === undefined || refused !== undefined
    ? { kind: 'refused', answer: refused ?? FORBIDDEN }
    : { kind: 'exercise', exercise };
}
