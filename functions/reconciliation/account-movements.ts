import { add, ZERO } from '../kernel/money.ts';
import { localDateOf } from '../kernel/time.ts';
import { type Account, accountNameOf } from './account-day.ts';
import { type AccountLine, type AccountStatement, moneyOfLines } from './account-line.ts';
import type { FundMovements } from './fund-flow-check.ts';
import { BILL_ZONE } from './reconciliation.ts';

/** The currency of closeout reports: what moved in another one is on the day's page, and never in a sum with this. */
const REPORTED = 'CNY';

/** What moved on each of these accounts, and what of its fees was charged for the campaign's payments (`isOurs`). */
export const movementsOfStatements = (
  statements: readonly AccountStatement[],
  isOurs: (account: Account, paymentId: string) => boolean,
): FundMovements[] =>
  statements.flatMap((statement) => {
    const lines = statement.lines.filter(({ currency }) => currency === REPORTED);
    const [money] = moneyOfLines(lines);
    if (money === undefined) return [];
    const { provider, merchantId } = statement;
    const ours = lines.filter(({ paymentId }) => paymentId !== '' && isOurs(statement, paymentId));
    return [
      {
        provider,
        merchantId,
        paidMinor: money.grossMinor,
        refundedMinor: money.refundsMinor,
        feesMinor: money.feesMinor,
        // One list says both what was charged and what was moved.
        feesBilledMinor: money.feesMinor,
        campaignFeesMinor: ours.reduce((sum, { feeMinor }) => add(sum, feeMinor), ZERO),
        withdrawnMinor: money.settledMinor,
        otherMinor: money.otherMinor,
        settlements: lines.filter(isSettlement).map(({ occurredAt, reference, changeMinor }) => ({
          account: 'BALANCE' as const,
          day: localDateOf(occurredAt, BILL_ZONE),
          businessNo: reference,
          changeMinor,
        })),
      },
    ];
  });

const isSettlement = ({ kind }: AccountLine): boolean => kind === 'payout' || kind === 'payout-returned';

/** The days of each account together. */
export function movementsOfDays(movements: readonly FundMovements[]): FundMovements[] {
  return [...Map.groupBy(movements, accountNameOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...rest]]) => (first === undefined ? [] : [rest.reduce(added, first)]));
}

const added = (left: FundMovements, right: FundMovements): FundMovements => {
  return {
    ...left,
    paidMinor: add(left.paidMinor, right.paidMinor),
    refundedMinor: add(left.refundedMinor, right.refundedMinor),
    feesMinor: add(left.feesMinor, right.feesMinor),
    feesBilledMinor: add(left.feesBilledMinor, right.feesBilledMinor),
    campaignFeesMinor: add(left.campaignFeesMinor, right.campaignFeesMinor),
    withdrawnMinor: add(left.withdrawnMinor, right.withdrawnMinor),
    otherMinor: add(left.otherMinor, right.otherMinor),
    settlements: [...left.settlements, ...right.settlements],
  };
};
