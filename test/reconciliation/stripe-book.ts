import { epochSeconds, type Instant } from '../../functions/kernel/time.ts';

// What Stripe has of an account: its balance transactions, in the shapes that docs.stripe.com/api/balance_transactions and accounts
// on their way through public repositories show, listed by its API as Stripe lists them.

type Source = { readonly id: string; readonly object: string } & Readonly<Record<string, unknown>>;
export type StripeMovement = {
  readonly type: string;
  readonly category: string;
  readonly amount: number;
  readonly fee?: number;
  readonly currency?: string;
  readonly at: Instant;
  readonly source: Source | string | null;
};

export class StripeBook {
  readonly transactions: object[] = [];
  /** Every address that was asked for. */
  readonly asked: URL[] = [];
  readonly key = 'rk_live_ReadsBalanceTransactions';

  move({ type, category, amount, fee = 0, currency = 'cny', at, source }: StripeMovement): void {
    const created = epochSeconds(at);
    this.transactions.push({
      id: `txn_3Movement${String(this.transactions.length).padStart(16, '0')}`,
      object: 'balance_transaction',
      amount,
      available_on: created + 604_800,
      created,
      currency,
      description: null,
      exchange_rate: null,
      fee,
      fee_details:
        fee === 0
          ? []
          : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
      net: amount - fee,
      reporting_category: category,
      source,
      status: 'pending',
      type,
    });
  }

  pay(charge: Source & { readonly amount_captured: number }, at: Instant, fee = 0): void {
    this.move({ type: 'charge', category: 'charge', amount: charge.amount_captured, fee, at, source: charge });
  }

  refund(refund: Source & { readonly amount: number }, at: Instant): void {
    this.move({ type: 'refund', category: 'refund', amount: -refund.amount, at, source: refund });
  }

  /** The refund did not reach its donor. */
  returnRefund(refund: Source & { readonly amount: number }, at: Instant): void {
    const source = { ...refund, status: 'failed' };
    this.move({ type: 'refund_failure', category: 'refund_failure', amount: refund.amount, at, source });
  }

  dispute(dispute: Source & { readonly amount: number }, at: Instant, fee = 1_500): void {
    this.move({ type: 'adjustment', category: 'dispute', amount: -dispute.amount, fee, at, source: dispute });
  }

  reinstate(dispute: Source & { readonly amount: number }, at: Instant): void {
    const source = { ...dispute, status: 'won' };
    this.move({ type: 'adjustment', category: 'dispute_reversal', amount: dispute.amount, fee: -1_500, at, source });
  }

  payOut(id: string, amount: number, at: Instant): void {
    const source = {
      id,
      object: 'payout',
      amount,
      arrival_date: epochSeconds(at) + 86_400,
      currency: 'cny',
      status: 'paid',
    };
    this.move({ type: 'payout', category: 'payout', amount: -amount, at, source });
  }

  /** Stripe's list endpoint. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const address = new URL(String(input));
    this.asked.push(address);
    const headers = new Headers(init?.headers);
    if (headers.get('authorization') !== `Bearer ${this.key}`)
      return Response.json({ error: { type: 'invalid_request_error' } }, { status: 401 });
    const ask = address.searchParams;
    const limit = Number(ask.get('limit') ?? 10);
    const isExpanded = ask.getAll('expand[]').includes('data.source');
    const of = this.transactions as { id: string; created: number; source: Source | string | null }[];
    const within = of
      .filter(({ created }) => created >= Number(ask.get('created[gte]')) && created < Number(ask.get('created[lt]')))
      .toReversed();
    const after = ask.get('starting_after');
    const from = after === null ? 0 : within.findIndex(({ id }) => id === after) + 1;
    const data = within.slice(from, from + limit).map((one) => {
      const isObject = typeof one.source === 'object' && one.source !== null;
      return isExpanded || !isObject ? one : { ...one, source: (one.source as Source).id };
    });
    const hasMore = from + limit < within.length;
    return Response.json({ object: 'list', url: '/v1/balance_transactions', has_more: hasMore, data });
  };
}
