import type { HttpAnswer, HttpRequest } from '../platform/http.ts';
import { etagOf } from './public-figures.ts';

/**
 * Ten seconds in every cache, half a minute more while it is being renewed: a million readers of a live page are one
 * read in ten seconds at the origin, and never touch the write path.
 */
const CACHE_CONTROL = 'public, max-age=10, stale-while-revalidate=30';

/** A public answer that caches may keep; 304 where the reader has it already. */
export function cacheable(request: HttpRequest, body: unknown): HttpAnswer {
  const etag = etagOf(body);
  const headers = { 'cache-control': CACHE_CONTROL, etag, 'access-control-allow-origin': '*' };
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) ? { status: 304, headers } : { status: 200, headers, body };
}
