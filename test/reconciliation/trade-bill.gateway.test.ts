import { createHash, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMerchants } from '../../functions/donations/wechat-pay-merchant.ts';
import { authorizationOf } from '../../functions/donations/wechat-pay-signature.ts';
import { type Instant, instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import { parseFundFlowBill } from '../../functions/reconciliation/fund-flow-bill.ts';
import { fetchFundFlowBill, fetchTradeBill } from '../../functions/reconciliation/trade-bill.gateway.ts';
import { makeSandboxKeys, merchantSecretOf } from '../../local/sandbox/keys.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';
import { Formatter, Rsa } from '../donations/wechat-pay-oracle.ts';

const NOW = instantOf('2026-09-10T10:30:00+08:00');
const DAY = '2026-09-07' as LocalDate;
const keys = makeSandboxKeys();
const [merchant] = parseMerchants(merchantSecretOf(keys)).merchants;
if (merchant === undefined) throw new Error('the sandbox has no merchant');

type Call = { readonly url: URL; readonly headers: Headers };
type Reply = {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
};

/** A provider that answers as told, one reply after the other, and the calls that reached it. */
function provider(...replies: (Reply | Error)[]) {
  const calls: Call[] = [];
  const fetch = async (url: URL, init: RequestInit): Promise<Response> => {
    calls.push({ url, headers: new Headers(init.headers) });
    const reply = replies[calls.length - 1] ?? new Error('one call too many');
    if (reply instanceof Error) throw reply;
    return new Response(reply.body, { status: reply.status ?? 200, headers: reply.headers ?? {} });
  };
  return { calls, fetch: fetch as typeof globalThis.fetch };
}

const refusal = (status: number, code: string): Reply => ({ status, body: JSON.stringify({ code, message: '…' }) });
const BASE_URL = 'https://api.mch.weixin.qq.com';

/** What the provider answers first, signed by the independent library. */
function statement(bill: string, changes: object = {}, signedAt: Instant = NOW): Reply {
  const body = JSON.stringify({
    hash_type: 'SHA1',
    hash_value: createHash('sha1').update(bill).digest('hex'),
    download_url: `${BASE_URL}/v3/billdownload/file?token=a%2Fb&x=1`,
    ...changes,
  });
  const { serial, privateKey } = keys.platformKeys['public-key'];
  const timestamp = String(Date.parse(signedAt) / 1000);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    body,
    headers: {
      'Wechatpay-Timestamp': timestamp,
      'Wechatpay-Nonce': 'nonce',
      'Wechatpay-Serial': serial,
      'Wechatpay-Signature': Rsa.sign(Formatter.response(timestamp, 'nonce', body), pem),
    },
  };
}

const fetchFrom = (fetch: typeof globalThis.fetch, baseUrl = BASE_URL) =>
  fetchTradeBill({
    baseUrl,
    merchant,
    billDate: DAY,
    now: NOW,
    fetch,
  });
const nameOf = (failure: Promise<unknown>): Promise<string> =>
  failure.then(
    () => 'no failure',
    (error: Error) => error.name,
  );

