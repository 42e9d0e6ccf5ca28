import { createHash, randomBytes, randomUUID, verify } from 'node:crypto';
import * as z from 'zod';
import { jsonOf } from '../../functions/kernel/text.ts';
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
import { fundFlowBillOf } from './fund-flow-bill.ts';
import type { SandboxKeys } from './keys.ts';
import { signatureOver } from './notification.ts';
import { PROVIDER_ZONE, transactionOf } from './transaction.ts';

/** A request as the server has received it. */
export type ApiRequest = {
  readonly method: string;
  /** Path and query as they were sent: what is signed. */
  readonly pathAndQuery: string;
  readonly authorization: string | undefined;
  /** The bytes of the body as text, signed too; empty where there is none. */
  readonly body: string;
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
/** What an order must have (pay.weixin.qq.com, Native and JSAPI orders). */
const orderSchema = z.object({
  appid: z.string(),
  mchid: z.string(),
  description: z.string().min(1).max(127),
  out_trade_no: z.string().regex(/^[A-Za-z0-9_\-|*]{6,32}$/),
  time_expire: z.iso.datetime({ offset: true }),
  notify_url: z.url().regex(/^[^?]*$/),
  amount: z.object({ total: z.number().int().min(1), currency: z.literal('CNY') }),
  payer: z.object({ openid: z.string().min(1) }).optional(),
});
/** What a refund must have (pay.weixin.qq.com/doc/v3/merchant/4012791862). */
const refundSchema = z.object({
  transaction_id: z.string(),
  out_refund_no: z.string().regex(/^[A-Za-z0-9_\-|*@]{1,64}$/),
  reason: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= 80)
    .optional(),
  notify_url: z
    .url()
    .regex(/^[^?]*$/)
    .optional(),
  amount: z.object({
    refund: z.number().int().min(1),
    total: z.number().int().min(1),
    currency: z.literal('CNY'),
  }),
});
const BILL_RESOURCES: ReadonlySet<string> = new Set([
  'GET /v3/bill/tradebill',
  'GET /v3/bill/fundflowbill',
  'GET /v3/billdownload/file',
]);
const ACCOUNTS: ReadonlySet<string> = new Set(['BASIC', 'OPERATION', 'FEES']);
const SCHEME = 'WECHATPAY2-SHA256-RSA2048 ';

