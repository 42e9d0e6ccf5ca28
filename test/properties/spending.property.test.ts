import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCampaignTerms } from '../../functions/campaigns/campaign-terms.store.ts';
import { decideGoods, enterGoods } from '../../functions/goods/goods.store.ts';
import { goodsRequestIdOf, goodsRequestSchema } from '../../functions/goods/goods-request.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import type { MemoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { decideSpending, enterSpending } from '../../functions/spending/spending.store.ts';
import { readSpendingBooks } from '../../functions/spending/spending-books.store.ts';
import { spendingViolations } from '../../functions/spending/spending-invariants.ts';
import { requestIdOf, spendingRequestSchema } from '../../functions/spending/spending-request.ts';
import { ROOT } from '../access/people.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { type FaultRates, faultyTable } from '../faults/faulty-table.ts';
import { NOW, spendingBooks } from '../spending/spending-books.ts';

// People of one campaign pay, take back, transfer, receive and issue, at one moment and over a store that loses answers. Whatever
// the order and whatever is lost: what stands in the books is what somebody asked for, once, and no line and no stock is overdrawn.

const RATES: FaultRates = { lostBefore: 0.05, lostAfter: 0.08, conflict: 0.08, throttle: 0.03, unreadable: 0.02 };
const patience = { random: () => 0.5, pause: async () => undefined };
const shows = [{ kind: 'other', number: '1' }];

const payment = fc.record({
  kind: fc.constant('pay' as const),
  lineNo: fc.integer({ min: 1, max: 4 }),
  amountMinor: fc.constantFrom(1, 99_999, 150_000, 400_000, 2_500_000, 6_000_000),
});
const reversal = fc.record({
  kind: fc.constant('back' as const),
  of: fc.integer({ min: 1, max: 12 }),
  amountMinor: fc.constantFrom(1, 99_999, 400_000),
});
const transfer = fc.record({
  kind: fc.constant('transfer' as const),
  fromLineNo: fc.integer({ min: 1, max: 4 }),
  toLineNo: fc.integer({ min: 1, max: 4 }),
  amountMinor: fc.constantFrom(1, 400_000, 3_000_000),
});
const receipt = fc.record({
  kind: fc.constant('receive' as const),
  expenditure: fc.integer({ min: 1, max: 6 }),
  valueMinor: fc.constantFrom(1, 1_000, 99_999, 400_000),
  quantity: fc.integer({ min: 1, max: 7 }),
});
const issue = fc.record({
  kind: fc.constantFrom('issue' as const, 'move' as const, 'write-off' as const),
  lot: fc.nat({ max: 1 }),
  place: fc.constantFrom('仓库', '宣汉'),
  quantity: fc.integer({ min: 1, max: 5 }),
});
type Deed = { readonly kind: string; readonly [field: string]: unknown };
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { arbitrary: payment, weight: 4 },
  { arbitrary: reversal, weight: 2 },
  { arbitrary: transfer, weight: 2 },
  { arbitrary: receipt, weight: 2 },
  { arbitrary: issue, weight: 3 },
);

/** Tries again as a person does who saw no answer: with the same key. */
async function untilAnswered<T>(act: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
    }
  }
  throw new Error('nobody was answered in 60 attempts');
}

/** Two people do the same at one moment, or one does it twice. */
async function atOnce<T>(act: (by: string) => Promise<T>): Promise<T> {
  const [first] = await Promise.all([untilAnswered(() => act('li')), untilAnswered(() => act('wang'))]);
  return first;
}

/** Every fifth is rejected. */
const wordOn = (n: number) =>
  n % 5 === 4 ? ({ decision: 'reject', reason: '再查' } as const) : ({ decision: 'confirm' } as const);

async function spend(table: Table, one: Deed, n: number): Promise<void> {
  const { kind, ...fields } = one;
  const paid = { payee: `供应商 ${n}`, paidOn: '2026-10-07', purpose: '采购', voucherNo: `记-${n}`, evidence: shows };
  const asked =
    kind === 'pay'
      ? { ...fields, ...paid, kind: 'expenditure' }
      : kind === 'back'
        ? { ...fields, kind: 'reversal', reversedOn: '2026-10-08', reason: '退货' }
        : { ...fields, kind: 'transfer', reason: '调剂' };
  const request = spendingRequestSchema.parse(asked);
  const requestId = requestIdOf(CAMPAIGN_ID, `key-${n}`);
  const entered = await atOnce(() =>
    enterSpending(table, CAMPAIGN_ID, request, { requestId, by: 'chen', now: NOW }, patience),
  );
  // Every seventh is still waiting when all is over.
  if (entered.kind === 'refused' || entered.request.state === 'booked' || n % 7 === 6) return;
  await atOnce((by) => decideSpending(table, CAMPAIGN_ID, requestId, wordOn(n), { by, now: NOW }, patience));
}

