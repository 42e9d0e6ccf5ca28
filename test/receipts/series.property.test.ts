import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import { issueReceipts } from '../../functions/receipts/issue.store.ts';
import type { Receipt } from '../../functions/receipts/receipt.ts';
import type { ReceiptOrder } from '../../functions/receipts/receipt-order.ts';
import { findSeries } from '../../functions/receipts/receipt-series.store.ts';
import { reverseRefunded } from '../../functions/receipts/reverse.store.ts';
import { reverseMistake } from '../../functions/receipts/reverse-mistake.store.ts';
import { voidReceipt } from '../../functions/receipts/void.store.ts';
import { faultyTable } from '../faults/faulty-table.ts';
import { entry, hurried, recordRefunds, refundOf } from '../matching/money-path.ts';
import { about, giveAll, issuer, ORGANISATION, problems, register } from './receipt-world.ts';

const NOW = instantOf('2026-09-10T10:00:00+08:00');
/** Writers on either side of midnight: some take their numbers in one year, some in the next. */
const YEARS = { '2026': instantOf('2026-12-31T23:59:00+08:00'), '2027': instantOf('2027-01-01T00:01:00+08:00') };
const momentOf = (by: string) => (/[13]$/.test(by) ? YEARS['2027'] : YEARS['2026']);
const GIFTS = 60;
const giftIds = Array.from({ length: GIFTS }, (_, n) => `gft_${n}`);

type Act =
  | { readonly do: 'issue'; readonly of: readonly number[] }
  | { readonly do: 'waive'; readonly of: number }
  | { readonly do: 'refund'; readonly of: number; readonly amountMinor: number }
  | { readonly do: 'void'; readonly of: number };

const gift = fc.nat(GIFTS - 1);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('issue' as const),
      of: fc.uniqueArray(gift, { minLength: 1, maxLength: 45 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('waive' as const), of: gift }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('refund' as const), of: gift, amountMinor: fc.constantFrom(1, 400, 1_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), of: gift }) },
);

const FAULTS = { lostBefore: 0.08, lostAfter: 0.1, conflict: 0.15, throttle: 0.05, unreadable: 0.02 };

async function everyReceipt(table: MemoryTable) {
  return [...(await register(table, 2026)).receipts, ...(await register(table, 2027)).receipts];
}

/** Until it gets through, as a workflow or a person would: what is thrown is passing, and everything can be done again. */
async function insist<T>(what: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await what();
    } catch (error) {
      if (attempt > 40 || !(error instanceof TransientError || error instanceof ThrottledError)) throw error;
    }
  }
}

