import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { definition } from '../../functions/donations/link-donors.lambda.ts';
import type { PaymentEvent } from '../../functions/donations/payment-event.ts';
import { recordPayment } from '../../functions/donations/payment-intake.store.ts';
import { minor } from '../../functions/kernel/money.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';
import { openBooks } from './intake-books.ts';
import { CAMPAIGN_ID } from './open-campaign.ts';
import { NOW } from './stripe-maker.ts';

const FINANCE = { id: 'finance-chen', groups: ['finance'] };
const EVIDENCE = '身份证与两个账户的实名截图，档案 2026-17';

let books: Awaited<ReturnType<typeof openBooks>>;
let payments = 0;
beforeEach(async () => {
  books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
});

/** A gift of somebody's account, and its id. */
async function give(payerReference: string, provider: PaymentEvent['provider'] = 'alipay'): Promise<string> {
  payments += 1;
  const outcome = await recordPayment(
    { table: restrictedTable(books.table, 'receive-alipay'), readDonorKey: async () => 'donor key' },
    {
      provider,
      merchantId: 'merchant',
      paymentId: `payment-${payments}`,
      orderNo: `order-${payments}`,
      amountMinor: minor(1_000),
      payerAmountMinor: 1_000,
      currency: 'CNY',
      occurredAt: NOW,
      payerReference,
      designation: { campaignId: CAMPAIGN_ID, anonymous: true, thankYouDue: false },
    },
    NOW,
  );
  return outcome.giftId;
}
const donorOf = (giftId: string): unknown =>
  books.of('donation').find((item) => item['giftId'] === giftId)?.['donorId'];

async function decide(decision: string, giftId: string, sameAsGiftId: string, actor = FINANCE, evidence = EVIDENCE) {
  const handler = anyHttpFunction(definition, {
    use: { table: restrictedTable(books.table, 'link-donors') },
    tellTime: async () => NOW,
  });
  const body = JSON.stringify({ decision, giftId, sameAsGiftId, evidence });
  const result = await handler(httpEvent({ method: 'POST', path: '/donor-links', body, actor }), lambdaContext);
  return { status: result.statusCode, body: JSON.parse(String(result.body)) as Record<string, unknown> };
}

describe('two payers that somebody has verified to be one person', () => {
  test('are one donor in what they give from then on, and entries from before stay as they are', async () => {
    const [alias, main] = [await give('alipay-chen'), await give('openid-chen', 'wechat-pay')];
    const before = books.of('donation');
    expect(donorOf(alias)).not.toBe(donorOf(main));
    expect(await decide('link', alias, main)).toMatchObject({
      status: 200,
      body: { state: 'linked', evidence: EVIDENCE },
    });
    expect(donorOf(await give('alipay-chen'))).toBe(donorOf(main));
    expect(donorOf(await give('openid-chen', 'wechat-pay'))).toBe(donorOf(main));
    expect(books.of('donation').slice(0, 2)).toEqual(before);
  });

  test('are two again after they were unlinked, and every step is kept with its evidence', async () => {
    const [alias, main] = [await give('alipay-chen'), await give('openid-chen', 'wechat-pay')];
    await decide('link', alias, main);
    await decide('unlink', alias, main, FINANCE, '认错人');
    expect(donorOf(await give('alipay-chen'))).toBe(donorOf(alias));
    expect(books.of('donor-link-step')).toMatchObject([
      { state: 'linked', evidence: EVIDENCE },
      { state: 'unlinked', evidence: '认错人' },
    ]);
  });

  test('are linked once, however often it is said', async () => {
    const [alias, main] = [await give('alipay-chen'), await give('openid-chen', 'wechat-pay')];
    const first = await decide('link', alias, main);
    expect(await decide('link', alias, main)).toEqual(first);
    expect(books.of('donor-link-step')).toHaveLength(1);
    expect(books.of('linked-donors')).toMatchObject([{ aliases: 1 }]);
  });
});

describe('what is refused', () => {
  test('a chain, in either direction', async () => {
    const [a, b, c] = [await give('a'), await give('b'), await give('c')];
    await decide('link', a, b);
    expect((await decide('link', b, c)).body['title']).toBe('others-linked');
    expect((await decide('link', c, a)).body['title']).toBe('linked-elsewhere');
    expect((await decide('link', a, c)).body['title']).toBe('already-linked');
    expect((await decide('unlink', c, b)).body['title']).toBe('not-linked');
  });

  test('a payer with themselves, a gift that there is not, no evidence, and who may not', async () => {
    const [one, other] = [await give('a'), await give('a')];
    expect((await decide('link', one, other)).body['title']).toBe('same-donor');
    expect((await decide('link', one, one)).status).toBe(422);
    expect((await decide('link', one, 'gft_none')).status).toBe(403);
    expect((await decide('link', one, await give('b'), FINANCE, ' ')).status).toBe(422);
    expect((await decide('link', one, other, { id: 'm', groups: ['manager'] })).status).toBe(403);
  });
});

test('whatever is linked and unlinked, at once or in turn, no donor that a gift is booked for is another’s alias', async () => {
  const step = fc.record({
    decision: fc.constantFrom('link', 'link', 'unlink'),
    from: fc.integer({ min: 0, max: 3 }),
    to: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
      books = await openBooks({ orderNo: 'int_other', amountMinor: 100 }, NOW);
      const gifts = [await give('0'), await give('1'), await give('2'), await give('3')];
      for (const round of rounds)
        await Promise.all(round.map(({ decision, from, to }) => decide(decision, gifts[from] ?? '', gifts[to] ?? '')));
      const links = books.of('donor-link').filter(({ state }) => state === 'linked');
      const aliases = new Set(links.map(({ aliasId }) => aliasId));
      expect(links.filter(({ donorId }) => aliases.has(donorId))).toEqual([]);
      for (const { donorId, aliases: counted } of books
        .of('linked-donors')
        .map(({ pk, aliases: number }) => ({ donorId: pk.slice('LINK#'.length), aliases: number })))
        expect(counted).toBe(links.filter((link) => link['donorId'] === donorId).length);
    }),
    { numRuns: 150 },
  );
});
