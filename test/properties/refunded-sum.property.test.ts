import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { recordRefundedSum, recordRefundOfBill } from '../../functions/donations/payment-intake.store.ts';
import { definition as receiveAlipay } from '../../functions/donations/receive-alipay.lambda.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { type Instant, instantOf, type LocalDate, plusSeconds, SECONDS_PER_DAY } from '../../functions/kernel/time.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { bookRow } from '../../functions/statements/statement-booking.store.ts';
import { StatementCheck } from '../../functions/statements/statement-check.ts';
import type { StatementImport } from '../../functions/statements/statement-import.ts';
import { statementRows, termsOf } from '../../functions/statements/statement-source.ts';
import { alipayNotice, alipaySectionOf, makeAlipayKeys } from '../../local/sandbox/alipay.ts';
import { alipayBillArchive } from '../../local/sandbox/alipay-bill.ts';
import { AlipayBook } from '../../local/sandbox/alipay-book.ts';
import { HEADERS } from '../donations/alipay-notice.ts';
import { type FaultyTable, faultyTable } from '../faults/faulty-table.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';
import { restrictedTable } from '../platform/restricted-table.ts';

// Alipay tells of a refund twice, and differently: a notice says how much of the payment has gone back in all, a bill
// lists the refund with a number of its own. Whatever arrives, in whatever order, once or often: what went back is counted once.

const PAID_AT = instantOf('2026-09-07T20:00:00+08:00');
const PAID_MINOR = 10_000;
const GIFT = {
  provider: 'alipay',
  merchantId: '2088101117955611',
  paymentId: '2026090722001400001234567890',
  orderNo: 'int_1',
  currency: 'CNY',
} as const;

/** Up to five refunds of one payment of 100.00; equal ones are as likely as others. */
const refundsOf = fc
  .array(fc.constantFrom(1, 500, 500, 1_999, 2_000), { minLength: 1, maxLength: 5 })
  .map((amounts) => amounts.map((amountMinor, index) => ({ refundNo: `R${index + 1}`, amountMinor })));
type Refunds = readonly { readonly refundNo: string; readonly amountMinor: number }[];

/** What is heard of refund number `of`: by its notice, or by its row. */
type News = { readonly by: 'notice' | 'row'; readonly of: number };
const total = (refunds: Refunds): number => refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
const bookedIn = (table: { everything(): readonly Record<string, unknown>[] }): number =>
  table
    .everything()
    .filter(({ type }) => type === 'refund')
    .reduce((sum, entry) => sum + Number(entry['amountMinor']), 0);

/** The larger of the two sums that the news tell: the largest that a notice has told, and that of all rows. */
function toldBy(news: readonly News[], refunds: Refunds): number {
  const notices = news.filter(({ by }) => by === 'notice').map(({ of }) => total(refunds.slice(0, of + 1)));
  const rows = new Set(news.filter(({ by }) => by === 'row').map(({ of }) => of));
  return Math.max(0, ...notices, total(refunds.filter((_refund, index) => rows.has(index))));
}

const arbitraryNews = refundsOf.chain((refunds) =>
  fc.tuple(
    fc.constant(refunds),
    fc.array(fc.record({ by: fc.constantFrom('notice' as const, 'row' as const), of: fc.nat(refunds.length - 1) }), {
      minLength: 1,
      maxLength: 14,
    }),
    fc.nat(),
  ),
);

function hear(table: Table, { by, of }: News, refunds: Refunds): Promise<unknown> {
  const occurredAt = plusSeconds(PAID_AT, of * 60);
  if (by === 'notice') {
    const refundedMinor = minor(total(refunds.slice(0, of + 1)));
    return recordRefundedSum({ table }, { ...GIFT, refundedMinor, occurredAt }, occurredAt);
  }
  const { refundNo = '', amountMinor = 0 } = refunds[of] ?? {};
  return recordRefundOfBill(
    { table },
    { ...GIFT, refundId: refundNo, amountMinor: minor(amountMinor), occurredAt },
    occurredAt,
  );
}

/** Asks again as a provider or a workflow does, until it is answered. */
async function untilAnswered(attempt: () => Promise<unknown>): Promise<void> {
  for (let times = 0; times < 200; times += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof TransientError) && !(error instanceof ThrottledError)) throw error;
    }
  }
  throw new Error('it was never answered');
}

const FAULTS = { lostBefore: 0.1, lostAfter: 0.1, conflict: 0.1, throttle: 0.05, unreadable: 0.05 };

describe('what has gone back of a payment at Alipay', () => {
  test('is at every moment the larger of what notices and rows say, and never more than the truth', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryNews, async ([refunds, news]) => {
        const table = memoryTable();
        for (const [index, one] of news.entries()) {
          await hear(table, one, refunds);
          expect(bookedIn(table)).toBe(toldBy(news.slice(0, index + 1), refunds));
          expect(bookedIn(table)).toBeLessThanOrEqual(total(refunds));
        }
      }),
      { numRuns: 400 },
    );
  });

  test('is the same where everything comes at once, to a store that loses answers', async () => {
    const struck: FaultyTable['struck'][] = [];
    await fc.assert(
      fc.asyncProperty(arbitraryNews, async ([refunds, news, seed]) => {
        const table = memoryTable();
        const faulty = faultyTable(table, FAULTS, seed);
        await Promise.all(news.map((one) => untilAnswered(() => hear(faulty, one, refunds))));
        struck.push(faulty.struck);
        expect(bookedIn(table)).toBe(toldBy(news, refunds));
      }),
      { numRuns: 400 },
    );
    for (const fault of ['lostBefore', 'lostAfter', 'conflict', 'throttle', 'unreadable'] as const)
      expect(Math.max(...struck.map((one) => one[fault]))).toBeGreaterThan(0);
  });

  test('is refused to change where a bill says another amount under a number that is known', async () => {
    const table = memoryTable();
    const refund = { ...GIFT, refundId: 'R1', occurredAt: PAID_AT };
    expect(await recordRefundOfBill({ table }, { ...refund, amountMinor: minor(500) }, PAID_AT)).toMatchObject({
      kind: 'recorded',
    });
    expect(await recordRefundOfBill({ table }, { ...refund, amountMinor: minor(501) }, PAID_AT)).toMatchObject({
      kind: 'contradicts',
    });
    expect(bookedIn(table)).toBe(500);
  });
});

