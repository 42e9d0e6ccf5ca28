import { add, type Minor, minor, subtract, ZERO } from '../kernel/money.ts';
import { type LocalDate, localDateOf } from '../kernel/time.ts';
import type { FundAccount, FundFlowLine } from './fund-flow-bill.ts';
import { BILL_ZONE, type Discrepancy } from './reconciliation.ts';
import type { TradeBillLine } from './trade-bill.ts';

/** The trade bill of one merchant and one day. */
export type TradeDay = {
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly lines: readonly TradeBillLine[];
};
/** The fund-flow bill of one account of a merchant and one day. */
export type FundDay = {
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly account: FundAccount;
  readonly lines: readonly FundFlowLine[];
};

/** Money that left the merchant's account for its bank, or came from there. */
export type Settlement = {
  /** Which of a merchant's accounts; of providers with one, `BALANCE`. */
  readonly account: FundAccount | 'BALANCE';
  readonly day: LocalDate;
  readonly businessNo: string;
  /** Below zero where it was withdrawn. */
  readonly changeMinor: Minor;
};

/**
 * What moved on the accounts of one merchant in the days of these bills, all its campaigns together. `feesMinor` by the
 * fund-flow bills, `feesBilledMinor` by the trade bills, whose fees have more decimals than money has: of the whole sum
 * the fractions are dropped.
 */
export type FundMovements = {
  readonly provider: 'wechat-pay' | 'stripe' | 'standard-webhook';
  readonly merchantId: string;
  readonly paidMinor: Minor;
  readonly refundedMinor: Minor;
  readonly feesMinor: Minor;
  readonly feesBilledMinor: Minor;
  /** The part of `feesMinor` for payments of this campaign. */
  readonly campaignFeesMinor: Minor;
  readonly withdrawnMinor: Minor;
  /** Top-ups and whatever the provider calls by a name that is not known here; below zero where more left than came. */
  readonly otherMinor: Minor;
  readonly settlements: readonly Settlement[];
};

/** The bills to be compared; `days`: those that were asked for, also where there is no bill of one. */
export type FundBills = {
  readonly trades: readonly TradeDay[];
  readonly funds: readonly FundDay[];
  readonly days: readonly LocalDate[];
};

export type FundCheck = {
  readonly discrepancies: readonly Discrepancy[];
  readonly funds: readonly FundMovements[];
};

/** Trade bills state a fee to a thousandth of a fen, and what is moved is whole fen: less than one between them is rounding. */
const MILLI_FEN = 1000;

/**
 * Holds what the trade bills say was charged and settled against what the fund-flow bills say was moved, for every line of
 * this campaign (`isOurs`). Money is moved at the same moment or later, so a line of the last day that has not moved
 * is not held against anybody yet; nor is a movement of the first day, whose cause may be of the day before. A payment taken back at a counter has no number of its own to be found by, and is left
 * out.
 */
export function checkFunds(
  { trades, funds, days }: FundBills,
  isOurs: (line: Pick<TradeBillLine, 'transactionId' | 'orderNo'>) => boolean,
  isOurOrder: (orderNo: string) => boolean,
): FundCheck {
  const inOrder = days.toSorted();
  const [first, last] = [inOrder.at(0), inOrder.at(-1)];
  const merchantIds = [...new Set([...trades, ...funds].map(({ merchantId }) => merchantId))].sort();
  const checks = merchantIds.map((merchantId) => {
    const ofMerchant = <Day extends { readonly merchantId: string }>(day: Day): boolean =>
      day.merchantId === merchantId;
    const books = new Books(trades.filter(ofMerchant), funds.filter(ofMerchant));
    const lines = books.trades.filter(({ line }) => isOurs(line));
    return {
      discrepancies: [
        ...lines.flatMap(({ line, billDate }) => differenceOf(line, billDate, books.movedFor(line), billDate === last)),
        ...books
          .unbilled()
          .filter(({ line, billDate }) => billDate !== first && isOurOrder(line.voucherNo))
          .map(unbilled),
      ],
      funds: movementsOf(merchantId, books, isOurs),
    };
  });
  return {
    discrepancies: checks.flatMap(({ discrepancies }) => discrepancies),
    funds: checks.map((check) => check.funds),
  };
}

/** By which number the fund flow names what a trade line is about. */
const businessNoOf = ({ refundId, transactionId }: TradeBillLine): string => refundId ?? transactionId;

type DatedTrade = { readonly line: TradeBillLine; readonly billDate: LocalDate };
type DatedFunds = { readonly line: FundFlowLine; readonly billDate: LocalDate; readonly account: FundAccount };

/** The bills of one merchant, each movement found by the number of what caused it. */
class Books {
  readonly trades: readonly DatedTrade[];
  readonly funds: readonly DatedFunds[];
  readonly #moved: ReadonlyMap<string, readonly DatedFunds[]>;
  readonly #billed: ReadonlySet<string>;

  constructor(trades: readonly TradeDay[], funds: readonly FundDay[]) {
    const all = trades.flatMap(({ billDate, lines }) => lines.map((line) => ({ line, billDate })));
    const revoked = new Set(all.filter(({ line }) => line.state === 'REVOKED').map(({ line }) => line.transactionId));
    this.trades = all.filter(({ line }) => !revoked.has(line.transactionId));
    this.funds = funds.flatMap(({ billDate, account, lines }) => lines.map((line) => ({ line, billDate, account })));
    this.#moved = Map.groupBy(this.funds, ({ line }) => line.businessNo);
    this.#billed = new Set(all.flatMap(({ line }) => [businessNoOf(line), line.transactionId]));
  }

