import { subscription } from './stripe-maker.ts';

/** What goes wrong with one request: `lost` is done and its answer is not seen. */
export type Fault = 'none' | 'refused' | 'lost' | 'failed' | 'slow-down' | 'busy' | 'garbage';
export type StripeRequest = {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: Headers;
};

const ENDED_AT = 1_788_782_700;
const REVOKED = 'revoked';

const answer = (status: number, content: object): Response =>
  new Response(JSON.stringify(content), { status, headers: { 'content-type': 'application/json' } });
const missing = (id: string): Response =>
  answer(404, {
    error: { code: 'resource_missing', message: `No such subscription: '${id}'`, type: 'invalid_request_error' },
  });

/**
 * Stripe's subscriptions as its documentation describes them (docs.stripe.com/api/subscriptions): DELETE ends one that has not ended and
 * answers 404 for one that has, which GET still shows. Each request meets the next fault, until there are none left.
 */
export function fakeStripe(ids: readonly string[], faults: readonly string[] = [], requests: StripeRequest[] = []) {
  const ended = new Map(ids.map((id) => [id, 0]));
  const left = [...faults];
  const act = (method: string, id: string): Response => {
    const times = ended.get(id);
    if (times === undefined) return missing(id);
    if (method === 'DELETE') {
      if (times > 0) return missing(id);
      ended.set(id, 1);
    }
    const isOver = (ended.get(id) ?? 0) > 0;
    return answer(200, subscription({ id, ...(isOver ? { status: 'canceled', ended_at: ENDED_AT } : {}) }));
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input instanceof Request ? input.url : input));
    const headers = new Headers(init?.headers);
    const method = init?.method ?? 'GET';
    requests.push({ method, url: url.href, path: url.pathname, headers });
    if (headers.get('authorization')?.includes(REVOKED))
      return answer(401, { error: { type: 'invalid_request_error' } });
    const fault = left.shift() ?? 'none';
    const id = url.pathname.split('/').at(-1) ?? '';
    if (fault === 'refused') throw new TypeError('fetch failed');
    if (fault === 'failed') return answer(500, { error: { type: 'api_error' } });
    if (fault === 'slow-down') return answer(429, { error: { type: 'rate_limit_error' } });
    if (fault === 'busy') return answer(409, { error: { type: 'idempotency_error' } });
    const done = act(method, id);
    if (fault === 'lost') throw new TypeError('socket hang up');
    return fault === 'garbage' ? new Response('<html>') : done;
  };
  return {
    fetch,
    requests,
    end: (id: string) => ended.set(id, 1),
    forget: (id: string) => ended.delete(id),
    timesEnded: (id: string) => ended.get(id) ?? 0,
  };
}
