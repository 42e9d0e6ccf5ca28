import { TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { type HttpAnswer, problem, readJsonBody, refusalAnswer } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { addMember, changeMember, findMember, membersOf } from './member.store.ts';
import { invitationSchema, memberChangeSchema, memberView } from './member.ts';
import { membershipsOf } from './membership.store.ts';
import type { Membership } from './membership.ts';
import { openStaffDirectory, type StaffDirectory } from './staff-directory.gateway.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from './staff-function.ts';

export type MembersUse = { readonly table: Table; readonly directory: StaffDirectory };

/** What a person's id looks like; anything else in an address names nobody. */
const PERSON_ID = /^[A-Za-z0-9-]{1,64}$/;

async function answerMembers(request: StaffRequest, use: MembersUse, now: Instant): Promise<HttpAnswer> {
  const { organisationId = '', personId } = request.parameters;
  if (personId === undefined)
    return request.method === 'POST'
      ? invite(request, organisationId, use, now)
      : list(request, organisationId, use.table);
  const member = PERSON_ID.test(personId) ? await findMember(use.table, organisationId, personId) : undefined;
  if (member === undefined) return problem(404, 'unknown-member', 'No such person is a member of this organisation.');
  return request.method === 'PATCH' ? change(request, member, use, now) : shown(200, member);
}

async function list(request: StaffRequest, organisationId: string, table: Table): Promise<HttpAnswer> {
  const after = request.query['after'];
  if (after !== undefined && !PERSON_ID.test(after))
    return problem(400, 'bad-cursor', '"after" must be as in "next" of the page before.');
  const { members, next } = await membersOf(table, organisationId, after);
  return {
    status: 200,
    body: { organisationId, members: members.map(memberView), next: next === undefined ? null : `?after=${next}` },
  };
}

async function invite(
  request: StaffRequest,
  organisationId: string,
  { table, directory }: MembersUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, invitationSchema);
  if (body.kind === 'unreadable') return body.answer;
  const by = request.actor.id;
  const personId = await directory.invite(body.value);
  if (personId === by) return OWN_MEMBERSHIP;
  const outcome = await addMember(table, body.value, { organisationId, personId, by, now });
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  await keepInStep(personId, table, directory);
  return shown(outcome.kind === 'added' ? 201 : 200, outcome.membership);
}

async function change(
  request: StaffRequest,
  member: Membership,
  { table, directory }: MembersUse,
  now: Instant,
): Promise<HttpAnswer> {
  const body = readJsonBody(request, memberChangeSchema);
  if (body.kind === 'unreadable') return body.answer;
  if (member.personId === request.actor.id) return OWN_MEMBERSHIP;
  const stale = refuseUnlessCurrent(request, member.version);
  if (stale !== undefined) return stale;
  const outcome = await changedOrStale(table, member, body.value, now);
  if ('status' in outcome) return outcome;
  if (outcome.kind === 'refused') return refusalAnswer(409, outcome);
  // Also where nothing changed: the first call may have written the membership and died before the user pool heard of it.
  await keepInStep(member.personId, table, directory);
  return shown(200, outcome.membership);
}

/** Who changed it meanwhile is told apart from a store that has no answer. */
async function changedOrStale(table: Table, member: Membership, ...change: ChangeArguments) {
  try {
    return await changeMember(table, member, ...change);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    const latest = await findMember(table, member.organisationId, member.personId);
    if (latest !== undefined && latest.version !== member.version) return changedMeanwhile(latest.version);
    throw error;
  }
}
type ChangeArguments = [change: Parameters<typeof changeMember>[2], now: Instant];

/** The user pool has the groups of what a person may do anywhere: the token's part of the check, for calls from then on. */
async function keepInStep(personId: string, table: Table, directory: StaffDirectory): Promise<void> {
  const memberships = await membershipsOf(table, personId);
  const active = memberships.filter(({ state }) => state === 'active');
  await directory.keepInStep(personId, new Set(active.flatMap(({ roles }) => roles)));
}

const OWN_MEMBERSHIP = problem(403, 'own-membership', 'Nobody changes their own roles. Ask another admin.');

const shown = (status: number, member: Membership): HttpAnswer => ({
  status,
  headers: { etag: etagOf(member.version) },
  body: memberView(member),
});

const ADMINS = { roles: ['admin'], of: 'organisation' } as const;
const READERS = { roles: ['admin', 'auditor'], of: 'organisation' } as const;

export const definition: StaffDefinition<MembersUse> = {
  name: 'manage-members',
  access: {
    'GET /organisations/{organisationId}/members': READERS,
    'POST /organisations/{organisationId}/members': ADMINS,
    'GET /organisations/{organisationId}/members/{personId}': READERS,
    'PATCH /organisations/{organisationId}/members/{personId}': ADMINS,
  },
  open: () => ({ table: openTable(), directory: openStaffDirectory() }),
  handle: answerMembers,
};
export const handler = staffFunction(definition);
