import { createHash } from 'node:crypto';
import { formatDecimal, minor } from '../../functions/kernel/money.ts';
import { type Instant, type LocalDate, localDateOf, plusDays, startOfDay } from '../../functions/kernel/time.ts';
import { feeFen } from './fees.ts';
import type { Movement } from './fund-flow-bill.ts';
import { type Payment, PROVIDER_ZONE, type TradeType } from './transaction.ts';

/** An order that somebody pays. */
export type PaymentRequest = {
  readonly orderNo: string;
  /** In fen. */
  readonly amountMinor: number;
  readonly openid: string;
  readonly paidAt: Instant;
  /** JSAPI, in a chat's page, if left out. */
  readonly tradeType?: TradeType;
  /** Coupons of the platform's that the payer used, in fen; none if left out. */
  readonly couponMinor?: number;
};

/** Money given back; a record of its own in the bill of the day on which it was. */
export type Refund = {
  readonly refundId: string;
  readonly refundNo: string;
  readonly payment: Payment;
  readonly amountMinor: number;
  readonly refundedAt: Instant;
};

/** What the platform has in its books, and what its bills wrongly say on request. */
export class Book {
  readonly #payments = new Map<string, Payment>();
  readonly #paidOrders = new Map<string, Payment>();
  readonly #orders = new Map<string, number>();
  readonly #refunds: Refund[] = [];
  readonly #hidden = new Set<string>();
  readonly #falsified = new Map<string, number>();
  readonly #withdrawals: Movement[] = [];
  readonly #overcharged = new Map<string, number>();

  /** Keeps an order; false where its number belongs to an order of another amount. */
  order(orderNo: string, amountMinor: number): boolean {
    const known = this.#orders.get(orderNo) ?? amountMinor;
    this.#orders.set(orderNo, known);
    return known === amountMinor;
  }

  isOrdered(orderNo: string): boolean {
    return this.#orders.has(orderNo);
  }

  /** The payment of an order, where it is paid. */
  paymentOf(orderNo: string): Payment | undefined {
    return this.#paidOrders.get(orderNo);
  }

  /** Throws where the order is already paid: the platform takes an order's money once. */
  pay(request: PaymentRequest): Payment {
    const { orderNo, amountMinor, openid, paidAt, tradeType = 'JSAPI', couponMinor = 0 } = request;
    if (!Number.isSafeInteger(amountMinor) || amountMinor < 1)
      throw new RangeError(`${amountMinor} fen cannot be paid`);
    if (couponMinor < 0 || couponMinor >= amountMinor) throw new RangeError('a coupon is less than the amount');
    const transactionId = transactionIdOf(orderNo, paidAt);
    if (this.#payments.has(transactionId) || this.#paidOrders.has(orderNo)) {
      throw new Error(`order ${orderNo} is already paid`);
    }
    const payerAmountMinor = amountMinor - couponMinor;
    const payment: Payment = { transactionId, orderNo, amountMinor, payerAmountMinor, openid, paidAt, tradeType };
    this.#payments.set(transactionId, payment);
    this.#paidOrders.set(orderNo, payment);
    return payment;
  }

  /** What was refunded under a number of the merchant's. */
  refundOf(refundNo: string): Refund | undefined {
    return this.#refunds.find((refund) => refund.refundNo === refundNo);
  }

  /** The payment of this id. */
  payment(transactionId: string): Payment | undefined {
    return this.#payments.get(transactionId);
  }

  /** Throws where more would be refunded than was paid. `merchantNo`: the merchant's own number, where they asked for it. */
  refund(payment: Payment, amountMinor: number, refundedAt: Instant, merchantNo?: string): Refund {
    const earlier = this.#refunds.filter((refund) => refund.payment === payment);
    const refunded = earlier.reduce((sum, refund) => sum + refund.amountMinor, 0);
    if (!Number.isSafeInteger(amountMinor) || amountMinor < 1 || refunded + amountMinor > payment.amountMinor) {
      throw new RangeError(`${amountMinor} fen cannot be refunded of ${payment.transactionId}`);
    }
    const refundNo = merchantNo ?? `R${earlier.length + 1}-${payment.orderNo}`;
    const refund: Refund = { refundId: `5${digitsOf(refundNo, 28)}`, refundNo, payment, amountMinor, refundedAt };
    this.#refunds.push(refund);
    return refund;
  }

  /** Leaves a payment out of every bill. */
  hide(payment: Payment): void {
    this.#hidden.add(payment.transactionId);
  }

  /** Makes bills say another amount than was paid. */
  falsify(payment: Payment, amountMinor: number): void {
    this.#falsified.set(payment.transactionId, amountMinor);
  }

