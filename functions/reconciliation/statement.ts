import type { AlipayBillLine } from '../donations/alipay-bill.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { Account } from './account-day.ts';
import type { AccountLine, AccountStatement } from './account-line.ts';
import type { FundDay, TradeDay } from './fund-flow-check.ts';
import type { StatementLine } from './three-way.ts';
import type { TradeBillLine } from './trade-bill.ts';

/** The bill of one account at Alipay and one day. */
export type AlipayDay = {
  readonly merchantId: string;
  readonly billDate: LocalDate;
  readonly lines: readonly AlipayBillLine[];
};

/** The bills of any accounts and days, each as what it is. */
export type ReadBills = {
  readonly trades: readonly TradeDay[];
  readonly funds: readonly FundDay[];
  readonly alipay: readonly AlipayDay[];
  /** Statements that list everything that moved on an account. */
  readonly accounts: readonly AccountStatement[];
};

/** What a provider says of one account and one day, in our own normal form. */
export type Statement = Account & { readonly day: LocalDate; readonly lines: readonly StatementLine[] };

const MILLI = 1000;

/** The statements of a day among these bills. */
export function statementsIn({ trades, alipay, accounts }: ReadBills, day: LocalDate): Statement[] {
  const ofWechatPay = trades
    .filter(({ billDate }) => billDate === day)
    .map(({ merchantId, lines }): Statement => {
      return { provider: 'wechat-pay', merchantId, day, lines: lines.flatMap((line) => lineOf(line, day)) };
    });
  const ofAlipay = alipay
    .filter(({ billDate }) => billDate === day)
    .map(({ merchantId, lines }): Statement => {
      const stated = lines.map(({ kind, tradeNo: paymentId, orderNo, amountMinor, occurredAt, feeMinor }) => {
        // Alipay writes a fee that it took below zero.
        const feeMilliMinor = 0 - feeMinor * MILLI;
        return { kind, paymentId, orderNo, amountMinor, currency: YUAN, day, occurredAt, feeMilliMinor };
      });
      return { provider: 'alipay', merchantId, day, lines: stated };
    });
  const ofAccounts = accounts
    .filter(({ billDate }) => billDate === day)
    .map(({ provider, merchantId, lines }): Statement => {
      return { provider, merchantId, day, lines: lines.flatMap((line) => statedLine(line, day)) };
    });
  return [...ofWechatPay, ...ofAlipay, ...ofAccounts];
}

/** In which these two providers pay out. */
const YUAN = 'CNY';

/** What moved for a payment; the rest of an account's movements is in its sums. */
function statedLine(line: AccountLine, day: LocalDate): StatementLine[] {
  const { kind, paymentId, orderNo, reference, campaignId, isPending, occurredAt } = line;
  if (kind === 'payout' || kind === 'payout-returned' || kind === 'fee' || kind === 'other') return [];
  const paid = { amountMinor: line.paidMinor, currency: line.paidCurrency, day, occurredAt };
  // A fee that was taken in another currency than the gift's is in the account's sums alone.
  const isInItsCurrency = line.currency === line.paidCurrency;
  return [
    {
      kind,
      paymentId,
      orderNo,
      ...paid,
      ...(isInItsCurrency ? { feeMilliMinor: line.feeMinor * MILLI } : {}),
      ...(reference === '' ? {} : { reference }),
      ...(campaignId === undefined ? {} : { campaignId }),
      ...(isPending ? { isPending } : {}),
    },
  ];
}

/** A refund that was accepted and has not gone back is nothing yet: it may fail, and a notice tells of it when it does not. */
function lineOf(line: TradeBillLine, day: LocalDate): StatementLine[] {
  const { kind, state, transactionId: paymentId, orderNo, amountMinor, occurredAt } = line;
  const about = { paymentId, orderNo, amountMinor, currency: YUAN, day, occurredAt, feeMilliMinor: line.feeMilliFen };
  if (state === 'REVOKED') return [{ kind: 'reversal', ...about }];
  return kind === 'refund' && line.hasGoneBack !== true ? [] : [{ kind, ...about }];
}
