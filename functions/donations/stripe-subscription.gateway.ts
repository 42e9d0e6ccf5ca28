import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { jsonOf, utf8TextOf } from '../kernel/text.ts';
import type { Instant } from '../kernel/time.ts';
import type { RegularGiftEvent } from './regular-gift-event.ts';
import { STRIPE_API, STRIPE_API_VERSION } from './stripe-api.ts';
import { endedSubscription } from './stripe-regular.ts';

/** A subscription of one of our accounts, and the key that may end it. */
export type SubscriptionToEnd = {
  readonly accountId: string;
  readonly apiKey: string;
  readonly subscriptionId: string;
};
/** What Stripe made of it. `unknown`: this account has no such subscription. */
export type SubscriptionEnd =
  | { readonly kind: 'ended'; readonly event: RegularGiftEvent }
  | { readonly kind: 'unknown' };
export type EndSubscription = (subscription: SubscriptionToEnd, now: Instant) => Promise<SubscriptionEnd>;

/** Stripe's own library waits 80 s; a run of ours ends many, and comes again in five minutes. */
const TIMEOUT_MS = 10_000;
/** A subscription has some 4 KB, and 50 metadata of 540 characters at the most. */
const LARGEST_ANSWER_BYTES = 512 * 1024;

/**
 * Ends a subscription at Stripe at once: no charge follows, nothing is given back (docs.stripe.com/api/subscriptions/cancel). Safe to
 * repeat: one that has ended before is answered with 404, and then it is looked at. Throws TransientError where Stripe cannot be
 * reached or fails, ThrottledError where it asks to slow down, PermanentError where it refuses, as with a wrong key.
 */
export const subscriptionEnder =
  (fetch: typeof globalThis.fetch = globalThis.fetch, baseUrl: string = STRIPE_API): EndSubscription =>
  async (subscription, now) => {
    const ask = (method: 'DELETE' | 'GET') => askStripe({ fetch, baseUrl, method }, subscription);
    const ended = await ask('DELETE');
    const answer = ended.status === 404 ? await ask('GET') : ended;
    if (answer.status === 404) return { kind: 'unknown' };
    if (answer.status !== 200) throw failureOf(answer.status, subscription);
    const event = endedSubscription(answer.content, subscription, now);
    if (event === undefined) throw new PermanentError(`Stripe has not ended ${subscription.subscriptionId}`);
    return { kind: 'ended', event };
  };

type Answer = { readonly status: number; readonly content: unknown };

async function askStripe(
  { fetch, baseUrl, method }: { fetch: typeof globalThis.fetch; baseUrl: string; method: 'DELETE' | 'GET' },
  { apiKey, subscriptionId }: SubscriptionToEnd,
): Promise<Answer> {
  try {
    const response = await fetch(`${baseUrl}/v1/subscriptions/${encodeURIComponent(subscriptionId)}`, {
      method,
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${apiKey}`,
        'Stripe-Version': STRIPE_API_VERSION,
        'User-Agent': 'yiqi',
        // Stripe asks for none here, since to end what has ended changes nothing; it shows in its log that two requests were one.
        ...(method === 'DELETE' ? { 'Idempotency-Key': `end-${subscriptionId}` } : {}),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.length > LARGEST_ANSWER_BYTES ? undefined : utf8TextOf(bytes);
    return { status: response.status, content: text === undefined ? undefined : jsonOf(text)?.value };
  } catch (error) {
    throw new TransientError(`cannot reach Stripe: ${reasonOf(error)}`, { cause: error });
  }
}

function failureOf(status: number, { subscriptionId }: SubscriptionToEnd): Error {
  const what = `Stripe does not end ${subscriptionId}: HTTP ${status}`;
  if (status === 429) return new ThrottledError(what);
  // 409: another request for the same subscription is under way.
  return status >= 500 || status === 409 ? new TransientError(what) : new PermanentError(what);
}
