import { createPublicKey, X509Certificate } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { donationIntentSchema } from '../../functions/donations/donation-intent.ts';
import { giftIdOf } from '../../functions/donations/payment-event.ts';
import { definition as receiveWechatPay } from '../../functions/donations/receive-wechat-pay.lambda.ts';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { type Instant, instantOf, type LocalDate } from '../../functions/kernel/time.ts';
import { donationEntryKey, intentKey, refundEntryKey } from '../../functions/platform/keys.ts';
import { memoryTable } from '../../functions/platform/table.memory.ts';
import { fetchTradeBill } from '../../functions/reconciliation/trade-bill.gateway.ts';
import { parseTradeBill } from '../../functions/reconciliation/trade-bill.ts';
import { KEY_MODES, makeSandboxKeys, merchantSecretOf } from '../../local/sandbox/keys.ts';
import { KEPT_FAULTS, NOTIFICATION_FAULTS } from '../../local/sandbox/notification.ts';
import { RETRY_SECONDS } from '../../local/sandbox/notifier.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../local/sandbox/sandbox.ts';
import type { Payment } from '../../local/sandbox/transaction.ts';
import { AesGcm, Formatter, Rsa } from '../donations/wechat-pay-oracle.ts';
import { anyHttpFunction } from '../platform/any-http-function.ts';
import { httpEvent, lambdaContext } from '../platform/http-event.ts';

