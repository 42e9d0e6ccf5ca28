import { auditedTable } from '../audit/audited-table.ts';
import { organisationOfCampaign } from '../campaigns/campaign-organisation.store.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import {
  type Actor,
  FORBIDDEN,
  type HttpAnswer,
  type HttpDefinition,
  type HttpHandler,
  type HttpRequest,
  httpFunction,
  type Replacement,
} from '../platform/http.ts';
import type { Table } from '../platform/table.ts';
import type { Role } from './role.ts';
import { type Standing, standingOf } from './standing.store.ts';

export type { Standing } from './standing.store.ts';

/**
 * Which organisation a call is about: that of the campaign in the path, the one in the path, or one that only the handler
 * can know, which then must ask `request.standing` before it writes or answers anything.
 */
export type Scope = 'campaign' | 'organisation' | 'handler';
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Who may call a route: one of these roles, in that organisation. */
export type Door = { readonly roles: readonly Role[]; readonly of: Scope };

export type StaffRequest = Omit<HttpRequest, 'actor'> & { readonly actor: Actor; readonly standing: Standing };
export type StaffDefinition<Use extends { readonly table: Table }> = Omit<HttpDefinition<Use>, 'handle'> & {
  /** For every route of the function, as the manifest writes it. */
  readonly access: Readonly<Partial<Record<`${Method} ${string}`, Door>>>;
  readonly handle: (request: StaffRequest, use: Use, now: Instant) => Promise<HttpAnswer>;
};

/**
 * The stack of every function that staff call: that of `httpFunction`, and in it the two things that no handler may
 * forget. The caller's memberships are read with every call, so that a suspension counts at once, and what is not allowed
 * is answered like what does not exist. The handler's table writes a line of the organisation's audit trail in the same
 * transaction as each change, or neither.
 */
export function staffFunction<Use extends { readonly table: Table }>(
  definition: StaffDefinition<Use>,
  replacement?: Replacement<Use>,
): HttpHandler {
  const { access, handle, ...rest } = definition;
  const guarded = async (request: HttpRequest, use: Use, now: Instant): Promise<HttpAnswer> => {
    const { actor, parameters, route, sourceAddress } = request;
    const door = access[route as keyof typeof access];
    if (door === undefined) throw new PermanentError(`${definition.name} says of nobody that they may call ${route}`);
    if (actor === undefined) return FORBIDDEN;
    const standing = standingOf(use.table, actor, door.roles);
    if (door.of === 'handler') {
      // Whoever has the role nowhere learns nothing of what the handler would say of the request.
      if (await standing.isStranger()) return FORBIDDEN;
    } else {
      const organisationId =
        door.of === 'organisation'
          ? parameters['organisationId']
          : await organisationOfCampaign(use.table, parameters['campaignId'] ?? '');
      const refused = await standing.refuse(organisationId);
      if (refused !== undefined) return refused;
    }
    const table = auditedTable(use.table, {
      get organisationId() {
        return standing.organisationId;
      },
      by: actor.id,
      action: route,
      ...(sourceAddress === undefined ? {} : { from: sourceAddress }),
      now,
    });
    const answer = await handle({ ...request, actor, standing }, { ...use, table }, now);
    if (answer.status < CLIENT_ERROR && !standing.wasAsked)
      throw new PermanentError(`${definition.name} answered ${route} without asking whether its caller may know`);
    return answer;
  };
  return httpFunction({ ...rest, handle: guarded }, replacement);
}

const CLIENT_ERROR = 400;
