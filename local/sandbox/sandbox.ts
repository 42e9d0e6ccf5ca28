import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { reasonOf } from '../../functions/kernel/errors.ts';
import { type Instant, instantOf } from '../../functions/kernel/time.ts';
import { type AlipaySandboxKeys, alipaySectionOf, makeAlipayKeys } from './alipay.ts';
import { AlipayBook } from './alipay-book.ts';
import { ALIPAY_GATEWAY_PATH, AlipayGateway } from './alipay-gateway.ts';
import { Book, type PaymentRequest, type Refund } from './book.ts';
import { makeSandboxKeys, merchantSecretOf, type SandboxKeys } from './keys.ts';
import { paymentNotice, type RefundStatus, refundNotice } from './notice.ts';
import { type Notice, type NotificationResult, Notifier, type NotifyOptions } from './notifier.ts';
import { ProviderApi } from './provider-api.ts';
import type { Payment } from './transaction.ts';

export type SandboxOptions = {
  /** A free one if left out. */
  readonly port?: number;
  /** Where notifications go; can be said later. */
  readonly notifyUrl?: string;
  /** Milliseconds since the epoch; the machine's clock if left out. A demo passes the campaign's. */
  readonly now?: () => Promise<number> | number;
  /** How long an answer to a notification is waited for; 5 s, as the provider does, if left out. */
  readonly answerMs?: number;
  /** By which notifications are posted. */
  readonly fetch?: typeof globalThis.fetch;
  /** Waits between repetitions of a notification; a thousandth of the provider's time if left out. */
  readonly sleep?: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** The account; one with fresh keys if left out. */
  readonly keys?: SandboxKeys;
  /** The account at Alipay; one with fresh keys if left out. */
  readonly alipayKeys?: AlipaySandboxKeys;
};

/** A stand-in for WeChat Pay, which books payments, notifies of them and serves its bills on loopback, and for Alipay's gateway beside it. */
export type Sandbox = {
  /** Its base address, without a slash at the end. */
  readonly url: string;
  readonly keys: SandboxKeys;
  readonly alipay: {
    /** The address of its gateway. */
    readonly gatewayUrl: string;
    readonly keys: AlipaySandboxKeys;
    readonly book: AlipayBook;
  };
  /** The text of the merchant secret for the system that is paid; with the addresses of its doors it makes orders here as well. */
  merchantSecret(notifyUrl?: string, alipayNotifyUrl?: string): string;
  setNotifyUrl(url: string): void;
  /** Books a payment; nobody is told of it yet. Throws where the order is already paid. */
  pay(request: PaymentRequest): Payment;
  /** Tells of a payment, again and again until it is acknowledged; the results of every delivery. */
  notify(payment: Payment, options?: NotifyOptions): Promise<NotificationResult[]>;
  /** Gives money back (in fen); it appears in the bill of the day of `refundedAt`, now if left out. */
  markRefunded(payment: Payment, refundMinor: number, refundedAt?: Instant): Promise<Refund>;
  /** Tells how a refund ended, as {@link notify} tells of a payment. */
  notifyRefund(refund: Refund, status: RefundStatus, options?: NotifyOptions): Promise<NotificationResult[]>;
  /** Leaves the payment out of the bill. */
  hideFromBill(payment: Payment): void;
  /** Makes the bill say another amount, in fen. */
  falsifyBillAmount(payment: Payment, amountMinor: number): void;
  /** Ends the server and every notification under way, which then rejects. Can be called twice. */
  stop(): Promise<void>;
};

/** 24 hours of repetitions pass in 87 seconds. */
const SLEEP_MS_PER_SECOND = 1;

/** Starts the stand-in. Rejects where the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { keys = makeSandboxKeys(), alipayKeys = makeAlipayKeys(), now = Date.now } = options;
  const stopping = new AbortController();
  const book = new Book();
  const tellTime = async (): Promise<Instant> => instantOf(await now());
  const notifier = new Notifier({
    now: tellTime,
    fetch: options.fetch ?? globalThis.fetch,
    sleep: options.sleep ?? scaledSleep,
    signal: stopping.signal,
    answerMs: options.answerMs,
  });
  const alipayBook = new AlipayBook();
  const alipay = new AlipayGateway(alipayKeys, alipayBook);
  const server = serverOf(new ProviderApi(keys, book), alipay, tellTime);
  await listening(server, options.port ?? 0);
  let notifyUrl = options.notifyUrl;
  const tell = async (notice: Notice, notifyOptions: NotifyOptions | undefined): Promise<NotificationResult[]> => {
    if (notifyUrl === undefined) throw new Error('the sandbox was not told where notifications go');
    return notifier.notify(notifyUrl, notice, notifyOptions);
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keys,
    alipay: { gatewayUrl: `${url}${ALIPAY_GATEWAY_PATH}`, keys: alipayKeys, book: alipayBook },
    merchantSecret: (address, alipayAddress) =>
      merchantSecretOf(keys, address, [alipaySectionOf(alipayKeys, alipayAddress)]),
    setNotifyUrl: (address) => {
      notifyUrl = address;
    },
    pay: (request) => book.pay(request),
    notify: (payment, notifyOptions) => tell(paymentNotice(keys, payment), notifyOptions),
    markRefunded: async (payment, refundMinor, refundedAt) =>
      book.refund(payment, refundMinor, refundedAt ?? (await tellTime())),
    notifyRefund: (refund, status, notifyOptions) => tell(refundNotice(keys, refund, status), notifyOptions),
    hideFromBill: (payment) => book.hide(payment),
    falsifyBillAmount: (payment, amountMinor) => book.falsify(payment, amountMinor),
    stop: () => {
      stopping.abort(new Error('the sandbox was stopped'));
      return closed(server);
    },
  };
}

async function scaledSleep(seconds: number, signal: AbortSignal): Promise<void> {
  await sleepMs(seconds * SLEEP_MS_PER_SECOND, undefined, { signal });
}

function serverOf(api: ProviderApi, alipay: AlipayGateway, tellTime: () => Promise<Instant>): Server {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Functions in a container reach us under another name, and must find the download there too.
    const origin = `http://${request.headers.host ?? '127.0.0.1'}`;
    const { method = 'GET', url = '/', headers } = request;
    const { authorization } = headers;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks).toString();
    const asked = { method, pathAndQuery: url, authorization, body: sent, origin };
    const now = await tellTime();
    const { status, headers: answered, body } = alipay.answer(asked, now) ?? api.answer(asked, now);
    response.writeHead(status, { ...answered, 'Content-Length': body.length }).end(body);
  };
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`payment provider sandbox: ${reasonOf(error)}\n`);
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ code: 'SYSTEM_ERROR', message: '系统异常，请稍后重试' }));
    });
  });
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
