import * as z from 'zod';
import { SUCCESS_CODE } from '../donations/alipay-answer.ts';
import { type AlipayApi, askAlipay, failureOf } from '../donations/alipay-api.gateway.ts';
import { listInArchive } from '../donations/alipay-bill-archive.ts';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import type { LocalDate } from '../kernel/time.ts';
import { bodyOf } from '../platform/answer-body.ts';
import type { FetchedBill } from './trade-bill.gateway.ts';

export type AlipayBillRequest = AlipayApi & {
  /** A Beijing day. Its bill is made in the next morning. */
  readonly billDate: LocalDate;
};

/** An archive of 60 MB of text packs to a tenth; its address lives for 30 seconds. */
const LARGEST_ARCHIVE_BYTES = 20_000_000;
const DOWNLOAD_TIMEOUT_MS = 20_000;
/** That there is none. The documentation has the second word, the gateway answers the first. */
const NO_BILL: ReadonlySet<string> = new Set(['isp.bill_not_exist', 'BILL_NOT_EXIST']);
const statementSchema = z.object({ bill_download_url: z.url().max(2048) });

/**
 * Fetches the list of transactions (业务明细) of one day: asks for its address, which comes signed
 * (alipay.data.dataservice.bill.downloadurl.query), downloads the archive and takes the list out of it. Alipay announces no
 * hash; that the list is whole is shown by its own summary (alipay-bill.ts), and where it comes from by TLS.
 * @throws TransientError when Alipay or the way to it fails, or the archive is damaged; ThrottledError when it asks to
 * slow down; PermanentError for any other refusal and for an answer that Alipay did not sign.
 */
export async function fetchAlipayBill(request: AlipayBillRequest): Promise<FetchedBill> {
  const method = 'alipay.data.dataservice.bill.downloadurl.query';
  const answer = await askAlipay(request, method, { bill_type: 'trade', bill_date: request.billDate });
  if (NO_BILL.has(answer.subCode)) return { kind: 'no-statement' };
  if (answer.code !== SUCCESS_CODE) throw failureOf(method, answer.subCode, false, false);
  const statement = statementSchema.safeParse(answer.value);
  if (!statement.success) throw new PermanentError('Alipay answered a bill request in an unknown shape');
  const address = downloadAddress(statement.data.bill_download_url, request.gatewayUrl);
  const list = listInArchive(await downloaded(request, address));
  if (list.kind === 'refused') throw new TransientError(`the bill of ${request.billDate} is damaged: ${list.reason}`);
  return { kind: 'bill', content: list.content };
}

async function downloaded({ fetch = globalThis.fetch }: AlipayBillRequest, address: URL): Promise<Buffer> {
  const response = await answered(fetch, address);
  if (response.status !== 200) {
    const what = `Alipay refused a bill: HTTP ${response.status}`;
    // An address that has run out is asked for anew.
    throw response.status === 429 ? new ThrottledError(what) : new TransientError(what);
  }
  return bodyOf(response, LARGEST_ARCHIVE_BYTES);
}

async function answered(fetch: typeof globalThis.fetch, address: URL): Promise<Response> {
  try {
    return await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
  } catch (error) {
    throw new TransientError(`cannot reach Alipay: ${reasonOf(error)}`, { cause: error });
  }
}

/** Alipay writes the addresses of its bills with http in some answers; gifts do not travel in the clear. */
function downloadAddress(address: string, gatewayUrl: string): URL {
  const url = new URL(address);
  if (url.origin === new URL(gatewayUrl).origin) return url;
  if (!url.hostname.endsWith('.alipay.com'))
    throw new PermanentError('Alipay named a download address that is not its own');
  url.protocol = 'https:';
  return url;
}
