import { createHash, randomBytes, randomUUID, verify } from 'node:crypto';
import {
  epochSeconds,
  type Instant,
  type LocalDate,
  localDateOf,
  localDateSchema,
  plusDays,
  plusSeconds,
  SECONDS_PER_HOUR,
  startOfDay,
} from '../../functions/kernel/time.ts';
import { tradeBillOf } from './bill.ts';
import type { Book } from './book.ts';
import type { SandboxKeys } from './keys.ts';
import { signatureOver } from './notification.ts';
import { PROVIDER_ZONE } from './transaction.ts';

/** A request as the server has received it. */
export type ApiRequest = {
  readonly method: string;
  /** Path and query as they were sent: what is signed. */
  readonly pathAndQuery: string;
  readonly authorization: string | undefined;
  /** The address under which the caller reached us, e.g. `http://127.0.0.1:4600`. */
  readonly origin: string;
};
export type ApiAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Bills are ready at 10:00 of the next day, and kept for three months (pay.weixin.qq.com/doc/v3/merchant/4012556654). */
const READY_AFTER_SECONDS = 10 * SECONDS_PER_HOUR;
const KEPT_DAYS = 90;
/** A download address lives for five minutes, and a request's timestamp may differ by as much. */
const DOWNLOAD_SECONDS = 5 * 60;
const FRESHNESS_SECONDS = 5 * 60;
const SCHEME = 'WECHATPAY2-SHA256-RSA2048 ';

/** The part of the provider's API v3 that a merchant asks for bills. */
export class ProviderApi {
  readonly #keys: SandboxKeys;
  readonly #book: Book;
  readonly #downloads = new Map<string, { readonly bill: Buffer; readonly until: Instant }>();

  constructor(keys: SandboxKeys, book: Book) {
    this.#keys = keys;
    this.#book = book;
  }

  answer(request: ApiRequest, now: Instant): ApiAnswer {
    const { pathname, searchParams } = new URL(request.pathAndQuery, 'http://sandbox');
    const resource = `${request.method} ${pathname}`;
    if (resource !== 'GET /v3/bill/tradebill' && resource !== 'GET /v3/billdownload/file') {
      return refusal(404, 'RESOURCE_NOT_EXISTS', '无可用的平台资源');
    }
    if (!this.#isSignedByMerchant(request, now)) return refusal(401, 'SIGN_ERROR', '错误的签名，验签失败');
    return pathname === '/v3/bill/tradebill'
      ? this.#tradeBill(searchParams, request.origin, now)
      : this.#download(searchParams.get('token') ?? '', now);
  }

  #tradeBill(query: URLSearchParams, origin: string, now: Instant): ApiAnswer {
    const day = localDateSchema.safeParse(query.get('bill_date'));
    if (!day.success || (query.get('bill_type') ?? 'ALL') !== 'ALL') {
      return refusal(400, 'PARAM_ERROR', '参数错误');
    }
    const refused = untimely(day.data, now);
    if (refused !== undefined) return refused;
    const { payments, refunds } = this.#book.dayOf(day.data);
    if (payments.length + refunds.length === 0) return refusal(400, 'NO_STATEMENT_EXIST', '请求的账单文件不存在');
    const bill = tradeBillOf(this.#keys, payments, refunds);
    const token = randomBytes(32).toString('base64url');
    this.#downloads.set(token, { bill, until: plusSeconds(now, DOWNLOAD_SECONDS) });
    return this.#signed(
      {
        hash_type: 'SHA1',
        hash_value: createHash('sha1').update(bill).digest('hex'),
        download_url: `${origin}/v3/billdownload/file?token=${token}`,
      },
      now,
    );
  }

  // Downloads carry no signature; the hash that was announced vouches for them.
  #download(token: string, now: Instant): ApiAnswer {
    const download = this.#downloads.get(token);
    if (download === undefined || download.until < now) return refusal(400, 'INVALID_REQUEST', '下载地址已失效');
    return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: download.bill };
  }

  #signed(answer: object, now: Instant): ApiAnswer {
    const body = Buffer.from(JSON.stringify(answer));
    const { serial, privateKey } = this.#keys.platformKeys.certificate;
    const timestamp = String(epochSeconds(now));
    const nonce = randomBytes(16).toString('hex');
    const headers = {
      ...jsonHeaders(),
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': nonce,
      'Wechatpay-Signature': signatureOver(privateKey, timestamp, nonce, body),
      'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
      'Wechatpay-Serial': serial,
    };
    return { status: 200, headers, body };
  }

  /** The merchant's signature over five lines, each ended by a line feed (pay.weixin.qq.com, request signature). */
  #isSignedByMerchant({ method, pathAndQuery, authorization = '' }: ApiRequest, now: Instant): boolean {
    if (!authorization.startsWith(SCHEME)) return false;
    const fields = new Map(
      [...authorization.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const timestamp = fields.get('timestamp') ?? '';
    const isOfMerchant =
      fields.get('mchid') === this.#keys.mchid && fields.get('serial_no') === this.#keys.merchantSerial;
    if (!isOfMerchant || !/^\d{10}$/.test(timestamp)) return false;
    if (Math.abs(Number(timestamp) - epochSeconds(now)) > FRESHNESS_SECONDS) return false;
    const message = `${method}\n${pathAndQuery}\n${timestamp}\n${fields.get('nonce_str') ?? ''}\n\n`;
    const signature = Buffer.from(fields.get('signature') ?? '', 'base64');
    return verify('RSA-SHA256', Buffer.from(message), this.#keys.merchantPublicKey, signature);
  }
}

function untimely(day: LocalDate, now: Instant): ApiAnswer | undefined {
  const today = localDateOf(now, PROVIDER_ZONE);
  if (day >= today || day < plusDays(today, -KEPT_DAYS))
    return refusal(400, 'INVALID_REQUEST', '账单日期不在可下载范围');
  const readyAt = plusSeconds(startOfDay(plusDays(day, 1), PROVIDER_ZONE), READY_AFTER_SECONDS);
  return now < readyAt ? refusal(400, 'STATEMENT_CREATING', '账单生成中') : undefined;
}

function refusal(status: number, code: string, message: string): ApiAnswer {
  return { status, headers: jsonHeaders(), body: Buffer.from(JSON.stringify({ code, message })) };
}

const jsonHeaders = (): Record<string, string> => ({ 'Content-Type': 'application/json', 'Request-ID': randomUUID() });
