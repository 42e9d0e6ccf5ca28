import { resolve } from 'node:path';
import { ROLES } from '../../functions/access/role.ts';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import type { Actor } from '../../functions/platform/http.ts';
import type { AnyHttpDefinition } from '../platform/any-http-function.ts';
import type { World } from '../stories/world.ts';

/** Where the world's API is said to be; nothing is ever sent there. */
export const API_URL = 'https://api.example.org';

type Route = {
  readonly name: FunctionName;
  readonly entry: string;
  readonly isStaff: boolean;
  readonly method: string;
  readonly parts: readonly string[];
};
const ROUTES: readonly Route[] = (Object.entries(MANIFEST) as [FunctionName, FunctionSpec][]).flatMap(
  ([name, { entry, trigger }]) =>
    trigger.kind === 'http'
      ? trigger.routes.map(({ method, path }) => {
          return { name, entry, isStaff: trigger.access === 'staff', method, parts: path.split('/') };
        })
      : [],
);

const FUNCTIONS = resolve(import.meta.dirname, '../../functions');

export const tokenOf = (personId: string): string => `token-of-${personId}`;

/** Every route of the manifest by its real handler in a world, as a client's `fetch` reaches it: tokens are `tokenOf` a person. */
export function apiOfWorld(world: World): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const given = pathname.split('/');
    const route = ROUTES.find(({ method, parts }) => method === request.method && fits(parts, given));
    if (route === undefined) return Response.json({ message: 'Not Found' }, { status: 404 });
    const actor = actorOf(world, request.headers.get('authorization'));
    if (route.isStaff && actor === undefined) return Response.json({ message: 'Unauthorized' }, { status: 401 });
    const { definition } = (await import(/* @vite-ignore */ `${FUNCTIONS}/${route.entry}`)) as {
      definition: AnyHttpDefinition<object>;
    };
    const body = await request.text();
    const answer = await world.request(route.name, definition, {
      method: request.method,
      path: pathname,
      routeParameters: parametersOf(route.parts, given),
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(request.headers),
      ...(body === '' ? {} : { body }),
      ...(actor === undefined ? {} : { actor }),
    });
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(answer.status === 204 ? null : text, { status: answer.status, headers });
  };
}

const fits = (parts: readonly string[], given: readonly string[]): boolean =>
  parts.length === given.length &&
  parts.every((part, n) => (part.startsWith('{') ? given[n] !== '' : part === given[n]));

const parametersOf = (parts: readonly string[], given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    parts.flatMap((part, n) => (part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(given[n] ?? '')]] : [])),
  );

/** Who was invited in this world has the groups of their account; who was there from the beginning has all. */
function actorOf(world: World, header: string | null): Actor | undefined {
  const personId = /^Bearer token-of-([\w-]+)$/.exec(header ?? '')?.[1];
  if (personId === undefined) return undefined;
  return { id: personId, groups: [...(world.accounts.groups.get(personId) ?? ROLES)] };
}
