import type { CampaignFiles } from '../closeout/campaign-files.gateway.ts';
import { type ReadAlipayAccounts, readAlipayAccounts } from '../donations/alipay.gateway.ts';
import { alipayOfEachSeller } from '../donations/alipay-merchant.ts';
import { type ReadStandardSources, readStandardSources } from '../donations/standard-webhook.gateway.ts';
import { type ReadStatedStripeAccounts, readStatedStripeAccounts } from '../donations/stripe.gateway.ts';
import type { StatedStripeAccount } from '../donations/stripe-account.ts';
import { type ReadMerchants, readWechatPayMerchants } from '../donations/wechat-pay.gateway.ts';
import type { Merchant } from '../donations/wechat-pay-merchant.ts';
import { PermanentError } from '../kernel/errors.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';
import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import { fetchAlipayBill } from './alipay-bill.gateway.ts';
import { type FetchedBill, fundFlowBillFile, tradeBillFile } from './fetched-bills.ts';
import { FUND_ACCOUNTS, type FundAccount } from './fund-flow-bill.ts';
import type { BilledProvider } from './reconciliation.ts';
import { fetchStripeStatement } from './stripe-statement.gateway.ts';
import { type FetchedBill as Answer, fetchFundFlowBill, fetchTradeBill } from './trade-bill.gateway.ts';

export type FetchUse = {
  readonly files: Pick<CampaignFiles, 'write'>;
  readonly readMerchants: ReadMerchants;
  readonly readAccounts: ReadAlipayAccounts;
  readonly fetchTrade: typeof fetchTradeBill;
  readonly fetchFunds: typeof fetchFundFlowBill;
  readonly fetchAlipay: typeof fetchAlipayBill;
  readonly readStripeAccounts: ReadStatedStripeAccounts;
  readonly fetchStripe: typeof fetchStripeStatement;
  readonly readSources: ReadStandardSources;
  readonly baseUrl: string;
  readonly gatewayUrl: string;
};

/** The providers as they are configured, without the place for the files. */
export const openProviders = (): Omit<FetchUse, 'files'> => ({
  readMerchants: readWechatPayMerchants,
  readAccounts: readAlipayAccounts,
  fetchTrade: fetchTradeBill,
  fetchFunds: fetchFundFlowBill,
  fetchAlipay: fetchAlipayBill,
  readStripeAccounts: readStatedStripeAccounts,
  fetchStripe: fetchStripeStatement,
  readSources: readStandardSources,
  baseUrl: environment('WECHAT_PAY_BASE_URL'),
  gatewayUrl: environment('ALIPAY_GATEWAY_URL'),
});

/** An account of ours whose statements are fetched or brought, and whose it is where the configuration says so. */
export type BilledAccount = {
  readonly provider: BilledProvider;
  readonly merchantId: string;
  readonly organisationId?: string;
  /** Nothing but gifts to us is paid to it. */
  readonly isOursAlone?: boolean;
};

/** Every account of ours that has statements. */
export async function billedAccounts(
  use: Pick<FetchUse, 'readMerchants' | 'readAccounts' | 'readStripeAccounts' | 'readSources'>,
): Promise<BilledAccount[]> {
  const [{ merchants }, accounts] = await Promise.all([use.readMerchants(), use.readAccounts()]);
  const [atStripe, sources] = await Promise.all([use.readStripeAccounts(), use.readSources()]);
  const whose = ({ organisationId }: { readonly organisationId?: string | undefined }) =>
    organisationId === undefined ? {} : { organisationId };
  return [
    ...merchants.map((one): BilledAccount => ({ provider: 'wechat-pay', merchantId: one.mchid, ...whose(one) })),
    ...alipayOfEachSeller(accounts).map(
      (one): BilledAccount => ({ provider: 'alipay', merchantId: one.sellerId, ...whose(one) }),
    ),
    ...atStripe.map((one): BilledAccount => {
      const isOursAlone = one.giftsOnly;
      return { provider: 'stripe', merchantId: one.accountId, ...whose(one), isOursAlone };
    }),
    // What a platform sends us are gifts to us, and so is all that its statement lists.
    ...[...sources.values()]
      .filter(({ statements }) => statements)
      .map(
        (one): BilledAccount => ({
          provider: 'standard-webhook',
          merchantId: one.sourceId,
          ...whose(one),
          isOursAlone: true,
        }),
      ),
  ];
}

/** `folder`: where the files go. */
type Asked = { readonly folder: string; readonly days: readonly LocalDate[]; readonly now: Instant };

/**
 * Accounts that are asked at a time. Each is asked one day after the other, at some five requests a second, so that no
 * provider's limit is near (WeChat Pay answers three requests for a fund-flow bill a second and merchant): 62 days are a
 * minute, and twelve accounts three.
 */
