import { createSign } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAlipayBill } from '../../functions/donations/alipay-bill.ts';
import { listInArchive } from '../../functions/donations/alipay-bill-archive.ts';
import { parseAlipayAccounts } from '../../functions/donations/alipay-merchant.ts';
import { type Instant, instantOf, type LocalDate, plusSeconds } from '../../functions/kernel/time.ts';
import { fetchAlipayBill } from '../../functions/reconciliation/alipay-bill.gateway.ts';
import { alipayBillArchive } from '../../local/sandbox/alipay-bill.ts';
import { AlipayBook } from '../../local/sandbox/alipay-book.ts';
import { inGbk } from '../../local/sandbox/gbk.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/sandbox.ts';
import { zipOf } from '../../local/sandbox/zip.ts';
import { accounts, alipayKey, SELLER_ID } from '../donations/alipay-notice.ts';

const NOW = instantOf('2026-09-10T10:30:00+08:00');
const DAY = '2026-09-07' as LocalDate;
const GATEWAY = 'https://openapi.alipay.com/gateway.do';
const [account] = accounts.values();
if (account === undefined) throw new Error('there is no account');

const nameOf = (failure: Promise<unknown>): Promise<string> =>
  failure.then(
    () => 'no failure',
    (error: Error) => error.name,
  );
const list = (title: string) => ({ name: inGbk('业务明细.csv'), content: inGbk(`${title}\r\n…`) });
const DETAILS = '#支付宝业务明细查询';

