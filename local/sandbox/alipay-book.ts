import { createHash } from 'node:crypto';
import { type Instant, type LocalDate, localDateOf } from '../../functions/kernel/time.ts';
import { PROVIDER_ZONE } from './transaction.ts';

/** A trade that somebody has paid. Amounts in fen. */
export type AlipayTrade = {
  /** 28 digits with the day in front. */
  readonly tradeNo: string;
  readonly orderNo: string;
  readonly amountMinor: number;
  readonly buyerId: string;
  readonly paidAt: Instant;
};
export type AlipayRefund = {
  readonly refundNo: string;
  readonly trade: AlipayTrade;
  readonly amountMinor: number;
  readonly refundedAt: Instant;
};

/** What the stand-in Alipay has in its books. */
export class AlipayBook {
  readonly #ordered = new Map<string, number>();
  readonly #trades = new Map<string, AlipayTrade>();
  readonly #refunds: AlipayRefund[] = [];
  readonly #hidden = new Set<string>();

  /** Keeps an order that waits for somebody to scan it; false where its number belongs to one of another amount. */
  order(orderNo: string, amountMinor: number): boolean {
    const known = this.#ordered.get(orderNo) ?? amountMinor;
    this.#ordered.set(orderNo, known);
    return known === amountMinor;
  }

  tradeOf(orderNo: string): AlipayTrade | undefined {
    return this.#trades.get(orderNo);
  }

  /** Throws where the order is already paid. */
  pay(request: Omit<AlipayTrade, 'tradeNo' | 'buyerId'> & { readonly buyerId?: string }): AlipayTrade {
    const { orderNo, amountMinor, paidAt, buyerId = '2088102116773037' } = request;
    if (this.#trades.has(orderNo)) throw new Error(`order ${orderNo} is already paid`);
    const day = localDateOf(paidAt, PROVIDER_ZONE).replaceAll('-', '');
    const trade = { tradeNo: `${day}22001400${digitsOf(orderNo, 12)}`, orderNo, amountMinor, paidAt, buyerId };
    this.#trades.set(orderNo, trade);
    return trade;
  }

  /** Throws where more would go back than was paid. */
  refund(trade: AlipayTrade, amountMinor: number, refundedAt: Instant): AlipayRefund {
    if (amountMinor < 1 || this.refundedOf(trade) + amountMinor > trade.amountMinor)
      throw new RangeError(`${amountMinor} fen cannot be refunded of ${trade.tradeNo}`);
    const earlier = this.#refunds.filter((refund) => refund.trade === trade).length;
    const refund = { refundNo: `R${earlier + 1}-${trade.orderNo}`, trade, amountMinor, refundedAt };
    this.#refunds.push(refund);
    return refund;
  }

  /** How much of a trade has gone back in all: what notices tell. */
  refundedOf(trade: AlipayTrade): number {
    const ofTrade = this.#refunds.filter((refund) => refund.trade.tradeNo === trade.tradeNo);
    return ofTrade.reduce((sum, refund) => sum + refund.amountMinor, 0);
  }

  /** Leaves a trade out of every bill. */
  hide(trade: AlipayTrade): void {
    this.#hidden.add(trade.tradeNo);
  }

  /** What the bill of a Beijing day is made of, in order of time. */
  dayOf(day: LocalDate): { readonly trades: readonly AlipayTrade[]; readonly refunds: readonly AlipayRefund[] } {
    const isOf = (instant: Instant): boolean => localDateOf(instant, PROVIDER_ZONE) === day;
    return {
      trades: [...this.#trades.values()].filter((trade) => isOf(trade.paidAt) && !this.#hidden.has(trade.tradeNo)),
      refunds: this.#refunds.filter((refund) => isOf(refund.refundedAt)),
    };
  }
}

const digitsOf = (text: string, length: number): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
    .toString()
    .slice(-length);
