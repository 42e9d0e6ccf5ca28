import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditedTable } from '../../functions/audit/audited-table.ts';
import { findCampaignTerms } from '../../functions/campaigns/campaign-terms.store.ts';
import { type DonationEntry, donationEntrySchema } from '../../functions/donations/donation-entry.ts';
import {
  assignmentProblems,
  giftArrivalSchema,
  giftAssignmentSchema,
} from '../../functions/donations/gift-assignment.ts';
import { SECOND_PERSON_FROM_MINOR } from '../../functions/donations/offline-gift.ts';
import { giftIdOf, type PaymentEvent, paymentEventSchema } from '../../functions/donations/payment-event.ts';
import { recordPayment, recordRefundEvent } from '../../functions/donations/payment-intake.store.ts';
import {
  decide,
  type FindTarget,
  findUnassigned,
  propose,
  unassignedMoney,
} from '../../functions/donations/unassigned-money.store.ts';
import {
  type ProposalRequest,
  proposalIdOf,
  refuseTarget,
  unassignedMoneySchema,
} from '../../functions/donations/unassigned-money.ts';
import { ThrottledError, TransientError } from '../../functions/kernel/errors.ts';
import { minor } from '../../functions/kernel/money.ts';
import { instantOf } from '../../functions/kernel/time.ts';
import { violationsOf } from '../../functions/ledger/invariants.ts';
import { allocateDonations } from '../../functions/matching/allocate-donations.lambda.ts';
import { UNASSIGNED } from '../../functions/platform/keys.ts';
import type { MemoryTable } from '../../functions/platform/table.memory.ts';
import type { Table } from '../../functions/platform/table.ts';
import { ROOT } from '../access/people.ts';
import { COUNTED_TYPES, openBooks } from '../donations/intake-books.ts';
import { CAMPAIGN_ID } from '../donations/open-campaign.ts';
import { faultyTable } from '../faults/faulty-table.ts';

// Payments that fit their order and that do not, refunds, and people who propose, confirm and turn down, at once and in turn, on a
// store that loses answers: whatever happens, money is where it belongs, once.

const NOW = instantOf('2026-09-08T12:00:00+08:00');
const ORDER = 'int_0123456789abcdefghjk';
const patience = { random: () => 0, pause: async () => undefined };
const PEOPLE = ['chen', 'li'] as const;

/** One that fits its order, one that does not, one of no order, and a large one of no order. */
const PAYMENTS: readonly PaymentEvent[] = [
  { paymentId: 'fits', orderNo: ORDER, amountMinor: 1_000 },
  { paymentId: 'differs', orderNo: ORDER, amountMinor: 900 },
  { paymentId: 'unknown', orderNo: 'int_x', amountMinor: 5_000 },
  { paymentId: 'large', orderNo: 'int_y', amountMinor: SECOND_PERSON_FROM_MINOR },
].map((payment) =>
  paymentEventSchema.parse({
    provider: 'stripe',
    merchantId: 'acct_1',
    ...payment,
    payerAmountMinor: payment.amountMinor,
    currency: 'CNY',
    occurredAt: '2026-09-07T10:00:00+08:00',
    payerReference: `cus_${payment.paymentId}`,
  }),
);

type Step =
  | { readonly kind: 'pay' | 'stream' }
  | { readonly kind: 'refund'; readonly part: number; readonly no: number }
  | { readonly kind: 'assign' | 'return'; readonly by: number; readonly key: number }
  | { readonly kind: 'confirm' | 'reject'; readonly by: number };
type Deed = Step & { readonly of: number; readonly withNext: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('pay' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stream' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('refund' as const),
      part: fc.constantFrom(0.1, 0.5, 1),
      no: fc.nat(1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('assign' as const, 'assign' as const, 'return' as const),
      by: fc.nat(1),
      key: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('confirm' as const, 'reject' as const), by: fc.nat(1) }) },
);
const deeds = fc.array(
  fc
    .tuple(step, fc.constantFrom(0, 1, 1, 2, 2, 3, 3), fc.boolean())
    .map(([one, of, withNext]): Deed => ({ ...one, of, withNext })),
  { minLength: 8, maxLength: 40, size: 'max' },
);

const FAULTS = { lostBefore: 0.06, lostAfter: 0.06, conflict: 0.06, throttle: 0.03, unreadable: 0.02 };