describe('the archive of a bill', () => {
  const book = new AlipayBook();
  book.pay({ orderNo: 'int_1', amountMinor: 1770, paidAt: instantOf('2026-09-07T20:00:00+08:00') });
  const archive = alipayBillArchive(SELLER_ID, DAY, book);

  it('holds a list and its summary under names in GBK; the list is found by what it says', () => {
    const found = listInArchive(archive);
    expect(found.kind === 'list' && parseAlipayBill(found.content)).toMatchObject({
      kind: 'bill',
      sellerId: SELLER_ID,
      lines: [{ kind: 'payment', orderNo: 'int_1', amountMinor: 1770, feeMinor: 0 }],
    });
  });

  it('is read by the rules of ZIP where files are stored and not deflated', () => {
    const content = inGbk(`${DETAILS}\r\n…`);
    const stored = zipOf([{ name: Buffer.from('a.csv'), content }]);
    const packed = deflateRawSync(content);
    const bytes = Buffer.concat([stored.subarray(0, 35), content, stored.subarray(35 + packed.length)]);
    // Method and sizes, in both headers, and where the directory begins.
    const directory = 35 + content.length;
    bytes.writeUInt16LE(0, 8);
    bytes.writeUInt16LE(0, directory + 10);
    bytes.writeUInt32LE(content.length, directory + 20);
    bytes.writeUInt32LE(directory, bytes.length - 6);
    expect(crc32(content)).toBe(bytes.readUInt32LE(14));
    const found = listInArchive(bytes);
    expect(found.kind === 'list' && Buffer.from(found.content)).toEqual(content);
  });

  it.each([
    ['is no archive', Buffer.from('PK and nothing else'), 'no whole ZIP archive'],
    ['is cut off', archive.subarray(0, archive.length - 30), 'no whole ZIP archive'],
    ['lost its beginning', archive.subarray(100), 'no whole ZIP archive'],
    ['holds something else', zipOf([list('#支付宝业务汇总查询')]), 'holds no list'],
    ['holds nothing', zipOf([]), 'holds no list'],
    ['holds two lists', zipOf([list(DETAILS), list(DETAILS)]), 'holds 2 lists'],
    ['holds more files than any bill', zipOf(Array(21).fill(list(DETAILS))), 'has 21 files'],
    [
      'unpacks to more than any bill',
      zipOf([{ name: Buffer.from('a'), content: Buffer.alloc(60_000_001) }]),
      'cannot be unpacked',
    ],
  ])('is refused when it %s', (_what, bytes, reason) => {
    expect(listInArchive(bytes)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('is refused when it lies about how much it unpacks to, is encrypted or damaged', () => {
    const content = Buffer.concat([inGbk(`${DETAILS}\r\n`), Buffer.alloc(60_000_001)]);
    const bomb = zipOf([{ name: Buffer.from('a'), content }]);
    const at = bomb.lastIndexOf(Buffer.from('504b0102', 'hex'));
    bomb.writeUInt32LE(100, at + 24);
    expect(listInArchive(bomb).kind).toBe('refused');
    const encrypted = zipOf([list(DETAILS)]);
    encrypted.writeUInt16LE(1, encrypted.lastIndexOf(Buffer.from('504b0102', 'hex')) + 8);
    expect(listInArchive(encrypted).kind).toBe('refused');
    const damaged = zipOf([list(DETAILS)]);
    damaged.fill(0xff, 50, 60);
    expect(listInArchive(damaged).kind).toBe('refused');
  });
});

describe('fetching a bill of Alipay’s', () => {
  const archive = zipOf([list(DETAILS)]);
  const signed = (content: object): string => {
    const text = JSON.stringify(content);
    const sign = createSign('RSA-SHA256').update(text).sign(alipayKey.privateKey, 'base64');
    return `{"alipay_data_dataservice_bill_downloadurl_query_response":${text},"sign":"${sign}"}`;
  };
  const at = (bill_download_url: string): string => signed({ code: '10000', msg: 'Success', bill_download_url });
  const refused = (sub_code: string): string => signed({ code: '40004', msg: 'Business Failed', sub_code });
  const ADDRESS = 'https://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade&fileId=1';

  function fetchFrom(answer: string, download: Response | Error = new Response(Uint8Array.from(archive))) {
    const calls: URL[] = [];
    const bodies: string[] = [];
    const fetch = (async (address: URL, init: RequestInit) => {
      calls.push(address);
      bodies.push(String(init.body ?? ''));
      if (calls.length === 1) return new Response(answer);
      if (download instanceof Error) throw download;
      return download;
    }) as typeof globalThis.fetch;
    const bill = fetchAlipayBill({ gatewayUrl: GATEWAY, account: account as never, billDate: DAY, now: NOW, fetch });
    return { bill, calls, bodies };
  }

  it('asks for the day’s list of trades, downloads the archive and takes the list out of it', async () => {
    const { bill, calls, bodies } = fetchFrom(at(ADDRESS));
    expect(await bill).toMatchObject({ kind: 'bill' });
    expect(calls[0]?.searchParams.get('method')).toBe('alipay.data.dataservice.bill.downloadurl.query');
    expect(JSON.parse(new URLSearchParams(bodies[0]).get('biz_content') ?? '')).toEqual({
      bill_type: 'trade',
      bill_date: '2026-09-07',
    });
    expect(calls[1]?.href).toBe(ADDRESS);
  });

  it.each(['isp.bill_not_exist', 'BILL_NOT_EXIST'])('says that there is none where Alipay says %s', async (code) => {
    expect(await fetchFrom(refused(code)).bill).toEqual({ kind: 'no-statement' });
  });

  it('downloads from Alipay only, and never in the clear', async () => {
    const inTheClear = fetchFrom(at(ADDRESS.replace('https:', 'http:')));
    expect(await inTheClear.bill).toMatchObject({ kind: 'bill' });
    expect(inTheClear.calls[1]?.href).toBe(ADDRESS);
    for (const address of [
      'https://example.org/bill',
      'https://alipay.com.example.org/bill',
      'https://notalipay.com/b',
    ]) {
      const elsewhere = fetchFrom(at(address));
      expect(await nameOf(elsewhere.bill)).toBe('PermanentError');
      expect(elsewhere.calls).toHaveLength(1);
    }
  });

  it.each([
    ['PermanentError', refused('isv.insufficient-isv-permissions'), undefined],
    ['PermanentError', refused('ACQ.SOMETHING_NEW'), undefined],
    ['PermanentError', signed({ code: '10000' }), undefined],
    ['PermanentError', at(ADDRESS).replace('bizType=trade', 'bizType=other'), undefined],
    ['ThrottledError', refused('isv.app-call-limited'), undefined],
    ['TransientError', at(ADDRESS), new TypeError('fetch failed')],
    ['TransientError', at(ADDRESS), new Response('', { status: 403 })],
    ['ThrottledError', at(ADDRESS), new Response('', { status: 429 })],
    ['TransientError', at(ADDRESS), new Response('<html></html>')],
    ['PermanentError', at(ADDRESS), new Response(new Uint8Array(20_000_001))],
  ] as [string, string, Response | Error | undefined][])('fails as %s', async (name, answer, download) => {
    expect(await nameOf(fetchFrom(answer, download).bill)).toBe(name);
  });
});

describe('fetching a bill of Alipay’s from the sandbox over HTTP', () => {
  let sandbox: Sandbox;
  let now: Instant = NOW;
  beforeAll(async () => {
    sandbox = await startSandbox({ now: () => Date.parse(now) });
    const { book } = sandbox.alipay;
    const trade = book.pay({ orderNo: 'int_1', amountMinor: 1770, paidAt: instantOf('2026-09-07T20:00:00+08:00') });
    book.refund(trade, 770, instantOf('2026-09-07T21:00:00+08:00'));
  });
  beforeEach(() => {
    now = NOW;
  });
  afterAll(() => sandbox.stop());

  const fetchDay = (billDate: string) => {
    const ours = parseAlipayAccounts(sandbox.merchantSecret())?.get(sandbox.alipay.keys.appId);
    if (ours === undefined) throw new Error('the sandbox has no account');
    return fetchAlipayBill({
      gatewayUrl: sandbox.alipay.gatewayUrl,
      account: ours,
      billDate: billDate as LocalDate,
      now,
    });
  };

  it('brings the list of the day, and none for a day without trades or that is not over', async () => {
    const bill = await fetchDay('2026-09-07');
    expect(bill.kind === 'bill' && parseAlipayBill(bill.content)).toMatchObject({
      sellerId: sandbox.alipay.keys.sellerId,
      lines: [
        { kind: 'payment', amountMinor: 1770 },
        { kind: 'refund', amountMinor: 770, refundNo: 'R1-int_1' },
      ],
    });
    expect(await fetchDay('2026-09-08')).toEqual({ kind: 'no-statement' });
    now = plusSeconds(instantOf('2026-09-08T10:00:00+08:00'), -1);
    expect(await fetchDay('2026-09-07')).toEqual({ kind: 'no-statement' });
  });
});
