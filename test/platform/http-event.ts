import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { FunctionSpec } from '../../functions/function-spec.ts';
import { type FunctionName, MANIFEST } from '../../functions/manifest.ts';
import type { Actor } from '../../functions/platform/http.ts';

export type HttpEventParts = {
  readonly method?: string;
  readonly path?: string;
  readonly routeParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes are sent base64-encoded, as API Gateway does for what it does not take for text. */
  readonly body?: string | Buffer;
  readonly actor?: Actor;
  /** Whose route it is, where the path alone does not tell. */
  readonly name?: FunctionName;
};

/** An event as an HTTP API (payload format 2.0) hands it to a function. */
export function httpEvent(parts: HttpEventParts): APIGatewayProxyEventV2 {
  const { method = 'GET', path = '/', routeParameters, query, headers = {}, body, actor } = parts;
  const claims = actor === undefined ? undefined : { sub: actor.id, 'cognito:groups': `[${actor.groups.join(' ')}]` };
  return {
    version: '2.0',
    routeKey: routeKeyOf(parts),
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'test',
      domainPrefix: 'test',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'test',
      routeKey: routeKeyOf(parts),
      stage: '$default',
      time: '07/Sep/2026:00:00:00 +0000',
      timeEpoch: 0,
      ...(claims === undefined ? {} : { authorizer: { jwt: { claims, scopes: [] } } }),
    },
    isBase64Encoded: Buffer.isBuffer(body),
    ...(routeParameters === undefined ? {} : { pathParameters: { ...routeParameters } }),
    ...(query === undefined ? {} : { queryStringParameters: { ...query } }),
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body.toString('base64') : body }),
  };
}

/** The route that API Gateway would have found: the only one of the function with this method, or the one with this path. */
function routeKeyOf({ method = 'GET', path = '/', name }: HttpEventParts): string {
  const specs: readonly FunctionSpec[] = name === undefined ? Object.values(MANIFEST) : [MANIFEST[name]];
  const routes = specs
    .flatMap(({ trigger }) => (trigger.kind === 'http' ? trigger.routes : []))
    .filter((route) => route.method === method);
  const [only] = routes;
  if (name !== undefined && only !== undefined && routes.length === 1) return `${method} ${only.path}`;
  return `${method} ${routes.find((route) => fits(route.path, path))?.path ?? path}`;
}

function fits(template: string, path: string): boolean {
  const [parts, given] = [template.split('/'), path.split('/')];
  return parts.length === given.length && parts.every((part, n) => part.startsWith('{') || part === given[n]);
}

/** The second argument of every handler, as far as ours look at it. */
export const lambdaContext = {
  functionName: 'test',
  awsRequestId: 'test',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

let invocations = 0;
/** The context of an invocation that is no repeat of another. */
export function freshContext(): Context {
  invocations += 1;
  return { ...lambdaContext, awsRequestId: `test-${invocations}` };
}
