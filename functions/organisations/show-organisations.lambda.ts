import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import { FORBIDDEN, type HttpAnswer } from '../platform/http.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { childrenOf, findOrganisation, organisationsOf } from './organisation.store.ts';

/** An organisation with those right below it, or the caller's own memberships. */
async function answerShow(request: StaffRequest, { table }: { table: Table }): Promise<HttpAnswer> {
  const { organisationId } = request.parameters;
  return organisationId === undefined ? ownMemberships(request, table) : oneOrganisation(organisationId, table);
}

async function oneOrganisation(organisationId: string, table: Table): Promise<HttpAnswer> {
  const [organisation, children] = await Promise.all([
    findOrganisation(table, organisationId),
    childrenOf(table, organisationId),
  ]);
  if (organisation === undefined) return FORBIDDEN;
  const { name, parentId, path, createdAt } = organisation;
  return { status: 200, body: { organisationId, name, parentId: parentId ?? null, path, children, createdAt } };
}

async function ownMemberships({ actor, standing }: StaffRequest, table: Table): Promise<HttpAnswer> {
  const memberships = await standing.memberships();
  const organisations = await organisationsOf(
    table,
    memberships.map(({ organisationId }) => organisationId),
  );
  return {
    status: 200,
    body: {
      personId: actor.id,
      memberships: memberships.map(({ organisationId, roles, reach }) => {
        const organisation = organisations.get(organisationId);
        return { organisationId, name: organisation?.name, path: organisation?.path, roles, reach };
      }),
    },
  };
}

const ANYBODY = ['admin', 'manager', 'finance', 'approver', 'auditor'] as const;

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'show-organisations',
  access: {
    'GET /me': { roles: ANYBODY, of: 'handler' },
    'GET /organisations/{organisationId}': { roles: ANYBODY, of: 'organisation' },
  },
  open: () => ({ table: openTable() }),
  handle: answerShow,
};
export const handler = staffFunction(definition);