/** The parts of the provider's API v3 by which a merchant makes orders, asks what became of them, and fetches bills. */
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
    const orderNo = /^GET \/v3\/pay\/transactions\/out-trade-no\/([^/]+)$/.exec(resource)?.[1];
    const way = /^POST \/v3\/pay\/transactions\/(native|jsapi)$/.exec(resource)?.[1];
    const isBill = BILL_RESOURCES.has(resource);
    const isRefund = resource === 'POST /v3/refund/domestic/refunds';
    if (!isBill && !isRefund && orderNo === undefined && way === undefined)
      return refusal(404, 'RESOURCE_NOT_EXISTS', '无可用的平台资源');
    if (!this.#isSignedByMerchant(request, now)) return refusal(401, 'SIGN_ERROR', '错误的签名，验签失败');
    if (isRefund) return this.#refund(request.body, now);
    if (way !== undefined) return this.#order(way, request.body, now);
    if (orderNo !== undefined) return this.#orderState(decodeURIComponent(orderNo), now);
    if (pathname === '/v3/billdownload/file') return this.#download(searchParams.get('token') ?? '', now);
    return this.#bill(pathname, searchParams, request.origin, now);
  }

  /** The same order again is the same; another one under its number is refused. */
  #order(way: string, body: string, now: Instant): ApiAnswer {
    const order = orderSchema.safeParse(jsonOf(body)?.value);
    const isOurs = order.data?.appid === this.#keys.appid && order.data.mchid === this.#keys.mchid;
    if (!order.success || !isOurs || (way === 'jsapi') !== (order.data.payer !== undefined))
      return refusal(400, 'PARAM_ERROR', '参数错误');
    const { out_trade_no: orderNo, amount } = order.data;
    if (!this.#book.order(orderNo, amount.total)) return refusal(400, 'INVALID_REQUEST', '商户订单号重复');
    const id = createHash('sha256').update(orderNo).digest('hex');
    return this.#signed(
      way === 'native'
        ? { code_url: `weixin://wxpay/bizpayurl?pr=${id.slice(0, 9)}` }
        : { prepay_id: `wx${id.slice(0, 34)}` },
      now,
    );
  }

  /** The same number again is the same refund; more than was paid is refused. The notice is sent by whoever plays. */
  #refund(body: string, now: Instant): ApiAnswer {
    const asked = refundSchema.safeParse(jsonOf(body)?.value);
    if (!asked.success) return refusal(400, 'PARAM_ERROR', '参数错误');
    const { transaction_id, out_refund_no: refundNo, amount } = asked.data;
    const payment = this.#book.payment(transaction_id);
    if (payment === undefined) return refusal(404, 'RESOURCE_NOT_EXISTS', '订单号不存在');
    if (payment.amountMinor !== amount.total) return refusal(400, 'INVALID_REQUEST', '订单金额不一致');
    const known = this.#book.refundOf(refundNo);
    if (known !== undefined && known.amountMinor !== amount.refund)
      return refusal(400, 'INVALID_REQUEST', '退款单号重复');
    try {
      const refund = known ?? this.#book.refund(payment, amount.refund, now, refundNo);
      return this.#signed(
        {
          refund_id: refund.refundId,
          out_refund_no: refundNo,
          transaction_id,
          out_trade_no: payment.orderNo,
          channel: 'ORIGINAL',
          status: 'PROCESSING',
          create_time: refund.refundedAt,
          amount: { total: amount.total, refund: amount.refund, currency: 'CNY' },
        },
        now,
      );
    } catch (error) {
      if (error instanceof RangeError) return refusal(400, 'INVALID_REQUEST', '退款金额超过可退金额');
      throw error;
    }
  }

  #orderState(orderNo: string, now: Instant): ApiAnswer {
    const payment = this.#book.paymentOf(orderNo);
    if (payment !== undefined) return this.#signed(transactionOf(this.#keys, payment), now);
    if (!this.#book.isOrdered(orderNo)) return refusal(404, 'ORDER_NOT_EXIST', '订单不存在');
    const { appid, mchid } = this.#keys;
    return this.#signed(
      { appid, mchid, out_trade_no: orderNo, trade_state: 'NOTPAY', trade_state_desc: '订单未支付' },
      now,
    );
  }

  #bill(pathname: string, query: URLSearchParams, origin: string, now: Instant): ApiAnswer {
    const day = localDateSchema.safeParse(query.get('bill_date'));
    const account = query.get('account_type') ?? 'BASIC';
    if (!day.success || (query.get('bill_type') ?? 'ALL') !== 'ALL' || !ACCOUNTS.has(account)) {
      return refusal(400, 'PARAM_ERROR', '参数错误');
    }
    const refused = untimely(day.data, now);
    if (refused !== undefined) return refused;
    const isFunds = pathname === '/v3/bill/fundflowbill';
    const bill = isFunds ? this.#fundFlowBill(day.data, account) : this.#tradeBill(day.data);
    if (bill === undefined) return refusal(400, 'NO_STATEMENT_EXIST', '请求的账单文件不存在');
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

  #tradeBill(day: LocalDate): Buffer | undefined {
    const { payments, refunds } = this.#book.dayOf(day);
    return payments.length + refunds.length === 0 ? undefined : tradeBillOf(this.#keys, payments, refunds);
  }

  // This merchant has no account for marketing and none for prepaid fees.
  #fundFlowBill(day: LocalDate, account: string): Buffer | undefined {
    const { movements, balanceMinor } = this.#book.movementsOf(day);
    return account !== 'BASIC' || movements.length === 0 ? undefined : fundFlowBillOf(movements, balanceMinor);
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
  #isSignedByMerchant({ method, pathAndQuery, authorization = '', body }: ApiRequest, now: Instant): boolean {
    if (!authorization.startsWith(SCHEME)) return false;
    const fields = new Map(
      [...authorization.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const timestamp = fields.get('timestamp') ?? '';
    const isOfMerchant =
      fields.get('mchid') === this.#keys.mchid && fields.get('serial_no') === this.#keys.merchantSerial;
    if (!isOfMerchant || !/^\d{10}$/.test(timestamp)) return false;
    if (Math.abs(Number(timestamp) - epochSeconds(now)) > FRESHNESS_SECONDS) return false;
    const message = `${method}\n${pathAndQuery}\n${timestamp}\n${fields.get('nonce_str') ?? ''}\n${body}\n`;
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
