import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { createOrganisation } from './organisation.store.ts';
import { organisationRequestSchema } from './organisation.ts';

async function answerCreateOrganisation(
  request: StaffRequest,
  use: { table: Table },
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, organisationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (body.value.parentId === undefined) return NO_ROOTS;
  const refused = await request.standing.refuse(body.value.parentId);
  if (refused !== undefined) return refused;
  const outcome = await createOrganisation(use.table, body.value, now);
  if (outcome.kind === 'refused') return refusalAnswer(outcome.code === 'id-taken' ? 409 : 422, outcome);
  return { status: outcome.kind === 'created' ? 201 : 200, body: outcome.organisation };
}

/** A new tree has nobody yet who could be asked: the operator makes its root together with its first admin (docs/deploy.md). */
const NO_ROOTS = problem(422, 'invalid', 'An organisation is added under its parent.', [
  { field: 'parentId', problem: 'is missing', fix: 'send the id of the organisation above it' },
]);

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'create-organisation',
  access: {
    'POST /organisations': { roles: ['admin'], of: 'handler' },
  },
  open: () => ({ table: openTable() }),
  handle: answerCreateOrganisation,
};
export const handler = staffFunction(definition);
