import * as z from 'zod';
import { STRIPE_API, STRIPE_API_VERSION } from '../donations/stripe-api.ts';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { jsonOf, utf8TextOf } from '../kernel/text.ts';
import { epochSeconds, type LocalDate, plusDays, SECONDS_PER_HOUR, startOfDay } from '../kernel/time.ts';
import { bodyOf } from '../platform/answer-body.ts';
import { BILL_ZONE } from './reconciliation.ts';
import { type BalanceTransaction, balanceTransactionSchema, stripeStatementText } from './stripe-statement.ts';
import type { FetchedBill } from './trade-bill.gateway.ts';

export type StripeStatementRequest = {
  readonly apiKey: string;
  readonly billDate: LocalDate;
  readonly fetch?: typeof globalThis.fetch;
  readonly baseUrl?: string;
};

/** The most that Stripe gives on one page. */
const PAGE = 100;
/** A page of 100 with their sources is some 600 KB, and metadata may be 27 KB each. */
const LARGEST_PAGE_BYTES = 8_000_000;
/** A page takes about a second. */
const TIMEOUT_MS = 20_000;
/**
 * Hours that are read at a time: pages of one list come one after the other, so a day of 100,000 payments (1,000 pages) would
 * take a quarter of an hour. Six at a time are some six requests a second, and Stripe answers a hundred.
 */
const HOURS_AT_ONCE = 6;
/** 200,000 payments, as large as a bill of any provider may be, and their refunds. */
const MOST_TRANSACTIONS = 250_000;

const pageSchema = z.object({ object: z.literal('list'), has_more: z.boolean(), data: z.array(z.unknown()).max(PAGE) });

/**
 * Fetches the balance transactions of one day, each with its source (docs.stripe.com/api/balance_transactions/list). There is
 * always a statement: a day on which nothing moved has an empty one. A list whose reading does not end, that repeats itself, or that
 * gives what was not asked for is refused.
 * @throws TransientError where Stripe cannot be reached or fails; ThrottledError where it asks to slow down; PermanentError where it
 * refuses, as with a wrong key, and for an answer in an unknown shape.
 */
export async function fetchStripeStatement(request: StripeStatementRequest): Promise<FetchedBill> {
  const from = epochSeconds(startOfDay(request.billDate, BILL_ZONE));
  const to = epochSeconds(startOfDay(plusDays(request.billDate, 1), BILL_ZONE));
  const hours: Hour[] = [];
  for (let begin = from; begin < to; begin += SECONDS_PER_HOUR)
    hours.push({ from: begin, to: Math.min(begin + SECONDS_PER_HOUR, to), transactions: [] });
  const queue = hours[Symbol.iterator]();
  const reader = async (): Promise<void> => {
    for (const hour of queue) {
      await readHour(request, hour);
      const read = hours.reduce((all, { transactions }) => all + transactions.length, 0);
      if (read > MOST_TRANSACTIONS) throw new PermanentError(`Stripe lists more than ${MOST_TRANSACTIONS} on one day`);
    }
  };
  await Promise.all(Array.from({ length: HOURS_AT_ONCE }, reader));
  // In the order of time, whichever hour was quicker.
  const transactions = hours.flatMap((hour) => hour.transactions.toReversed());
  return { kind: 'bill', content: new TextEncoder().encode(stripeStatementText(transactions)) };
}

/** Seconds since 1970, the last one excluded, and what was read of them, newest first as Stripe gives it. */
type Hour = { readonly from: number; readonly to: number; readonly transactions: BalanceTransaction[] };

async function readHour(request: StripeStatementRequest, { from, to, transactions }: Hour): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    const after = transactions.at(-1)?.id;
    const page = await readPage(request, { from, to, after });
    for (const transaction of page.transactions) {
      if (seen.has(transaction.id)) throw new TransientError(`Stripe lists ${transaction.id} twice`);
      if (transaction.created < from || transaction.created >= to)
        throw new PermanentError(`Stripe lists ${transaction.id}, which is not of the time that was asked for`);
      seen.add(transaction.id);
      transactions.push(transaction);
    }
    if (!page.hasMore) return;
    if (page.transactions.length === 0) throw new TransientError('Stripe says that there is more, and gives nothing');
    if (transactions.length > MOST_TRANSACTIONS)
      throw new PermanentError(`Stripe lists more than ${MOST_TRANSACTIONS} in one hour`);
  }
}

async function readPage(
  { apiKey, fetch = globalThis.fetch, baseUrl = STRIPE_API }: StripeStatementRequest,
  { from, to, after }: { readonly from: number; readonly to: number; readonly after: string | undefined },
): Promise<{ readonly transactions: readonly BalanceTransaction[]; readonly hasMore: boolean }> {
  const address = new URL(`${baseUrl}/v1/balance_transactions`);
  address.search = new URLSearchParams({
    limit: String(PAGE),
    'created[gte]': String(from),
    'created[lt]': String(to),
    'expand[]': 'data.source',
    ...(after === undefined ? {} : { starting_after: after }),
  }).toString();
  const { status, body } = await answered(fetch, apiKey, address);
  if (status !== 200) throw failureOf(status);
  const page = pageSchema.safeParse(jsonOf(utf8TextOf(body) ?? '')?.value);
  if (!page.success) throw new PermanentError('Stripe answered a statement in an unknown shape');
  const transactions = page.data.data.map((one) => {
    const transaction = balanceTransactionSchema.safeParse(one);
    if (transaction.success) return transaction.data;
    const field = transaction.error.issues[0]?.path.join('.') ?? '';
    throw new PermanentError(`Stripe answered a balance transaction in an unknown shape: ${field}`);
  });
  return { transactions, hasMore: page.data.has_more };
}

async function answered(
  fetch: typeof globalThis.fetch,
  apiKey: string,
  address: URL,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  try {
    const response = await fetch(address, {
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${apiKey}`,
        'Stripe-Version': STRIPE_API_VERSION,
        'User-Agent': 'yiqi',
      },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: await bodyOf(response, LARGEST_PAGE_BYTES) };
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new TransientError(`cannot reach Stripe: ${reasonOf(error)}`, { cause: error });
  }
}

function failureOf(status: number): Error {
  const what = `Stripe does not give its statement: HTTP ${status}`;
  if (status === 429) return new ThrottledError(what);
  if (status >= 500 || status === 409) return new TransientError(what);
  return new PermanentError(
    `${what}${status === 401 || status === 403 ? '; its key may not read balance transactions and charges' : ''}`,
  );
}
