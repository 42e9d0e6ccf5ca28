import { createHash } from 'node:crypto';
import type { HttpAnswer, HttpRequest } from '../platform/http.ts';

/**
 * Ten seconds in every cache, half a minute more while it is being renewed: behind a CDN a million
 * readers of a live page are one read in ten seconds at the origin; without one, every browser still asks once in ten.
 */
const CACHE_CONTROL = 'public, max-age=10, stale-while-revalidate=30';

/** Public JSON that caches may keep; 304 where the reader has it already. */
export function cacheable(request: HttpRequest, body: unknown): HttpAnswer {
  const headers = cacheHeaders(JSON.stringify(body));
  return isKnown(request, headers.etag) ? { status: 304, headers } : { status: 200, headers, body };
}

/** The same for a page. */
export function cacheableHtml(request: HttpRequest, html: string, securityPolicy: string): HttpAnswer {
  const headers = {
    ...cacheHeaders(html),
    'content-security-policy': securityPolicy,
    'x-content-type-options': 'nosniff',
  };
  return isKnown(request, headers.etag) ? { status: 304, headers } : { status: 200, headers, html };
}

/** The same for a file that a browser saves under its name. */
export function cacheableFile(
  request: HttpRequest,
  { content, contentType, name }: { readonly content: string; readonly contentType: string; readonly name: string },
  more: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const headers = { ...cacheHeaders(content), ...more };
  if (isKnown(request, headers.etag)) return { status: 304, headers };
  return { status: 200, headers, file: { content: Buffer.from(content, 'utf8'), contentType, name } };
}

const cacheHeaders = (content: string) => ({
  'cache-control': CACHE_CONTROL,
  etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`,
  'access-control-allow-origin': '*',
});

function isKnown(request: HttpRequest, etag: string): boolean {
  const known = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
