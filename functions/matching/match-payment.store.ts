import { type Refusal, refuse, TransientError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/time.ts';
import { matchPaymentKey, matchPaymentsOfPool, poolKey } from '../platform/keys.ts';
import type { Table, TransactWrite } from '../platform/table.ts';
import {
  isSamePayment,
  type MatchPayment,
  type MatchPaymentRequest,
  matchPaymentSchema,
  paymentRefusal,
} from './match-payment.ts';
import { readPool } from './matching-pool.store.ts';
import { type MatchingPool, type MatchStage, stageAfter } from './matching-pool.ts';
import { type Patience, pauseBefore } from './patience.ts';

export type PaymentOutcome =
  | { readonly kind: 'booked' | 'already-booked'; readonly payment: MatchPayment; readonly stage: MatchStage }
  | Refusal;

/**
 * Books a sponsor's payment once, never beyond what its rule has given, and brings the matches to `paid` with the last
 * one. The campaign must have a pool. Payments move no money of the pool, so they are no entries of its recorded order.
 * Throws TransientError where the pool cannot be reached in time.
 */
export async function bookPayment(
  table: Table,
  about: { readonly campaignId: string; readonly by: string },
  request: MatchPaymentRequest,
  now: Instant,
  patience: Patience,
): Promise<PaymentOutcome> {
  const { campaignId, by } = about;
  const payment: MatchPayment = { type: 'match-payment', campaignId, ...request, recordedBy: by, recordedAt: now };
  for (let attempt = 0; ; attempt += 1) {
    if (attempt > 0) await pauseBefore(attempt, patience, `a payment for ${campaignId} did not get through`);
    const pool = await readPool(table, campaignId);
    const existing = await table.get(matchPaymentKey(campaignId, request.ruleId, request.reference));
    if (existing !== undefined) return standing(matchPaymentSchema.parse(existing), request, pool);
    const refused = paymentRefusal(pool, request, now);
    if (refused !== undefined) return refused;
    const { stage, writes } = booking(pool, payment);
    if (await isBooked(table, writes)) return { kind: 'booked', payment, stage };
  }
}

const standing = (payment: MatchPayment, request: MatchPaymentRequest, { stage }: MatchingPool): PaymentOutcome =>
  isSamePayment(payment, request)
    ? { kind: 'already-booked', payment, stage }
    : refuse(
        'reference-taken',
        `Another payment of ${payment.paidOn} stands under this reference. Nothing was booked.`,
      );

/** The payment and the pool in one transaction: no payment without its sum, and two at once never together too much. */
function booking(pool: MatchingPool, payment: MatchPayment) {
  const { campaignId, ruleId, amountMinor, reference } = payment;
  const { sequence, adjustments, payments } = pool;
  const paidMinor = { ...pool.paidMinor, [ruleId]: (pool.paidMinor?.[ruleId] ?? 0) + amountMinor };
  const stage = stageAfter({ stage: pool.stage, paidMinor: paidMinor as MatchingPool['paidMinor'] }, pool.funds);
  const writes: TransactWrite[] = [
    {
      update: poolKey(campaignId),
      set: { paidMinor, payments: (payments ?? 0) + 1, stage },
      when: { equals: { sequence, adjustments, stage: pool.stage, payments: payments ?? null } },
    },
    { put: { ...matchPaymentKey(campaignId, ruleId, reference), ...payment }, when: { absent: true } },
  ];
  return { stage, writes };
}

/** False where it has to be looked at again: refused by a guard, or no answer came, and then the next look finds it. */
async function isBooked(table: Table, writes: readonly TransactWrite[]): Promise<boolean> {
  try {
    return (await table.transact(writes)).kind === 'committed';
  } catch (error) {
    if (error instanceof TransientError) return false;
    throw error;
  }
}

/** The first payments of a campaign, at most `limit`, and whether there are more. */
export async function paymentsOf(table: Table, campaignId: string, limit: number) {
  const page = await table.query(matchPaymentsOfPool(campaignId), { limit });
  return { payments: page.items.map((item) => matchPaymentSchema.parse(item)), more: page.cursor !== undefined };
}
