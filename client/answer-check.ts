import { isDeepStrictEqual } from 'node:util';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { MANIFEST } from '../functions/manifest.ts';
import type { RouteContract } from '../functions/platform/contract.ts';
import { CONTRACTS } from './contracts.ts';
import { problemCodesOf } from './problems.ts';

const routes = new Map<string, RouteContract>(
  CONTRACTS.flatMap((area) => area.routes).map((route) => [`${route.method} ${route.path}`, route]),
);
const staffRoutes = new Set(
  (Object.values(MANIFEST) as FunctionSpec[]).flatMap(({ trigger }) =>
    trigger.kind === 'http' && trigger.access === 'staff'
      ? trigger.routes.map(({ method, path }) => `${method} ${path}`)
      : [],
  ),
);

/** Whether a route has a contract. Those of `postTo` and of staff all have; a route that a test makes up has none. */
export const hasContract = (routeKey: string): boolean => routes.has(routeKey);

/**
 * Throws where a function answers what its contract does not say: another status, another problem, a body of another
 * shape, or a member that the contract does not name. Every answer of every test that goes through the test handlers is held against
 * this, and every answer to the fuzzer.
 */
export function checkAgainstContract(routeKey: string, result: APIGatewayProxyStructuredResultV2): void {
  const contract = routes.get(routeKey);
  if (contract === undefined) return;
  const status = result.statusCode ?? 0;
  const told = contract.answers[status];
  const fail = (what: string): never => {
    throw new Error(`${routeKey} ${what}, which its contract does not say (functions/*/*.contract.ts)`);
  };
  if (told === undefined) {
    const codes =
      problemCodesOf(contract, staffRoutes.has(routeKey))[status] ?? fail(`answers ${status}: ${result.body}`);
    const { title } = titleShape.parse(JSON.parse(result.body ?? '{}'));
    if (!codes.includes(title)) fail(`answers ${status} with the problem ${title}`);
    return;
  }
  const type = told.contentType ?? (told.body === undefined ? undefined : 'application/json');
  const sent = result.headers?.['content-type'];
  if (type !== undefined && String(sent).split(';')[0] !== type) fail(`answers ${status} as ${sent}`);
  if (type === undefined && result.body !== undefined) fail(`answers ${status} with a body`);
  if (told.body === undefined) return;
  const body: unknown = type === 'application/json' ? JSON.parse(result.body ?? 'null') : result.body;
  const parsed = told.body.safeParse(body);
  if (!parsed.success)
    throw new Error(`${routeKey} answers ${status} in another shape: ${z.prettifyError(parsed.error)}`);
  // What a schema does not name it leaves out.
  if (!isDeepStrictEqual(parsed.data, body))
    fail(`answers ${status} with more than ${JSON.stringify(parsed.data)}: ${result.body}`);
}
const titleShape = z.object({ title: z.string() });
