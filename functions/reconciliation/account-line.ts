import { add, type Minor, minor, subtract, ZERO } from '../kernel/money.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';

/**
 * What a line of an account's statement is. `refund-returned`: a refund did not reach its donor, and the money lies on the account
 * again. `reversal`: the whole payment was taken back, as a debit that failed at last. `dispute`: a payer's bank took the payment
 * back; `dispute-returned`: it gave it back again. `payout-returned`: the bank did not take what had left. `fee`: a charge of its own.
 */
export const ACCOUNT_LINE_KINDS = [
  'payment',
  'refund',
  'refund-returned',
  'reversal',
  'dispute',
  'dispute-returned',
  'payout',
  'payout-returned',
  'fee',
  'other',
] as const;
export type AccountLineKind = (typeof ACCOUNT_LINE_KINDS)[number];

/** Kinds of line that are about one payment, and so must name it. */
export const OF_PAYMENTS: ReadonlySet<AccountLineKind> = new Set([
  'payment',
  'refund',
  'refund-returned',
  'reversal',
  'dispute',
  'dispute-returned',
]);

/** One line of a statement that lists everything that moved on an account, each with its fee. */
export type AccountLine = {
  readonly kind: AccountLineKind;
  /** The provider's word for it; by it a movement that is of no payment is listed. */
  readonly type: string;
  /** The payment it is about, as the books have it; empty where it is about none. */
  readonly paymentId: string;
  readonly orderNo: string;
  /** Where the statement itself names the campaign. */
  readonly campaignId?: string;
  /** The provider's number of the refund, the dispute or the payout; empty of others. */
  readonly reference: string;
  /** What the payer paid or got back, in the currency of their payment; zero of what is about no payment. */
  readonly paidMinor: Minor;
  readonly paidCurrency: string;
  /** Not final: a payment by a slow way, or a refund, of which the provider does not know yet whether it succeeds. */
  readonly isPending: boolean;
  /** What moved on the account before the fee: below zero where money left. */
  readonly changeMinor: Minor;
  /** Above zero where it was charged. */
  readonly feeMinor: Minor;
  /** The currency of the account, in which change and fee are: ISO 4217, in capitals. */
  readonly currency: string;
  readonly occurredAt: Instant;
};

/** The statement of one account and one day. */
export type AccountStatement = {
  readonly provider: 'stripe' | 'standard-webhook';
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly lines: readonly AccountLine[];
};

export type ReadLines =
  | { readonly kind: 'bill'; readonly lines: readonly AccountLine[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** What moved on an account in one of its currencies. Every line is in exactly one of the sums, so that they explain it whole. */
export type AccountMoney = {
  readonly currency: string;
  readonly lines: number;
  readonly grossMinor: Minor;
  /** What went back to payers, less what came back of that. */
  readonly refundsMinor: Minor;
  /** Of every line, and those that are lines of their own. */
  readonly feesMinor: Minor;
  /** What left for the bank, less what came back from there. */
  readonly settledMinor: Minor;
  /** Whatever else moved; below zero where more left than came. */
  readonly otherMinor: Minor;
  /** gross - refunds - fees - settled + other: what the balance has changed by. */
  readonly balanceMinor: Minor;
};

const SUM_OF: Readonly<Record<AccountLineKind, 'gross' | 'refunds' | 'fees' | 'settled' | 'other'>> = {
  payment: 'gross',
  refund: 'refunds',
  'refund-returned': 'refunds',
  reversal: 'refunds',
  dispute: 'refunds',
  'dispute-returned': 'refunds',
  fee: 'fees',
  payout: 'settled',
  'payout-returned': 'settled',
  other: 'other',
};

/** The sums of each currency of an account; the one of most payments first, then in the order of their names. */
export function moneyOfLines(lines: readonly AccountLine[]): AccountMoney[] {
  const payments = (own: readonly AccountLine[]): number => own.filter(({ kind }) => kind === 'payment').length;
  return [...Map.groupBy(lines, ({ currency }) => currency)]
    .sort(([a, ofA], [b, ofB]) => payments(ofB) - payments(ofA) || (a < b ? -1 : 1))
    .map(([currency, own]) => moneyIn(currency, own));
}

function moneyIn(currency: string, lines: readonly AccountLine[]): AccountMoney {
  const sums = { gross: ZERO, refunds: ZERO, fees: ZERO, settled: ZERO, other: ZERO };
  let balanceMinor = ZERO;
  for (const { kind, changeMinor, feeMinor } of lines) {
    const sum = SUM_OF[kind];
    // What leaves is counted as what left.
    sums[sum] = sum === 'gross' || sum === 'other' ? add(sums[sum], changeMinor) : subtract(sums[sum], changeMinor);
    sums.fees = add(sums.fees, feeMinor);
    balanceMinor = add(balanceMinor, subtract(changeMinor, feeMinor));
  }
  return {
    currency,
    lines: lines.length,
    grossMinor: sums.gross,
    refundsMinor: sums.refunds,
    feesMinor: sums.fees,
    settledMinor: sums.settled,
    otherMinor: sums.other,
    balanceMinor,
  };
}

/** Movements that are of no payment and left for no bank, by the provider's word and by currency: listed, never dropped. */
export type OtherMovement = {
  readonly type: string;
  readonly currency: string;
  readonly lines: number;
  readonly changeMinor: Minor;
};

export function otherMovementsIn(lines: readonly AccountLine[]): OtherMovement[] {
  const others = lines.filter(({ kind }) => kind === 'other' || kind === 'fee' || kind === 'payout-returned');
  return [...Map.groupBy(others, ({ type, currency }) => `${type} ${currency}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const changeMinor = minor(own.reduce((sum, line) => sum + line.changeMinor - line.feeMinor, 0));
      return [{ type: first.type, currency: first.currency, lines: own.length, changeMinor }];
    });
}
