import { createHash } from 'node:crypto';
import { type HttpAnswer, type HttpDefinition, type HttpRequest, httpFunction } from '../platform/http.ts';
import document from './openapi.json' with { type: 'json' };

/** A deploy changes it, and nothing else: an hour in every cache, then one question with the ETag. */
const HEADERS = {
  'cache-control': 'public, max-age=3600',
  'access-control-allow-origin': '*',
  etag: `"${createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 27)}"`,
};

async function answerOpenApi(request: HttpRequest): Promise<HttpAnswer> {
  const isKnown = request.headers['if-none-match'] === HEADERS.etag;
  return isKnown ? { status: 304, headers: HEADERS } : { status: 200, headers: HEADERS, body: document };
}

export const definition: HttpDefinition<undefined> = {
  name: 'get-openapi',
  open: () => undefined,
  handle: answerOpenApi,
};
export const handler = httpFunction(definition);
