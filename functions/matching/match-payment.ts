import * as z from 'zod';
import { type FieldProblem, type Refusal, refuse } from '../kernel/errors.ts';
import { formatMoney, minor, positiveAmountMinorSchema } from '../kernel/money.ts';
import { type Instant, instantSchema, localDateOf, localDateSchema } from '../kernel/time.ts';
import { givenMinorOf, type MatchingPool } from './matching-pool.ts';
import { slugSchema } from './rules/slug.ts';

/** A sponsor's payment as finance finds it on the bank's statement. */
export const matchPaymentRequestSchema = z.strictObject({
  ruleId: slugSchema,
  amountMinor: positiveAmountMinorSchema,
  /** The bank's reference: one payment has one, so that telling of it twice books it once. */
  reference: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ./_-]{0,79}$/u, 'must be 1 to 80 letters, digits, spaces or . / _ -'),
  paidOn: localDateSchema,
});
export type MatchPaymentRequest = z.infer<typeof matchPaymentRequestSchema>;

/** A payment as it is stored under its pool: written once, never changed. */
export const matchPaymentSchema = z.object({
  type: z.literal('match-payment'),
  campaignId: z.string(),
  ...matchPaymentRequestSchema.shape,
  recordedBy: z.string(),
  recordedAt: instantSchema,
});
export type MatchPayment = z.infer<typeof matchPaymentSchema>;

/** Whether a payment under this reference is the one that was told of now. */
export const isSamePayment = (payment: MatchPayment, { ruleId, amountMinor, reference, paidOn }: MatchPaymentRequest) =>
  payment.ruleId === ruleId &&
  payment.amountMinor === amountMinor &&
  payment.reference === reference &&
  payment.paidOn === paidOn;

/** Why a payment cannot be booked. */
export function paymentRefusal(pool: MatchingPool, request: MatchPaymentRequest, now: Instant): Refusal | undefined {
  if (pool.stage !== 'confirmed' && pool.stage !== 'paid')
    return refuse('not-confirmed', 'The matches of this campaign are not confirmed yet; nothing is owed.');
  const problem = paymentProblem(pool, request, now);
  return problem === undefined ? undefined : refuse('impossible-payment', 'The payment cannot be booked.', [problem]);
}

function paymentProblem(
  { funds, paidMinor, currency, zone }: MatchingPool,
  { ruleId, amountMinor, paidOn }: MatchPaymentRequest,
  now: Instant,
): FieldProblem | undefined {
  const fund = funds.find((one) => one.ruleId === ruleId);
  if (fund === undefined)
    return { field: 'ruleId', problem: 'is no rule of this campaign', fix: 'name the rule whose sponsor has paid' };
  if (paidOn > localDateOf(now, zone))
    return { field: 'paidOn', problem: 'lies ahead', fix: 'book a payment when it has come' };
  const owedMinor = givenMinorOf(fund) - (paidMinor?.[ruleId] ?? 0);
  if (amountMinor <= owedMinor) return undefined;
  return {
    field: 'amountMinor',
    problem: `is more than what is still owed, ${formatMoney(minor(Math.max(0, owedMinor)), currency)}`,
    fix: 'book what was matched; anything beyond it is a gift of its own',
  };
}
