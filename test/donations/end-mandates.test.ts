import fc from 'fast-check';
import Stripe from 'stripe';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { definition, type EndMandatesUse } from '../../functions/donations/end-mandates.lambda.ts';
import { cancelMandate, followMandate } from '../../functions/donations/mandate.store.ts';
import { recordRegularGiftEvent } from '../../functions/donations/regular-gift-event.store.ts';
import { regularGiftEventSchema } from '../../functions/donations/regular-gift-event.ts';
import { subscriptionEnder } from '../../functions/donations/stripe-subscription.gateway.ts';
import { ThrottledError } from '../../functions/kernel/errors.ts';
import { type Instant, plusSeconds } from '../../functions/kernel/time.ts';
import { jobFunction } from '../../functions/platform/job.ts';
import * as metrics from '../../functions/platform/metrics.ts';
import { freshContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { openBooks } from './intake-books.ts';
import { ACCOUNT, NOW, SUBSCRIPTION, subscription } from './stripe-maker.ts';
import { fakeStripe } from './stripe-subscriptions.ts';

const KEY = 'rk_live_0123456789abcdef';
const later = (seconds: number): Instant => plusSeconds(NOW, seconds);

let books: Awaited<ReturnType<typeof openBooks>>;
let stripe: ReturnType<typeof fakeStripe>;
beforeEach(async () => {
  vi.restoreAllMocks();
  books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
  stripe = fakeStripe([SUBSCRIPTION]);
});

const isActive = regularGiftEventSchema.parse({
  kind: 'mandate',
  provider: 'stripe',
  merchantId: ACCOUNT,
  mandateReference: SUBSCRIPTION,
  occurredAt: NOW,
  state: 'active',
});
const charge = (occurredAt: Instant) =>
  regularGiftEventSchema.parse({
    kind: 'charged',
    provider: 'stripe',
    merchantId: ACCOUNT,
    mandateReference: SUBSCRIPTION,
    occurredAt,
    chargeReference: 'in_1',
    periodStart: occurredAt,
    periodEnd: later(30 * 86_400),
    amountMinor: 3_000,
    currency: 'CNY',
  });

/** A mandate that Stripe collects, as the door leaves it. */
async function collected(event = isActive): Promise<string> {
  await recordRegularGiftEvent(books.table, event, NOW);
  return (await followMandate(books.table, event, NOW)).mandateId;
}
const run = async (now: Instant, keys: readonly (readonly [string, string])[] = [[ACCOUNT, KEY]]) => {
  const use: EndMandatesUse = {
    table: restrictedTable(books.table, 'end-mandates'),
    readApiKeys: async () => new Map(keys),
    endSubscription: subscriptionEnder(stripe.fetch),
  };
  return jobFunction(definition, { use, tellTime: async () => now })({}, freshContext());
};
const theMandate = () => books.of('mandate')[0];
const called = () => vi.spyOn(metrics, 'count');

describe('a regular gift that its donor cancels', () => {
  test('is ended at Stripe by the next run, and is cancelled once Stripe has said so', async () => {
    const mandateId = await collected();
    expect(await cancelMandate(books.table, mandateId, later(60))).toMatchObject({ state: 'cancelling' });
    expect(await run(later(120))).toEqual({ kind: 'asked', ended: 1, left: 0 });
    expect(theMandate()).toMatchObject({ state: 'cancelled', cancelledAt: later(60) });
    expect(stripe.requests).toMatchObject([{ method: 'DELETE', path: `/v1/subscriptions/${SUBSCRIPTION}` }]);
    expect(await run(later(420))).toEqual({ kind: 'asked', ended: 0, left: 0 });
    expect(stripe.requests).toHaveLength(1);
  });

  test('and is charged before Stripe has ended it: the gift is kept and marked, and nothing more is charged', async () => {
    const mandateId = await collected();
    await cancelMandate(books.table, mandateId, later(60));
    await collected(charge(later(90)));
    expect(theMandate()).toMatchObject({ state: 'cancelling', chargedAfterCancellation: true, paidPeriods: 1 });
    await run(later(120));
    expect(theMandate()).toMatchObject({ state: 'cancelled', chargedAfterCancellation: true, paidPeriods: 1 });
  });

  test('that Stripe ended before we asked is found to be so, and the notification of it changes nothing more', async () => {
    const mandateId = await collected();
    await cancelMandate(books.table, mandateId, later(60));
    stripe.end(SUBSCRIPTION);
    expect(await run(later(120))).toMatchObject({ ended: 1 });
    expect(stripe.requests.map(({ method }) => method)).toEqual(['DELETE', 'GET']);
    const told = regularGiftEventSchema.parse({ ...isActive, state: 'ended', occurredAt: later(130) });
    await collected(told);
    expect(theMandate()).toMatchObject({ state: 'cancelled' });
  });

  test('is never forgotten and ends once, whatever goes wrong on the way and however runs meet', async () => {
    const fault = fc.constantFrom('none', 'refused', 'lost', 'failed', 'slow-down', 'busy', 'garbage');
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 8 }), fc.boolean(), async (faults, together) => {
        books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
        stripe = fakeStripe([SUBSCRIPTION], faults);
        await cancelMandate(books.table, await collected(), later(60));
        for (let n = 0; theMandate()?.['state'] !== 'cancelled'; n += 1) {
          expect(n).toBeLessThan(10);
          expect(theMandate()).toMatchObject({ state: 'cancelling' });
          await Promise.all([run(later(120 + 300 * n)), ...(together ? [run(later(121 + 300 * n))] : [])]);
        }
        expect(stripe.timesEnded(SUBSCRIPTION)).toBe(1);
        expect(books.of('regular-gift-event').filter(({ state }) => state === 'ended').length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a mandate that cannot be ended', () => {
  test('waits an hour for trouble that passes, and then a person is called', async () => {
    stripe = fakeStripe([SUBSCRIPTION], ['failed', 'failed']);
    await cancelMandate(books.table, await collected(), NOW);
    const spy = called();
    await run(later(300));
    expect(spy).not.toHaveBeenCalledWith(metrics.METRICS.mandateNotEnded);
    await run(later(3_600));
    expect(spy).toHaveBeenCalledWith(metrics.METRICS.mandateNotEnded);
  });

  test.each<[string, Parameters<typeof run>[1], string[]]>([
    ['the account has no key', [], []],
    ['Stripe refuses the key', [[ACCOUNT, 'rk_live_revoked00000']], []],
    ['Stripe does not know it', undefined, [SUBSCRIPTION]],
  ])('because %s calls a person at once, and stays to be ended', async (_why, keys, unknown) => {
    await cancelMandate(books.table, await collected(), NOW);
    for (const id of unknown) stripe.forget(id);
    const spy = called();
    expect(await run(later(300), keys)).toEqual({ kind: 'asked', ended: 0, left: 1 });
    expect(spy).toHaveBeenCalledWith(metrics.METRICS.mandateNotEnded);
    expect(theMandate()).toMatchObject({ state: 'cancelling' });
  });

  test('holds up no other', async () => {
    const other = 'sub_1MonthlyGiftOfADonor002';
    stripe = fakeStripe([SUBSCRIPTION, other]);
    stripe.forget(SUBSCRIPTION);
    for (const mandateReference of [SUBSCRIPTION, other])
      await cancelMandate(books.table, await collected({ ...isActive, mandateReference }), NOW);
    expect(await run(later(300))).toEqual({ kind: 'asked', ended: 1, left: 1 });
    expect(stripe.timesEnded(other)).toBe(1);
  });
});

describe('the request to Stripe', () => {
  test('is what Stripe’s own library sends for the same', async () => {
    const library = new Stripe(KEY, { httpClient: Stripe.createFetchHttpClient(stripe.fetch), maxNetworkRetries: 0 });
    await library.subscriptions.cancel(SUBSCRIPTION);
    stripe = Object.assign(fakeStripe([SUBSCRIPTION]), { requests: stripe.requests });
    await subscriptionEnder(fakeStripe([SUBSCRIPTION], [], stripe.requests).fetch)(
      { accountId: ACCOUNT, apiKey: KEY, subscriptionId: SUBSCRIPTION },
      NOW,
    );
    const [theirs, ours] = stripe.requests;
    expect(ours?.url).toBe(theirs?.url);
    expect(ours?.method).toBe(theirs?.method);
    expect(ours?.headers.get('authorization')).toBe(theirs?.headers.get('authorization'));
    expect(ours?.headers.get('idempotency-key')).toBe(`end-${SUBSCRIPTION}`);
    expect(ours?.headers.get('stripe-version')).toBe('2025-02-24.acacia');
  });

  test('has an answer that must be of the same subscription, and say that it has ended', async () => {
    const answering = (content: object) =>
      subscriptionEnder(async () => new Response(JSON.stringify(content)))(
        { accountId: ACCOUNT, apiKey: KEY, subscriptionId: SUBSCRIPTION },
        NOW,
      );
    await expect(answering(subscription())).rejects.toThrow(/has not ended/);
    await expect(answering(subscription({ id: 'sub_other', status: 'canceled' }))).rejects.toThrow(/has not ended/);
    expect(await answering(subscription({ status: 'canceled', ended_at: 1_788_782_400 }))).toMatchObject({
      kind: 'ended',
      event: { state: 'ended', occurredAt: '2026-09-07T12:00:00.000Z' },
    });
  });

  test('that is asked to slow down says so, and the run stops there', async () => {
    const slow = subscriptionEnder(fakeStripe([SUBSCRIPTION], ['slow-down']).fetch);
    const asked = slow({ accountId: ACCOUNT, apiKey: KEY, subscriptionId: SUBSCRIPTION }, NOW);
    await expect(asked).rejects.toThrow(ThrottledError);
  });
});
