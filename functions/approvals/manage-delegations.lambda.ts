import { rolesIn } from '../access/membership.ts';
import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import { derivedId } from '../kernel/ids.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { readNeededIdempotencyKey } from '../platform/idempotency-key.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { delegationsFrom, delegationsGivenTo, keepDelegation, revokeDelegation } from './delegation.store.ts';
import {
  type Delegation,
  type DelegationRequest,
  delegationProblems,
  delegationRequestSchema,
  isInForce,
} from './delegation.ts';
import { readPerson } from './people.store.ts';

type Use = { readonly table: Table };

async function answerDelegations(request: StaffRequest, use: Use, now: Instant): Promise<HttpAnswer> {
  if (request.method === 'POST') return delegate(request, use, now);
  if (request.method === 'DELETE') return revoke(request, use, now);
  const stranger = await request.standing.refuseStranger();
  if (stranger !== undefined) return stranger;
  const personId = request.actor.id;
  const [given, received] = await Promise.all([
    delegationsFrom(use.table, personId),
    delegationsGivenTo(use.table, personId),
  ]);
  return {
    status: 200,
    body: {
      given: given.map((delegation) => delegationView(delegation, now)),
      received: received.map((delegation) => delegationView(delegation, now)),
    },
  };
}

async function delegate(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const idempotency = readNeededIdempotencyKey(request);
  if (idempotency.kind === 'bad') return idempotency.answer;
  const body = readJsonBody(request, delegationRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const fromPersonId = request.actor.id;
  const refused = await request.standing.refuse(body.value.organisationId);
  if (refused !== undefined) return refused;
  const organisation = await findOrganisation(table, body.value.organisationId);
  if (organisation === undefined) return FORBIDDEN;
  const held = [...rolesIn(await request.standing.memberships(), organisation.path)];
  const problems = [
    ...delegationProblems(body.value, fromPersonId, now),
    ...rolesProblems(body.value, held),
    ...(await strangerProblems(table, body.value, organisation.path)),
  ];
  if (problems.length > 0) return problem(422, 'invalid', 'This cannot be delegated so.', problems);
  const delegation: Delegation = {
    type: 'delegation',
    delegationId: derivedId('delegation', fromPersonId, idempotency.key),
    fromPersonId,
    createdAt: now,
    ...body.value,
  };
  const outcome = await keepDelegation(table, delegation, now);
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  return { status: outcome.kind === 'delegated' ? 201 : 200, body: delegationView(outcome.delegation, now) };
}

/** A role that one does not hold cannot be handed on. */
function rolesProblems({ roles = [] }: DelegationRequest, held: readonly string[]): FieldProblem[] {
  return roles.flatMap((role, position) =>
    held.includes(role)
      ? []
      : [
          {
            field: `roles[${position}]`,
            problem: `is ${role}, which you are not`,
            fix: `leave it out; you are ${held.join(', ')}`,
          },
        ],
  );
}

/** Whoever decides for another must belong to the same tree of organisations now. */
async function strangerProblems(
  table: Table,
  { toPersonId }: DelegationRequest,
  path: readonly string[],
): Promise<FieldProblem[]> {
  const { memberships } = await readPerson(table, toPersonId);
  if (memberships.some((membership) => membership.isActive && membership.path[0] === path[0])) return [];
  return [
    { field: 'toPersonId', problem: 'is nobody who belongs here', fix: 'name an active member of your organisations' },
  ];
}

async function revoke(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const { delegationId = '' } = request.parameters;
  const delegation = (await delegationsFrom(table, request.actor.id)).find(
    (made) => made.delegationId === delegationId,
  );
  if (delegation === undefined) return problem(404, 'unknown-delegation', 'You have made no such delegation.');
  // Also of somebody whose role there has ended: what they gave is theirs to take back.
  request.standing.admit(delegation.organisationId);
  const revoked = await revokeDelegation(table, delegation, now);
  return { status: 200, body: delegationView(revoked, now) };
}

function delegationView(delegation: Delegation, now: Instant) {
  const { delegationId, fromPersonId, toPersonId, organisationId, roles, from, until, reason, revokedAt } = delegation;
  return {
    delegationId,
    fromPersonId,
    toPersonId,
    organisationId,
    roles: roles ?? null,
    from,
    until,
    reason,
    revokedAt: revokedAt ?? null,
    isInForce: isInForce(delegation, now),
  };
}

export const definition: StaffDefinition<Use> = {
  name: 'manage-delegations',
  access: {
    'POST /me/delegations': { roles: ROLES, of: 'handler' },
    'GET /me/delegations': { roles: ROLES, of: 'handler' },
    'DELETE /me/delegations/{delegationId}': { roles: ROLES, of: 'handler' },
  },
  open: () => ({ table: openTable() }),
  handle: answerDelegations,
};
export const handler = staffFunction(definition);