describe('a series of receipts', () => {
  test('has no gap and no double, and each gift at most one valid receipt of what is left of it, whoever issues at once and whatever is lost', async () => {
    const struck = { lostAfter: 0, conflict: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 }),
        fc.nat(),
        async (writers, seed) => {
          const table = memoryTable();
          await giveAll(
            table,
            giftIds.map((_, n) => entry(n)),
            NOW,
          );
          const faulty = faultyTable(table, FAULTS, seed);
          const use = { table: faulty, patience: hurried };
          const refunded = new Map<number, number>();

          const issue = (orders: ReceiptOrder[], by: string) =>
            insist(() => issueReceipts(use, issuer(momentOf(by), by), orders));

          async function giveBack(n: number, amountMinor: number, by: string, refundId: string): Promise<void> {
            const before = refunded.get(n) ?? 0;
            if (before + amountMinor > 1_000) return;
            refunded.set(n, before + amountMinor);
            await recordRefunds(table, [refundOf(entry(n), refundId, amountMinor, NOW)]);
            await insist(() => reverseRefunded(use, issuer(momentOf(by), by), `gft_${n}`, ORGANISATION));
          }

          async function makeVoid(n: number, by: string): Promise<void> {
            const receipts = await everyReceipt(table);
            const valid = receipts.find(
              ({ giftId, state, kind }) => giftId === `gft_${n}` && state === 'valid' && kind === 'gift',
            );
            if (valid !== undefined) await insist(() => takeBack(valid, by));
          }

          /** A mistake: void in the year of the receipt, reversed in another one. */
          async function takeBack(valid: Receipt, by: string): Promise<unknown> {
            const now = momentOf(by);
            const said = { by, reason: '姓名有误', seriesYear: Number(now === YEARS['2027'] ? 2027 : 2026) };
            const outcome = await voidReceipt(use, valid, said, now);
            return outcome.kind === 'refused' && outcome.code === 'year-over'
              ? reverseMistake(use, issuer(now, by), valid, '姓名有误')
              : outcome;
          }

          async function run(one: Act, by: string, place: number): Promise<void> {
            if (one.do === 'issue')
              await issue(
                one.of.map((n) => ({ giftId: `gft_${n}`, do: 'issue', about: about() })),
                by,
              );
            else if (one.do === 'waive') await issue([{ giftId: `gft_${one.of}`, do: 'waive', reason: 'waived' }], by);
            else if (one.do === 'refund') await giveBack(one.of, one.amountMinor, by, `${by}-${place}`);
            else await makeVoid(one.of, by);
          }

          await Promise.all(
            writers.map(async (acts, writer) => {
              for (const [place, one] of acts.entries()) await run(one, `writer-${writer}`, place);
            }),
          );
          // What refunds came between a receipt's reading and its writing is put right by the next run of the job.
          for (const giftId of giftIds)
            await insist(() => reverseRefunded(use, issuer(NOW, 'job'), giftId, ORGANISATION));

          expect([await problems(table, 2026), await problems(table, 2027)]).toEqual([[], []]);
          for (const year of [2026, 2027]) {
            const { receipts } = await register(table, year);
            expect(receipts.map(({ number }) => number)).toEqual(receipts.map((_, position) => position + 1));
            expect((await findSeries(table, ORGANISATION, year))?.issued ?? 0).toBe(receipts.length);
          }
          const receipts = await everyReceipt(table);
          const valid = receipts.filter(({ kind, state }) => kind === 'gift' && state === 'valid');
          for (const { giftId, amountMinor } of valid)
            expect(amountMinor).toBe(1_000 - (refunded.get(Number(giftId.slice(4))) ?? 0));
          expect(new Set(valid.map(({ giftId }) => giftId)).size).toBe(valid.length);
          expect(new Set(receipts.map(({ receiptId }) => receiptId)).size).toBe(receipts.length);
          struck.lostAfter += faulty.struck.lostAfter;
          struck.conflict += faulty.struck.conflict;
        },
      ),
      { numRuns: 60 },
    );
    // The store did lose answers and did show conflicts: else nothing was tested.
    expect(struck.lostAfter).toBeGreaterThan(20);
    expect(struck.conflict).toBeGreaterThan(20);
  });

  test('issues the receipt of a gift whose answer was lost once, and says so', async () => {
    const table = memoryTable();
    await giveAll(table, [entry(0)], NOW);
    let lost = false;
    const losing = {
      ...table,
      get: table.get.bind(table),
      getMany: table.getMany.bind(table),
      query: table.query.bind(table),
      write: table.write.bind(table),
      async transact(writes: Parameters<typeof table.transact>[0]) {
        const outcome = await table.transact(writes);
        if (lost) return outcome;
        lost = true;
        throw new TransientError('it happened, but the answer was lost');
      },
    };
    const orders: ReceiptOrder[] = [{ giftId: 'gft_0', do: 'issue', about: about() }];
    const outcomes = await issueReceipts({ table: losing, patience: hurried }, issuer(NOW), orders);
    expect(outcomes).toMatchObject(new Map([['gft_0', { kind: 'issued', receipt: { number: 1 } }]]));
    expect((await register(table)).receipts).toHaveLength(1);
  });
});