async function openWorld(seed: number) {
  const { table, books, setAside } = await openBooks({ orderNo: ORDER, amountMinor: 1_000 }, NOW);
  const faulty = faultyTable(table, FAULTS, seed);
  const audited = (store: Table, by: string): Table =>
    auditedTable(store, { organisationId: ROOT, by, action: 'assigns', now: NOW }, patience);
  const findTarget: FindTarget = async (money, request) => {
    const terms = await findCampaignTerms(table, request.campaignId);
    if (terms === undefined) throw new Error('the campaign is gone');
    return refuseTarget(money, request, terms, true) ?? { kind: 'target', terms, intent: undefined };
  };
  const findRefunding = async () => async () => ({ kind: 'accepted' as const, providerRefundId: 'r' });
  let delivered = 0;

  async function deliver(store: Table): Promise<void> {
    const end = table.changes.length;
    const images = table.changes
      .slice(delivered, end)
      .filter(({ before, after }) => before === undefined && COUNTED_TYPES.includes(after?.type ?? ''))
      .map(({ after }, n) => ({ position: String(n), image: after }));
    const use = { table: store, patience, setAside: async (note: unknown) => void setAside.push(note) };
    if (images.length > 0) await allocateDonations(images, use, NOW);
    delivered = Math.max(delivered, end);
  }

  async function doIt(deed: Deed, store: Table): Promise<unknown> {
    const payment = PAYMENTS[deed.of] as PaymentEvent;
    const giftId = giftIdOf(payment);
    switch (deed.kind) {
      case 'pay':
        return recordPayment({ table: store, readDonorKey: async () => 'key' }, payment, NOW);
      case 'stream':
        return deliver(store);
      case 'refund': {
        const { provider, merchantId, paymentId, orderNo, currency } = payment;
        const amountMinor = minor(Math.round(payment.amountMinor * deed.part));
        const refundId = `re-${paymentId}-${deed.no}-${deed.part}`;
        const refund = { provider, merchantId, paymentId, orderNo, currency, refundId, amountMinor, occurredAt: NOW };
        return recordRefundEvent({ table: store }, refund, NOW);
      }
    }
    const by = PEOPLE[deed.by] ?? 'chen';
    const use = { table: audited(store, by), findRefunding };
    const money = await findUnassigned(use.table, giftId);
    if (money === undefined) return undefined;
    if (!('key' in deed)) {
      const proposalId = money.proposal?.proposalId ?? 'asg_none';
      return decide(use, money, { proposalId, decision: deed.kind, reason: 'why' }, findTarget, { by, now: NOW });
    }
    const request: ProposalRequest =
      deed.kind === 'return'
        ? { kind: 'return', reason: 'why' }
        : { kind: 'assign', campaignId: CAMPAIGN_ID, reason: 'why' };
    return propose(use, money, request, proposalIdOf(giftId, `key-${deed.key}`), findTarget, { by, now: NOW });
  }

  return { table, faulty, books, setAside, doIt, deliver };
}

/** What a caller does who gets no answer, or is asked to come again: nothing, this time. */
const tried = async (call: Promise<unknown>): Promise<void> => {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof ThrottledError)) throw error;
  }
};

/** More went back than was paid: such a world is one that no provider makes, and its books set the rest aside. */
const isOverRefunded = (items: readonly Record<string, unknown>[], giftId: string, amountMinor: number): boolean =>
  items
    .filter((item) => item['type'] === 'refund' && item['giftId'] === giftId)
    .reduce((total, item) => total + Number(item['amountMinor']), 0) > amountMinor;

const seen = { assigned: 0, confirmed: 0, returned: 0, partly: 0, rejected: 0 };

describe('money that came for no campaign', () => {
  test('is never lost, never counted twice and never changed, whoever does what at the same moment', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fc.subarray([0, 1, 2, 3]), fc.nat(), async (steps, arrivedFirst, seed) => {
        const world = await openWorld(seed);
        for (const of of arrivedFirst) await tried(world.doIt({ kind: 'pay', of, withNext: false }, world.faulty));
        for (let n = 0; n < steps.length; n += 1) {
          const together = [steps[n], ...(steps[n]?.withNext === true ? [steps[n + 1]] : [])].filter(
            (one) => one !== undefined,
          );
          await Promise.all(together.map((one) => tried(world.doIt(one, world.faulty))));
          n += together.length - 1;
        }
        // Providers and the stream go on until they were heard.
        for (const of of PAYMENTS.keys()) await world.doIt({ kind: 'pay', of, withNext: false }, world.table);
        await world.deliver(world.table);
        await checkWorld(world);
      }),
      { numRuns: 600 },
    );
    // The worlds were worth it: each of these was seen.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  }, 120_000);
});

type Items = readonly (Record<string, unknown> & { readonly type: string })[];
const ofGift = (items: Items, giftId: string, type: string): Items =>
  items.filter((item) => item.type === type && item['giftId'] === giftId);

