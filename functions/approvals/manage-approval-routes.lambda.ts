import { ROLES } from '../access/role.ts';
import { type StaffDefinition, type StaffRequest, staffFunction } from '../access/staff-function.ts';
import type { FieldProblem } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { findOrganisation } from '../organisations/organisation.store.ts';
import type { Organisation } from '../organisations/organisation.ts';
import { FORBIDDEN, type HttpAnswer, problem, readJsonBody } from '../platform/http.ts';
import { changedMeanwhile, etagOf, refuseUnlessCurrent } from '../platform/if-match.ts';
import { openTable } from '../platform/open-table.ts';
import type { Table } from '../platform/table.ts';
import { findRoute, routeInForce, saveRoute } from './approval-route.store.ts';
import {
  type ApprovalRoute,
  INHERITED_VERSION,
  type RouteRequest,
  type RouteSubject,
  routeRequestSchema,
  routeSubjectSchema,
  type Who,
} from './approval-route.ts';
import { readPeople } from './people.store.ts';
import { routeProblems } from './route-problems.ts';

type Use = { readonly table: Table };

async function answerRoutes(request: StaffRequest, { table }: Use, now: Instant): Promise<HttpAnswer> {
  const isChange = request.method === 'PUT';
  const organisation = await findOrganisation(table, request.parameters['organisationId'] ?? '');
  if (organisation === undefined) return FORBIDDEN;
  const subject = routeSubjectSchema.safeParse(request.parameters['subject']);
  if (!subject.success)
    return problem(404, 'unknown-subject', `Routes are for ${routeSubjectSchema.options.join(' or ')}.`);
  return isChange ? save(request, table, organisation, subject.data, now) : show(table, organisation, subject.data);
}

/** The route in force, the organisation's own or what it inherits. The ETag is of its own, which a change is made on. */
async function show(table: Table, { organisationId, path }: Organisation, subject: RouteSubject): Promise<HttpAnswer> {
  const inForce = await routeInForce(table, path, subject);
  const isOwn = inForce.organisationId === organisationId;
  const ownVersion = isOwn ? inForce.version : INHERITED_VERSION;
  return {
    status: 200,
    headers: { etag: etagOf(ownVersion) },
    body: {
      organisationId,
      subject,
      version: ownVersion,
      inheritedFrom: isOwn ? null : { organisationId: inForce.organisationId, version: inForce.version },
      ...inForce.route,
    },
  };
}

async function save(
  request: StaffRequest,
  table: Table,
  { organisationId, path }: Organisation,
  subject: RouteSubject,
  now: Instant,
): Promise<HttpAnswer> {
  const standing = await findRoute(table, organisationId, subject);
  const version = standing?.version ?? INHERITED_VERSION;
  const stale = refuseUnlessCurrent(request, version);
  if (stale !== undefined) return stale;
  const body = readJsonBody(request, routeRequestSchema);
  if (body.kind === 'unreadable') return body.answer;
  const problems = [...routeProblems(body.value), ...(await strangerProblems(table, body.value, path[0]))];
  if (problems.length > 0) return problem(422, 'invalid', 'By this route nothing could be decided.', problems);
  const route: ApprovalRoute = {
    type: 'approval-route',
    organisationId,
    subject,
    ...body.value,
    version: version + 1,
    savedBy: request.actor.id,
    savedAt: now,
  };
  if (!(await saveRoute(table, route))) return changedMeanwhile(version + 1);
  return show(table, { organisationId, path } as Organisation, subject);
}

/** Whoever is listed must belong to the tree of organisations now: nobody else could ever decide. */
async function strangerProblems(
  table: Table,
  { steps }: RouteRequest,
  rootId: string | undefined,
): Promise<FieldProblem[]> {
  const listed = steps.flatMap(({ who, escalateTo }, position) => [
    ...listedIn(who, `steps[${position}].who`),
    ...(escalateTo === undefined ? [] : listedIn(escalateTo, `steps[${position}].escalateTo`)),
  ]);
  const people = await readPeople(
    table,
    listed.map(({ personId }) => personId),
  );
  const members = new Set(
    people
      .filter(({ memberships }) => memberships.some(({ isActive, path }) => isActive && path[0] === rootId))
      .map(({ personId }) => personId),
  );
  return listed
    .filter(({ personId }) => !members.has(personId))
    .map(({ personId, field }) => ({
      field,
      problem: `is ${personId}, who does not belong here`,
      fix: 'list active members of your organisations',
    }));
}

const listedIn = (who: Who, field: string): { personId: string; field: string }[] =>
  'personIds' in who
    ? who.personIds.map((personId, position) => ({ personId, field: `${field}.personIds[${position}]` }))
    : [];

export const definition: StaffDefinition<Use> = {
  name: 'manage-approval-routes',
  access: {
    'GET /organisations/{organisationId}/approval-routes/{subject}': { roles: ROLES, of: 'organisation' },
    'PUT /organisations/{organisationId}/approval-routes/{subject}': { roles: ['admin'], of: 'organisation' },
  },
  open: () => ({ table: openTable() }),
  handle: answerRoutes,
};
export const handler = staffFunction(definition);
