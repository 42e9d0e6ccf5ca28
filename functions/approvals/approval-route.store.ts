import { approvalRouteKey, approvalRouteVersionKey } from '../platform/keys.ts';
import type { Table } from '../platform/table.ts';
import {
  type ApprovalRoute,
  approvalRouteSchema,
  DEFAULT_ROUTES,
  INHERITED_VERSION,
  type RouteRequest,
  type RouteSubject,
} from './approval-route.ts';

/** The route by which an organisation's things are decided, and whose it is; `null` for the default. */
export type RouteInForce = {
  readonly route: RouteRequest;
  readonly organisationId: string | null;
  readonly version: number;
};

export async function findRoute(
  table: Table,
  organisationId: string,
  subject: RouteSubject,
): Promise<ApprovalRoute | undefined> {
  const item = await table.get(approvalRouteKey(organisationId, subject));
  return item === undefined ? undefined : approvalRouteSchema.parse(item);
}

/** The nearest organisation up the tree that has saved a route decides; without any, one approver. `path` is from the root down. */
export async function routeInForce(
  table: Table,
  path: readonly string[],
  subject: RouteSubject,
): Promise<RouteInForce> {
  const saved = (await table.getMany(path.map((organisationId) => approvalRouteKey(organisationId, subject)))).map(
    (item) => approvalRouteSchema.parse(item),
  );
  const nearest = [...path].reverse().find((id) => saved.some(({ organisationId }) => organisationId === id));
  const found = saved.find(({ organisationId }) => organisationId === nearest);
  if (found === undefined) return { route: DEFAULT_ROUTES[subject], organisationId: null, version: INHERITED_VERSION };
  const { steps, mayRepeat, organisationId, version } = found;
  return { route: { steps, mayRepeat }, organisationId, version };
}

/** Saves the next version of a route, with its own item to keep. `false` when somebody else saved one meanwhile. */
export async function saveRoute(table: Table, route: ApprovalRoute): Promise<boolean> {
  const { organisationId, subject, version } = route;
  const isFirst = version === INHERITED_VERSION + 1;
  const outcome = await table.transact([
    {
      put: { ...approvalRouteKey(organisationId, subject), ...route },
      when: isFirst ? { absent: true } : { equals: { version: version - 1 } },
    },
    {
      put: { ...approvalRouteVersionKey(organisationId, subject, version), ...route, type: 'approval-route-version' },
      when: { absent: true },
    },
  ]);
  return outcome.kind === 'committed';
}
