import { PermanentError, reasonOf, ThrottledError, TransientError } from '../kernel/errors.ts';
import { utf8TextOf } from '../kernel/text.ts';
import type { Instant } from '../kernel/time.ts';
import { bodyOf } from '../platform/answer-body.ts';
import { alipayAnswer, SUCCESS_CODE } from './alipay-answer.ts';
import type { AlipayAccount } from './alipay-merchant.ts';
import { type AlipayMethod, signedParameters } from './alipay-request.ts';

/** The account that asks, the key by which it signs its requests, and those by which Alipay answers. */
export type AskingAlipayAccount = Pick<
  AlipayAccount,
  'appId' | 'sellerId' | 'appPrivateKey' | 'alipayPublicKeys' | 'notifyUrl'
>;

/** How Alipay is reached. */
export type AlipayApi = {
  /** `https://openapi.alipay.com/gateway.do`, or another address of it. */
  readonly gatewayUrl: string;
  readonly account: AskingAlipayAccount;
  /** Signed into the requests. */
  readonly now: Instant;
  readonly fetch?: typeof globalThis.fetch;
};

/** A donor waits for this: the provider answers in a tenth of a second, and an HTTP function has ten. */
const REQUEST_TIMEOUT_MS = 4_000;
/** Answers are a few hundred bytes. */
const LARGEST_ANSWER_BYTES = 64 * 1024;

/** An answer that Alipay signed: its code is `10000` where the request was carried out, and `subCode` says why it was not. */
export type SignedAnswer = { readonly code: string; readonly subCode: string; readonly value: unknown };

/**
 * Asks Alipay's gateway, as its own SDKs do: the parameters in the address, the content as a form
 * (opendocs.alipay.com/common/02kkv7). Gives back what is signed, refusals by the business included.
 * @throws TransientError where the way to Alipay fails or it cannot answer just now; ThrottledError where it asks to slow
 * down; PermanentError for a refusal of the request itself and for an answer that Alipay did not sign.
 */
export async function askAlipay(
  { gatewayUrl, account, now, fetch = globalThis.fetch }: AlipayApi,
  method: AlipayMethod,
  content: object,
): Promise<SignedAnswer> {
  const { biz_content = '', ...parameters } = signedParameters(account, method, content, now);
  const address = new URL(gatewayUrl);
  address.search = new URLSearchParams(parameters).toString();
  const { status, body } = await sent(fetch, address, new URLSearchParams({ biz_content }));
  if (status !== 200) throw failureOf(method, `HTTP ${status}`, status === 429, status >= 500);
  const text = utf8TextOf(body);
  const answer = alipayAnswer(text ?? '', method, account.alipayPublicKeys);
  if (answer.kind === 'unsigned') throw new PermanentError(`the answer to ${method} is not signed as Alipay signs`);
  if (answer.kind === 'refusal' || isOfGateway(answer.code) || isPassing(answer.subCode))
    throw refusalOf(method, answer);
  return answer;
}

async function sent(
  fetch: typeof globalThis.fetch,
  address: URL,
  form: URLSearchParams,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8',
        'User-Agent': 'yiqi',
      },
      body: form.toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return { status: response.status, body: await bodyOf(response, LARGEST_ANSWER_BYTES) };
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new TransientError(`cannot reach Alipay: ${reasonOf(error)}`, { cause: error });
  }
}

/** Codes of the gateway itself (opendocs.alipay.com/common/02km9f): the business has not been asked. `40004` is its own. */
const isOfGateway = (code: string): boolean => code !== SUCCESS_CODE && code !== '40004';
const isPassing = (subCode: string): boolean => /SYSTEM_ERROR|unknow-error|call-limited/i.test(subCode);

function refusalOf(method: string, { code, subCode }: { readonly code: string; readonly subCode: string }): Error {
  const isLimited = code === '40005' || /call-limited/i.test(subCode);
  return failureOf(method, `${code} ${subCode}`.trimEnd(), isLimited, code === '20000' || isPassing(subCode));
}

/** What a refusal stands for. */
export function failureOf(method: string, what: string, isLimited: boolean, isTransient: boolean): Error {
  const text = `Alipay refused ${method}: ${what}`;
  if (isLimited) return new ThrottledError(text);
  return isTransient ? new TransientError(text) : new PermanentError(text);
}