const ACCOUNTS_AT_ONCE = 4;

/** Fetches the bills of these days of every account of ours into files. Throws what the gateways throw. */
export async function fetchBills(asked: Asked, use: FetchUse): Promise<FetchedBill[]> {
  const [{ merchants }, accounts] = await Promise.all([use.readMerchants(), use.readAccounts()]);
  const atStripe = await use.readStripeAccounts();
  const jobs = [
    ...merchants.map((merchant) => () => billsOfMerchant(merchant, asked, use)),
    ...alipayOfEachSeller(accounts).map((account) => async () => {
      const { folder, days, now } = asked;
      const bills: FetchedBill[] = [];
      for (const billDate of days) {
        const bill = await use.fetchAlipay({ gatewayUrl: use.gatewayUrl, account, billDate, now });
        const file = tradeBillFile(folder, 'alipay', account.sellerId, billDate);
        const about = { provider: 'alipay', kind: 'trade', merchantId: account.sellerId, billDate, file } as const;
        bills.push(...(await kept(bill, about, use)));
      }
      return bills;
    }),
    ...atStripe.map((account) => () => statementsOfStripe(account, asked, use)),
  ];
  const fetched: FetchedBill[] = [];
  const queue = jobs[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const job of queue) fetched.push(...(await job()));
  };
  await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, worker));
  // The same list whichever account was quicker.
  return fetched.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/**
 * None of an account without a key, or whose key may not read it: its statement is brought. A key that was made for refunds alone must
 * not keep the other accounts from being compared.
 */
async function statementsOfStripe(
  { accountId, apiKey }: StatedStripeAccount,
  { folder, days }: Asked,
  use: FetchUse,
): Promise<FetchedBill[]> {
  if (apiKey === undefined) return [];
  const bills: FetchedBill[] = [];
  for (const billDate of days) {
    const statement = await stripeStatementOf({ apiKey, billDate }, accountId, use);
    const file = tradeBillFile(folder, 'stripe', accountId, billDate);
    const about = { provider: 'stripe', kind: 'trade', merchantId: accountId, billDate, file } as const;
    bills.push(...(await kept(statement, about, use)));
  }
  return bills;
}

async function stripeStatementOf(
  request: Parameters<typeof fetchStripeStatement>[0],
  accountId: string,
  use: FetchUse,
): Promise<Answer> {
  try {
    return await use.fetchStripe(request);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const { billDate } = request;
    log.error('no statement of an account', { merchantId: accountId, billDate, reason: error.message });
    return { kind: 'no-statement' };
  }
}

async function billsOfMerchant(
  merchant: Merchant,
  { folder, days, now }: Asked,
  use: FetchUse,
): Promise<FetchedBill[]> {
  const { mchid } = merchant;
  const bills: FetchedBill[] = [];
  for (const billDate of days) {
    const request = { baseUrl: use.baseUrl, merchant, billDate, now };
    const about = { provider: 'wechat-pay', merchantId: mchid, billDate } as const;
    const trade = await use.fetchTrade(request);
    const tradeFile = tradeBillFile(folder, 'wechat-pay', mchid, billDate);
    bills.push(...(await kept(trade, { ...about, kind: 'trade', file: tradeFile }, use)));
    for (const account of FUND_ACCOUNTS) {
      const funds = await fundsOf({ ...request, account }, use);
      const file = fundFlowBillFile(folder, mchid, account, billDate);
      bills.push(...(await kept(funds, { ...about, kind: 'funds', account, file }, use)));
    }
  }
  return bills;
}

/** Every merchant has the basic account. One that has none of the others may be told so by a refusal, and is as one in which nothing moved. */
async function fundsOf(
  request: Parameters<typeof fetchFundFlowBill>[0] & { readonly account: FundAccount },
  use: FetchUse,
): Promise<Answer> {
  try {
    return await use.fetchFunds(request);
  } catch (error) {
    if (request.account === 'BASIC' || !(error instanceof PermanentError)) throw error;
    const { account, billDate } = request;
    log.warn('no bill of an account', { merchantId: request.merchant.mchid, account, billDate, reason: error.message });
    return { kind: 'no-statement' };
  }
}

const CONTENT_TYPES: Readonly<Record<BilledProvider, string>> = {
  'wechat-pay': 'text/csv; charset=utf-8',
  alipay: 'text/csv; charset=gb18030',
  stripe: 'application/jsonl; charset=utf-8',
  'standard-webhook': 'text/csv; charset=utf-8',
};

async function kept(bill: Answer, about: FetchedBill, { files }: FetchUse): Promise<FetchedBill[]> {
  if (bill.kind === 'no-statement') return [];
  await files.write(about.file, bill.content, CONTENT_TYPES[about.provider]);
  return [about];
}
