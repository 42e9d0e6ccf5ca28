import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../functions/donations/dispute-entry.ts';
import { intentOf } from '../../functions/donations/donation-intent.ts';
import { type PaymentEvent, paymentEventSchema } from '../../functions/donations/payment-event.ts';
import {
  recordDisputeEvent,
  recordPayment,
  recordRefundEvent,
  recordRefundedSum,
} from '../../functions/donations/payment-intake.store.ts';
import type { RefundEvent } from '../../functions/donations/refund-entry.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf, localDateSchema } from '../../functions/kernel/time.ts';
import { readBooks } from '../../functions/ledger/books.store.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateDonations } from '../../functions/matching/allocate-donations.lambda.ts';
import { openingPoolItem } from '../../functions/matching/matching-pool.ts';
import { intentKey, poolKey } from '../../functions/platform/keys.ts';
import { type MemoryTable, memoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { COUNTED_TYPES } from './intake-books.ts';
import { CAMPAIGN_ID, putCampaign } from './open-campaign.ts';
import { putTeam, TEAM_ID } from './put-team.ts';

const NOW = instantOf('2026-09-08T12:00:00+08:00');
const ORDER = 'int_0123456789abcdefghjk';
const patience = { random: () => 0, pause: async () => undefined };
const DAYS = ['2026-09-07', '2026-09-08', '2026-09-09'].map((day) => localDateSchema.parse(day));

const PAYMENT: PaymentEvent = paymentEventSchema.parse({
  provider: 'stripe',
  merchantId: 'acct_1',
  paymentId: 'pi_1',
  orderNo: ORDER,
  amountMinor: 1_000,
  payerAmountMinor: 1_000,
  currency: 'CNY',
  occurredAt: '2026-09-07T10:00:00+08:00',
  payerReference: 'cus_1',
});
const { provider, merchantId, paymentId, orderNo, currency } = PAYMENT;
const about = { provider, merchantId, paymentId, orderNo, currency };
const refund = (refundId: string, amountMinor: number): RefundEvent => ({
  ...about,
  refundId,
  amountMinor: minor(amountMinor),
  occurredAt: instantOf('2026-09-08T10:00:00+08:00'),
});
const dispute = (state: DisputeEvent['state'], amountMinor = 400): DisputeEvent => ({
  ...about,
  disputeId: 'dp_1',
  state,
  amountMinor: minor(amountMinor),
  occurredAt: instantOf('2026-09-08T11:00:00+08:00'),
});

/** A campaign that matches one to one out of 100 yuan, and perhaps the order. */
async function openIntake({ withOrder = true }: { withOrder?: boolean } = {}) {
  const table = memoryTable();
  const campaign = await putCampaign(table);
  const { window, currency: booked, matching } = campaign.proposal;
  await table.write({ put: openingPoolItem(CAMPAIGN_ID, matching, window, booked) });
  const request = { amountMinor: minor(1_000), currency: 'CNY', anonymous: true, language: 'zh-CN' } as const;
  const { intent } = intentOf(request, campaign, ORDER, NOW);
  if (withOrder) await table.write({ put: { ...intentKey(ORDER), ...intent } });
  const use = { table, readDonorKey: async () => 'donor key' };
  return {
    table,
    pay: (changes: Partial<PaymentEvent> = {}) => recordPayment(use, { ...PAYMENT, ...changes }, NOW),
    refund: (event: RefundEvent) => recordRefundEvent(use, event, NOW),
    refundedUpTo: (refundedMinor: number) =>
      recordRefundedSum(
        use,
        { ...about, occurredAt: instantOf('2026-09-08T10:00:00+08:00'), refundedMinor: minor(refundedMinor) },
        NOW,
      ),
    dispute: (event: DisputeEvent) => recordDisputeEvent(use, event, NOW),
    ...streamOf(table),
  };
}

/** The table's stream in front of the real consumer: everything that has not been delivered yet, in order. */
function streamOf(table: MemoryTable) {
  let delivered = 0;
  const setAside: unknown[] = [];
  return {
    setAside,
    async deliver(): Promise<void> {
      const images = table.changes
        .slice(delivered)
        .filter(({ before, after }) => before === undefined && COUNTED_TYPES.includes(after?.type ?? ''))
        .map(({ after }, n) => ({ position: String(n), image: after }));
      delivered = table.changes.length;
      const use = { table, patience, setAside: async (record: unknown) => void setAside.push(record) };
      if (images.length > 0) await allocateDonations(images, use, NOW);
    },
  };
}

async function booksOf(table: MemoryTable) {
  const books = await readBooks(table, CAMPAIGN_ID, DAYS);
  if (books === undefined) throw new Error('the books moved while they were read');
  return books;
}

const sumOf = (table: MemoryTable, type: string): number =>
  table
    .everything()
    .filter((item) => item.type === type && item.sk.startsWith('ENTRY#'))
    .reduce((total, item) => total + Number(item['amountMinor']), 0);

type Step = 'payment' | 'refund of 3' | 'refund of 2' | 'opened' | 'lost' | 'won' | 'repeat of the payment';
const STEPS: readonly Step[] = [
  'payment',
  'refund of 3',
  'refund of 2',
  'opened',
  'lost',
  'won',
  'repeat of the payment',
];

async function take(intake: Awaited<ReturnType<typeof openIntake>>, step: Step, changes: Partial<PaymentEvent> = {}) {
  switch (step) {
    case 'payment':
    case 'repeat of the payment':
      return intake.pay(changes);
    case 'refund of 3':
      return intake.refund(refund('re_3', 300));
    case 'refund of 2':
      return intake.refund(refund('re_2', 200));
    default:
      return intake.dispute(dispute(step));
  }
}

describe('payment, refunds and a dispute', () => {
  const orders = fc.record({
    steps: fc.shuffledSubarray([...STEPS], { minLength: STEPS.length }),
    /** After which steps the stream is delivered: in between, late, or all at the end. */
    deliveries: fc.array(fc.boolean(), { minLength: STEPS.length, maxLength: STEPS.length }),
  });

  test.each([
    ['with an order of ours', true],
    ['by a door that names the campaign itself', false],
  ])('come to the same books in whatever order they arrive, %s', async (_how, withOrder) => {
    await fc.assert(
      fc.asyncProperty(orders, async ({ steps, deliveries }) => {
        const intake = await openIntake({ withOrder });
        const designation = { campaignId: CAMPAIGN_ID, anonymous: true, thankYouDue: false };
        for (const [n, step] of steps.entries()) {
          await take(intake, step, withOrder ? {} : { designation });
          if (deliveries[n] === true) await intake.deliver();
        }
        await intake.deliver();
        const books = await booksOf(intake.table);
        expect(violationsOf(books)).toEqual([]);
        // 10 yuan, of which 3 and 2 were refunded and 4 lost in a dispute: 1 yuan and its match are left.
        expect(books.totals.campaign).toMatchObject({
          gifts: 1,
          amountMinor: 1_000,
          refundedMinor: 900,
          matchMinor: 100,
        });
        expect(intake.setAside).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('of more than the gift never give back more than the gift: the rest is set aside for a person', async () => {
    const intake = await openIntake();
    await intake.pay();
    await intake.refund(refund('re_all', 1_000));
    await intake.deliver();
    await intake.dispute(dispute('lost', 1_000));
    await intake.deliver();
    const books = await booksOf(intake.table);
    expect(books.totals.campaign).toMatchObject({ refundedMinor: 1_000, matchMinor: 0, refundedGifts: 1 });
    expect(intake.setAside).toHaveLength(1);
  });

  test('in another currency than the gift are never subtracted from it', async () => {
    const intake = await openIntake();
    await intake.pay();
    await intake.refund({ ...refund('re_usd', 500), currency: 'USD' });
    await intake.deliver();
    expect((await booksOf(intake.table)).totals.campaign).toMatchObject({ refundedMinor: 0, matchMinor: 1_000 });
    expect(intake.setAside).not.toEqual([]);
  });
});

describe('a dispute', () => {
  test('that is opened, or won, marks the gift and moves no money', async () => {
    const intake = await openIntake();
    await intake.pay();
    for (const state of ['opened', 'won'] as const)
      expect(await intake.dispute(dispute(state))).toMatchObject({ kind: 'recorded', campaignId: CAMPAIGN_ID });
    await intake.deliver();
    expect(sumOf(intake.table, 'refund')).toBe(0);
    expect((await booksOf(intake.table)).totals.campaign).toMatchObject({ refundedMinor: 0 });
  });

  test('that is told of twice is in the books once', async () => {
    const intake = await openIntake();
    expect(await intake.dispute(dispute('lost'))).toMatchObject({ kind: 'recorded' });
    expect(await intake.dispute(dispute('lost'))).toMatchObject({ kind: 'already-recorded' });
    expect(await intake.dispute(dispute('lost', 401))).toMatchObject({ kind: 'contradicts' });
    expect(sumOf(intake.table, 'refund')).toBe(400);
  });

  test('that is lost months later corrects the confirmed matches by an entry of its own and edits nothing', async () => {
    const intake = await openIntake();
    await intake.pay();
    await intake.deliver();
    await intake.table.write({
      update: poolKey(CAMPAIGN_ID),
      set: { state: 'finalised', stage: 'confirmed', finalisedSequence: 1 },
    });
    const before = intake.table.everything().filter(({ type }) => ['match', 'journal', 'donation'].includes(type));
    await intake.dispute({ ...dispute('lost', 1_000), occurredAt: instantOf('2027-01-15T10:00:00+08:00') });
    await intake.deliver();
    const after = intake.table.everything();
    expect(after.filter(({ type }) => ['match', 'journal', 'donation'].includes(type))).toEqual(before);
    expect((await booksOf(intake.table)).adjustments).toMatchObject([
      { kind: 'refund', confirmed: true, refundId: 'dispute-dp_1', refundMinor: 1_000 },
    ]);
  });
});

describe('a provider that tells only the sum of all refunds', () => {
  test('has the difference booked, whatever order the sums come in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([100, 250, 600], { minLength: 3 }),
        fc.nat(3),
        fc.boolean(),
        async (sums, paidAfter, twice) => {
          const intake = await openIntake();
          for (const [n, sum] of [...sums, ...(twice ? sums : [])].entries()) {
            if (n === paidAfter) await intake.pay();
            await intake.refundedUpTo(sum);
            await intake.deliver();
          }
          await intake.pay();
          await intake.deliver();
          expect(sumOf(intake.table, 'refund')).toBe(600);
          const books = await booksOf(intake.table);
          expect(violationsOf(books)).toEqual([]);
          expect(books.totals.campaign).toMatchObject({ refundedMinor: 600, matchMinor: 400 });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('and tells two sums at the same moment has neither counted twice', async () => {
    const intake = await openIntake();
    await Promise.all([300, 500, 300, 500].map((sum) => intake.refundedUpTo(sum)));
    expect(sumOf(intake.table, 'refund')).toBe(500);
  });
});

describe('a door that names the campaign itself', () => {
  const named = (changes: object = {}) => ({
    designation: { campaignId: CAMPAIGN_ID, unitId: 'xuanhan', anonymous: false, thankYouDue: true, ...changes },
  });
  const entry = (table: MemoryTable) => table.everything().find(({ type }) => type === 'donation');

  test('has its gift booked there, with the unit and the wishes it names', async () => {
    const intake = await openIntake({ withOrder: false });
    expect(await intake.pay(named())).toMatchObject({ kind: 'recorded', campaignId: CAMPAIGN_ID });
    expect(entry(intake.table)).toMatchObject({ unitId: 'xuanhan', anonymous: false, thankYouDue: true });
  });

  test('and a unit that the campaign does not have, counts for the campaign alone', async () => {
    const intake = await openIntake({ withOrder: false });
    await intake.pay(named({ unitId: 'elsewhere' }));
    expect(entry(intake.table)).toMatchObject({ campaignId: CAMPAIGN_ID });
    expect(entry(intake.table)).not.toHaveProperty('unitId');
  });

  test('and a team, counts for it where that took gifts when it was paid, and else for the campaign alone', async () => {
    for (const [state, decidedAt, expected] of [
      ['approved', '2026-09-07T09:00:00+08:00', TEAM_ID],
      ['waiting', '2026-09-07T09:00:00+08:00', undefined],
      ['declined', '2026-09-07T11:00:00+08:00', undefined],
      ['closed', '2026-09-07T11:00:00+08:00', TEAM_ID],
      ['closed', '2026-09-07T10:00:00+08:00', undefined],
    ] as const) {
      const intake = await openIntake({ withOrder: false });
      await putTeam(intake.table, state, instantOf(decidedAt));
      await intake.pay(named({ teamId: TEAM_ID }));
      expect([state, entry(intake.table)?.['teamId']]).toEqual([state, expected]);
    }
    const without = await openIntake({ withOrder: false });
    await without.pay(named({ teamId: '__proto__' }));
    expect(entry(without.table)).not.toHaveProperty('teamId');
  });

  test('has its refund booked there as well, once the payment has come', async () => {
    const intake = await openIntake({ withOrder: false });
    await intake.pay(named());
    expect(await intake.refund(refund('re_1', 500))).toMatchObject({ kind: 'recorded', campaignId: CAMPAIGN_ID });
  });

  test('has a refund settled that looked for its payment a moment before that came and was counted', async () => {
    const intake = await openIntake({ withOrder: false });
    const { table } = intake;
    const late: Table = {
      ...table,
      async transact(writes) {
        await intake.pay(named());
        await intake.deliver();
        return table.transact(writes);
      },
    };
    const outcome = await recordRefundEvent({ table: late }, refund('re_1', 500), NOW);
    expect(outcome).toMatchObject({ kind: 'recorded', campaignId: 'unassigned' });
    await intake.deliver();
    const books = await booksOf(table);
    expect(violationsOf(books)).toEqual([]);
    expect(books.totals.campaign).toMatchObject({ refundedMinor: 500, matchMinor: 500 });
  });

  test.each([
    ['unknown-campaign', { designation: { ...named().designation, campaignId: 'cmp_elsewhere' } }],
    ['unknown-campaign', { designation: { ...named().designation, campaignId: '__proto__' } }],
    ['wrong-currency', { ...named(), currency: 'USD' as const }],
    ['unknown-order', { designation: undefined }],
  ])('has it kept without one because of %s', async (reason, changes) => {
    const intake = await openIntake({ withOrder: false });
    const { designation: _none, ...plain } = PAYMENT;
    const payment = { ...plain, ...changes } as PaymentEvent;
    expect(await intake.pay(payment)).toMatchObject({ kind: 'unassigned', reason });
    expect(entry(intake.table)).toMatchObject({ campaignId: 'unassigned', anonymous: true, thankYouDue: false });
    await intake.refund(refund('re_1', 500));
    await intake.deliver();
    expect((await booksOf(intake.table)).journal).toEqual([]);
  });
});