describe('fetching a trade bill', () => {
  it('asks for the day’s bill of all rows, and downloads what it is told', async () => {
    const asked = provider(statement('a bill'), { body: 'a bill' });
    const bill = await fetchFrom(asked.fetch);
    expect(bill.kind === 'bill' && new TextDecoder().decode(bill.content)).toBe('a bill');
    expect(asked.calls.map((call) => call.url.href)).toEqual([
      `${BASE_URL}/v3/bill/tradebill?bill_date=2026-09-07&bill_type=ALL`,
      `${BASE_URL}/v3/billdownload/file?token=a%2Fb&x=1`,
    ]);
  });

  it('signs both requests so that an independent library verifies them', async () => {
    const asked = provider(statement('a bill'), { body: 'a bill' });
    await fetchFrom(asked.fetch);
    const publicKey = createPublicKey(keys.merchantPrivateKey).export({ type: 'spki', format: 'pem' }).toString();
    for (const { url, headers } of asked.calls) {
      const [scheme, list = ''] = (headers.get('authorization') ?? '').split(' ');
      expect(scheme).toBe('WECHATPAY2-SHA256-RSA2048');
      const fields = new Map([...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
      expect([...fields.keys()].sort()).toEqual(['mchid', 'nonce_str', 'serial_no', 'signature', 'timestamp']);
      expect(fields.get('mchid')).toBe(keys.mchid);
      expect(fields.get('serial_no')).toBe(keys.merchantSerial);
      expect(fields.get('timestamp')).toBe(String(Date.parse(NOW) / 1000));
      const message = Formatter.request(
        'GET',
        `${url.pathname}${url.search}`,
        fields.get('timestamp') ?? '',
        fields.get('nonce_str') ?? '',
      );
      expect(Rsa.verify(message, fields.get('signature') ?? '', publicKey)).toBe(true);
      expect(Rsa.verify(`${message}x`, fields.get('signature') ?? '', publicKey)).toBe(false);
    }
  });

  it('says that there is no statement for a day without payments', async () => {
    for (const status of [400, 404]) {
      await expect(fetchFrom(provider(refusal(status, 'NO_STATEMENT_EXIST')).fetch)).resolves.toEqual({
        kind: 'no-statement',
      });
    }
  });

  it.each([
    ['TransientError', 500, 'SYSTEM_ERROR'],
    ['TransientError', 503, 'SERVICE_UNAVAILABLE'],
    ['ThrottledError', 429, 'FREQUENCY_LIMITED'],
    ['ThrottledError', 429, 'SOMETHING_NEW'],
    ['ThrottledError', 400, 'STATEMENT_CREATING'],
    ['PermanentError', 401, 'SIGN_ERROR'],
    ['PermanentError', 403, 'NO_AUTH'],
    ['PermanentError', 400, 'PARAM_ERROR'],
  ])('fails as %s when the provider answers %i %s', async (name, status, code) => {
    expect(await nameOf(fetchFrom(provider(refusal(status, code)).fetch))).toBe(name);
    const later = provider(statement('a bill'), refusal(status, code));
    expect(await nameOf(fetchFrom(later.fetch))).toBe(name);
  });

  it('fails for a moment when the provider cannot be reached or answers a page that is no JSON', async () => {
    expect(await nameOf(fetchFrom(provider(new TypeError('fetch failed')).fetch))).toBe('TransientError');
    const page = { status: 502, body: '<html>Bad gateway</html>' };
    expect(await nameOf(fetchFrom(provider(page).fetch))).toBe('TransientError');
  });

  it('takes no bill that arrives with another hash than was announced', async () => {
    const changed = provider(statement('a bill'), { body: 'a bill!' });
    expect(await nameOf(fetchFrom(changed.fetch))).toBe('TransientError');
  });

  it('takes no answer that the provider did not sign, and never asks the address in it', async () => {
    const unsigned = { body: statement('a bill').body };
    const foreign = statement('a bill');
    const forged = { ...foreign, body: foreign.body.replace('token=a', 'token=b') };
    for (const answer of [unsigned, forged]) {
      const asked = provider(answer, { body: 'a bill' });
      expect(await nameOf(fetchFrom(asked.fetch))).toBe('PermanentError');
      expect(asked.calls).toHaveLength(1);
    }
    const old = provider(statement('a bill', {}, plusSeconds(NOW, -300)));
    expect(await nameOf(fetchFrom(old.fetch))).toBe('TransientError');
  });

  it('sends no signed request anywhere but to the provider', async () => {
    for (const download_url of [
      'https://example.org/v3/billdownload/file?token=1',
      'http://api.mch.weixin.qq.com/v3/billdownload/file?token=1',
      'https://api.mch.weixin.qq.com.example.org/v3/billdownload/file?token=1',
    ]) {
      const asked = provider(statement('a bill', { download_url }), { body: 'a bill' });
      expect(await nameOf(fetchFrom(asked.fetch))).toBe('PermanentError');
      expect(asked.calls).toHaveLength(1);
    }
    const elsewhere = provider(statement('a bill'), { body: 'a bill' });
    await expect(fetchFrom(elsewhere.fetch, 'https://api2.mch.weixin.qq.com')).resolves.toMatchObject({ kind: 'bill' });
  });

  it('takes no answer in a shape it does not know', async () => {
    for (const changes of [{ hash_type: 'MD5' }, { hash_value: 'short' }, { download_url: 'not an address' }]) {
      expect(await nameOf(fetchFrom(provider(statement('a bill', changes)).fetch))).toBe('PermanentError');
    }
  });

  it('reads no further than the largest answer there can be', async () => {
    const endless = { status: 400, body: 'x'.repeat(65 * 1024) };
    await expect(fetchFrom(provider(endless).fetch)).rejects.toThrow('larger than 65536 bytes');
  });
});

describe('fetching a fund-flow bill', () => {
  it('asks for the day and the account, and takes the same care as with a trade bill', async () => {
    const request = { baseUrl: BASE_URL, merchant, billDate: DAY, now: NOW, account: 'FEES' } as const;
    const asked = provider(statement('flow'), { body: 'flow' });
    const bill = await fetchFundFlowBill({ ...request, fetch: asked.fetch });
    expect(bill.kind === 'bill' && new TextDecoder().decode(bill.content)).toBe('flow');
    expect(asked.calls[0]?.url.href).toBe(`${BASE_URL}/v3/bill/fundflowbill?bill_date=2026-09-07&account_type=FEES`);
    const changed = provider(statement('flow'), { body: 'another' });
    expect(await nameOf(fetchFundFlowBill({ ...request, fetch: changed.fetch }))).toBe('TransientError');
    const unsigned = provider({ body: statement('flow').body }, { body: 'flow' });
    expect(await nameOf(fetchFundFlowBill({ ...request, fetch: unsigned.fetch }))).toBe('PermanentError');
  });
});

describe('fetching a trade bill from the sandbox over HTTP', () => {
  let sandbox: Sandbox;
  let now = NOW;
  beforeAll(async () => {
    sandbox = await startSandbox({ keys, now: () => Date.parse(now) });
    sandbox.pay({
      orderNo: 'int_one',
      amountMinor: 1770,
      openid: 'o-one',
      paidAt: instantOf('2026-09-07T19:30:05+08:00'),
    });
  });
  afterAll(() => sandbox.stop());

  const fetchDay = (billDate: string, changes: object = {}) =>
    fetchTradeBill({
      baseUrl: sandbox.url,
      merchant: { ...merchant, ...changes },
      billDate: billDate as LocalDate,
      now,
    });

  it('brings the bill of the day, and no statement for a day without payments', async () => {
    const bill = await fetchDay('2026-09-07');
    expect(bill.kind === 'bill' && new TextDecoder().decode(bill.content)).toContain('`int_one,');
    await expect(fetchDay('2026-09-08')).resolves.toEqual({ kind: 'no-statement' });
  });

  it('brings the fund flow of the same day and account, and no statement of an account in which nothing moved', async () => {
    const fetchFunds = (account: 'BASIC' | 'OPERATION' | 'FEES') =>
      fetchFundFlowBill({ baseUrl: sandbox.url, merchant, billDate: DAY, now, account });
    const bill = await fetchFunds('BASIC');
    expect(bill.kind === 'bill' && parseFundFlowBill(bill.content)).toMatchObject({
      kind: 'bill',
      lines: [{ movement: 'payment', changeMinor: 1770, balanceMinor: 1770, voucherNo: 'int_one' }],
    });
    await expect(fetchFunds('FEES')).resolves.toEqual({ kind: 'no-statement' });
    await expect(fetchFunds('OPERATION')).resolves.toEqual({ kind: 'no-statement' });
  });

  it('is told to come back later before 10:00 of the next day', async () => {
    now = instantOf('2026-09-08T09:59:59+08:00');
    expect(await nameOf(fetchDay('2026-09-07'))).toBe('ThrottledError');
    now = instantOf('2026-09-08T10:00:00+08:00');
    await expect(fetchDay('2026-09-07')).resolves.toMatchObject({ kind: 'bill' });
    now = NOW;
  });

  it('is refused for a day that is not over or longer ago than three months', async () => {
    expect(await nameOf(fetchDay('2026-09-10'))).toBe('PermanentError');
    expect(await nameOf(fetchDay('2026-06-01'))).toBe('PermanentError');
  });

  it('is refused with another key, another serial, another account or an old timestamp', async () => {
    const { merchantPrivateKey } = makeSandboxKeys();
    expect(await nameOf(fetchDay('2026-09-07', { merchantPrivateKey }))).toBe('PermanentError');
    expect(await nameOf(fetchDay('2026-09-07', { merchantSerial: 'A'.repeat(40) }))).toBe('PermanentError');
    expect(await nameOf(fetchDay('2026-09-07', { mchid: '1900006511' }))).toBe('PermanentError');
    const request = { baseUrl: sandbox.url, merchant, billDate: DAY };
    await expect(fetchTradeBill({ ...request, now: plusSeconds(NOW, -301) })).rejects.toThrow('401 SIGN_ERROR');
  });

  it('must download within five minutes of asking', async () => {
    let address: URL | undefined;
    const download = async (): Promise<Response> => {
      if (address === undefined || merchant === undefined) throw new Error('nothing was asked for yet');
      const request = {
        method: 'GET',
        pathAndQuery: `${address.pathname}${address.search}`,
        body: '',
        nonce: 'n',
      } as const;
      return fetch(address, { headers: { Authorization: authorizationOf(merchant, request, now) } });
    };
    const remember = async (url: URL, init: RequestInit): Promise<Response> => {
      address = url;
      return fetch(url, init);
    };
    const request = { baseUrl: sandbox.url, merchant, billDate: DAY, now };
    await fetchTradeBill({ ...request, fetch: remember as typeof fetch });
    now = plusSeconds(NOW, 300);
    expect((await download()).status).toBe(200);
    now = plusSeconds(NOW, 301);
    expect((await download()).status).toBe(400);
    now = NOW;
  });

  it('is told of a provider that is not there', async () => {
    const gone = await startSandbox({ keys });
    await gone.stop();
    const request = { baseUrl: gone.url, merchant, billDate: DAY, now: NOW };
    expect(await nameOf(fetchTradeBill(request))).toBe('TransientError');
  });
});
