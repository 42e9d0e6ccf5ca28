import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Merchant } from '../donations/wechat-pay-merchant.ts';
import { authorizationOf, checkSignature } from '../donations/wechat-pay-signature.ts';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import type { Instant, LocalDate } from '../kernel/time.ts';

/** The account whose bill is asked for, the key by which it signs its requests, and those by which the provider answers. */
export type BillMerchant = Pick<Merchant, 'mchid' | 'merchantSerial' | 'merchantPrivateKey' | 'platformKeys'>;

export type BillRequest = {
  /** `https://api.mch.weixin.qq.com`, or another address of the provider, without a slash at the end. */
  readonly baseUrl: string;
  readonly merchant: BillMerchant;
  /** A Beijing day. Bills are made on the next day from 9:00 and kept for three months. */
  readonly billDate: LocalDate;
  /** Signed into the requests; the provider allows five minutes of difference. */
  readonly now: Instant;
  readonly fetch?: typeof globalThis.fetch;
};

export type FetchedBill =
  | { readonly kind: 'bill'; readonly content: Uint8Array }
  /** Nothing was paid or refunded on that day. */
  | { readonly kind: 'no-statement' };

/** The address of a bill is made in milliseconds; a download has time for the largest bill at 3 MB/s. */
const REQUEST_TIMEOUT_MS = 10_000;
const DOWNLOAD_TIMEOUT_MS = 20_000;
/** At about 300 bytes a row: a day of 200,000 payments, six times the largest whole campaign that is planned for. */
const LARGEST_BILL_BYTES = 60_000_000;
/** Answers other than a bill are a few hundred bytes. */
const LARGEST_ANSWER_BYTES = 64 * 1024;
/** Where bills are downloaded, whichever of the provider's addresses was asked. */
const PROVIDER_ORIGIN = 'https://api.mch.weixin.qq.com';

const statementSchema = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9a-f]{40}$/i),
  download_url: z.url().max(2048),
});
const errorSchema = z.object({ code: z.string().max(64) });

/**
 * Fetches the trade bill (type ALL) of one day: asks for its address and hash, which come signed, downloads it and
 * checks the hash (pay.weixin.qq.com/doc/v3/merchant/4012556654 and 4012084430).
 * @throws TransientError when the provider or the way to it fails; ThrottledError when it asks to wait, also while the
 * bill is being made; PermanentError for any other refusal, such as of our signature, and for an answer that the provider did not sign.
 */
export async function fetchTradeBill(request: BillRequest): Promise<FetchedBill> {
  const address = new URL(`${request.baseUrl}/v3/bill/tradebill`);
  address.search = new URLSearchParams({ bill_date: request.billDate, bill_type: 'ALL' }).toString();
  const answer = await get(request, address, REQUEST_TIMEOUT_MS, LARGEST_ANSWER_BYTES);
  if (answer.status !== 200) {
    if (codeOf(answer) === 'NO_STATEMENT_EXIST') return { kind: 'no-statement' };
    throw failureOf(answer);
  }
  checkOrigin(answer, request);
  const statement = statementSchema.safeParse(jsonIn(answer));
  if (!statement.success) throw new PermanentError('the provider answered a bill request in an unknown shape');
  const { hash_value, download_url } = statement.data;
  const download = await get(
    request,
    downloadAddress(download_url, request.baseUrl),
    DOWNLOAD_TIMEOUT_MS,
    LARGEST_BILL_BYTES,
  );
  if (download.status !== 200) throw failureOf(download);
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

/** Anyone between us and the provider could otherwise hand us a bill of their making, hash and all. */
function checkOrigin({ headers, body }: Answer, { merchant, now }: BillRequest): void {
  const owners = new Map([...merchant.platformKeys].map(([serial, key]) => [serial, { key }]));
  const check = checkSignature(headers, body, owners, now);
  if (check.kind === 'verified') return;
  const what = `the answer to a bill request is not signed as the provider signs: ${check.reason}`;
  // A new attempt is a new look at the clock; nothing else would change.
  throw check.reason === 'stale' ? new TransientError(what) : new PermanentError(what);
}

type Answer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

async function get(request: BillRequest, address: URL, timeoutMs: number, largestBytes: number): Promise<Answer> {
  const { merchant, now, fetch = globalThis.fetch } = request;
  const pathAndQuery = `${address.pathname}${address.search}`;
  const nonce = randomBytes(16).toString('hex');
  try {
    const response = await fetch(address, {
      headers: {
        Accept: 'application/json',
        'User-Agent': 'yiqi',
        Authorization: authorizationOf(merchant, { method: 'GET', pathAndQuery, body: '', nonce }, now),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await bodyOf(response, largestBytes);
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new TransientError(`cannot reach the payment provider: ${reasonOf(error)}`, { cause: error });
  }
}

async function bodyOf(response: Response, largestBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > largestBytes) {
      throw new PermanentError(`the provider's answer is larger than ${largestBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Codes that mean "later": too many requests, and a bill that is still being made. */
const LATER = new Set(['FREQUENCY_LIMITED', 'FREQUENCY_LIMIT_EXCEED', 'RATELIMIT_EXCEEDED', 'STATEMENT_CREATING']);

function failureOf(answer: Answer): Error {
  const code = codeOf(answer);
  const what = `the payment provider refused a bill: HTTP ${answer.status} ${code ?? ''}`.trimEnd();
  if (answer.status === 429 || (code !== undefined && LATER.has(code))) return new ThrottledError(what);
  return answer.status >= 500 ? new TransientError(what) : new PermanentError(what);
}

function codeOf(answer: Answer): string | undefined {
  const error = errorSchema.safeParse(jsonIn(answer));
  return error.success ? error.data.code : undefined;
}

const jsonIn = ({ body }: Answer): unknown => jsonOf(new TextDecoder().decode(body))?.value;
