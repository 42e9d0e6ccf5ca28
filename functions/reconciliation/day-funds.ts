import { add, type Minor, minor, ZERO } from '../kernel/money.ts';
import { type LocalDate, plusDays } from '../kernel/time.ts';
import type { FundFlowLine } from './fund-flow-bill.ts';
import { checkFunds, type FundDay, type FundMovements, type TradeDay } from './fund-flow-check.ts';
import { type Finding, findingSchema } from './reconciliation-item.ts';
import type { TradeBillLine } from './trade-bill.ts';

/** What moved on one merchant's accounts on one day, and what of a campaign's has not moved with its payment. */
export type DayFunds = {
  readonly movements: FundMovements;
  /** `movements.feesBilledMinor` before its fractions are dropped, which is done once, of the whole sum. */
  readonly feesBilledMilliFen: number;
  readonly findings: readonly Finding[];
  /** Lines whose money moved on another day, or not at all, and movements whose line is of another day. */
  readonly leftTrades: TradeDay;
  readonly leftFunds: readonly FundDay[];
};

type Line = Pick<TradeBillLine, 'transactionId' | 'orderNo'>;
/** Which lines of a bill are the campaign's, and which movements without a line may be. */
export type Ours = { readonly line: (line: Line) => boolean; readonly movement: (line: FundFlowLine) => boolean };

const MILLI_FEN = 1000;
const isFee = ({ movement }: FundFlowLine): boolean => movement === 'fee' || movement === 'fee-returned';
const OF_A_LINE: ReadonlySet<FundFlowLine['movement']> = new Set([
  'payment',
  'fee',
  'fee-returned',
  'refund',
  'refund-returned',
]);
const businessNoOf = ({ refundId, transactionId }: TradeBillLine): string => refundId ?? transactionId;

/**
 * Holds one merchant's trade bill of a day against the fund-flow bills of the same day. Mostly money moves with its payment;
 * what does not is left, for {@link fundsOfDays} to pair over all days.
 */
export function fundsOfDay(trade: TradeDay, funds: readonly FundDay[], ours: Ours): DayFunds {
  const { merchantId, billDate } = trade;
  const moved = Map.groupBy(
    funds.flatMap(({ lines }) => lines),
    ({ businessNo }) => businessNo,
  );
  const isLeft = (line: TradeBillLine): boolean => {
    const movements = moved.get(businessNoOf(line));
    if (movements === undefined) return true;
    return line.kind === 'payment' && Math.abs(line.feeMilliFen) >= MILLI_FEN && !movements.some(isFee);
  };
  const revoked = new Set(
    trade.lines.filter(({ state }) => state === 'REVOKED').map(({ transactionId }) => transactionId),
  );
  const lines = trade.lines.filter(({ transactionId }) => !revoked.has(transactionId));
  const leftLines = lines.filter((line) => ours.line(line) && isLeft(line));
  const left = new Set(leftLines.map(businessNoOf));
  const billed = new Set(trade.lines.flatMap((line) => [businessNoOf(line), line.transactionId]));
  const isLeftMovement = (line: FundFlowLine): boolean =>
    left.has(line.businessNo) || (OF_A_LINE.has(line.movement) && !billed.has(line.businessNo) && ours.movement(line));
  const leftFunds = funds.map((day) => ({ ...day, lines: day.lines.filter(isLeftMovement) }));
  // A day that is neither the first nor the last, so that nothing is forgiven: what may be of another day is left.
  const days = [plusDays(billDate, -1), billDate, plusDays(billDate, 1)];
  const paired = { ...trade, lines: lines.filter((line) => ours.line(line) && !left.has(businessNoOf(line))) };
  const { discrepancies } = checkFunds({ trades: [paired], funds, days }, ours.line, () => false);
  const whole = checkFunds({ trades: [trade], funds, days }, ours.line, () => false);
  const [movements = nothingMoved(merchantId)] = whole.funds;
  return {
    movements,
    feesBilledMilliFen: lines.reduce((sum, { feeMilliFen }) => sum + feeMilliFen, 0),
    findings: discrepancies.map((one) => findingOfFunds(one, merchantId)),
    leftTrades: { merchantId, billDate, lines: leftLines },
    leftFunds: leftFunds.filter((day) => day.lines.length > 0),
  };
}

export type FundsOfDays = { readonly findings: readonly Finding[]; readonly funds: readonly FundMovements[] };

/** Pairs what was left of each day, and adds the days up. `days`: all that were asked for, also those without a bill. */
export function fundsOfDays(parts: readonly DayFunds[], days: readonly LocalDate[]): FundsOfDays {
  const ofMerchant = Map.groupBy(parts, ({ movements }) => movements.merchantId);
  const added = [...ofMerchant]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([merchantId, own]) => {
      const trades = own.map(({ leftTrades }) => leftTrades);
      const funds = own.flatMap(({ leftFunds }) => leftFunds);
      const left = checkFunds(
        { trades, funds, days },
        () => true,
        () => true,
      );
      const fees = left.funds[0]?.campaignFeesMinor ?? ZERO;
      const findings = left.discrepancies.map((one) => findingOfFunds(one, merchantId));
      return {
        findings: [...own.flatMap((part) => part.findings), ...findings],
        movements: sumOf(merchantId, own, fees),
      };
    });
  return { findings: added.flatMap(({ findings }) => findings), funds: added.map(({ movements }) => movements) };
}

function findingOfFunds(
  { kind, ...rest }: ReturnType<typeof checkFunds>['discrepancies'][number],
  merchantId: string,
): Finding {
  return findingSchema.parse({ class: kind, merchantId, ...rest });
}

const nothingMoved = (merchantId: string): FundMovements => ({
  provider: 'wechat-pay',
  merchantId,
  paidMinor: ZERO,
  refundedMinor: ZERO,
  feesMinor: ZERO,
  feesBilledMinor: ZERO,
  campaignFeesMinor: ZERO,
  withdrawnMinor: ZERO,
  otherMinor: ZERO,
  settlements: [],
});

function sumOf(merchantId: string, parts: readonly DayFunds[], leftFeesMinor: Minor): FundMovements {
  const movements = parts.map((part) => part.movements);
  const sum = (
    field: 'paidMinor' | 'refundedMinor' | 'feesMinor' | 'campaignFeesMinor' | 'withdrawnMinor' | 'otherMinor',
  ): Minor => movements.reduce((all, one) => add(all, one[field]), ZERO);
  const feesBilledMilliFen = parts.reduce((all, part) => all + part.feesBilledMilliFen, 0);
  return {
    provider: 'wechat-pay',
    merchantId,
    paidMinor: sum('paidMinor'),
    refundedMinor: sum('refundedMinor'),
    feesMinor: sum('feesMinor'),
    feesBilledMinor: minor(Math.trunc(feesBilledMilliFen / MILLI_FEN)),
    campaignFeesMinor: add(sum('campaignFeesMinor'), leftFeesMinor),
    withdrawnMinor: sum('withdrawnMinor'),
    otherMinor: sum('otherMinor'),
    settlements: movements.flatMap(({ settlements }) => settlements),
  };
}
