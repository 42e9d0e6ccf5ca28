import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import * as z from 'zod';
import type { FieldProblem, Refusal } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/errors.ts';
import { fieldPath } from '../kernel/field-path.ts';
import { jsonOf, utf8TextOf } from '../kernel/text.ts';
import type { Instant } from '../kernel/time.ts';
import type { TellTime } from './clock.ts';
import { log } from './log.ts';
import { count, flushMetrics, METRICS } from './metrics.ts';
import { tellTime } from './open-table.ts';

/** Who calls a staff route, as the API's JWT authorizer verified it. */
export type Actor = { readonly id: string; readonly groups: readonly string[] };

/** A request as the rules see it. The body is the raw bytes as received: signatures are made over those. */
export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  /** The route as the manifest writes it: `GET /campaigns/{campaignId}`. */
  readonly route: string;
  /** Where the call came from, as API Gateway saw it. */
  readonly sourceAddress: string | undefined;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Names in lower case. API Gateway joins repeated headers with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly actor: Actor | undefined;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; `undefined` sends no body. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly html?: string;
  /** The same, as plain text: what a provider wants that knows one word. */
  readonly text?: string;
  /** The same, as a file of its own kind, which a browser saves under its name. */
  readonly file?: { readonly content: Uint8Array; readonly contentType: string; readonly name: string };
};

export type HttpDefinition<Use> = {
  readonly name: string;
  readonly open: () => Use;
  readonly handle: (request: HttpRequest, use: Use, now: Instant) => Promise<HttpAnswer>;
  /**
   * What is answered when `handle` throws, where the caller is a payment provider and expects another shape than a problem
   * document. Never a 2XX. Counted apart: providers come again, but not for ever.
   */
  readonly failed?: HttpAnswer;
};

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;
/** What a test or the simulator puts in place of the deployed parts; the stack around the handler stays the same. */
export type Replacement<Use> = { readonly use: Use; readonly tellTime: TellTime };

/** The stack of every HTTP function: log context, one clock reading, raw body, answers as JSON, failures as RFC 9457 problems. */
export function httpFunction<Use>(definition: HttpDefinition<Use>, replacement?: Replacement<Use>): HttpHandler {
  let use: Use | undefined = replacement?.use;
  const base = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    use ??= definition.open();
    const now = await (replacement?.tellTime ?? tellTime)();
    return resultOf(await definition.handle(requestOf(event), use, now));
  };
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(base)
    .before((request) => {
      log.addContext(request.context);
      log.resetKeys();
      log.appendKeys({ function: definition.name, route: request.event.routeKey });
    })
    .after(() => flushMetrics())
    .onError((request) => {
      log.error('request failed', { reason: reasonOf(request.error) });
      count(METRICS.unexpectedError);
      if (definition.failed !== undefined) count(METRICS.doorFailed);
      flushMetrics();
      // What went wrong inside is for the log; the caller learns only that a repeat may help.
      request.response = resultOf(definition.failed ?? UNAVAILABLE);
    }) as unknown as HttpHandler;
}

const UNAVAILABLE = problem(503, 'unavailable', 'The request could not be completed. Try again in a moment.');

const claimsSchema = z.object({
  sub: z.string().min(1),
  'cognito:groups': z.union([z.string(), z.array(z.string())]).optional(),
});

function actorOf(event: APIGatewayProxyEventV2): Actor | undefined {
  const authorizer = (event.requestContext as { authorizer?: { jwt?: { claims?: unknown } } }).authorizer;
  const claims = claimsSchema.safeParse(authorizer?.jwt?.claims);
  if (!claims.success) return undefined;
  const groups = claims.data['cognito:groups'] ?? [];
  // API Gateway hands a list claim on as the text "[manager finance]".
  return {
    id: claims.data.sub,
    groups: typeof groups === 'string' ? groups.replace(/^\[|\]$/g, '').split(/[\s,]+/) : groups,
  };
}

function requestOf(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    route: event.routeKey,
    sourceAddress: event.requestContext.http.sourceIp,
    parameters: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    actor: actorOf(event),
  };
}

function resultOf(answer: HttpAnswer): APIGatewayProxyStructuredResultV2 {
  const content = contentOf(answer);
  return {
    statusCode: answer.status,
    headers: { 'cache-control': 'no-store', ...content?.headers, ...answer.headers },
    ...(content === undefined ? {} : { body: content.body }),
    ...(answer.file === undefined ? {} : { isBase64Encoded: true }),
  };
}

function contentOf({
  body,
  html,
  text,
  file,
}: HttpAnswer): { headers: Record<string, string>; body: string } | undefined {
  if (file !== undefined)
    return {
      headers: {
        'content-type': file.contentType,
        'content-disposition': `attachment; filename="${file.name}"`,
        'x-content-type-options': 'nosniff',
      },
      body: Buffer.from(file.content).toString('base64'),
    };
  if (html !== undefined) return { headers: { 'content-type': 'text/html; charset=utf-8' }, body: html };
  if (text !== undefined) return { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
  if (body === undefined) return undefined;
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** An RFC 9457 problem document. `code` is stable; `detail` is for people; `problems` names every field at once. */
export function problem(status: number, code: string, detail: string, problems?: readonly FieldProblem[]): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    body: {
      type: `urn:yiqi:problem:${code}`,
      title: code,
      status,
      detail,
      ...(problems === undefined ? {} : { problems }),
    },
  };
}

/** A rule's refusal as an answer. */
export function refusalAnswer(status: number, refusal: Refusal): HttpAnswer {
  return problem(status, refusal.code, refusal.message, refusal.problems);
}

/** The one answer to what is not allowed and to what does not exist, so that nobody learns from it which of the two it is. */
export const FORBIDDEN = problem(
  403,
  'forbidden',
  'There is no such thing, or none of your roles reaches it. An admin of the organisation can give you one.',
);

/** Largest JSON body that a staff or donor call may send: a proposal with every field at its limit is under 48 KB. */
export const LARGEST_BODY_BYTES = 64 * 1024;

export type ReadBody<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unreadable'; readonly answer: HttpAnswer };

/** Size, JSON and schema of a body, all problems at once, each with its field. */
export function readJsonBody<T>(request: HttpRequest, schema: z.ZodType<T>): ReadBody<T> {
  if (request.body.length > LARGEST_BODY_BYTES) {
    return unreadable(problem(413, 'body-too-large', `The body may have at most ${LARGEST_BODY_BYTES} bytes.`));
  }
  const text = utf8TextOf(request.body);
  const json = text === undefined ? undefined : jsonOf(text);
  if (json === undefined) return unreadable(problem(400, 'not-json', 'The body must be JSON in UTF-8.'));
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { kind: 'read', value: parsed.data };
  return unreadable(problem(422, 'invalid', 'Some fields are not as they must be.', problemsOf(parsed.error)));
}

const unreadable = (answer: HttpAnswer): { kind: 'unreadable'; answer: HttpAnswer } => ({ kind: 'unreadable', answer });

/** zod's issues as field problems: `budgetLines[2].amountMinor`. */
export function problemsOf(error: z.ZodError): FieldProblem[] {
  return error.issues.map((issue) => ({
    field: fieldPath(issue.path),
    problem: issue.message,
    fix:
      issue.code === 'unrecognized_keys'
        ? 'leave out what is not documented'
        : 'send the field as docs/api.md describes it',
  }));
}
