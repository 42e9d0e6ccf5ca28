import { describe, expect, it } from 'vitest';
import { PermanentError, ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { instantOf, localDateSchema, plusSeconds } from '../../functions/kernel/time.ts';
import { fetchStripeStatement } from '../../functions/reconciliation/stripe-statement.gateway.ts';
import { parseStripeStatement } from '../../functions/reconciliation/stripe-statement.ts';
import { charge } from '../donations/stripe-maker.ts';
import { StripeBook } from './stripe-book.ts';

const billDate = localDateSchema.parse('2026-09-07');
const BEGIN = instantOf('2026-09-07T00:00:00+08:00');

function bookOf(payments: number, everySeconds: number, from = BEGIN): StripeBook {
  const book = new StripeBook();
  for (let position = 0; position < payments; position += 1)
    book.pay(
      charge({ id: `ch_${position}`, payment_intent: `pi_${position}` }),
      plusSeconds(from, position * everySeconds),
      60,
    );
  return book;
}
const fetched = (book: StripeBook, fetch = book.fetch) => fetchStripeStatement({ apiKey: book.key, billDate, fetch });
async function linesOf(book: StripeBook) {
  const bill = await fetched(book);
  if (bill.kind !== 'bill') throw new Error('there is always a statement');
  const statement = parseStripeStatement(bill.content);
  if (statement.kind === 'refused') throw new Error(statement.reason);
  return statement.lines;
}

describe('the statement of a day at Stripe', () => {
  it('is read page by page, with sources, in the order of time, each payment once', async () => {
    const book = bookOf(1_000, 60);
    const lines = await linesOf(book);
    expect(lines.map(({ paymentId }) => paymentId)).toEqual(Array.from({ length: 1_000 }, (_, at) => `pi_${at}`));
    const [asked] = book.asked;
    expect(asked?.pathname).toBe('/v1/balance_transactions');
    expect(Object.fromEntries(asked?.searchParams ?? [])).toMatchObject({ limit: '100', 'expand[]': 'data.source' });
  });

  it('goes on after the last of a page, however much one hour has', async () => {
    const book = bookOf(350, 1);
    expect(await linesOf(book)).toHaveLength(350);
    const pages = book.asked.filter(({ searchParams }) => searchParams.get('created[gte]') === '1788710400');
    expect(pages.map(({ searchParams }) => searchParams.get('starting_after') !== null)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('has the first second of a Beijing day and not the first of the next', async () => {
    const book = new StripeBook();
    for (const [at, id] of [
      ['2026-09-06T23:59:59+08:00', 'pi_before'],
      ['2026-09-07T00:00:00+08:00', 'pi_first'],
      ['2026-09-07T23:59:59+08:00', 'pi_last'],
      ['2026-09-08T00:00:00+08:00', 'pi_after'],
    ] as const)
      book.pay(charge({ payment_intent: id }), instantOf(at));
    expect((await linesOf(book)).map(({ paymentId }) => paymentId)).toEqual(['pi_first', 'pi_last']);
  });

  it('is there, and empty, where nothing moved', async () => {
    expect(await linesOf(new StripeBook())).toEqual([]);
  });
});

describe('a statement that cannot be had', () => {
  const answering =
    (body: unknown, status = 200): typeof globalThis.fetch =>
    async () =>
      Response.json(body as object, { status });
  const list = (data: unknown[], hasMore: boolean) => ({ object: 'list', has_more: hasMore, data });
  const [one] = bookOf(1, 1).transactions;
  const again: typeof globalThis.fetch = async (input) => {
    const isItsHour = new URL(String(input)).searchParams.get('created[gte]') === '1788710400';
    return Response.json(isItsHour ? list([one], true) : list([], false));
  };

  it.each([
    ['a wrong key', answering({}, 401), PermanentError],
    ['a key without the right', answering({}, 403), PermanentError],
    ['a refusal', answering({}, 400), PermanentError],
    ['too many requests', answering({}, 429), ThrottledError],
    ['a failure of Stripe', answering({}, 503), TransientError],
    ['an answer in another shape', answering({ object: 'balance' }), PermanentError],
    ['a transaction in another shape', answering(list([{ id: 'txn_1' }], false)), PermanentError],
    ['a reading that does not end', answering(list([], true)), TransientError],
    ['a page that comes again', again, TransientError],
    ['what was not asked for', answering(list([{ ...one, id: 'txn_x', created: 1 }], false)), PermanentError],
    ['nobody at the other end', (async () => Promise.reject(new TypeError('no route'))) as never, TransientError],
  ])('for %s is told by how it may be tried again', async (_what, fetch, error) => {
    await expect(fetched(new StripeBook(), fetch as typeof globalThis.fetch)).rejects.toBeInstanceOf(error);
  });

  it('says of a wrong key what it may not read, and never the key', async () => {
    const book = new StripeBook();
    const failure = fetchStripeStatement({ apiKey: 'rk_live_another', billDate, fetch: book.fetch });
    await expect(failure).rejects.toThrow('may not read balance transactions');
    await expect(failure).rejects.not.toThrow('rk_live');
  });
});