async function checkWorld({ table, books, setAside }: Awaited<ReturnType<typeof openWorld>>): Promise<void> {
  const items = table.everything();
  const over = PAYMENTS.some((payment) => isOverRefunded(items, giftIdOf(payment), payment.amountMinor));
  const entries = items.filter(({ type }) => type === 'donation').map((item) => donationEntrySchema.parse(item));
  const ledger = await books();
  if (!over) {
    expect(violationsOf(ledger)).toEqual([]);
    expect(setAside).toEqual([]);
  }
  // Every payment is one entry, with its money; what is a campaign's is counted there, what is nobody's is nowhere.
  expect(entries.map(({ paymentId, amountMinor }) => [paymentId, amountMinor]).toSorted()).toEqual(
    PAYMENTS.map(({ paymentId, amountMinor }) => [paymentId, amountMinor]).toSorted(),
  );
  const counted = entries.filter(({ campaignId }) => campaignId !== UNASSIGNED).map(({ giftId }) => giftId);
  expect(ledger.journal.map(({ giftId }) => giftId).toSorted()).toEqual(counted.toSorted());
  const listed = new Set<string>();
  for await (const { giftId } of unassignedMoney(table)) listed.add(giftId);
  for (const entry of entries) checkGift(entry, items, listed);
  checkCourse(table);
}

const refundIdOf = ({ refund }: { readonly refund: Record<string, unknown> }): unknown => refund['refundId'];

/** What cannot be seen in the end: that nobody wrote over another's deed, and what stood when money was assigned. */
function checkCourse({ changes }: MemoryTable): void {
  const refunds = new Map<string, number>();
  for (const { before, after } of changes) {
    const giftId = String(after?.['giftId']);
    const amountMinor = Number(after?.['amountMinor']);
    if (after?.type === 'unassigned-money') expect(Number(after['version']) - Number(before?.['version'] ?? 0)).toBe(1);
    if (after?.type === 'refund' && before === undefined) refunds.set(giftId, (refunds.get(giftId) ?? 0) + amountMinor);
    if (after?.type === 'gift-assignment') expect(amountMinor - (refunds.get(giftId) ?? 0)).toBeGreaterThan(0);
  }
  for (const [position, { after }] of changes.entries()) {
    if (after?.type !== 'gift-assignment') continue;
    // Refunds that were there moved with their gift; one that comes later finds where it is.
    const ofIt = changes.flatMap((one, at) =>
      one.after?.type === 'refund' && one.after['giftId'] === after['giftId'] ? [{ at, refund: one.after }] : [],
    );
    const moved = new Set(ofIt.filter(({ refund }) => refund['campaignId'] === CAMPAIGN_ID).map(refundIdOf));
    for (const one of ofIt) if (one.at < position) expect(moved.has(refundIdOf(one))).toBe(true);
  }
}

function checkGift(entry: DonationEntry, items: Items, listed: ReadonlySet<string>): void {
  const { giftId, amountMinor } = entry;
  const [assigned] = ofGift(items, giftId, 'gift-assignment');
  const [arrived] = ofGift(items, giftId, 'gift-arrival');
  const assignment = giftAssignmentSchema.optional().parse(assigned);
  expect(assignmentProblems(entry, giftArrivalSchema.optional().parse(arrived)?.entry, assignment)).toEqual([]);
  const [beside] = ofGift(items, giftId, 'unassigned-money');
  // Nothing that fits its order is on the list, and all that does not has an item that says how it stands.
  expect(beside === undefined).toBe(entry.paymentId === 'fits');
  if (beside === undefined) return;
  const money = unassignedMoneySchema.parse(beside);
  expect(money.state === 'assigned').toBe(entry.campaignId !== UNASSIGNED);
  expect(listed.has(giftId)).toBe(!['assigned', 'returned'].includes(money.state));
  const isDone = money.state === 'assigned' || money.state === 'returning';
  if (amountMinor >= SECOND_PERSON_FROM_MINOR && isDone) {
    expect(money.decidedBy).toBeDefined();
    expect(money.decidedBy).not.toBe(money.proposal?.by);
  }
  // What was asked back is not a campaign's as well.
  if (ofGift(items, giftId, 'refund-request').length > 0) expect(entry.campaignId).toBe(UNASSIGNED);
  if (money.state === 'assigned') seen.assigned += 1;
  if (assignment?.confirmedBy !== undefined) seen.confirmed += 1;
  if (money.state === 'assigned' && ofGift(items, giftId, 'refund').length > 0) seen.partly += 1;
  if (money.state === 'returned') seen.returned += 1;
  if (money.rejected !== undefined) seen.rejected += 1;
}
