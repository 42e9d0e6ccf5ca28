import type { CampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { parseAlipayBill } from '../donations/alipay-bill.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { FetchedBill } from './fetched-bills.ts';
import { parseFundFlowBill } from './fund-flow-bill.ts';
import type { FundDay, TradeDay } from './fund-flow-check.ts';
import type { AlipayDay, ReadBills } from './statement.ts';
import { parseTradeBill } from './trade-bill.ts';

/** Reads bills out of their files. Throws PermanentError where one cannot be used, TransientError where the store cannot answer. */
export async function readBills(files: Pick<CampaignFiles, 'read'>, bills: readonly FetchedBill[]): Promise<ReadBills> {
  const trades: TradeDay[] = [];
  const funds: FundDay[] = [];
  const alipay: AlipayDay[] = [];
  for (const bill of bills) {
    const { provider, merchantId, billDate, account } = bill;
    const content = await files.read(bill.file);
    if (provider === 'alipay') {
      alipay.push({ merchantId, billDate, lines: usable(bill, parseAlipayBill(content)) });
    } else if (account === undefined) {
      trades.push({ merchantId, billDate, lines: usable(bill, parseTradeBill(content)) });
    } else {
      funds.push({ merchantId, billDate, account, lines: usable(bill, parseFundFlowBill(content)) });
    }
  }
  return { trades, funds, alipay };
}

type Parsed<Line> =
  | { readonly kind: 'bill'; readonly lines: readonly Line[] }
  | { readonly kind: 'refused'; readonly reason: string };

function usable<Line>({ billDate, file }: FetchedBill, parsed: Parsed<Line>): readonly Line[] {
  if (parsed.kind === 'bill') return parsed.lines;
  throw new PermanentError(`the bill of ${billDate} cannot be used: ${parsed.reason} (${file})`);
}