describe('notices and bills of the stand-in Alipay, by their own doors', () => {
  const keys = makeAlipayKeys();
  const accounts = parseAlipayAccounts(JSON.stringify({ alipay: [alipaySectionOf(keys)] }));
  const readDonorKey = async (): Promise<string> => 'donor key';
  const DAYS = 3;

  const notified = async (on: Table, body: Buffer): Promise<number | undefined> => {
    const use = { table: restrictedTable(on, 'receive-alipay'), readAccounts: async () => accounts, readDonorKey };
    const handler = anyHttpFunction(receiveAlipay, { use, tellTime: async () => PAID_AT });
    const event = httpEvent({ method: 'POST', path: '/webhooks/alipay', headers: HEADERS, body });
    return (await handler(event, lambdaContext)).statusCode;
  };

  /** The bill of a day as a file that somebody uploads: checked and booked, rows at the same time, as the workflow does. */
  async function imported(on: Table, archive: Buffer): Promise<Record<string, number>> {
    const source = { kind: 'alipay-bill' } as const;
    const of = { source } as StatementImport;
    const check = new StatementCheck(termsOf(source));
    const use = { table: restrictedTable(on, 'book-statement-part'), readDonorKey };
    const bookings: Promise<string>[] = [];
    const chunks = (async function* () {
      yield archive;
    })();
    for await (const row of statementRows(source, chunks)) {
      const ready = check.take(row);
      if (ready === undefined || ready.kind === 'problem') throw new Error(`row ${row.line} cannot be read`);
      bookings.push(bookRow(use, of, ready, PAID_AT));
    }
    expect(check.outcome(false).kind).toBe('checked');
    const counts: Record<string, number> = {};
    for (const kind of await Promise.all(bookings)) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  const story = refundsOf.chain((refunds) => {
    const all = refunds.length + 1 + DAYS;
    return fc.tuple(
      fc.constant(refunds),
      fc.array(fc.nat(DAYS - 1), { minLength: refunds.length, maxLength: refunds.length }),
      // Some news twice, all at least once, or only notices, or only bills.
      fc.shuffledSubarray(
        Array.from({ length: all * 2 }, (_, n) => n % all),
        { minLength: all },
      ),
      fc.constantFrom('both', 'notices', 'bills'),
    );
  });

  test('end with the same payment and the same refunds, whichever come, in every order', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ([refunds, days, order, which]) => {
        const book = new AlipayBook();
        const trade = book.pay({ orderNo: 'int_1', amountMinor: PAID_MINOR, paidAt: PAID_AT });
        const notices = [alipayNotice(keys, trade)];
        for (const [index, { amountMinor }] of refunds.entries()) {
          // In order of time: a later refund is never of an earlier day.
          const day = Math.max(...days.slice(0, index + 1));
          const at: Instant = plusSeconds(PAID_AT, day * SECONDS_PER_DAY + index * 60);
          const refund = book.refund(trade, amountMinor, at);
          const sumMinor = book.refundedOf(trade);
          notices.push(alipayNotice(keys, trade, { sumMinor, refundNo: refund.refundNo, refundedAt: at }));
        }
        const bills = ['2026-09-07', '2026-09-08', '2026-09-09'].map((day) =>
          alipayBillArchive(keys.sellerId, day as LocalDate, book),
        );
        const table = memoryTable();
        // Every kind that comes at all comes whole, some of it twice.
        const missing = Array.from({ length: notices.length + bills.length }, (_, n) => n);
        for (const n of [...order, ...missing]) {
          const notice = notices[n];
          const bill = bills[n - notices.length];
          if (notice !== undefined && which !== 'bills') expect(await notified(table, notice)).toBe(200);
          if (notice === undefined && bill !== undefined && which !== 'notices' && !isEmpty(book, n - notices.length))
            expect(await imported(table, bill)).not.toHaveProperty('contradicted');
        }
        expect(bookedIn(table)).toBe(total(refunds));
        const gifts = table.everything().filter(({ type }) => type === 'donation');
        expect(gifts).toMatchObject([{ paymentId: trade.tradeNo, amountMinor: PAID_MINOR, orderNo: 'int_1' }]);
      }),
      { numRuns: 60 },
    );
  });

  const isEmpty = (book: AlipayBook, day: number): boolean => {
    const { trades, refunds } = book.dayOf(`2026-09-0${7 + day}` as LocalDate);
    return trades.length + refunds.length === 0;
  };

  test('add nothing by a bill that is imported again', async () => {
    const book = new AlipayBook();
    const trade = book.pay({ orderNo: 'int_1', amountMinor: PAID_MINOR, paidAt: PAID_AT });
    for (const n of [1, 2]) book.refund(trade, 500, plusSeconds(PAID_AT, n * 60));
    const bill = alipayBillArchive(keys.sellerId, '2026-09-07' as LocalDate, book);
    const table = memoryTable();
    expect(await imported(table, bill)).toEqual({ unassigned: 1, refundsRecorded: 2 });
    const before = table.everything();
    expect(await imported(table, bill)).toEqual({ repeated: 1, refundsRepeated: 2 });
    expect(table.everything()).toEqual(before);
  });
});
