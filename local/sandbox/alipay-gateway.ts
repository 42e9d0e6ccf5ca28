import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { formatDecimal, minor, parseDecimal } from '../../functions/kernel/money.ts';
import { jsonOf } from '../../functions/kernel/text.ts';
import {
  type Instant,
  localDateSchema,
  localTimeText,
  plusDays,
  plusSeconds,
  SECONDS_PER_HOUR,
  startOfDay,
} from '../../functions/kernel/time.ts';
import type { AlipaySandboxKeys } from './alipay.ts';
import { alipayBillArchive } from './alipay-bill.ts';
import type { AlipayBook, AlipayTrade } from './alipay-book.ts';
import type { ApiAnswer, ApiRequest } from './provider-api.ts';
import { PROVIDER_ZONE } from './transaction.ts';

/** Where this stand-in hands out bills; Alipay has a host for them. */
export const ALIPAY_BILL_PATH = '/alipay/bill';
export const ALIPAY_GATEWAY_PATH = '/gateway.do';
/** The bill of a day is made in the next morning, and its address lives for 30 seconds. */
const READY_AFTER_SECONDS = 10 * SECONDS_PER_HOUR;
const DOWNLOAD_SECONDS = 30;

const orderSchema = z.object({
  out_trade_no: z.string().regex(/^\w{1,64}$/),
  total_amount: z.string().regex(/^\d+\.\d{2}$/),
  subject: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^/=&]*$/),
  product_code: z.literal('FACE_TO_FACE_PAYMENT').optional(),
  time_expire: z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/),
});
const questionSchema = z.object({ out_trade_no: z.string() });
const billSchema = z.object({ bill_type: z.enum(['trade', 'signcustomer']), bill_date: localDateSchema });

type Content = Readonly<Record<string, string>>;
const refused = (subCode: string, subMessage: string): Content => ({
  code: '40004',
  msg: 'Business Failed',
  sub_code: subCode,
  sub_msg: subMessage,
});

/** The parts of Alipay's gateway by which a merchant makes orders, asks what became of them, and fetches bills. */
export class AlipayGateway {
  readonly #keys: AlipaySandboxKeys;
  readonly #book: AlipayBook;
  readonly #downloads = new Map<string, { readonly bill: Buffer; readonly until: Instant }>();

  constructor(keys: AlipaySandboxKeys, book: AlipayBook) {
    this.#keys = keys;
    this.#book = book;
  }

  /** Answers where the address is Alipay's; `undefined` elsewhere. */
  answer({ pathAndQuery, body, origin }: ApiRequest, now: Instant): ApiAnswer | undefined {
    const { pathname, searchParams } = new URL(pathAndQuery, 'http://sandbox');
    if (pathname === ALIPAY_BILL_PATH) return this.#download(searchParams.get('token') ?? '', now);
    if (pathname !== ALIPAY_GATEWAY_PATH) return undefined;
    const parameters = new Map([...searchParams, ...new URLSearchParams(body)]);
    const method = parameters.get('method') ?? '';
    const content = this.#isSignedByMerchant(parameters)
      ? this.#carriedOut(method, jsonOf(parameters.get('biz_content') ?? '')?.value, origin, now)
      : { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-signature', sub_msg: '验签出错' };
    return this.#signed(method, content);
  }

  #carriedOut(method: string, content: unknown, origin: string, now: Instant): Content {
    switch (method) {
      case 'alipay.trade.precreate':
        return this.#precreate(orderSchema.safeParse(content).data);
      case 'alipay.trade.query':
        return this.#query(questionSchema.safeParse(content).data?.out_trade_no ?? '');
      case 'alipay.data.dataservice.bill.downloadurl.query':
        return this.#billAddress(billSchema.safeParse(content).data, origin, now);
      default:
        return { code: '40006', msg: 'Insufficient Permissions', sub_code: 'isv.insufficient-isv-permissions' };
    }
  }

