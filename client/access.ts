import { join } from 'node:path';
import * as z from 'zod';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { MANIFEST } from '../functions/manifest.ts';
import type { AccessOf, RouteAccess } from './document.ts';

const FUNCTIONS = join(import.meta.dirname, '..', 'functions');
const moduleShape = z.looseObject({
  definition: z.looseObject({
    access: z.record(z.string(), z.looseObject({ roles: z.array(z.string()) })).optional(),
  }),
});

/** Who may call each route, as the functions themselves say it: the document cannot promise another access than is enforced. */
export async function accessOfRoutes(): Promise<AccessOf> {
  const known = new Map<string, RouteAccess>();
  for (const { entry, trigger } of Object.values(MANIFEST) as FunctionSpec[]) {
    if (trigger.kind !== 'http') continue;
    const routes = trigger.routes.map(({ method, path }) => `${method} ${path}`);
    if (trigger.access === 'public') {
      for (const route of routes) known.set(route, { kind: 'public' });
      continue;
    }
    const { definition } = moduleShape.parse(await import(join(FUNCTIONS, entry)));
    for (const route of routes) known.set(route, { kind: 'staff', roles: definition.access?.[route]?.roles ?? [] });
  }
  return (route) => {
    const access = known.get(route);
    if (access === undefined) throw new Error(`a contract names ${route}, which the manifest does not`);
    return access;
  };
}