  movedFor(line: TradeBillLine): readonly FundFlowLine[] {
    return (this.#moved.get(businessNoOf(line)) ?? []).map((one) => one.line);
  }

  /** Payments and their fees that no trade bill of these days knows. */
  unbilled(): readonly DatedFunds[] {
    return this.funds.filter(({ line }) => isOfPayment(line) && !this.#billed.has(line.businessNo));
  }
}

const OF_PAYMENTS: ReadonlySet<FundFlowLine['movement']> = new Set(['payment', 'fee', 'fee-returned']);
/** Whether the voucher of a movement is the number of an order. */
export const isOfPayment = ({ movement }: FundFlowLine): boolean => OF_PAYMENTS.has(movement);
const isFee = ({ movement }: FundFlowLine): boolean => movement === 'fee' || movement === 'fee-returned';
const changeOf = (lines: readonly FundFlowLine[]): Minor =>
  lines.reduce((sum, { changeMinor }) => add(sum, changeMinor), ZERO);
/** What was charged: above zero where money was taken. */
const feesOf = (lines: readonly FundFlowLine[]): Minor => subtract(ZERO, changeOf(lines.filter(isFee)));
const amountOf = (amount: number): Minor => minor(Math.abs(amount));
const wholeFen = (milliFen: number): Minor => minor(Math.trunc(milliFen / MILLI_FEN));

function differenceOf(
  line: TradeBillLine,
  day: LocalDate,
  moved: readonly FundFlowLine[],
  mayMoveLater: boolean,
): Discrepancy[] {
  const { transactionId, orderNo, kind, settledMinor, feeMilliFen } = line;
  const about = { provider: 'wechat-pay', transactionId, orderNo, day } as const;
  const sign = kind === 'payment' ? 1 : -1;
  const netMilliFen = sign * settledMinor * MILLI_FEN - feeMilliFen;
  const ours = { ourAmountMinor: amountOf(wholeFen(netMilliFen)) };
  if (moved.length === 0)
    return mayMoveLater || Math.abs(netMilliFen) < MILLI_FEN ? [] : [{ kind: 'funds-differ', ...about, ...ours }];
  const fees = feesOf(moved);
  const net = changeOf(moved);
  if (kind === 'payment' && !isRounding(fees * MILLI_FEN - feeMilliFen)) {
    if (mayMoveLater && !moved.some(isFee)) return [];
    const both = { ourAmountMinor: amountOf(wholeFen(feeMilliFen)), theirAmountMinor: amountOf(fees) };
    // The rest is right where only the fee is not.
    return subtract(net, minor(settledMinor - fees)) === 0
      ? [{ kind: 'fee-differs', ...about, ...both }]
      : [
          { kind: 'fee-differs', ...about, ...both },
          { kind: 'funds-differ', ...about, ...ours, theirAmountMinor: amountOf(net) },
        ];
  }
  // A refund's fee is given back within it, or in a line of its own: only the net is the same in both.
  return isRounding(net * MILLI_FEN - netMilliFen)
    ? []
    : [{ kind: 'funds-differ', ...about, ...ours, theirAmountMinor: amountOf(net) }];
}

const isRounding = (milliFen: number): boolean => Math.abs(milliFen) < MILLI_FEN;

const unbilled = ({ line, billDate }: DatedFunds): Discrepancy => ({
  kind: isFee(line) ? 'fee-differs' : 'funds-differ',
  provider: 'wechat-pay',
  transactionId: line.businessNo,
  orderNo: line.voucherNo,
  day: billDate,
  theirAmountMinor: amountOf(line.changeMinor),
});

function movementsOf(
  merchantId: string,
  books: Books,
  isOurs: (line: Pick<TradeBillLine, 'transactionId' | 'orderNo'>) => boolean,
): FundMovements {
  const of = (...movements: FundFlowLine['movement'][]): Minor =>
    changeOf(books.funds.map(({ line }) => line).filter(({ movement }) => movements.includes(movement)));
  const settled = books.funds.filter(({ line }) => line.movement === 'withdrawal' || line.movement === 'top-up');
  const ours = books.trades.filter(({ line }) => line.kind === 'payment' && isOurs(line));
  return {
    provider: 'wechat-pay',
    merchantId,
    paidMinor: of('payment'),
    refundedMinor: subtract(ZERO, of('refund', 'refund-returned')),
    feesMinor: subtract(ZERO, of('fee', 'fee-returned')),
    feesBilledMinor: wholeFen(books.trades.reduce((sum, { line }) => sum + line.feeMilliFen, 0)),
    campaignFeesMinor: ours.reduce((sum, { line }) => add(sum, feesOf(books.movedFor(line))), ZERO),
    withdrawnMinor: subtract(ZERO, of('withdrawal')),
    otherMinor: of('top-up', 'other'),
    settlements: settled.map(({ line, account }) => ({
      account,
      day: localDateOf(line.bookedAt, BILL_ZONE),
      businessNo: line.businessNo,
      changeMinor: line.changeMinor,
    })),
  };
}
