import type { CampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { parseAlipayBill } from '../donations/alipay-bill.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { FetchedBill } from './fetched-bills.ts';
import { parseFundFlowBill } from './fund-flow-bill.ts';
import type { FundDay, TradeDay } from './fund-flow-check.ts';
import type { Bill } from './reconciliation.ts';
import { parseTradeBill } from './trade-bill.ts';

/** The bills of any accounts and days, each as what it is. */
export type ReadBills = {
  readonly trades: readonly TradeDay[];
  readonly funds: readonly FundDay[];
  readonly alipay: readonly Bill[];
};

/** Reads bills out of their files. Throws PermanentError where one cannot be used, TransientError where the store cannot answer. */
export async function readBills(files: Pick<CampaignFiles, 'read'>, bills: readonly FetchedBill[]): Promise<ReadBills> {
  const trades: TradeDay[] = [];
  const funds: FundDay[] = [];
  const alipay: Bill[] = [];
  for (const bill of bills) {
    const { provider, merchantId, billDate, account } = bill;
    const content = await files.read(bill.file);
    if (provider === 'alipay') {
      const lines = usable(bill, parseAlipayBill(content));
      const asBilled = lines.map(({ tradeNo, ...line }) => ({ ...line, transactionId: tradeNo }));
      alipay.push({ provider, merchantId, billDate, lines: asBilled });
    } else if (account === undefined) {
      trades.push({ merchantId, billDate, lines: usable(bill, parseTradeBill(content)) });
    } else {
      funds.push({ merchantId, billDate, account, lines: usable(bill, parseFundFlowBill(content)) });
    }
  }
  return { trades, funds, alipay };
}

/** What these bills say of payments and refunds. */
export const paymentBills = ({ trades, alipay }: ReadBills): Bill[] => [
  ...trades.map((trade): Bill => ({ provider: 'wechat-pay', ...trade })),
  ...alipay,
];

type Parsed<Line> =
  | { readonly kind: 'bill'; readonly lines: readonly Line[] }
  | { readonly kind: 'refused'; readonly reason: string };

function usable<Line>({ billDate, file }: FetchedBill, parsed: Parsed<Line>): readonly Line[] {
  if (parsed.kind === 'bill') return parsed.lines;
  throw new PermanentError(`the bill of ${billDate} cannot be used: ${parsed.reason} (${file})`);
}
