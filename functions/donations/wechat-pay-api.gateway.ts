import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { jsonOf } from '../kernel/text.ts';
import type { Instant } from '../kernel/time.ts';
import { bodyOf } from '../platform/answer-body.ts';
import type { Merchant } from './wechat-pay-merchant.ts';
import { authorizationOf, checkSignature } from './wechat-pay-signature.ts';

/** The account that asks, the key by which it signs its requests, and those by which the provider answers. */
export type AskingMerchant = Pick<Merchant, 'mchid' | 'merchantSerial' | 'merchantPrivateKey' | 'platformKeys'>;

/** How the provider is reached. */
export type WechatPayApi = {
  /** `https://api.mch.weixin.qq.com`, or another address of the provider, without a slash at the end. */
  readonly baseUrl: string;
  readonly merchant: AskingMerchant;
  /** Signed into the requests; the provider allows five minutes of difference. */
  readonly now: Instant;
  readonly fetch?: typeof globalThis.fetch;
};

/** What the provider answered, whatever its status. */
export type ApiAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** Answers other than a bill are a few hundred bytes. */
export const LARGEST_ANSWER_BYTES = 64 * 1024;
const errorSchema = z.object({ code: z.string().max(64) });

/**
 * One signed request (pay.weixin.qq.com, API v3). Throws TransientError where the way to the provider fails, and
 * PermanentError for an answer that is larger than `largestBytes`.
 */
export async function askWechatPay(
  { merchant, now, fetch = globalThis.fetch }: WechatPayApi,
  request: {
    readonly address: URL;
    /** Posted as JSON; a GET if left out. */
    readonly content?: object;
    readonly timeoutMs: number;
    readonly largestBytes?: number;
  },
): Promise<ApiAnswer> {
  const { address, content, timeoutMs, largestBytes = LARGEST_ANSWER_BYTES } = request;
  const pathAndQuery = `${address.pathname}${address.search}`;
  const nonce = randomBytes(16).toString('hex');
  const method = content === undefined ? 'GET' : 'POST';
  const body = content === undefined ? '' : JSON.stringify(content);
  try {
    const response = await fetch(address, {
      method,
      headers: {
        Accept: 'application/json',
        'User-Agent': 'yiqi',
        ...(content === undefined ? {} : { 'Content-Type': 'application/json' }),
        Authorization: authorizationOf(merchant, { method, pathAndQuery, body, nonce }, now),
      },
      ...(content === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = await bodyOf(response, largestBytes);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytes };
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new TransientError(`cannot reach the payment provider: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Throws unless the provider signed this answer: anyone between us and it could otherwise answer in its place. `about`
 * says what was asked for.
 */
export function mustBeSigned(
  { headers, body }: ApiAnswer,
  { merchant, now }: Pick<WechatPayApi, 'merchant' | 'now'>,
  about: string,
): void {
  const owners = new Map([...merchant.platformKeys].map(([serial, key]) => [serial, { key }]));
  const check = checkSignature(headers, body, owners, now);
  if (check.kind === 'verified') return;
  const what = `the answer to ${about} is not signed as the provider signs: ${check.reason}`;
  // A new attempt is a new look at the clock; nothing else would change.
  throw check.reason === 'stale' ? new TransientError(what) : new PermanentError(what);
}

/** Codes that mean "later": too many requests, and a bill that is still being made. */
const LATER = new Set(['FREQUENCY_LIMITED', 'FREQUENCY_LIMIT_EXCEED', 'RATELIMIT_EXCEEDED', 'STATEMENT_CREATING']);

/** What an answer that is no success stands for. */
export function failureOf(answer: ApiAnswer, about: string): Error {
  const code = codeOf(answer);
  const what = `the payment provider refused ${about}: HTTP ${answer.status} ${code ?? ''}`.trimEnd();
  if (answer.status === 429 || (code !== undefined && LATER.has(code))) return new ThrottledError(what);
  return answer.status >= 500 ? new TransientError(what) : new PermanentError(what);
}

/** The provider's own word for what is wrong. */
export function codeOf(answer: ApiAnswer): string | undefined {
  const error = errorSchema.safeParse(jsonIn(answer));
  return error.success ? error.data.code : undefined;
}

export const jsonIn = ({ body }: Pick<ApiAnswer, 'body'>): unknown => jsonOf(new TextDecoder().decode(body))?.value;
