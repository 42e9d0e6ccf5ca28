import { donationItemOf } from '../functions/donations/donation-entry.ts';
import { intentItemOf } from '../functions/donations/donation-intent.ts';
import { giftIdOf } from '../functions/donations/payment-event.ts';
import { minor } from '../functions/kernel/money.ts';
import { type Instant, instantOf, type LocalDate, plusSeconds } from '../functions/kernel/time.ts';
import type { Item } from '../functions/platform/table.ts';
import type { Payment } from '../local/sandbox/transaction.ts';

/** Days of one account, each with as many gifts; of each day the first few have something wrong. */
export type DayPlan = {
  readonly merchantId: string;
  readonly days: readonly string[];
  readonly giftsPerDay: number;
};

const numberOf = (plan: DayPlan, day: string, position: number): number =>
  plan.days.indexOf(day) * plan.giftsPerDay + position;
const orderNoOf = (number: number): string => `int_${String(number).padStart(20, '0')}`;
const paymentIdOf = (number: number): string => `4200${String(number).padStart(24, '0')}`;
const amountOf = (number: number) => minor(100 + (number % 5_000));
const paidAt = (day: string, position: number): Instant =>
  plusSeconds(instantOf(`${day}T00:00:00+08:00`), position % 86_400);
/** The number in the key of an order of ours. */
export const positionOf = (pk: string): number | undefined =>
  pk.startsWith('ORDER#int_') ? Number(pk.slice('ORDER#int_'.length)) : undefined;

/** Of each day, these are wrong: a payment that the bill has and the books have not, and one that it has with a fen more. */
export const [NOT_BOOKED, A_FEN_MORE] = [0, 1] as const;

export function entryItem(plan: DayPlan, day: string, position: number, campaignId: string): Item {
  const number = numberOf(plan, day, position);
  const paymentId = position === NOT_BOOKED ? `${paymentIdOf(number)}x` : paymentIdOf(number);
  const giftId = giftIdOf({ provider: 'wechat-pay', paymentId });
  const occurredAt = paidAt(day, position);
  // What is not booked is a gift at another door instead, so that each day has as many entries.
  const provider = position === NOT_BOOKED ? 'stripe' : 'wechat-pay';
  return donationItemOf({
    type: 'donation',
    giftId,
    provider,
    merchantId: plan.merchantId,
    paymentId,
    orderNo: orderNoOf(number),
    campaignId,
    donorId: 'dnr_00000000000000000000',
    anonymous: true,
    thankYouDue: false,
    amountMinor: amountOf(number),
    payerAmountMinor: amountOf(number),
    currency: 'CNY',
    occurredAt,
    recordedAt: occurredAt,
    day: day as LocalDate,
    zone: 'Asia/Shanghai',
  });
}

export const intentItem = (_plan: DayPlan, number: number, campaignId: string): Item =>
  intentItemOf({
    type: 'donation-intent',
    orderNo: orderNoOf(number),
    campaignId,
    amountMinor: amountOf(number),
    currency: 'CNY',
    anonymous: true,
    emailGiven: false,
    language: 'zh-CN',
    zone: 'Asia/Shanghai',
    createdAt: instantOf('2026-09-01T00:00:00+08:00'),
  });

/** What the provider was paid on a day. */
export function paymentsOf(plan: DayPlan, day: string): Payment[] {
  return Array.from({ length: plan.giftsPerDay }, (_, position) => {
    const number = numberOf(plan, day, position);
    const amountMinor = amountOf(number) + (position === A_FEN_MORE ? 1 : 0);
    return {
      transactionId: paymentIdOf(number),
      orderNo: orderNoOf(number),
      openid: `openid-${number}`,
      amountMinor,
      payerAmountMinor: amountMinor,
      paidAt: paidAt(day, position),
    } as Payment;
  });
}