async function handle(table: Table, one: Deed, n: number, lots: readonly string[]): Promise<void> {
  const { kind, expenditure, valueMinor, lot, ...fields } = one;
  const about = { quantity: one['quantity'], on: '2026-10-08', evidence: shows };
  const source = { kind: 'bought', expenditure, item: '大米', unit: '袋', valueMinor, basisReference: 'FP' };
  const asked =
    kind === 'receive'
      ? { ...about, kind, source, place: '仓库' }
      : {
          ...about,
          kind,
          lotId: lots[Number(lot)] ?? 'lot_00000000000000000000',
          place: fields['place'],
          ...(kind === 'issue' ? { recipient: { kind: 'place', name: '某村' } } : {}),
          ...(kind === 'move' ? { toPlace: fields['place'] === '仓库' ? '宣汉' : '仓库' } : {}),
          ...(kind === 'write-off' ? { reason: '破损' } : {}),
        };
  const request = goodsRequestSchema.parse(asked);
  const requestId = goodsRequestIdOf(CAMPAIGN_ID, `key-${n}`);
  const terms = await untilAnswered(() => findCampaignTerms(table, CAMPAIGN_ID));
  if (terms === undefined) throw new Error('there is no campaign');
  const entered = await atOnce(() => enterGoods(table, terms, request, { requestId, by: 'chen', now: NOW }, patience));
  // Every seventh is still waiting when all is over.
  if (entered.kind === 'refused' || entered.request.state === 'booked' || n % 7 === 6) return;
  await atOnce((by) => decideGoods(table, terms, requestId, wordOn(n), { by, now: NOW }, patience));
}

/** The requests of which somebody was told that they are booked. */
const bookedRequests = (table: MemoryTable): string[] =>
  table
    .everything()
    .filter(({ type, state }) => (type === 'spending-request' || type === 'goods-request') && state === 'booked')
    .map((item) => String(item['requestId']));

const waitingRequests = (table: MemoryTable): string[] =>
  table
    .everything()
    .filter(({ type, state }) => String(type).endsWith('-request') && state === 'awaiting-confirmation')
    .map((item) => String(item['requestId']))
    .toSorted();
const inInboxes = (table: MemoryTable): string[] =>
  table
    .everything()
    .filter(({ type, indexPk }) => type === 'confirmation' && indexPk === `CONFIRMATIONS#WAITING#${ROOT}`)
    .map((item) => String(item['requestId']))
    .toSorted();

const isOfGoods = ({ kind }: Deed): boolean => ['receive', 'issue', 'move', 'write-off'].includes(kind);

describe('whatever people do at one moment, over a store that fails', () => {
  test('the books hold: every invariant of spending and goods, and each deed once or not at all', async () => {
    let booked = 0;
    let refused = 0;
    let struck = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(deed, { minLength: 4, maxLength: 24 }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        async (deeds, seed) => {
          const { table } = await spendingBooks();
          const faulty = faultyTable(table, RATES, seed);
          // There is something to take back and to issue before anybody begins.
          await spend(table, { kind: 'pay', lineNo: 1, amountMinor: 100_000 }, 101);
          await handle(table, { kind: 'receive', expenditure: 1, valueMinor: 99_998, quantity: 7 }, 102, []);
          // In waves, so that there is something to take back and to issue; within a wave all at once.
          const waves = [deeds.slice(0, 8), deeds.slice(8, 16), deeds.slice(16)];
          for (const [wave, part] of waves.entries()) {
            const lots = table
              .everything()
              .flatMap((item) => (item.type === 'goods-lot' ? [String(item['lotId'])] : []));
            await Promise.all(
              part.map((one, n) =>
                isOfGoods(one) ? handle(faulty, one, wave * 8 + n, lots) : spend(faulty, one, wave * 8 + n),
              ),
            );
          }
          const books = await readSpendingBooks(table, CAMPAIGN_ID);
          if (books === undefined) throw new Error('the books moved while they were read');
          expect(spendingViolations(books)).toEqual([]);
          const ids = [...books.entries, ...books.goods].map(({ requestId }) => requestId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(bookedRequests(table).toSorted()).toEqual(ids.toSorted());
          // What is in people's inboxes is what waits, neither more nor less.
          expect(inInboxes(table)).toEqual(waitingRequests(table));
          booked += ids.length;
          refused += deeds.length + 2 - ids.length;
          struck += Object.values(faulty.struck).reduce((all, times) => all + times, 0);
        },
      ),
      { numRuns: 60 },
    );
    // The run has tested something: there were entries, refusals and faults.
    expect(Math.min(booked, refused, struck)).toBeGreaterThan(100);
  }, 120_000);

  test('a line that has room for one of ten payments takes exactly one', async () => {
    const { table } = await spendingBooks();
    const faulty = faultyTable(table, RATES, 7);
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => spend(faulty, { kind: 'pay', lineNo: 4, amountMinor: 300_000 }, n)),
    );
    const books = await readSpendingBooks(table, CAMPAIGN_ID);
    expect(bookedRequests(table)).toEqual(books?.entries.map(({ requestId }) => requestId));
    expect(books?.entries).toHaveLength(1);
    expect(books?.book.spentMinor).toBe(300_000);
  });
});
