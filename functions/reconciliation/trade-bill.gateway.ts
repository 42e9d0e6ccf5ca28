import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  askWechatPay,
  codeOf,
  failureOf,
  jsonIn,
  mustBeSigned,
  type WechatPayApi,
} from '../donations/wechat-pay-api.gateway.ts';
import { PermanentError, TransientError } from '../kernel/errors.ts';
import type { LocalDate } from '../kernel/time.ts';
import type { FundAccount } from './fund-flow-bill.ts';

export type BillRequest = WechatPayApi & {
  /** A Beijing day. Bills are made on the next day from 9:00 and kept for three months. */
  readonly billDate: LocalDate;
};

export type FetchedBill =
  | { readonly kind: 'bill'; readonly content: Uint8Array }
  /** Nothing was paid or refunded, or moved on that account, on that day. */
  | { readonly kind: 'no-statement' };

/** The address of a bill is made in milliseconds; a download has time for the largest bill at 3 MB/s. */
const REQUEST_TIMEOUT_MS = 10_000;
const DOWNLOAD_TIMEOUT_MS = 20_000;
/** At about 300 bytes a row: a day of 200,000 payments, six times the largest whole campaign that is planned for. */
const LARGEST_BILL_BYTES = 60_000_000;
/** Where bills are downloaded, whichever of the provider's addresses was asked. */
const PROVIDER_ORIGIN = 'https://api.mch.weixin.qq.com';

const statementSchema = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9a-f]{40}$/i),
  download_url: z.url().max(2048),
});

/**
 * Fetches the trade bill (type ALL) of one day: asks for its address and hash, which come signed, downloads it and
 * checks the hash (pay.weixin.qq.com/doc/v3/merchant/4012556654 and 4012084430).
 * @throws TransientError when the provider or the way to it fails; ThrottledError when it asks to wait, also while the
 * bill is being made; PermanentError for any other refusal, such as of our signature, and for an answer that the provider did not sign.
 */
export const fetchTradeBill = (request: BillRequest): Promise<FetchedBill> =>
  fetchBill(request, 'tradebill', { bill_date: request.billDate, bill_type: 'ALL' });

/**
 * Fetches the fund-flow bill of one day and one account of the merchant (pay.weixin.qq.com/doc/v3/merchant/4013071252), as
 * {@link fetchTradeBill} does and throwing as it does. At most three of these a second are answered for one merchant.
 */
export const fetchFundFlowBill = (request: BillRequest & { readonly account: FundAccount }): Promise<FetchedBill> =>
  fetchBill(request, 'fundflowbill', { bill_date: request.billDate, account_type: request.account });

async function fetchBill(
  request: BillRequest,
  resource: 'tradebill' | 'fundflowbill',
  query: Readonly<Record<string, string>>,
): Promise<FetchedBill> {
  const address = new URL(`${request.baseUrl}/v3/bill/${resource}`);
  address.search = new URLSearchParams(query).toString();
  const answer = await askWechatPay(request, { address, timeoutMs: REQUEST_TIMEOUT_MS });
  if (answer.status !== 200) {
    if (codeOf(answer) === 'NO_STATEMENT_EXIST') return { kind: 'no-statement' };
    throw failureOf(answer, 'a bill');
  }
  mustBeSigned(answer, request, 'a bill request');
  const statement = statementSchema.safeParse(jsonIn(answer));
  if (!statement.success) throw new PermanentError('the provider answered a bill request in an unknown shape');
  const { hash_value, download_url } = statement.data;
  const download = await askWechatPay(request, {
    address: downloadAddress(download_url, request.baseUrl),
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    largestBytes: LARGEST_BILL_BYTES,
  });
  if (download.status !== 200) throw failureOf(download, 'a bill');
  if (createHash('sha1').update(download.body).digest('hex') !== hash_value.toLowerCase()) {
    throw new TransientError(`the bill of ${request.billDate} arrived with another hash than was announced`);
  }
  return { kind: 'bill', content: download.body };
}

// What we send there is signed with the merchant's key, so it goes to the provider only.
function downloadAddress(address: string, baseUrl: string): URL {
  const url = new URL(address);
  if (url.origin !== new URL(baseUrl).origin && url.origin !== PROVIDER_ORIGIN) {
    throw new PermanentError('the provider named a download address that is not its own');
  }
  return url;
}
