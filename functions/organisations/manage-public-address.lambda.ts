import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { Instant } from '../kernel/time.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findOrganisation } from './organisation.store.ts';
import { findPublicAddress, publicAddressOf, removePublicAddress, savePublicAddress } from './public-address.store.ts';
import { type PublicAddress, publicAddressRequestSchema } from './public-address.ts';

async function answerAddress(request: StaffRequest, { table }: { table: Table }, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '' } = request.parameters;
  const own = await findPublicAddress(table, organisationId);
  if (request.method === 'GET') return show(table, organisationId, own);
  const stale = own === undefined ? undefined : refuseUnlessCurrent(request, own.version);
  if (stale !== undefined) return stale;
  return request.method === 'DELETE' ? remove(table, own) : save(request, table, organisationId, own, now);
}

async function show(table: Table, organisationId: string, own: PublicAddress | undefined): Promise<HttpAnswer> {
  const organisation = await findOrganisation(table, organisationId);
  if (organisation === undefined) return FORBIDDEN;
  const { address = null, from = null } = (await publicAddressOf(table, organisation.path)) ?? {};
  return {
    status: 200,
    ...(own === undefined ? {} : { headers: { etag: etagOf(own.version) } }),
    body: { address, from },
  };
}

async function save(
  request: StaffRequest,
  table: Table,
  organisationId: string,
  own: PublicAddress | undefined,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, publicAddressRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const about = { organisationId, address: body.value.address, savedBy: request.actor.id };
  const outcome = await savePublicAddress(table, about, own?.version ?? 0, now);
  if (outcome.kind === 'changed-meanwhile') return changedMeanwhile(outcome.version);
  return {
    status: own === undefined ? 201 : 200,
    headers: { etag: etagOf(outcome.saved.version) },
    body: { address: outcome.saved.address, from: organisationId },
  };
}

async function remove(table: Table, own: PublicAddress | undefined): Promise<HttpAnswer> {
  if (own === undefined) return problem(404, 'no-public-address', 'This organisation has said none of its own.');
  if ((await removePublicAddress(table, own)) === 'removed') return { status: 204 };
  const standing = await findPublicAddress(table, own.organisationId);
  return changedMeanwhile(standing?.version ?? 0);
}

const READERS = ['manager', 'finance', 'approver', 'auditor', 'admin'] as const;

export const definition: StaffDefinition<{ table: Table }> = {
  name: 'manage-public-address',
  access: {
    'GET /organisations/{organisationId}/public-address': { roles: READERS, of: 'organisation' },
    'PUT /organisations/{organisationId}/public-address': { roles: ['admin'], of: 'organisation' },
    'DELETE /organisations/{organisationId}/public-address': { roles: ['admin'], of: 'organisation' },
  },
  open: () => ({ table: openTable() }),
  handle: answerAddress,
};
export const handler = staffFunction(definition);