  /** Moves money from the account to the merchant's bank. */
  withdraw(amountMinor: number, at: Instant): void {
    const businessNo = `1900009109${digitsOf(`${at} ${amountMinor}`, 18)}`;
    const about = { applicant: 'system', remark: '', voucherNo: businessNo, isIncome: false };
    this.#withdrawals.push({ ...about, at, businessNo, name: '充值/提现', type: '提现', amountMinor });
  }

  /** Takes another fee for a payment than the trade bill says, in fen. */
  overcharge(payment: Payment, feeMinor: number): void {
    this.#overcharged.set(payment.transactionId, feeMinor);
  }

  /** What moves on the account on a Beijing day, in order of time, and what was on it before. Fees are none unless given. */
  movementsOf(
    billDate: LocalDate,
    feeBasisPoints = 0,
  ): { readonly movements: readonly Movement[]; readonly balanceMinor: number } {
    const from = startOfDay(billDate, PROVIDER_ZONE);
    const to = startOfDay(plusDays(billDate, 1), PROVIDER_ZONE);
    const payments = [...this.#payments.values()].filter(({ transactionId }) => !this.#hidden.has(transactionId));
    const all = [
      ...payments.flatMap((payment) => this.#movementsOfPayment(this.#asBilled(payment), feeBasisPoints)),
      ...this.#refunds.map((refund) => movementOfRefund(refund, feeBasisPoints)),
      ...this.#withdrawals,
    ].sort((a, b) => compare(a.at, b.at));
    const before = all.filter(({ at }) => at < from);
    return {
      movements: all.filter(({ at }) => from <= at && at < to),
      balanceMinor: before.reduce((sum, one) => sum + (one.isIncome ? one.amountMinor : -one.amountMinor), 0),
    };
  }

  #movementsOfPayment(payment: Payment, feeBasisPoints: number): Movement[] {
    const { transactionId, orderNo, amountMinor, paidAt } = payment;
    const about = {
      at: paidAt,
      businessNo: transactionId,
      name: '交易',
      applicant: 'system',
      remark: '',
      voucherNo: orderNo,
    };
    const feeMinor = this.#overcharged.get(transactionId) ?? feeFen(amountMinor, feeBasisPoints);
    const taken: Movement = { ...about, type: '交易', isIncome: true, amountMinor };
    const fee: Movement = { ...about, type: '扣除交易手续费', isIncome: false, amountMinor: feeMinor };
    return feeMinor === 0 ? [taken] : [taken, fee];
  }

  /** What the bill of a Beijing day is made of, in order of time. */
  dayOf(billDate: LocalDate): { readonly payments: readonly Payment[]; readonly refunds: readonly Refund[] } {
    const from = startOfDay(billDate, PROVIDER_ZONE);
    const to = startOfDay(plusDays(billDate, 1), PROVIDER_ZONE);
    const isOf = (instant: Instant): boolean => from <= instant && instant < to;
    const payments = [...this.#payments.values()]
      .filter((payment) => isOf(payment.paidAt) && !this.#hidden.has(payment.transactionId))
      .map((payment) => this.#asBilled(payment))
      .sort((a, b) => compare(a.paidAt, b.paidAt));
    const refunds = this.#refunds
      .filter((refund) => isOf(refund.refundedAt))
      .sort((a, b) => compare(a.refundedAt, b.refundedAt));
    return { payments, refunds };
  }

  #asBilled(payment: Payment): Payment {
    const amountMinor = this.#falsified.get(payment.transactionId);
    return amountMinor === undefined ? payment : { ...payment, amountMinor, payerAmountMinor: amountMinor };
  }
}

/** What goes back is moved less the fee that comes back with it. */
function movementOfRefund({ refundId, refundNo, amountMinor, refundedAt }: Refund, feeBasisPoints: number): Movement {
  const feeMinor = feeFen(amountMinor, feeBasisPoints);
  const yuan = (fen: number): string => formatDecimal(minor(fen), 'CNY');
  return {
    at: refundedAt,
    businessNo: refundId,
    name: '退款',
    type: '退款',
    isIncome: false,
    amountMinor: amountMinor - feeMinor,
    applicant: '1900000109API',
    remark: `退款总金额${yuan(amountMinor)}元;含手续费${yuan(feeMinor)}元`,
    voucherNo: refundNo,
  };
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

// 28 digits with the day in them, as the platform's. From the order, so that a sandbox that is started anew in front of
// the same system never gives an old payment's id to a new one.
const transactionIdOf = (orderNo: string, paidAt: Instant): string =>
  `420000${localDateOf(paidAt, PROVIDER_ZONE).replaceAll('-', '')}${digitsOf(orderNo, 14)}`;

const digitsOf = (text: string, length: number): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
    .toString()
    .slice(-length);