const NOW = instantOf('2026-09-07T19:30:06+08:00');
const keys = makeSandboxKeys();
const PAYMENT = {
  orderNo: 'int_one',
  amountMinor: 1770,
  openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  paidAt: instantOf('2026-09-07T19:30:05+08:00'),
};

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** A merchant's server that keeps what it received and answers what it was told to. */
class Merchant {
  readonly received: Received[] = [];
  answers: number[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  readonly #server: Server = createServer(async (request, response) => {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await new Promise((resolve) => setTimeout(resolve, 20));
    this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    this.atOnce -= 1;
    response.writeHead(this.answers.shift() ?? 200).end('heard');
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/webhooks/wechat-pay`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const opened: { stop(): Promise<void> }[] = [];
async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ keys, now: () => Date.parse(NOW), ...options });
  opened.push(sandbox);
  return sandbox;
}
afterEach(async () => {
  for (const { stop } of opened.splice(0)) await stop();
});

/** Verifies and decrypts with the independent library, by what the merchant was given. */
function readByOracle({ headers, body }: Received, secret: string) {
  const [account] = JSON.parse(secret).wechatPay;
  const serial = String(headers['wechatpay-serial']);
  const pem: string = account.platformKeys.find((key: { serial: string }) => key.serial === serial)?.publicKey;
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  const message = Formatter.response(String(headers['wechatpay-timestamp']), String(headers['wechatpay-nonce']), body);
  const isGenuine = Rsa.verify(message, String(headers['wechatpay-signature']), publicKey);
  const envelope = JSON.parse(body);
  const { ciphertext, nonce, associated_data } = envelope.resource;
  const transaction = JSON.parse(AesGcm.decrypt(ciphertext, account.apiV3Key, nonce, associated_data));
  return { isGenuine, serial, envelope, transaction };
}

describe('the sandbox as a platform that notifies', () => {
  const merchant = new Merchant();
  let notifyUrl = '';
  beforeEach(async () => {
    merchant.received.length = 0;
    merchant.answers = [];
    merchant.mostAtOnce = 0;
    notifyUrl = await merchant.listen();
    return () => merchant.close();
  });

  it('sends what an independent library verifies and decrypts, in both key modes in turn', async () => {
    const sandbox = await openSandbox({ notifyUrl });
    const payment = sandbox.pay({ ...PAYMENT, couponMinor: 70 });
    const results = await sandbox.notify(payment, { times: 2 });
    expect(results).toEqual(Array(2).fill({ status: 200, body: 'heard', attempt: 1 }));
    const read = merchant.received.map((received) => readByOracle(received, sandbox.merchantSecret()));
    expect(read.map((one) => one.isGenuine)).toEqual([true, true]);
    expect(read.map((one) => one.serial)).toEqual(KEY_MODES.map((mode) => keys.platformKeys[mode].serial));
    expect(read[0]?.serial).toMatch(/^[0-9A-F]{40}$/);
    expect(read[1]?.serial).toMatch(/^PUB_KEY_ID_\d{31}$/);
    expect(read[0]?.transaction).toEqual({
      appid: keys.appid,
      mchid: keys.mchid,
      out_trade_no: 'int_one',
      transaction_id: payment.transactionId,
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      bank_type: 'OTHERS',
      attach: '',
      success_time: '2026-09-07T19:30:05+08:00',
      payer: { openid: PAYMENT.openid },
      amount: { total: 1770, payer_total: 1700, currency: 'CNY', payer_currency: 'CNY' },
    });
    expect(payment.transactionId).toMatch(/^42\d{26}$/);
  });

  it('wraps a payment as the provider does, under one id however often it is sent', async () => {
    const sandbox = await openSandbox({ notifyUrl });
    await sandbox.notify(sandbox.pay(PAYMENT), { times: 2 });
    const envelopes = merchant.received.map((received) => JSON.parse(received.body));
    expect(envelopes[0]).toMatchObject({
      create_time: '2026-09-07T19:30:06+08:00',
      resource_type: 'encrypt-resource',
      event_type: 'TRANSACTION.SUCCESS',
      resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', associated_data: 'transaction' },
    });
    expect(envelopes[0].id).toHaveLength(36);
    expect(envelopes[0].id).toBe(envelopes[1].id);
    expect(envelopes[0].resource.nonce).toHaveLength(12);
    expect(envelopes[0].resource.nonce).not.toBe(envelopes[1].resource.nonce);
    const headers = merchant.received[0]?.headers;
    expect(headers?.['content-type']).toBe('application/json');
    expect(headers?.['wechatpay-signature-type']).toBe('WECHATPAY2-SHA256-RSA2048');
    expect(headers?.['wechatpay-timestamp']).toBe(String(Date.parse(NOW) / 1000));
  });

  it('gives the merchant a certificate with the serial it signs under, and a public key', async () => {
    const [account] = JSON.parse((await openSandbox()).merchantSecret()).wechatPay;
    const certificate = new X509Certificate(account.platformKeys[0].publicKey);
    expect(certificate.serialNumber).toBe(account.platformKeys[0].serial);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(account.platformKeys[1].publicKey).toContain('BEGIN PUBLIC KEY');
    expect(parseMerchants((await openSandbox()).merchantSecret()).merchants).toHaveLength(1);
  });

  it('repeats what was not acknowledged, on the provider’s schedule and freshly signed, until it is', async () => {
    const waits: number[] = [];
    let now = Date.parse(NOW);
    const sleep = async (seconds: number): Promise<void> => {
      waits.push(seconds);
      now += seconds * 1000;
    };
    const sandbox = await openSandbox({ notifyUrl, sleep, now: async () => now });
    merchant.answers = [503, 500, 404, 204];
    const results = await sandbox.notify(sandbox.pay(PAYMENT));
    expect(results.map(({ status, attempt }) => [attempt, status])).toEqual([
      [1, 503],
      [2, 500],
      [3, 404],
      [4, 204],
    ]);
    expect(waits).toEqual([15, 15, 30]);
    const sent = merchant.received.map(({ headers }) => Number(headers['wechatpay-timestamp']));
    expect(sent.map((timestamp) => timestamp - (sent[0] ?? 0))).toEqual([0, 15, 30, 60]);
  });

  it('gives up after fifteen repetitions, 24 hours and 4 minutes after the first', async () => {
    const waits: number[] = [];
    const sandbox = await openSandbox({
      notifyUrl,
      sleep: async (seconds) => void waits.push(seconds),
      fetch: async () => new Response('no', { status: 500 }),
    });
    const results = await sandbox.notify(sandbox.pay(PAYMENT));
    expect(results).toHaveLength(16);
    expect(waits).toEqual(RETRY_SECONDS);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(24 * 3600 + 4 * 60);
  });

  it('takes no answer for a failure to repeat, and a redirect for no acknowledgement', async () => {
    const answers: (() => Response)[] = [
      () => {
        throw new TypeError('connection refused');
      },
      () => new Response(null, { status: 302, headers: { Location: '/elsewhere' } }),
      () => new Response('ok'),
    ];
    const sandbox = await openSandbox({
      notifyUrl,
      sleep: async () => undefined,
      fetch: async () => (answers.shift() ?? (() => new Response()))(),
    });
    const results = await sandbox.notify(sandbox.pay(PAYMENT));
    expect(results.map(({ status }) => status)).toEqual([0, 302, 200]);
    expect(results[0]?.body).toContain('connection refused');
  });

  it('delivers the same notification fifteen times at once when asked', async () => {
    const sandbox = await openSandbox({ notifyUrl });
    const results = await sandbox.notify(sandbox.pay(PAYMENT), { times: 15, parallel: 15 });
    expect(results).toHaveLength(15);
    expect(merchant.received).toHaveLength(15);
    expect(merchant.mostAtOnce).toBeGreaterThan(5);
  });

  it('stops in the middle of a schedule when it is stopped', async () => {
    const sandbox = await openSandbox({ notifyUrl });
    merchant.answers = Array(20).fill(500);
    const notified = sandbox.notify(sandbox.pay(PAYMENT));
    const outcome = expect(notified).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await sandbox.stop();
    await sandbox.stop();
    await outcome;
  });

  it('has to be told where notifications go', async () => {
    const sandbox = await openSandbox();
    const payment = sandbox.pay(PAYMENT);
    await expect(sandbox.notify(payment)).rejects.toThrow('not told');
    sandbox.setNotifyUrl(notifyUrl);
    await expect(sandbox.notify(payment)).resolves.toHaveLength(1);
  });

  it('takes the money of an order once, and no nonsense', async () => {
    const sandbox = await openSandbox();
    sandbox.pay(PAYMENT);
    expect(() => sandbox.pay(PAYMENT)).toThrow('already paid');
    expect(() => sandbox.pay({ ...PAYMENT, paidAt: NOW })).toThrow('already paid');
    for (const amountMinor of [0, -1, 17.7, Number.NaN]) {
      expect(() => sandbox.pay({ ...PAYMENT, orderNo: 'int_two', amountMinor })).toThrow(RangeError);
    }
  });
});

describe('the sandbox’s refunds', () => {
  const merchant = new Merchant();
  let notifyUrl = '';
  beforeEach(async () => {
    merchant.received.length = 0;
    notifyUrl = await merchant.listen();
    return () => merchant.close();
  });

  it('are told in what an independent library verifies and decrypts', async () => {
    const sandbox = await openSandbox({ notifyUrl });
    const payment = sandbox.pay(PAYMENT);
    const refund = await sandbox.markRefunded(payment, 770, NOW);
    await sandbox.notifyRefund(refund, 'SUCCESS', { times: 2 });
    await sandbox.notifyRefund(refund, 'ABNORMAL');
    const read = merchant.received.map((received) => readByOracle(received, sandbox.merchantSecret()));
    expect(read.map(({ isGenuine }) => isGenuine)).toEqual([true, true, true]);
    expect(read.map(({ envelope }) => envelope.event_type)).toEqual([
      'REFUND.SUCCESS',
      'REFUND.SUCCESS',
      'REFUND.ABNORMAL',
    ]);
    expect(read[0]?.envelope.id).toBe(read[1]?.envelope.id);
    expect(read[0]?.transaction).toEqual({
      mchid: keys.mchid,
      transaction_id: payment.transactionId,
      out_trade_no: 'int_one',
      refund_id: refund.refundId,
      out_refund_no: refund.refundNo,
      refund_status: 'SUCCESS',
      success_time: '2026-09-07T19:30:06+08:00',
      user_received_account: expect.any(String),
      amount: { total: 1770, refund: 770, payer_total: 1770, payer_refund: 770 },
    });
  });
});

describe('the webhook in front of the sandbox', () => {
  /** The real handler, reached by the sandbox's own requests. */
  async function openWebhook() {
    const table = memoryTable();
    const merchants = parseMerchants(merchantSecretOf(keys));
    const handler = anyHttpFunction(receiveWechatPay, {
      use: {
        table,
        readMerchants: async () => merchants,
        readDonorKey: async () => 'donor key',
      },
      tellTime: async () => NOW,
    });
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      const event = httpEvent({
        method: 'POST',
        path: new URL(String(url)).pathname,
        headers: init?.headers as Record<string, string>,
        body: Buffer.from(init?.body as Uint8Array),
      });
      const answer = await handler(event, lambdaContext);
      if (typeof answer === 'string') throw new Error('the handler answered a text');
      return new Response(answer.body ?? null, { status: answer.statusCode ?? 200 });
    };
    await table.write({
      put: {
        ...intentKey(PAYMENT.orderNo),
        ...donationIntentSchema.parse({
          type: 'donation-intent',
          orderNo: PAYMENT.orderNo,
          campaignId: 'cmp_one',
          amountMinor: PAYMENT.amountMinor,
          currency: 'CNY',
          anonymous: true,
          emailGiven: false,
          language: 'zh-CN',
          zone: 'Asia/Shanghai',
          createdAt: NOW,
        }),
      },
    });
    const sandbox = await openSandbox({ notifyUrl: 'https://gifts.example.org/webhooks/wechat-pay', fetch });
    const entryOf = ({ transactionId }: Payment) =>
      table.get(donationEntryKey(giftIdOf({ provider: 'wechat-pay', paymentId: transactionId })));
    const refundOf = ({ transactionId }: Payment, refundId: string) =>
      table.get(refundEntryKey(giftIdOf({ provider: 'wechat-pay', paymentId: transactionId }), refundId));
    return { sandbox, entryOf, refundOf };
  }

  /** A payment that is taken back is nothing wrong: heard, and nothing to write. */
  const refusedFaults = NOTIFICATION_FAULTS.filter((fault) => fault !== 'not-paid' && !KEPT_FAULTS.includes(fault));

  it.each(refusedFaults)('refuses the fault %s in both key modes with a 4XX, and writes nothing', async (fault) => {
    const { sandbox, entryOf } = await openWebhook();
    const payment = sandbox.pay(PAYMENT);
    for (const keyMode of KEY_MODES) {
      const [result, ...more] = await sandbox.notify(payment, { fault, keyMode });
      expect(more).toEqual([]);
      expect(result?.status, result?.body).toBeGreaterThanOrEqual(400);
      expect(result?.status).toBeLessThan(500);
      expect(JSON.parse(result?.body ?? '')).toMatchObject({ code: 'FAIL' });
    }
    await expect(entryOf(payment)).resolves.toBeUndefined();
  });

  it('writes nothing for a transaction that is not paid', async () => {
    const { sandbox, entryOf } = await openWebhook();
    const payment = sandbox.pay(PAYMENT);
    await sandbox.notify(payment, { fault: 'not-paid' });
    await expect(entryOf(payment)).resolves.toBeUndefined();
  });

  it('books a refund of the sandbox under its gift', async () => {
    const { sandbox, entryOf, refundOf } = await openWebhook();
    const payment = sandbox.pay(PAYMENT);
    await sandbox.notify(payment);
    const refund = await sandbox.markRefunded(payment, 770, NOW);
    const results = await sandbox.notifyRefund(refund, 'SUCCESS', { times: 2 });
    expect(results.map(({ status }) => status)).toEqual([200, 200]);
    await expect(entryOf(payment)).resolves.toMatchObject({ amountMinor: 1770 });
    await expect(refundOf(payment, refund.refundId)).resolves.toMatchObject({ amountMinor: 770, occurredAt: NOW });
  });

  it.each(KEPT_FAULTS)('keeps money with the fault %s without a campaign', async (fault) => {
    const { sandbox, entryOf } = await openWebhook();
    const payment = sandbox.pay(PAYMENT);
    await sandbox.notify(payment, { fault });
    await expect(entryOf(payment)).resolves.toMatchObject({ campaignId: 'unassigned' });
  });

  it('takes the same payment after all of that, by either key', async () => {
    const { sandbox, entryOf } = await openWebhook();
    const payment = sandbox.pay(PAYMENT);
    for (const fault of [...refusedFaults, 'not-paid' as const]) await sandbox.notify(payment, { fault });
    const results = await sandbox.notify(payment, { times: 2 });
    expect(results.map(({ status }) => status)).toEqual([200, 200]);
    await expect(entryOf(payment)).resolves.toMatchObject({ amountMinor: 1770, orderNo: 'int_one' });
  });
});

const load = createRequire(import.meta.url);
const BillFormatter = load('wechatpay-axios-plugin/lib/formatter.js') as typeof Formatter & {
  castCsvBill(bill: Uint8Array): { rows: Record<string, string>[]; summary: Record<string, string> };
};

describe('the sandbox’s bill', () => {
  const LATER = Date.parse('2026-09-10T11:00:00+08:00');
  const at = (time: string): Instant => instantOf(`${time}+08:00`);

  async function billOf(sandbox: Sandbox, billDate: string): Promise<Uint8Array> {
    const [merchant] = parseMerchants(sandbox.merchantSecret()).merchants;
    if (merchant === undefined) throw new Error('no merchant');
    const bill = await fetchTradeBill({
      baseUrl: sandbox.url,
      merchant,
      billDate: billDate as LocalDate,
      now: instantOf(LATER),
    });
    if (bill.kind === 'no-statement') throw new Error('no statement');
    return bill.content;
  }

  async function paidSandbox() {
    const sandbox = await openSandbox({ now: () => LATER });
    const pay = (orderNo: string, amountMinor: number, paidAt: string, couponMinor = 0) =>
      sandbox.pay({ orderNo, amountMinor, openid: `o-${orderNo}`, paidAt: at(paidAt), couponMinor });
    return {
      sandbox,
      before: pay('int_before', 100, '2026-09-06T23:59:59'),
      first: pay('int_first', 1770, '2026-09-07T00:00:00', 70),
      last: pay('int_last', 500, '2026-09-07T23:59:59'),
      after: pay('int_after', 200, '2026-09-08T00:00:00'),
    };
  }

  it('holds the payments of the Beijing day, as an independent library reads them', async () => {
    const { sandbox, first, last } = await paidSandbox();
    const { rows, summary } = BillFormatter.castCsvBill(await billOf(sandbox, '2026-09-07'));
    expect(rows.map((row) => row['微信订单号'])).toEqual([first.transactionId, last.transactionId]);
    expect(rows[0]).toMatchObject({
      交易时间: '2026-09-07 00:00:00',
      商户号: keys.mchid,
      商户订单号: 'int_first',
      交易状态: 'SUCCESS',
      订单金额: '17.70',
      应结订单金额: '17.70',
      代金券金额: '0.70',
      申请退款金额: '0.00',
    });
    expect(Object.keys(rows[0] ?? {})).toHaveLength(27);
    expect(summary).toMatchObject({ 总交易单数: '2', 订单总金额: '22.70', 申请退款总金额: '0.00' });
  });

  it('is one that our reader accepts, with refunds as rows of the day on which they were made', async () => {
    const { sandbox, before, first, last } = await paidSandbox();
    await sandbox.markRefunded(before, 100, at('2026-09-07T12:00:00'));
    await sandbox.markRefunded(first, 885, at('2026-09-07T13:00:00'));
    await sandbox.markRefunded(first, 885, at('2026-09-08T13:00:00'));
    const bill = parseTradeBill(await billOf(sandbox, '2026-09-07'));
    if (bill.kind === 'refused') throw new Error(bill.reason);
    const told = bill.lines.map(({ kind, transactionId, amountMinor }) => [kind, transactionId, amountMinor]);
    expect(told).toEqual([
      ['payment', first.transactionId, 1770],
      ['refund', before.transactionId, 100],
      ['refund', first.transactionId, 885],
      ['payment', last.transactionId, 500],
    ]);
    expect(bill.totals).toMatchObject({ lines: 4, orderMinor: 2270, refundMinor: 985 });
    const next = parseTradeBill(await billOf(sandbox, '2026-09-08'));
    expect(next).toMatchObject({ totals: { lines: 2, orderMinor: 200, refundMinor: 885 } });
    await expect(sandbox.markRefunded(first, 1)).rejects.toThrow('cannot be refunded');
  });

  it('leaves out and misstates what it is told to, and still adds up', async () => {
    const { sandbox, first, last } = await paidSandbox();
    sandbox.hideFromBill(first);
    sandbox.falsifyBillAmount(last, 501);
    const bill = parseTradeBill(await billOf(sandbox, '2026-09-07'));
    expect(bill).toMatchObject({
      kind: 'bill',
      lines: [{ transactionId: last.transactionId, amountMinor: 501 }],
      totals: { orderMinor: 501 },
    });
  });

  it('is served to signed requests only, and under the name by which the sandbox was reached', async () => {
    const { sandbox } = await paidSandbox();
    const unsigned = await fetch(`${sandbox.url}/v3/bill/tradebill?bill_date=2026-09-07&bill_type=ALL`);
    expect(unsigned.status).toBe(401);
    expect(await unsigned.json()).toMatchObject({ code: 'SIGN_ERROR' });
    expect((await fetch(`${sandbox.url}/v3/billdownload/file?token=x`)).status).toBe(401);
    expect((await fetch(`${sandbox.url}/`)).status).toBe(404);
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(
      billOf({ ...sandbox, url: sandbox.url.replace('127.0.0.1', 'localhost') }, '2026-09-07'),
    ).resolves.toBeInstanceOf(Uint8Array);
  });

  it('needs a port that is free', async () => {
    const sandbox = await openSandbox();
    await expect(startSandbox({ keys, port: Number(new URL(sandbox.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});
