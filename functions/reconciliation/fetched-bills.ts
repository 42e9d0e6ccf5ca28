import * as z from 'zod';
import { type LocalDate, localDateSchema } from '../kernel/time.ts';
import { FUND_ACCOUNTS, type FundAccount } from './fund-flow-bill.ts';
import { BILLED_PROVIDERS } from './reconciliation.ts';

/** A bill that was fetched into a file. */
export const fetchedBillSchema = z.strictObject({
  provider: z.enum(BILLED_PROVIDERS),
  /** `trade`: what was paid and refunded. `funds`: what moved on one account of the merchant, which only WeChat Pay's have. */
  kind: z.enum(['trade', 'funds']),
  account: z.enum(FUND_ACCOUNTS).optional(),
  merchantId: z.string(),
  billDate: localDateSchema,
  file: z.string(),
});
export type FetchedBill = z.infer<typeof fetchedBillSchema>;

/** Where a campaign's closeout keeps its bills, and where those of every day are kept. */
export const closeoutBills = (campaignId: string): string => `campaigns/${campaignId}/closeout/bills`;
export const DAILY_BILLS = 'bills';

const ENDINGS: Readonly<Record<FetchedBill['provider'], string>> = {
  'wechat-pay': 'csv',
  alipay: 'csv',
  stripe: 'jsonl',
  'standard-webhook': 'csv',
};
/** The files of bills. What is in their names is ours or an account's number. */
export const tradeBillFile = (
  folder: string,
  provider: FetchedBill['provider'],
  merchantId: string,
  billDate: LocalDate,
): string => `${folder}/${provider}-${merchantId}-${billDate}.${ENDINGS[provider]}`;
export const fundFlowBillFile = (
  folder: string,
  merchantId: string,
  account: FundAccount,
  billDate: LocalDate,
): string => `${folder}/wechat-pay-${merchantId}-${account.toLowerCase()}-${billDate}.csv`;

/** Where a person puts a bill that the provider does not give; the daily comparison looks there for an account without one. */
export const importedBillFile = (provider: FetchedBill['provider'], merchantId: string, billDate: LocalDate): string =>
  tradeBillFile(`${DAILY_BILLS}/imported`, provider, merchantId, billDate);