  #precreate(order: z.infer<typeof orderSchema> | undefined): Content {
    if (order === undefined) return refused('ACQ.INVALID_PARAMETER', '参数无效');
    const amountMinor = parseDecimal(order.total_amount, 'CNY') ?? 0;
    if (!this.#book.order(order.out_trade_no, amountMinor))
      return refused('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
    const code = Buffer.from(order.out_trade_no).toString('hex').slice(0, 24);
    const { out_trade_no } = order;
    return { code: '10000', msg: 'Success', out_trade_no, qr_code: `https://qr.alipay.com/bax${code}` };
  }

  // A trade comes to be when somebody scans the code; here that is the moment in which it is paid.
  #query(orderNo: string): Content {
    const trade = this.#book.tradeOf(orderNo);
    return trade === undefined
      ? refused('ACQ.TRADE_NOT_EXIST', '交易不存在')
      : { code: '10000', msg: 'Success', ...this.#fieldsOf(trade) };
  }

  #fieldsOf(trade: AlipayTrade): Content {
    const total = formatDecimal(minor(trade.amountMinor), 'CNY');
    return {
      buyer_logon_id: '159****5620',
      buyer_pay_amount: total,
      buyer_user_id: trade.buyerId,
      invoice_amount: total,
      out_trade_no: trade.orderNo,
      point_amount: '0.00',
      receipt_amount: total,
      send_pay_date: localTimeText(trade.paidAt, PROVIDER_ZONE),
      total_amount: total,
      trade_no: trade.tradeNo,
      trade_status: this.#book.refundedOf(trade) === trade.amountMinor ? 'TRADE_CLOSED' : 'TRADE_SUCCESS',
    };
  }

  #billAddress(asked: z.infer<typeof billSchema> | undefined, origin: string, now: Instant): Content {
    if (asked === undefined) return refused('isv.invalid-arguments', '参数不合法');
    const { bill_date } = asked;
    const { trades, refunds } = this.#book.dayOf(bill_date);
    const readyAt = plusSeconds(startOfDay(plusDays(bill_date, 1), PROVIDER_ZONE), READY_AFTER_SECONDS);
    if (now < readyAt || trades.length + refunds.length === 0) return refused('isp.bill_not_exist', '账单不存在');
    const token = randomBytes(24).toString('base64url');
    const bill = alipayBillArchive(this.#keys.sellerId, bill_date, this.#book);
    this.#downloads.set(token, { bill, until: plusSeconds(now, DOWNLOAD_SECONDS) });
    return { code: '10000', msg: 'Success', bill_download_url: `${origin}${ALIPAY_BILL_PATH}?token=${token}` };
  }

  #download(token: string, now: Instant): ApiAnswer {
    const download = this.#downloads.get(token);
    if (download === undefined || download.until < now)
      return { status: 403, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('<html></html>') };
    return { status: 200, headers: { 'Content-Type': 'application/zip' }, body: download.bill };
  }

  /** The application's signature over all parameters but itself, in ASCII order (opendocs.alipay.com/common/02kf5q). */
  #isSignedByMerchant(parameters: ReadonlyMap<string, string>): boolean {
    const content = [...parameters]
      .filter(([name, value]) => name !== 'sign' && value !== '')
      .map(([name, value]) => `${name}=${value}`)
      .sort((a, b) => (a < b ? -1 : 1))
      .join('&');
    const signature = Buffer.from(parameters.get('sign') ?? '', 'base64');
    const key = createPublicKey(this.#keys.appPrivateKey);
    return parameters.get('app_id') === this.#keys.appId && verify('sha256', Buffer.from(content), key, signature);
  }

  // Alipay escapes slashes in its answers, and signs what it sends.
  #signed(method: string, content: Content): ApiAnswer {
    const text = JSON.stringify(content).replaceAll('/', '\\/');
    const signature = sign('sha256', Buffer.from(text), this.#keys.alipayPrivateKey).toString('base64');
    const body = `{"${method.replaceAll('.', '_')}_response":${text},"sign":"${signature}"}`;
    return { status: 200, headers: { 'Content-Type': 'text/html;charset=utf-8' }, body: Buffer.from(body) };
  }
}
